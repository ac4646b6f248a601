"""Decide: Report -> Matter and Actions. Relation, urgency, clocks, route, plan and ledger are one commit."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.instant import utcnow
from daemon.bearing import Bearing, as_of_matter, bearing_on, harm_after, own_bearing
from daemon.bell import Bell
from daemon.case_facts import routing_of
from daemon.clock_stops import carry_out
from daemon.decision import Decision
from daemon.known import Known, content_of, documents_value, numbers_of
from daemon.late_links import link_unseen
from daemon.ledger import Event, record
from daemon.plan import last_recovery, plan
from daemon.queue import Queue
from daemon.relate import AUTOMATIC, SCHEME, Standing, relate
from daemon.rule_sets import GoverningRules
from daemon.store.database import Database
from daemon.store.models import (
    DUE_AT_ONCE,
    LookupKey,
    Matter,
    MatterClock,
    Message,
    Recovery,
    Relation,
    ReportWords,
    Routing,
    StoredReport,
    table_of,
)
from daemon.store.rows import NewRows, Row
from daemon.store.states import Disposition, KeyKind, MessageState, Ruling
from parsers.case_match import case_keys
from parsers.facts import REPORTS, RelationType, Report, Verification
from rules.clocks import EVIDENCE, Clock
from rules.orders import former_laws
from rules.routing import Route, decide_route
from rules.site import Site

IDLE_SECONDS = 30.0
MAX_KEY_LENGTH = 1000
MOST_AT_ONCE = 4
"""Messages of a backlog that share a commit; all that others write waits for them."""
MAX_TRIES = 3
RETRY_SECONDS = (1, 5, 30, 120, 600)

ROUTING = NewRows(Routing, "message_id", "route", "rules_digest", "facts")
RELATION = NewRows(Relation, "message_id", "type", "matter_id", "related_to", "reason", "scheme")
WORDS = NewRows(ReportWords, "message_id", "party", "is_bare", "sketch")
CLOCKS = NewRows(
    MatterClock,
    "matter_id",
    "message_id",
    "source",
    "starts_at",
    "due_at",
    "phrase",
    "binding",
    "confirm",
    "evidence",
    "ruling",
)
KEYS = NewRows(LookupKey, "kind", "value", "party", "matter_id", "message_id")
MESSAGE = table_of(Message)
DOCUMENT = select(table_of(StoredReport).c.document).where(
    table_of(StoredReport).c.message_id == bindparam("message")
)
FINISH = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("message"))
    .values(state=MessageState.DECIDED, disposition=bindparam("place"), disposition_reason=bindparam("why"))
)

log = structlog.get_logger()

Facts = dict[str, int | str | None]
"""What can be told of a decision in a log."""


class Decider:
    """The decide step. Works in the order of collection within a party, hastened parties first.

    Several may work on one database: each locks the party whose message it decides, so that no two can
    both call one matter new.
    """

    name = "decide"

    def __init__(
        self, *, database: Database, site: Callable[[], Site], assessed: Bell, planned: Bell
    ) -> None:
        self._database = database
        self._site = site
        self._assessed = assessed
        self._planned = planned
        self._queue = Queue(database)
        self._governing = GoverningRules()
        self._recoveries: list[Recovery | None] = []  # the last one, once it is known
        self._rings = 0
        self._current: int | None = None
        # Where others write too, what is locked for one message must not wait for the next one.
        self._most = MOST_AT_ONCE if database.is_embedded else 1
        self._at_once = 1  # after a failure, so that it takes nothing else with it

    def work(self) -> bool:
        """Decide a message, or a few of a backlog, and commit everything that follows from it."""
        self._rings = self._assessed.rings
        decided = self._database.together("decide", self._decide_some)
        for facts in decided:
            log.info("decided", **facts)
        if not decided:
            return False
        self._current = None
        self._at_once = min(2 * self._at_once, self._most)
        if not self._database.is_embedded:
            self._link_unseen(decided)
        self._planned.ring()
        return True

    def _link_unseen(self, decided: list[Facts]) -> None:
        for facts in decided:
            if facts["relation"] is RelationType.NEW:
                link_unseen(self._database, int(facts["message_id"] or 0))

    def _decide_some(self, session: Session) -> list[Facts]:
        """What can be told of each decision; fewer than were asked for when no more can be decided now."""
        decided: list[Facts] = []
        site: Site | None = None
        while len(decided) < self._at_once and (message := self._queue.next_message(session)) is not None:
            site = site or self._governing.applied_to(self._site(), session)
            decided.append(self._decide(session, site, message))
        return decided

    def _decide(self, session: Session, site: Site, message: Message) -> Facts:
        self._current = message.id
        self._recoveries = self._recoveries or [last_recovery(session)]
        [recovery] = self._recoveries
        return _Deliberation(session=session, site=site, message=message, recovery=recovery).decide()

    def failed(self, error: Exception) -> None:
        """Move the message ahead in time; after three tries it is held, and a person is told."""
        self._at_once = 1
        current = self._current
        if current is None:
            return
        if not isinstance(error, DBAPIError):
            with self._database.write("decide failed") as session:
                _count_try(session, session.get_one(Message, current), self._database)
        self._current = None

    def rest(self) -> None:
        """Wait until something has been assessed."""
        self._assessed.wait(since=self._rings, seconds=IDLE_SECONDS)

    def interrupt(self) -> None:
        """End the wait."""
        self._assessed.ring()

    def close(self) -> None:
        """Nothing is held open between two pieces of work."""


def _count_try(session: Session, message: Message, database: Database) -> None:
    """Three tries; then a report takes the place of this one that nothing can be wrong with."""
    if message.state is not MessageState.ASSESSED:
        return
    message.tries += 1
    wait = RETRY_SECONDS[min(message.tries, len(RETRY_SECONDS)) - 1]
    message.next_try_at = database.from_now(timedelta(seconds=wait))
    if message.tries == MAX_TRIES and message.held_reason is None:
        message.held_reason = f"could not be decided in {MAX_TRIES} tries"
        message.state, message.next_try_at = MessageState.COLLECTED, DUE_AT_ONCE
        message.tries += 1  # so that assess looks at nothing of the mail: what it says may be the cause
        session.execute(delete(StoredReport).where(StoredReport.message_id == message.id))
    record(session, Event.DECIDE_FAILED, utcnow(), message_id=message.id, tries=message.tries)


class _Deliberation:
    """One message being decided, in one transaction."""

    def __init__(self, *, session: Session, site: Site, message: Message, recovery: Recovery | None) -> None:
        self._session = session
        self._recovery = recovery
        self._site = site
        self._message = message
        document = session.execute(DOCUMENT, {"message": message.id}).scalar_one()
        self._report: Report = REPORTS.validate_python(document)
        self._known = Known(session, self._report)

    def decide(self) -> Facts:
        """Find the relation, then what holds, then where it goes, then what is to be done.

        Returns what can be told of it in a log.
        """
        standing = relate(self._known)
        if standing.joins is not None:
            self._report = as_of_matter(standing.joins, self._report)
        bearing = self._bearing(standing)
        route = self._route(standing, bearing)
        set_aside = self._set_aside_reason(standing, route)
        if set_aside is not None:
            self._finish(Disposition.SET_ASIDE, set_aside, standing, None)
            return self._told(standing, bearing, route, None, Disposition.SET_ASIDE)
        matter = standing.joins or self._open_matter(bearing)
        self._take_in(matter, standing, bearing, route)
        held = self._message.held_reason or route.hold
        disposition = Disposition.HELD if held else Disposition.ON_TICKET
        self._finish(disposition, held or standing.reason, standing, matter)
        return self._told(standing, bearing, route, matter, disposition)

    def _bearing(self, standing: Standing) -> Bearing:
        if standing.joins is None:
            return own_bearing(self._report, self._site.regimes)
        return bearing_on(self._session, standing.joins, self._report, self._site.regimes)

    def _route(self, standing: Standing, bearing: Bearing) -> Route:
        case = bearing.case(self._session, self._message, self._report, standing.type)
        route = decide_route(case, self._site.rules, self._site.rotas)
        said = routing_of(case, route, self._site.rules)
        ROUTING.insert(self._session, [(self._message.id, *said)])
        return route

    def _set_aside_reason(self, standing: Standing, route: Route) -> str | None:
        if standing.joins is not None or self._message.held_reason is not None:
            return None
        if self._report.kind in AUTOMATIC:
            return f"{self._report.kind.value} that answers nothing we know"
        return route.set_aside

    def _open_matter(self, bearing: Bearing) -> Matter:
        matter = Matter(
            party=self._report.sender.party,
            opened_by=self._message.id,
            opened_at=self._message.received_at,
            urgency=bearing.urgency,
            harm=self._report.harm,
            due_at=bearing.due,
            verified=self._report.authenticity.verdict is Verification.VERIFIED,
        )
        self._session.add(matter)
        self._session.flush()
        return matter

    def _take_in(self, matter: Matter, standing: Standing, bearing: Bearing, route: Route) -> None:
        raised = _is_more_pressing(bearing, matter)
        if (matter.urgency, matter.due_at) != (bearing.urgency, bearing.due):
            matter.urgency, matter.due_at = bearing.urgency, bearing.due
        matter.harm = harm_after(matter, self._report)
        KEYS.insert(self._session, _key_rows(self._report, matter, self._message))
        words = self._known.sketch.packed()
        WORDS.insert(self._session, [(self._message.id, matter.party, self._known.is_bare, words)])
        rulings = ((bearing.clocks, None), (bearing.superseded, Ruling.SUPERSEDED))
        rows = [
            _clock_row(clock, matter, self._message, ruling) for clocks, ruling in rulings for clock in clocks
        ]
        if rows:
            CLOCKS.insert(self._session, rows)
        carry_out(self._session, bearing.stops, self._message, matter)
        decision = Decision(
            message=self._message,
            report=self._report,
            matter=matter,
            standing=standing,
            clocks=bearing.clocks,
            superseded=bearing.superseded,
            asked=bearing.asked,
            stops=bearing.stops,
            orders=bearing.orders,
            former_laws=former_laws(self._report, self._site.regimes),
            route=route,
            raised=raised,
        )
        plan(self._session, decision, self._site, self._recovery)

    def _finish(
        self, disposition: Disposition, reason: str, standing: Standing, matter: Matter | None
    ) -> None:
        message = self._message
        self._session.execute(FINISH, {"message": message.id, "place": disposition, "why": reason})
        matter_id = matter.id if matter else None
        related = standing.related_to.id if standing.related_to else None
        relation = message.id, standing.type, matter_id, related, standing.reason, SCHEME
        RELATION.insert(self._session, [relation])
        record(
            self._session,
            Event.DECIDED,
            utcnow(),
            message_id=message.id,
            matter_id=matter_id,
            disposition=disposition.value,
            relation=standing.type.value,
            scheme=SCHEME,
            rules=self._site.rules.digest,
        )

    def _told(
        self,
        standing: Standing,
        bearing: Bearing,
        route: Route,
        matter: Matter | None,
        disposition: Disposition,
    ) -> Facts:
        return {
            "message_id": self._message.id,
            "matter_id": matter.id if matter else None,
            "disposition": disposition,
            "relation": standing.type,
            "route": route.name,
            "urgency": bearing.urgency,
        }


def _is_more_pressing(bearing: Bearing, matter: Matter) -> bool:
    """Whether the matter is more urgent or due sooner than it was."""
    sooner = bearing.due is not None and (matter.due_at is None or bearing.due < matter.due_at)
    return sooner or bearing.urgency.rank > matter.urgency.rank


def _key_rows(report: Report, matter: Matter, message: Message) -> list[Row]:
    """The ways in which a later mail may name this matter."""
    named = [
        (KeyKind.MESSAGE_ID, report.thread.message_id),
        (KeyKind.DIGEST, report.content_digest),
        *((KeyKind.AWAITED, identifier) for identifier in report.thread.points_to),
        (KeyKind.CASE, report.authority_ref),
        *((KeyKind.CASE_PART, part) for part in case_keys(report.authority_ref or "")),
        (KeyKind.DOCUMENTS, documents_value(report)),
        *((KeyKind.NUMBER, number) for number in sorted(numbers_of(report))),
        *((KeyKind.REFERENCE, reference) for reference in sorted(content_of(report))),
    ]
    return [
        (kind, value, matter.party, matter.id, message.id)
        for kind, value in named
        if value and len(value) <= MAX_KEY_LENGTH
    ]


def _clock_row(clock: Clock, matter: Matter, message: Message, ruling: Ruling | None) -> Row:
    return (
        matter.id,
        message.id,
        clock.source,
        clock.starts_at,
        clock.due_at,
        clock.phrase,
        clock.binding,
        clock.confirm,
        EVIDENCE.dump_python(clock.evidence, mode="json"),
        ruling,
    )
