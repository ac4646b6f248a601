"""The tables. One class a noun of the glossary; a row moves only forward through its states."""

from datetime import UTC, date, datetime
from typing import cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from daemon.store.states import (
    IDLE,
    ActionKind,
    ActionState,
    ClockState,
    CorrectionKind,
    Disposition,
    KeyKind,
    MessageState,
    Mirror,
    Ruling,
    Stopping,
)
from daemon.store.types import Document, UtcDateTime, named
from parsers.facts import Harm, RelationType, Urgency

NORMAL_HASTE = 1
DUE_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Long past by any clock: this machine's and the database's need not agree."""


class Base(DeclarativeBase):
    """The root of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads this class attribute)
        datetime: UtcDateTime(),
        Document: JSON(),
        MessageState: named(MessageState),
        Disposition: named(Disposition),
        Mirror: named(Mirror),
        ActionKind: named(ActionKind),
        ActionState: named(ActionState),
        KeyKind: named(KeyKind),
        CorrectionKind: named(CorrectionKind),
        Ruling: named(Ruling),
        Stopping: named(Stopping),
        RelationType: named(RelationType),
        Harm: named(Harm),
        Urgency: named(Urgency),
    }


def table_of(model: type[Base]) -> Table:
    """For statements about many rows, which need none of what the mapper does for each."""
    return cast("Table", model.__table__)


class Mailbox(Base):
    """One account and folder that is watched, and how far it has been collected."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)  # RFC 9051, section 2.3.1.1
    high_water: Mapped[int] = mapped_column(BigInteger, default=0)  # all wanted mail up to here is stored
    rescan_below: Mapped[int] = mapped_column(BigInteger, default=0)  # was there when the epoch was opened
    rescan_since: Mapped[date | None]  # of that mail, what arrived before this day is left alone
    floor: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))  # and all up to here
    opened_at: Mapped[datetime | None]  # when it was seen for the first time
    last_good_poll: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]
    missing: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # found then, and not stored
    gone: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # stored, and not found then


class RawMail(Base):
    """The octets of a mail, compressed, once for each content. Evidence: never altered."""

    __tablename__ = "raw_mail"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    compressed: Mapped[bytes] = mapped_column(LargeBinary)


class Message(Base):
    """One mail as received in one mailbox."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailbox", "uidvalidity", "uid"),
        Index("ix_message_state_haste_id", "state", "haste", "id"),
        Index("ix_message_state_party_id", "state", "party", "id"),
        Index("ix_message_disposition_id", "disposition", "id"),
        Index("ix_message_mailbox_received_at", "mailbox", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(ForeignKey("mailbox.name"))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)  # 32 bits without a sign
    uid: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(ForeignKey("raw_mail.sha256"), index=True)
    received_at: Mapped[datetime]  # INTERNALDATE
    collected_at: Mapped[datetime]
    server_id: Mapped[str | None] = mapped_column(String(255), index=True)  # EMAILID (RFC 8474) or its like
    backfilled: Mapped[bool] = mapped_column(default=False, server_default=false())  # never acknowledged
    party: Mapped[str | None] = mapped_column(String(320))  # from its headers, then from its report
    haste: Mapped[int] = mapped_column(default=NORMAL_HASTE, server_default=text("1"))  # 0 goes first
    mirror: Mapped[Mirror | None] = mapped_column(index=True)  # None where the server is left alone
    awaits_all: Mapped[bool] = mapped_column(default=False, server_default=false())  # not only its own party
    state: Mapped[MessageState] = mapped_column(default=MessageState.COLLECTED)
    claimed_by: Mapped[str | None] = mapped_column(String(64), index=True)  # the daemon that works on it
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    held_reason: Mapped[str | None] = mapped_column(String(200))
    disposition: Mapped[Disposition | None]
    disposition_reason: Mapped[str | None] = mapped_column(String(300))


