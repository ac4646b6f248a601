"""What people put right about matters, and what our calls set on tickets."""

import sqlalchemy as sa
from alembic import op

import daemon.store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_correction_matter_id")),
        sa.ForeignKeyConstraint(["other_id"], ["matter.id"], name=op.f("fk_correction_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_matter_id"), "correction", ["matter_id"])
    op.create_index(op.f("ix_correction_other_id"), "correction", ["other_id"])
    by_person = sa.Column[bool]("urgency_by_person", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("matter", by_person)
    # In the column itself: SQLite could only add it by making a table anew to which others refer.
    merged_into = sa.Column[int]("merged_into", sa.Integer(), sa.ForeignKey("matter.id"))
    op.add_column("matter", merged_into, inline_references=True)
    op.create_index(op.f("ix_matter_merged_into"), "matter", ["merged_into"])
    op.add_column("clock", sa.Column("ruling", sa.String(length=24)))
    op.add_column("clock", sa.Column("corrected_due_at", daemon.store.types.UtcDateTime(timezone=True)))
    op.add_column("action", sa.Column("written", sa.JSON()))
