"""A matter as people see it in a terminal."""

from collections.abc import Iterable, Mapping

from rich.console import Console

from daemon.clock_rows import basis
from daemon.matter import (
    ActionOfMatter,
    ClockOfMatter,
    CorrectionOfMatter,
    Entry,
    MatterView,
    MessageOfMatter,
    OrderOfMatter,
)
from daemon.store.states import Ruling
from daemon.terminal import Listing, instant, show_listing

TO_THE_SECOND = "%Y-%m-%d %H:%M:%S UTC"

MESSAGE_COLUMNS = ("number", "mailbox", "received", "relation", "reason", "disposition", "SHA-256")
CLOCK_COLUMNS = ("clock", "due", "source", "phrase", "nature", "message")
ORDER_COLUMNS = ("law", "present", "found", "missing", "not looked for", "message")
CORRECTION_COLUMNS = ("correction", "at", "what", "other", "by", "reason", "change")
ACTION_COLUMNS = ("number", "kind", "state", "tries", "outcome", "trouble", "message")
LEDGER_COLUMNS = ("entry", "at", "event", "message", "action", "facts")


def show_matter(console: Console, view: MatterView) -> None:
    """The matter, and the listings of what belongs to it; an empty one is left out."""
    listings = (
        Listing(title=f"Matter {view.number}", columns=("fact", "value"), rows=_facts(view)),
        Listing(title="Messages", columns=MESSAGE_COLUMNS, rows=[_message(one) for one in view.messages]),
        Listing(title="Clocks", columns=CLOCK_COLUMNS, rows=[_clock(one) for one in view.clocks]),
        Listing(title="Elements", columns=ORDER_COLUMNS, rows=[_order(one) for one in view.orders]),
        Listing(
            title="Corrections",
            columns=CORRECTION_COLUMNS,
            rows=[_correction(one) for one in view.corrections],
        ),
        Listing(title="Actions", columns=ACTION_COLUMNS, rows=[_action(one) for one in view.actions]),
        Listing(title="Ledger", columns=LEDGER_COLUMNS, rows=[_entry(one) for one in view.ledger]),
    )
    for listing in listings:
        if listing.rows:
            show_listing(console, listing)


def _facts(view: MatterView) -> list[tuple[str, ...]]:
    return [
        ("ticket", view.ticket or "not yet"),
        ("party", view.party),
        ("sender", "verified" if view.verified else "not verified"),
        ("opened", instant(view.opened_at)),
        ("urgency", f"{view.urgency}, set by a person" if view.urgency_by_person else view.urgency),
        ("due", instant(view.due_at) if view.due_at else "no binding clock"),
        *([("merged into", view.merged_into)] if view.merged_into else []),
    ]


def _message(message: MessageOfMatter) -> tuple[str, ...]:
    return (
        str(message.number),
        message.mailbox,
        instant(message.received_at),
        message.relation,
        message.reason,
        _disposition(message),
        message.sha256,
    )


def _disposition(message: MessageOfMatter) -> str:
    """Where it ended up, and why, where the relation's reason does not say it already."""
    if message.disposition is None:
        return ""
    where, why = message.disposition.replace("_", " "), message.disposition_reason
    return f"{where}: {why}" if why and why != message.reason else where


def _clock(clock: ClockOfMatter) -> tuple[str, ...]:
    return (
        str(clock.number),
        _due(clock),
        f"{clock.evidence.law}, {clock.source}" if clock.evidence and clock.evidence.law else clock.source,
        clock.phrase,
        ", ".join(_nature(clock)),
        str(clock.message),
    )


def _due(clock: ClockOfMatter) -> str:
    """UTC first, then the local time of each desk."""
    local = (f"{at:%Y-%m-%d %H:%M} {zone}" for zone, at in clock.due_local.items())
    return "\n".join((instant(clock.corrected_due_at or clock.due_at), *local))


def _nature(clock: ClockOfMatter) -> Iterable[str]:
    yield "binding" if clock.binding else "a wish"
    if clock.confirm:
        yield "computed" if clock.ruling else "computed, confirm"
    if clock.corrected_due_at:
        yield f"read as {instant(clock.due_at)}"
    if clock.paused_at:
        yield f"paused since {instant(clock.paused_at)}"
    elif clock.ruling:
        yield "a person had decided before it came" if clock.ruling is Ruling.SUPERSEDED else clock.ruling
    elif clock.stopped_by:
        yield f"{clock.state} by message {clock.stopped_by}, “{clock.stopping_phrase}”"
    if clock.governs:
        yield "governs"
    if clock.evidence:
        yield from basis(clock.evidence)


def _order(order: OrderOfMatter) -> tuple[str, ...]:
    return (
        order.regime,
        f"{len(order.found)} of {len(order.found) + len(order.missing)}",
        "; ".join(f"{element} “{words}”" for element, words in order.found.items()),
        ", ".join(order.missing),
        ", ".join(order.unjudged),
        str(order.message),
    )


def _correction(correction: CorrectionOfMatter) -> tuple[str, ...]:
    return (
        str(correction.number),
        correction.at.strftime(TO_THE_SECOND),
        correction.kind,
        correction.other or "",
        correction.by,
        correction.reason,
        _told(correction.change),
    )


def _action(action: ActionOfMatter) -> tuple[str, ...]:
    return (
        str(action.number),
        action.kind,
        action.state,
        str(action.tries),
        action.outcome or "",
        action.trouble or "",
        str(action.message),
    )


def _entry(entry: Entry) -> tuple[str, ...]:
    facts = _told(entry.facts)
    about = (str(entry.message or ""), str(entry.action or ""))
    return str(entry.number), entry.at.strftime(TO_THE_SECOND), entry.event, *about, facts


def _told(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
