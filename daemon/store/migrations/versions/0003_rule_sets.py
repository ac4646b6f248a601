"""The versions of the rules, and what each decision was made on."""

import sqlalchemy as sa
from alembic import op

import daemon.store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rule_set",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rule_set")),
    )
    op.create_index(op.f("ix_rule_set_digest"), "rule_set", ["digest"])
    op.create_table(
        "activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["rule_set.hash"], name=op.f("fk_activation_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
    )
    op.add_column("routing", sa.Column("facts", sa.JSON()))
