"""The oldest matters about a content, whoever's they are, without a look at all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ONLY = sa.text("kind = 'reference'")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_lookup_key_reference",
        "lookup_key",
        ["value", "matter_id"],
        sqlite_where=ONLY,
        postgresql_where=ONLY,
    )
