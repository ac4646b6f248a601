"""A person sets a matter's urgency. It stays so, whatever later mail asks for."""

from dataclasses import replace

from daemon.bearing import own_bearing
from daemon.corrections import Corrected, Correcting, Note
from daemon.payloads import RaisePayload
from daemon.plan import hasten
from daemon.store.models import Matter, StoredReport
from daemon.store.states import CorrectionKind
from parsers.facts import REPORTS, RelationType, Urgency
from rules.priority import Priority
from rules.routing import decide_route


def set_urgency(correcting: Correcting, name: str, level: Urgency) -> Corrected:
    """Set it; the ticket gets the priority that the rules give to this level.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
    """
    matter = correcting.lock_standing(name)
    if matter.urgency_by_person and matter.urgency is level:
        said = f"{matter.name}: a person has set urgency {level} before. Nothing is to be done."
        return Corrected(matter=matter.name, changed=False, steps=(said,))
    before, matter.urgency, matter.urgency_by_person = matter.urgency, level, True
    priority = priority_at(correcting, matter)
    hasten(correcting.session, matter)
    correcting.tell(matter, _note(before, level, priority))
    correcting.raise_to(matter, RaisePayload(priority=priority, by_person=True))
    change = {"before": before.value, "level": level.value, "rules": correcting.site.rules.digest}
    correcting.record(CorrectionKind.URGENCY, matter, change)
    steps = (
        f"{matter.name}: urgency {before} becomes {level}, and stays so until a person changes it.",
        f"{matter.name}: the ticket gets priority {priority}, and a comment with who and why.",
    )
    return Corrected(matter=matter.name, steps=steps)


def priority_at(correcting: Correcting, matter: Matter) -> Priority:
    """What the rules give to the mail that opened the matter, at the urgency that the matter has now."""
    message = correcting.opener(matter)
    document = correcting.session.get_one(StoredReport, message.id).document
    report, site = REPORTS.validate_python(document), correcting.site
    bearing = replace(own_bearing(report, site.regimes), urgency=matter.urgency, due=matter.due_at)
    case = bearing.case(correcting.session, message, report, RelationType.NEW)
    return decide_route(case, site.rules, site.rotas).priority


def _note(before: Urgency, level: Urgency, priority: Priority) -> Note:
    return Note(
        heading="Urgency set by a person",
        sentence="Mailwarden does not change it any more. A mail that asks for more is told in a comment.",
        rows=(("Urgency", f"{level}, before {before}"), ("Priority", priority)),
    )
