"""What a decision was made on, beside the report: kept, so that it can be explained and made again."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from daemon.store.models import LookupKey, Routing, RuleSet, StoredReport
from daemon.store.states import KeyKind
from daemon.store.types import Document
from parsers.facts import REPORTS, Harm, Instant, RelationType, Report, Urgency
from rules.case import Case
from rules.loader import parse_rules
from rules.routing import ROUTES, Route
from rules.schema import Rules


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """The facts of a case that its report does not hold."""

    mailbox: str
    relation: RelationType
    urgency: Urgency
    now: Instant
    due: Instant | None
    held: str | None
    regimes: tuple[str, ...]
    size: int
    missing_elements: tuple[str, ...] = ()
    harm: Harm | None = None
    """That of the matter, where a later mail has none of its own; None: not kept then."""


CASE_FACTS: TypeAdapter[CaseFacts] = TypeAdapter(CaseFacts)


def facts_of(case: Case) -> CaseFacts:
    """What is to be kept."""
    return CaseFacts(
        mailbox=case.mailbox,
        relation=case.relation,
        urgency=case.urgency,
        now=case.now,
        due=case.due,
        held=case.held,
        regimes=tuple(sorted(case.regimes)),
        size=case.size,
        missing_elements=tuple(sorted(case.missing_elements)),
        harm=case.report.harm,
    )


def case_of(report: Report, facts: CaseFacts) -> Case:
    """The case as it was decided on."""
    return Case(
        report=replace(report, harm=facts.harm or report.harm),
        mailbox=facts.mailbox,
        relation=facts.relation,
        urgency=facts.urgency,
        now=facts.now,
        due=facts.due,
        held=facts.held,
        regimes=frozenset(facts.regimes),
        size=facts.size,
        missing_elements=frozenset(facts.missing_elements),
    )


def routing_of(case: Case, route: Route, rules: Rules) -> tuple[Document, str, Document]:
    """What is stored of a decision: the route, the digest of the rules, and the facts."""
    facts = CASE_FACTS.dump_python(facts_of(case), mode="json")
    return ROUTES.dump_python(route, mode="json"), rules.digest, facts


class NotDecided(MailwardenError):
    """Nothing that was decided on has this name, or what it was decided on was not kept."""


def decided_on(session: Session, name: str) -> tuple[Case, Rules]:
    """The case of a message, which is named by its number or Message-ID, and the rules that decided.

    Raises:
        NotDecided: no message has the name, it was not decided yet, or before the facts were kept.
    """
    number = int(name) if name.isdecimal() else _by_message_id(session, name.strip("<>"))
    routing = session.get(Routing, number) if number is not None else None
    if routing is None or routing.facts is None:
        hint = "Give a mail file, the number of a message or its Message-ID."
        raise NotDecided(f"{name}: {NotDecided.__doc__} {hint}")
    report = REPORTS.validate_python(session.get_one(StoredReport, routing.message_id).document)
    case = case_of(report, CASE_FACTS.validate_python(routing.facts))
    rule_set = session.scalar(select(RuleSet.text).where(RuleSet.digest == routing.rules_digest).limit(1))
    if rule_set is None:
        raise NotDecided(f"{name}: the rules that decided were not kept")
    return case, parse_rules(rule_set)


def _by_message_id(session: Session, message_id: str) -> int | None:
    named = LookupKey.kind == KeyKind.MESSAGE_ID, LookupKey.value == message_id
    return session.scalar(select(LookupKey.message_id).where(*named).order_by(LookupKey.id).limit(1))