class Sighting(Base):
    """A message met again: the same mail under the UIDVALIDITY of a later epoch."""

    __tablename__ = "sighting"

    mailbox: Mapped[str] = mapped_column(ForeignKey("mailbox.name"), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)


class StoredReport(Base):
    """What reading the message yielded. Personal words live here, and can be erased."""

    __tablename__ = "report"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(320), index=True)
    document: Mapped[Document]


class Matter(Base):
    """The thing being handled: one party's one concern. One matter, one ticket."""

    __tablename__ = "matter"

    id: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(String(320), index=True)
    opened_by: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    opened_at: Mapped[datetime]
    verified: Mapped[bool]  # opened by a verified sender; the others are never merged with
    urgency: Mapped[Urgency]
    urgency_by_person: Mapped[bool] = mapped_column(default=False, server_default=false())  # then it stays
    harm: Mapped[Harm | None]  # None: opened before it was kept
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    ticket_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)  # where it goes on

    @property
    def name(self) -> str:
        """As people name it: its ticket, or its number while it has none."""
        return self.ticket_key or f"#{self.id}"


class Relation(Base):
    """How a message stands to what was known when it was decided."""

    __tablename__ = "relation"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    type: Mapped[RelationType]
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)
    related_to: Mapped[int | None] = mapped_column(ForeignKey("matter.id"))
    reason: Mapped[str] = mapped_column(Text)
    scheme: Mapped[int]  # the version of the matching scheme; old matters are never regrouped


class Routing(Base):
    """What the rules said about a message when it was decided."""

    __tablename__ = "routing"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    route: Mapped[Document]
    rules_digest: Mapped[str] = mapped_column(String(64))
    facts: Mapped[Document | None] = mapped_column(JSON(none_as_null=True))  # of the case, beside the report


class RuleSet(Base):
    """A rules file that was once taken into use."""

    __tablename__ = "rule_set"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the file
    digest: Mapped[str] = mapped_column(String(64), index=True)  # of what it means
    text: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[str] = mapped_column(String(100))


