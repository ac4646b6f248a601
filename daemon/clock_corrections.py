"""A person confirms, corrects, pauses or stops a matter's clock. Nothing computed later takes its place."""

from datetime import UTC, datetime

from sqlalchemy import select

from config.errors import MailwardenError
from daemon.bearing import earliest
from daemon.clock_rows import instants
from daemon.corrections import Corrected, Correcting, Note
from daemon.payloads import RaisePayload
from daemon.plan import due_date, hasten
from daemon.store.models import Matter, MatterClock
from daemon.store.states import IDLE, CorrectionKind, Ruling
from rules.clocks import BY_PERSON


class WhichClock(MailwardenError):
    """It is not clear which clock is meant; `run.py matter show` numbers them."""


def confirm(correcting: Correcting, name: str, number: int | None) -> Corrected:
    """The clock is right as it was read.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        WhichClock: the matter has no such clock, or several and none was named.
    """
    matter = correcting.lock_standing(name)
    clock = _clock(correcting, matter, number)
    if clock.ruling is Ruling.CORRECTED:  # then it does not run out as it was read
        return _unchanged(matter, clock)
    return _ruled(correcting, matter, clock, Ruling.CONFIRMED)


def move(correcting: Correcting, name: str, number: int | None, due_at: datetime) -> Corrected:
    """The clock runs out at another time; a matter without a clock gets one.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        WhichClock: the matter has no such clock, or several and none was named.
    """
    matter = correcting.lock_standing(name)
    has_any = any(map(_stands, _clocks(correcting, matter)))
    if has_any or number is not None:
        clock = _clock(correcting, matter, number)
    else:
        clock = _new_clock(correcting, matter, due_at.astimezone(UTC))
    return _ruled(correcting, matter, clock, Ruling.CORRECTED, due_at.astimezone(UTC))


def pause(correcting: Correcting, name: str, number: int | None) -> Corrected:
    """The clock stands still, as while the sender has to answer us; what is left of it is kept.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        WhichClock: the matter has no such clock, several and none was named, or it can't be paused.
    """
    matter = correcting.lock_standing(name)
    clock = _clock(correcting, matter, number)
    if clock.paused_at is not None:
        return _unchanged(matter, clock)
    if clock.runs_out_at is None:
        raise WhichClock(f"clock {clock.id} of {matter.name} does not run, so that it can't be paused")
    return _ruled(correcting, matter, clock, Ruling.PAUSED, clock.corrected_due_at)


def resume(correcting: Correcting, name: str, number: int | None) -> Corrected:
    """A paused clock goes on: it runs out as much later as it stood still.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        WhichClock: the matter has no such clock, several and none was named, or it is not paused.
    """
    matter = correcting.lock_standing(name)
    paused = [clock for clock in _clocks(correcting, matter) if clock.paused_at is not None]
    clock = paused[0] if number is None and len(paused) == 1 else _clock(correcting, matter, number)
    if clock.paused_at is None:
        raise WhichClock(f"clock {clock.id} of {matter.name} is not paused")
    return _ruled(
        correcting, matter, clock, Ruling.CORRECTED, clock.counts + (correcting.word.at - clock.paused_at)
    )


def stop(correcting: Correcting, name: str, number: int | None) -> Corrected:
    """Nothing is due by the clock any more: it was answered, or it never applied.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        WhichClock: the matter has no such clock, or several and none was named.
    """
    matter = correcting.lock_standing(name)
    return _ruled(correcting, matter, _clock(correcting, matter, number), Ruling.STOPPED)


def _ruled(
    correcting: Correcting,
    matter: Matter,
    clock: MatterClock,
    ruling: Ruling,
    due_at: datetime | None = None,
) -> Corrected:
    if (clock.ruling, clock.corrected_due_at) == (ruling, due_at):
        return _unchanged(matter, clock)
    paused_at = clock.paused_at
    clock.ruling, clock.corrected_due_at = ruling, due_at
    clock.paused_at = correcting.word.at if ruling is Ruling.PAUSED else None
    shown = due_date(matter)
    matter.due_at = earliest(correcting.session, matter)
    hasten(correcting.session, matter)
    correcting.tell(matter, _note(correcting, matter, clock, paused_at))
    if due_date(matter) != shown:
        day = due_date(matter)
        correcting.raise_to(matter, RaisePayload(due=day, clear_due=day is None, by_person=True))
    change = {"clock": clock.id, "ruling": ruling.value, "due": due_at.isoformat() if due_at else None}
    correcting.record(CorrectionKind.CLOCK, matter, change)
    return Corrected(matter=matter.name, steps=tuple(_steps(correcting, matter, clock, shown)))


