"""A person splits a matter: messages that do not belong with it leave for one of their own."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import exists, select, update

from config.errors import MailwardenError
from daemon.bearing import Bearing, as_of_matter, earliest, own_bearing
from daemon.case_facts import routing_of
from daemon.clock_stops import resume_without_cause
from daemon.corrections import Corrected, Correcting, Note, listed
from daemon.decision import Decision
from daemon.payloads import TRANSITIONS, RaisePayload, ReopenPayload
from daemon.plan import (
    COMMENTS,
    DRAFTS,
    LINKS,
    LinkPayload,
    Wanted,
    attachments,
    draft,
    due_date,
    hasten,
    update_comment,
    watching,
)
from daemon.relate import Standing
from daemon.store.models import (
    Action,
    Correction,
    LookupKey,
    Matter,
    MatterClock,
    Message,
    Relation,
    Routing,
    StoredReport,
)
from daemon.store.states import ActionKind, CorrectionKind, Ruling
from parsers.facts import REPORTS, RelationType, Report, Verification
from rules.case import Case
from rules.orders import former_laws
from rules.routing import Route, decide_route

SPLIT = "split"
TELLING = (ActionKind.CREATE, ActionKind.COMMENT)


class NotSplit(MailwardenError):
    """These messages can't leave the matter; `run.py matter show` numbers its messages."""


def split(correcting: Correcting, name: str, numbers: tuple[int, ...]) -> Corrected:
    """The messages with these numbers get a matter and a ticket of their own.

    The two matters are told apart from then on: a later mail that looks like both joins the nearer one.
    A message that had opened a matter which a person merged into this one goes back to that.

    Raises:
        NoSuchMatter: nothing has this name.
        MergedAway: it is part of another matter.
        NotSplit: a message is not of this matter, or must stay.
    """
    matter = correcting.lock_standing(name)
    wanted = tuple(sorted(set(numbers)))
    apart = _split_before(correcting, matter, wanted)
    if apart is not None:
        said = f"{matter.name}: {listed(wanted)} left for {apart.name} before. Nothing is to be done."
        return Corrected(matter=matter.name, other=apart.name, changed=False, steps=(said,))
    _require_leave(correcting, matter, wanted)
    return _Split(correcting, matter, wanted).carry_out()