class Activation(Base):
    """From here on a rule set governs, until the next one."""

    __tablename__ = "activation"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(ForeignKey("rule_set.hash"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    from_file: Mapped[bool]  # by the daemon, because the file had changed


class LookupKey(Base):
    """One way in which a later mail may name this message's matter."""

    __tablename__ = "lookup_key"
    __table_args__ = (
        # What a party's own report is looked up by, without a look at the rows themselves.
        Index("ix_lookup_key_kind_value", "kind", "value", "party", "matter_id"),
        # The oldest matters about a content, whoever's they are.
        Index(
            "ix_lookup_key_reference",
            "value",
            "matter_id",
            sqlite_where=text("kind = 'reference'"),
            postgresql_where=text("kind = 'reference'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[KeyKind]
    value: Mapped[str] = mapped_column(String(1000))
    party: Mapped[str] = mapped_column(String(320))  # the matter's
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))


class ReportWords(Base):
    """The words of a decided report as numbers, to compare later ones with (see `parsers.similarity`)."""

    __tablename__ = "report_words"
    __table_args__ = (Index("ix_report_words_party_message_id", "party", "message_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(320))
    is_bare: Mapped[bool]  # it names neither content nor a case
    sketch: Mapped[bytes] = mapped_column(LargeBinary)


class MatterClock(Base):
    """A time by which something must be done, with the message that brought it."""

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    source: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime]
    phrase: Mapped[str] = mapped_column(Text)
    binding: Mapped[bool]
    confirm: Mapped[bool]  # computed from a statute: a person confirms it
    evidence: Mapped[Document | None] = mapped_column(JSON(none_as_null=True))  # what it rests on
    ruling: Mapped[Ruling | None] = mapped_column(index=True)
    corrected_due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # while a person's pause lasts
    stopped_by: Mapped[int | None] = mapped_column(ForeignKey("message.id"))  # the mail that ended it
    stopping: Mapped[Stopping | None]
    stopping_phrase: Mapped[str | None] = mapped_column(Text)  # that mail's words

    @property
    def counts(self) -> datetime:
        """When it runs out if it runs: as a person said, or else as it was read."""
        return self.corrected_due_at or self.due_at

    @property
    def runs_out_at(self) -> datetime | None:
        """When something must be done by it; None for a wish, and for a clock that does not run."""
        if self.ruling is Ruling.CORRECTED:
            return self.corrected_due_at
        return self.due_at if self.binding and self.state not in IDLE else None

    @property
    def state(self) -> ClockState:
        """A person's word comes before that of a mail."""
        if self.ruling is not None:
            return ClockState(self.ruling)
        return ClockState(self.stopping) if self.stopping else ClockState.RUNNING


class Correction(Base):
    """What a person put right about a matter. The ledger has its id; who and why can be erased here."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(300))
    kind: Mapped[CorrectionKind]
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)  # split off, or merged
    change: Mapped[Document]  # in ids and codes


class Action(Base):
    """One effect on the outside, planned with the decision and carried out later, once."""

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("matter_id", "position"),
        Index("ix_action_delivery_order", "state", "deliver_by", "urgency_order", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    kind: Mapped[ActionKind]
    position: Mapped[int]  # a matter's actions happen in this order
    token: Mapped[str] = mapped_column(String(40), unique=True)
    payload: Mapped[Document]
    deliver_by: Mapped[datetime]  # the matter's due time, or the far future
    urgency_order: Mapped[int]  # 0 for critical
    state: Mapped[ActionState] = mapped_column(default=ActionState.PLANNED)
    claimed_by: Mapped[str | None] = mapped_column(String(64), index=True)  # the daemon that carries it out
    look_first: Mapped[bool] = mapped_column(default=False, server_default=false())  # after a recovery
    sweeps: Mapped[int | None]  # how often a second one was looked for; None where none can be
    sweep_at: Mapped[datetime | None] = mapped_column(index=True)  # when a second one is looked for next
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    key_floor: Mapped[int | None]  # the project's highest key number known before a create was sent
    trouble: Mapped[str | None] = mapped_column(String(300))  # why the last try did not end well
    outcome: Mapped[str | None] = mapped_column(String(255))  # the ticket key or comment id
    written: Mapped[Document | None] = mapped_column(JSON(none_as_null=True))  # of priority and due date


class LedgerEntry(Base):
    """What happened, when and why: ids and codes only, never words that could be personal.

    It is inserted unsealed; `daemon.seal` gives it its sequence and digest, and then it never changes.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        Index(
            "ix_ledger_unsealed",
            "id",
            sqlite_where=text("sequence IS NULL"),
            postgresql_where=text("sequence IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    facts: Mapped[Document]
    sequence: Mapped[int | None] = mapped_column(BigInteger, unique=True, index=True)  # the order of sealing
    digest: Mapped[str | None] = mapped_column(String(64))


class Running(Base):
    """One running daemon. All that it has claimed is free again once its lease has expired."""

    __tablename__ = "running"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    instance: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)  # by the database's time


class Duty(Base):
    """What only one daemon at a time may do, such as watching a mailbox."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    held_by: Mapped[str | None] = mapped_column(String(64), index=True)


class Recovery(Base):
    """A restored backup was taken into use: what was done after it was made is only known outside."""

    __tablename__ = "recovery"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    floors: Mapped[Document]  # by project: the highest key number that the backup knew
    acknowledging: Mapped[bool]  # whether a person has said that acknowledgements may go out again


class Worker(Base):
    """The health of one supervised loop, for `status`, also while the daemon is not running."""

    __tablename__ = "worker"

    instance: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    last_good_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Text)
    trouble_since: Mapped[datetime | None]
    restarts: Mapped[int] = mapped_column(default=0)
