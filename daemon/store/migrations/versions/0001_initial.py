"""The first tables."""

import sqlalchemy as sa
from alembic import op

import daemon.store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("high_water", sa.BigInteger(), nullable=False),
        sa.Column("rescan_below", sa.BigInteger(), nullable=False),
        sa.Column("last_good_poll", daemon.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "raw_mail",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("compressed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_raw_mail")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("last_good_at", daemon.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_since", daemon.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=80), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("collected_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("collected", "assessed", "decided", name="messagestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("held_reason", sa.String(length=200), nullable=True),
        sa.Column(
            "disposition",
            sa.Enum("on_ticket", "held", "set_aside", name="disposition", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("disposition_reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["mailbox"], ["mailbox.name"], name=op.f("fk_message_mailbox")),
        sa.ForeignKeyConstraint(["sha256"], ["raw_mail.sha256"], name=op.f("fk_message_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid", name=op.f("uq_message_mailbox_uidvalidity_uid")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_sha256"), ["sha256"], unique=False)
        batch_op.create_index("ix_message_state_id", ["state", "id"], unique=False)

    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum("low", "normal", "high", "critical", name="urgency", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("due_at", daemon.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ticket_key", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["opened_by"], ["message.id"], name=op.f("fk_matter_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("opened_by", name=op.f("uq_matter_opened_by")),
        sa.UniqueConstraint("ticket_key", name=op.f("uq_matter_ticket_key")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_party"), ["party"], unique=False)

    op.create_table(
        "report",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_report_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_party"), ["party"], unique=False)

    op.create_table(
        "routing",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_routing_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_routing")),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("create", "comment", "link", "raise", name="actionkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("deliver_by", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("urgency_order", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "planned",
                "sending",
                "unknown",
                "done",
                name="actionstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("key_floor", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("outcome", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_action_matter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_action_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("matter_id", "position", name=op.f("uq_action_matter_id_position")),
        sa.UniqueConstraint("token", name=op.f("uq_action_token")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(
            "ix_action_delivery_order", ["state", "deliver_by", "urgency_order", "id"], unique=False
        )

    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("starts_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("confirm", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_clock_matter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_clock_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "lookup_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message_id",
                "awaited",
                "digest",
                "case",
                "case_part",
                "reference",
                "documents",
                name="keykind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_lookup_key_matter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_lookup_key_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookup_key")),
    )
    with op.batch_alter_table("lookup_key", schema=None) as batch_op:
        batch_op.create_index("ix_lookup_key_kind_value", ["kind", "value"], unique=False)
        batch_op.create_index(batch_op.f("ix_lookup_key_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "relation",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "new", "duplicate", "followup", "related", name="relationtype", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("related_to", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_relation_matter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_relation_message_id")),
        sa.ForeignKeyConstraint(["related_to"], ["matter.id"], name=op.f("fk_relation_related_to")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", daemon.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_ledger_action_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_ledger_matter_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_ledger_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_message_id"), ["message_id"], unique=False)