class _Split:
    """The rows and actions of one split."""

    def __init__(self, correcting: Correcting, matter: Matter, numbers: tuple[int, ...]) -> None:
        self._correcting = correcting
        self._session = correcting.session
        self._site = correcting.site
        self._matter = matter
        self._numbers = numbers
        self._reports = {number: self._report(number) for number in numbers}
        self._target, self._is_new = self._found_target()

    def carry_out(self) -> Corrected:
        shown = due_date(self._matter)
        self._move_rows()
        self._plan_target()
        self._correcting.tell(self._matter, self._note_here())
        hasten(self._session, self._matter)
        if due_date(self._matter) != shown:
            day = due_date(self._matter)
            raised = RaisePayload(due=day, clear_due=day is None, by_person=True)
            self._correcting.raise_to(self._matter, raised)
        change = {"messages": ",".join(map(str, self._numbers)), "rules": self._site.rules.digest}
        self._correcting.record(CorrectionKind.SPLIT, self._matter, change, self._target)
        return Corrected(matter=self._matter.name, other=self._target.name, steps=tuple(self._steps()))

    def _report(self, number: int) -> Report:
        return REPORTS.validate_python(self._session.get_one(StoredReport, number).document)

    def _found_target(self) -> tuple[Matter, bool]:
        """The matter that one of the messages had opened before a merge, or a new one."""
        opened = select(Matter).where(
            Matter.opened_by.in_(self._numbers), Matter.merged_into == self._matter.id
        )
        found = self._session.scalar(opened.order_by(Matter.id).limit(1))
        if found is not None:
            found.merged_into = None
            return found, False
        return self._new_matter(), True

    def _new_matter(self) -> Matter:
        first, opener = self._numbers[0], self._reports[self._numbers[0]]
        urgencies = (own_bearing(report, self._site.regimes).urgency for report in self._reports.values())
        matter = Matter(
            party=self._matter.party,
            opened_by=first,
            opened_at=self._session.get_one(Message, first).received_at,
            urgency=max(urgencies, key=lambda urgency: urgency.rank),
            harm=opener.harm,
            verified=opener.authenticity.verdict is Verification.VERIFIED,
        )
        self._session.add(matter)
        self._session.flush()
        return matter

    def _move_rows(self) -> None:
        """All that was learnt from the messages goes with them; so each side's clocks are its own."""
        for table in (LookupKey, MatterClock):
            moved = update(table).where(table.message_id.in_(self._numbers))
            self._session.execute(moved.values(matter_id=self._target.id))
        again = MatterClock.message_id.in_(self._numbers), MatterClock.ruling == Ruling.SUPERSEDED
        self._session.execute(update(MatterClock).where(*again).values(ruling=None))
        for number in self._numbers:
            relation = self._session.get_one(Relation, number)
            relation.matter_id = self._target.id
            relation.reason = f"a person split it from {self._matter.name}"
            if number == self._target.opened_by:
                relation.type, relation.related_to = RelationType.RELATED, self._matter.id
        for matter in (self._matter, self._target):
            resume_without_cause(self._session, matter)
            matter.due_at = earliest(self._session, matter)

    def _plan_target(self) -> None:
        for number in self._numbers:
            if not self._is_told(number):
                message = self._session.get_one(Message, number)
                self._correcting.plan(self._target, message, self._telling(self._decision(message)))
        self._correcting.tell(self._target, self._note_there())
        self._reopen()
        link = LINKS.dump_python(LinkPayload(other_matter=self._matter.id), mode="json")
        self._correcting.plan_one(self._target, ActionKind.LINK, link)

    def _is_told(self, number: int) -> bool:
        """Whether the ticket holds the message already, from before a merge."""
        told = exists().where(
            Action.matter_id == self._target.id, Action.message_id == number, Action.kind.in_(TELLING)
        )
        return bool(self._session.scalar(select(told)))

    def _decision(self, message: Message) -> Decision:
        report, reason = self._reports[message.id], f"a person split it from {self._matter.name}"
        opens = self._is_new and message.id == self._target.opened_by
        relation = RelationType.RELATED if opens else RelationType.FOLLOWUP
        report = report if opens else as_of_matter(self._target, report)
        bearing = self._bearing(report)
        case = bearing.case(self._session, message, report, relation)
        route = decide_route(case, self._site.rules, self._site.rotas)
        self._keep(message, case, route)
        return Decision(
            message=message,
            report=report,
            matter=self._target,
            standing=Standing(type=relation, reason=reason, joins=None if opens else self._target),
            clocks=bearing.clocks,
            orders=bearing.orders,
            former_laws=former_laws(report, self._site.regimes),
            route=route,
            raised=False,
        )

    def _keep(self, message: Message, case: Case, route: Route) -> None:
        """From now on this is what was decided about the message: who sees the ticket's comments, for one."""
        routing = self._session.get_one(Routing, message.id)
        routing.route, routing.rules_digest, routing.facts = routing_of(case, route, self._site.rules)

    def _bearing(self, report: Report) -> Bearing:
        own = own_bearing(report, self._site.regimes)
        return replace(own, urgency=self._target.urgency, due=self._target.due_at)

    def _telling(self, decision: Decision) -> Iterator[Wanted]:
        """What puts the message onto the ticket; its tokens are not those of the ticket that it left."""
        token = self._correcting.token
        if decision.standing.joins is None:
            opened = DRAFTS.dump_python(draft(decision, self._site), mode="json")
            yield ActionKind.CREATE, token(ActionKind.CREATE, decision.message), opened
            yield from watching(decision, SPLIT, self._correcting.word.at.isoformat())
        else:
            text = update_comment(self._session, decision, self._site)
            comment = COMMENTS.dump_python(text, mode="json")
            yield ActionKind.COMMENT, token(ActionKind.COMMENT, decision.message), comment
        yield from attachments(self._session, decision, SPLIT, self._correcting.word.at.isoformat())

    def _reopen(self) -> None:
        status = self._site.settings.jira.reopen_to
        if not self._is_new and status is not None:
            move = TRANSITIONS.dump_python(ReopenPayload(status=status), mode="json")
            self._correcting.plan_one(self._target, ActionKind.TRANSITION, move)

    def _note_here(self) -> Note:
        return Note(
            heading="Split by a person",
            sentence="Mail that does not belong here has a ticket of its own, which is linked.",
            rows=(("Left", listed(self._numbers)),),
        )

    def _note_there(self) -> Note:
        return Note(
            heading="Split by a person",
            sentence="This mail was taken for part of the linked ticket. The two are told apart from now on.",
            rows=(("Came from", self._matter.name), ("Mail", listed(self._numbers))),
        )

    def _steps(self) -> Iterator[str]:
        here, there = self._matter.name, self._target.name
        what = "which gets a ticket of its own" if self._is_new else "as it was before it was merged"
        yield f"{here}: {listed(self._numbers)} will be {there}, {what}."
        yield f"{here} and {there} are linked, and each gets a comment with who and why."
        yield "Later mail that looks like both joins the nearer one."
        if not self._is_new and self._site.settings.jira.reopen_to is None:
            yield f"{there} stays closed: open it again in Jira, since the settings name no `reopen_to`."


def _split_before(correcting: Correcting, matter: Matter, numbers: tuple[int, ...]) -> Matter | None:
    """The matter for which all of these messages have left this one by a person's word."""
    of_them = select(Relation.matter_id).where(Relation.message_id.in_(numbers))
    now = set(correcting.session.scalars(of_them))
    left = select(Matter).join(Correction, Correction.other_id == Matter.id)
    by_split = Correction.kind == CorrectionKind.SPLIT, Correction.matter_id == matter.id
    found = correcting.session.scalars(left.where(*by_split, Matter.id.in_(now))).first()
    return found if len(now) == 1 else None


def _require_leave(correcting: Correcting, matter: Matter, numbers: tuple[int, ...]) -> None:
    of_matter = select(Relation.message_id).where(Relation.matter_id == matter.id)
    known = sorted(correcting.session.scalars(of_matter))
    strangers = [number for number in numbers if number not in known]
    if strangers:
        theirs = ", ".join(map(str, known))
        raise NotSplit(f"{listed(strangers)}: not of {matter.name}; its messages are {theirs}")
    if set(numbers) == set(known):
        raise NotSplit(f"{matter.name} would be left without a message; name only those that do not belong")
    if matter.opened_by in numbers:
        raise NotSplit(
            f"message {matter.opened_by} opened {matter.name} and stays; name the ones that do not belong"
        )