def _unchanged(matter: Matter, clock: MatterClock) -> Corrected:
    said = f"{matter.name}: a person has {clock.ruling} clock {clock.id} before. Nothing is to be done."
    return Corrected(matter=matter.name, changed=False, steps=(said,))


def _clocks(correcting: Correcting, matter: Matter) -> list[MatterClock]:
    found = select(MatterClock).where(MatterClock.matter_id == matter.id).order_by(MatterClock.id)
    return list(correcting.session.scalars(found))


def _stands(clock: MatterClock) -> bool:
    """Whether something is due by it, or will be when its pause ends."""
    return clock.state not in IDLE or clock.paused_at is not None


def _clock(correcting: Correcting, matter: Matter, number: int | None) -> MatterClock:
    """The one with this number; without a number the only one that runs or is paused."""
    clocks = _clocks(correcting, matter)
    if number is None:
        meant = [clock for clock in clocks if _stands(clock)]
    else:
        meant = [clock for clock in clocks if clock.id == number]
    if len(meant) == 1:
        return meant[0]
    known = ", ".join(str(clock.id) for clock in clocks) or "none"
    if number is not None or not meant:
        wanted = f"clock {number}" if number is not None else "a running clock"
        raise WhichClock(f"{matter.name} does not have {wanted}; its clocks are: {known}")
    raise WhichClock(f"{matter.name} has several clocks; name one of them with --clock: {known}")


def _new_clock(correcting: Correcting, matter: Matter, due_at: datetime) -> MatterClock:
    """For a limit that no mail has named, or that could not be read."""
    clock = MatterClock(
        matter_id=matter.id,
        message_id=matter.opened_by,
        source=BY_PERSON,
        starts_at=correcting.word.at,
        due_at=due_at,
        phrase="",
        binding=True,
        confirm=False,
    )
    correcting.session.add(clock)
    correcting.session.flush()
    return clock


def _note(correcting: Correcting, matter: Matter, clock: MatterClock, paused_at: datetime | None) -> Note:
    settings = correcting.site.settings
    phrase = f", from “{clock.phrase}”" if clock.phrase else ""
    rows = [("Clock", f"{clock.source}{phrase}")]
    if clock.ruling is not Ruling.STOPPED:
        rows.append(("Was due" if clock.paused_at else "Due", instants(clock.counts, settings)))
    if paused_at and not clock.paused_at:
        rows.append(("Stood still since", instants(paused_at, settings)))
    if clock.source != BY_PERSON and clock.ruling is not Ruling.CONFIRMED:
        rows.append(("As it was read", instants(clock.due_at, settings)))
    governs = instants(matter.due_at, settings) if matter.due_at else "nothing is due"
    return Note(
        heading=f"Clock {clock.ruling} by a person",
        sentence="Mailwarden does not change this clock any more. A mail that brings it again is told in "
        "a comment.",
        rows=(*rows, ("This ticket is due", governs)),
    )


def _steps(correcting: Correcting, matter: Matter, clock: MatterClock, shown: object) -> list[str]:
    settings = correcting.site.settings
    due = instants(matter.due_at, settings) if matter.due_at else "nothing is due"
    steps = [
        f"{matter.name}: clock {clock.id} ({clock.source}) is {clock.ruling}, and stays so.",
        f"{matter.name}: the matter is due {due}." if matter.due_at else f"{matter.name}: {due} any more.",
    ]
    if due_date(matter) == shown:
        return [*steps, f"{matter.name}: the ticket gets a comment with who and why."]
    day = due_date(matter) or "none"
    return [*steps, f"{matter.name}: the ticket gets due date {day}, and a comment with who and why."]
