"""Several daemons on one database: who works on what, and in which order."""

import sqlalchemy as sa
from alembic import op

import daemon.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "running",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance", sa.String(length=64), nullable=False),
        sa.Column("expires_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running")),
    )
    op.create_index(op.f("ix_running_expires_at"), "running", ["expires_at"])
    op.create_table(
        "duty",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("held_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_held_by"), "duty", ["held_by"])
    op.create_table(
        "recovery",
        sa.Column("at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("floors", sa.JSON(), nullable=False),
        sa.Column("acknowledging", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_recovery")),
    )
    _claim_messages()
    _claim_actions()
    _tell_workers_apart()
    _bound_epochs()
    _seal_ledger()


def _claim_messages() -> None:
    op.drop_index(op.f("ix_message_state_id"), "message")
    op.add_column("message", sa.Column("server_id", sa.String(length=255)))
    op.add_column("message", sa.Column("backfilled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("party", sa.String(length=320)))
    op.add_column("message", sa.Column("haste", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("message", sa.Column("awaits_all", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("claimed_by", sa.String(length=64)))
    op.create_index(op.f("ix_message_server_id"), "message", ["server_id"])
    op.create_index(op.f("ix_message_claimed_by"), "message", ["claimed_by"])
    op.create_index("ix_message_state_haste_id", "message", ["state", "haste", "id"])
    op.create_index("ix_message_state_party_id", "message", ["state", "party", "id"])
    op.create_index("ix_message_disposition_id", "message", ["disposition", "id"])
    op.create_index(op.f("ix_matter_due_at"), "matter", ["due_at"])
    op.execute(
        "UPDATE message SET party = (SELECT party FROM report WHERE report.message_id = message.id) "
        "WHERE state = 'assessed'"
    )


def _claim_actions() -> None:
    op.add_column("action", sa.Column("claimed_by", sa.String(length=64)))
    op.add_column("action", sa.Column("look_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("action", sa.Column("sweeps", sa.Integer()))
    op.add_column("action", sa.Column("sweep_at", daemon.store.types.UtcDateTime(timezone=True)))
    op.create_index(op.f("ix_action_claimed_by"), "action", ["claimed_by"])
    op.create_index(op.f("ix_action_sweep_at"), "action", ["sweep_at"])


def _tell_workers_apart() -> None:
    """What loops say of themselves is said again within seconds, so nothing is copied."""
    op.drop_table("worker")
    op.create_table(
        "worker",
        sa.Column("instance", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("last_good_at", daemon.store.types.UtcDateTime(timezone=True)),
        sa.Column("trouble", sa.Text()),
        sa.Column("trouble_since", daemon.store.types.UtcDateTime(timezone=True)),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("instance", "name", name=op.f("pk_worker")),
    )


def _bound_epochs() -> None:
    op.add_column("mailbox", sa.Column("rescan_since", sa.Date()))
    op.add_column("mailbox", sa.Column("floor", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("mailbox", sa.Column("opened_at", daemon.store.types.UtcDateTime(timezone=True)))
    op.add_column("mailbox", sa.Column("reconciled_at", daemon.store.types.UtcDateTime(timezone=True)))
    op.add_column("mailbox", sa.Column("missing", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("mailbox", sa.Column("gone", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("message", sa.Column("mirror", sa.String(length=24)))
    op.create_index(op.f("ix_message_mirror"), "message", ["mirror"])
    op.create_index("ix_message_mailbox_received_at", "message", ["mailbox", "received_at"])
    op.create_table(
        "sighting",
        sa.Column("mailbox", sa.String(length=80), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name=op.f("fk_sighting_mailbox")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_sighting_message_id")),
        sa.PrimaryKeyConstraint("mailbox", "uidvalidity", "uid", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_message_id"), "sighting", ["message_id"])
    # Mail that was passed over then stays so: what was there before is not known any more.
    op.execute("UPDATE mailbox SET floor = high_water")


def _seal_ledger() -> None:
    op.add_column("ledger", sa.Column("sequence", sa.BigInteger()))
    op.add_column("ledger", sa.Column("digest", sa.String(length=64)))
    op.create_index(op.f("ix_ledger_sequence"), "ledger", ["sequence"], unique=True)
    unsealed = sa.text("sequence IS NULL")
    op.create_index("ix_ledger_unsealed", "ledger", ["id"], sqlite_where=unsealed, postgresql_where=unsealed)
