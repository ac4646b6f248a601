"""What a clock rests on, and which later mail ended it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("clock", sa.Column("evidence", sa.JSON()))
    # In the column itself: SQLite could only add it by making the table anew.
    stopped_by = sa.Column[int]("stopped_by", sa.Integer(), sa.ForeignKey("message.id"))
    op.add_column("clock", stopped_by, inline_references=True)
    op.add_column("clock", sa.Column("stopping", sa.String(length=24)))
    op.add_column("clock", sa.Column("stopping_phrase", sa.Text()))
