"""Whose a lookup key is, and the words of reports as numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEX = "ix_lookup_key_kind_value"


def upgrade() -> None:
    """Apply."""
    op.add_column("lookup_key", sa.Column("party", sa.String(length=320)))
    op.execute(
        "UPDATE lookup_key SET party = (SELECT party FROM matter WHERE matter.id = lookup_key.matter_id)"
    )
    with op.batch_alter_table("lookup_key") as batch_op:
        batch_op.drop_index(INDEX)
        batch_op.alter_column("party", existing_type=sa.String(length=320), nullable=False)
        batch_op.create_index(INDEX, ["kind", "value", "party", "matter_id"])
    op.create_table(
        "report_words",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("is_bare", sa.Boolean(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_report_words_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_report_words")),
    )
    op.create_index(op.f("ix_report_words_party_message_id"), "report_words", ["party", "message_id"])
