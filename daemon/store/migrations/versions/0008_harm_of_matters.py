"""What a matter is about, which its later mails seldom repeat."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("matter", sa.Column("harm", sa.String(length=24)))
