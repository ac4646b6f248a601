"""Since when a clock stands still by a person's word."""

import sqlalchemy as sa
from alembic import op

import daemon.store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("clock", sa.Column("paused_at", daemon.store.types.UtcDateTime(timezone=True)))
    op.create_index("ix_clock_ruling", "clock", ["ruling"])
