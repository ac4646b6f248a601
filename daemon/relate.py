"""Relate: how a report stands to the matters that are known.

The tests run in order of how much they prove; the first that names a matter decides. A matter is one
party's one concern, so nothing but content can connect two parties, and then only by a link.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from daemon.known import Earlier, Known
from daemon.store.models import Matter
from daemon.store.states import KeyKind
from daemon.told_apart import nearest, where_it_goes_on
from parsers.facts import Harm, Kind, RelationType, Report, Stance, Verification
from parsers.similarity import jaccard

SCHEME = 2
"""The version of this matching scheme, stored with every relation. Old matters are never regrouped."""

SAME_CONTENT = 0.5  # Jaccard similarity of two sets of references
SAME_TEXT = 0.75  # of the words, where neither side names content or a case
SAME_TEXT_ONE_SIDED = 0.9  # where exactly one side does
POSSIBLY_SAME_TEXT = 0.5  # a link for a person to look at, never a merge

AUTOMATIC = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE})
_REFERS_BACK = frozenset({Stance.ADDS, Stance.REMINDS})
UNSOLICITED = frozenset({Kind.NEWSLETTER, Kind.SPAM})


@dataclass(frozen=True, kw_only=True)
class Match:
    """A matter that a report belongs to, and why we think so."""

    matter: Matter
    reason: str
    exact: bool = False  # it is the very same mail


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The outcome: the matter that the report joins, or the one that its new matter is linked to."""

    type: RelationType
    reason: str
    joins: Matter | None = None
    related_to: Matter | None = None


Test = Callable[[Known], Match | None]


def relate(known: Known) -> Standing:
    """Find how the report stands to what is known."""
    report = known.report
    if report.kind in UNSOLICITED:
        return Standing(type=RelationType.NEW, reason=f"{report.kind.value} is never matched")
    tests = AUTOMATIC_TESTS if report.kind in AUTOMATIC else TESTS
    match = next((found for found in (test(known) for test in tests) if found), None)
    if match is None:
        return _related_elsewhere(known)
    match = _as_people_say(known, match)
    if not _may_merge(report, match):
        reason = f"{match.reason}; not merged because a sender is not verified"
        return Standing(type=RelationType.RELATED, reason=reason, related_to=match.matter)
    return Standing(type=_type(known, match.matter.id), reason=match.reason, joins=match.matter)


def same_mail(known: Known) -> Match | None:
    """The same words under the same Message-ID, in another mailbox or sent again."""
    for number in known.own_matters(KeyKind.DIGEST):
        return Match(matter=known.matter(number), reason="the same mail has been received before", exact=True)
    return None


def answers_known_mail(known: Known) -> Match | None:
    """In-Reply-To or References point to a message of the same party's matter."""
    for number in known.own_matters(KeyKind.MESSAGE_ID):
        if not _new_concern(known, number):
            return Match(
                matter=known.matter(number), reason="its thread headers point to a mail of this matter"
            )
    return None


def is_awaited(known: Known) -> Match | None:
    """An answer to this mail came first: mailboxes are not collected in one order."""
    for number in known.own_matters(KeyKind.AWAITED):
        if not _new_concern(known, number):
            return Match(matter=known.matter(number), reason="a known mail of this matter answers it")
    return None


def names_our_ticket(known: Known) -> Match | None:
    """Our ticket key, believed only from the party that is on that ticket."""
    for matter in known.tickets():
        if matter.party == known.party and not _new_concern(known, matter.id):
            return Match(matter=matter, reason=f"it names ticket {matter.ticket_key}, on which the sender is")
    return None


def same_case(known: Known) -> Match | None:
    """The sender's own case number."""
    for number in known.own_matters(KeyKind.CASE_PART):
        if known.has_same_case(number) and not _leads_elsewhere(known, number):
            return Match(matter=known.matter(number), reason="the same case number of the same sender")
    return None


def mentions_known_case(known: Known) -> Match | None:
    """A case number that the sender is known by, without a word that makes it this mail's own."""
    for number in known.own_matters(KeyKind.CASE_PART):
        if known.mentions_case(number) and not (
            known.is_another_case(number) or _leads_elsewhere(known, number)
        ):
            return Match(
                matter=known.matter(number), reason="it mentions a case number of a matter of the same sender"
            )
    return None


def same_number(known: Known) -> Match | None:
    """A number out of the subject of just one matter: what the sender calls it by, whatever it is."""
    match known.own_matters(KeyKind.NUMBER):
        case [number] if not (known.is_another_case(number) or _leads_elsewhere(known, number)):
            if known.report.stances & _REFERS_BACK or not known.is_other_content(number):
                reason = "it names the number in the subject of the sender's matter"
                return Match(matter=known.matter(number), reason=reason)
    return None


def same_content(known: Known) -> Match | None:
    """The same references from the same party, unless the case numbers differ."""
    for number in known.own_matters(KeyKind.REFERENCE):
        theirs = known.values(number, KeyKind.REFERENCE)
        alike = known.content <= theirs or jaccard(known.content, theirs) >= SAME_CONTENT
        if alike and not known.is_another_case(number):
            return Match(
                matter=known.matter(number), reason="the same sender reported the same content before"
            )
    return None


def same_documents(known: Known) -> Match | None:
    """The same attached documents from the same party: orders often come as an empty mail with a PDF."""
    for number in known.own_matters(KeyKind.DOCUMENTS):
        if not (known.is_another_case(number) or known.is_other_content(number)):
            return Match(matter=known.matter(number), reason="the same sender sent the same documents before")
    return None


def same_text(known: Known) -> Match | None:
    """Nearly the same words from the same party, without different content or case number."""
    for alike in known.alike:
        number, likeness = alike.earlier.matter_id, alike.likeness
        is_enough = likeness.share >= _needed(known, alike.earlier) and not likeness.replaced
        if is_enough and not known.is_another(number):
            reason = f"nearly the same words from the same sender ({likeness.share:.0%} alike)"
            return Match(matter=known.matter(number), reason=reason)
    return None


def returned_or_answered(known: Known) -> Match | None:
    """Automatic mail that points to a matter of its own domain; its address is often another one."""
    for matter in [*known.pointed_to(), *known.tickets()]:
        if matter.party == known.party or _same_domain(matter.party, known.report):
            return Match(matter=matter, reason="automatic mail that answers a mail of this matter")
    return None


TESTS: tuple[Test, ...] = (
    same_mail,
    answers_known_mail,
    is_awaited,
    names_our_ticket,
    same_case,
    mentions_known_case,
    same_content,
    same_documents,
    same_number,
    same_text,
)
AUTOMATIC_TESTS: tuple[Test, ...] = (same_mail, returned_or_answered)


def _as_people_say(known: Known, match: Match) -> Match:
    """The match, with the matter where people's merges and splits lead."""
    goes_on = where_it_goes_on(known.session, match.matter)
    matter = nearest(known, goes_on)
    if matter is match.matter:
        return match
    why = "merged by a person" if matter is goes_on else "the nearest of those that a person told apart"
    return Match(matter=matter, reason=f"{match.reason}; {why}", exact=match.exact)


def _may_merge(report: Report, match: Match) -> bool:
    """Only verified mail joins, and only what verified mail opened; a mere copy joins its original."""
    if report.kind in AUTOMATIC:
        return True
    verified = report.authenticity.verdict is Verification.VERIFIED
    return verified is match.matter.verified and (verified or match.exact)


def _needed(known: Known, earlier: Earlier) -> float:
    """How much of the words must be common for a merge; more than all where both name content or a case."""
    if known.is_bare and earlier.is_bare:
        return SAME_TEXT
    return SAME_TEXT_ONE_SIDED if known.is_bare or earlier.is_bare else math.inf


def _related_elsewhere(known: Known) -> Standing:
    """New; linked to the matter that shares most content, or else to the one in nearly the same words."""
    most = None if known.report.kind in AUTOMATIC else known.most_in_common()
    if most is not None:
        whose = "the same sender" if most.party == known.party else "another sender"
        reason = f"{whose} reported the same content"
        return Standing(type=RelationType.RELATED, reason=reason, related_to=most)
    return _possible_duplicate(known) or Standing(type=RelationType.NEW, reason="nothing known matches it")


def _possible_duplicate(known: Known) -> Standing | None:
    for alike in known.alike:
        number, share = alike.earlier.matter_id, alike.likeness.share
        if share >= POSSIBLY_SAME_TEXT and not known.is_another(number):
            reason = f"possible duplicate: {share:.0%} of the words are alike; a person has to look"
            return Standing(type=RelationType.NEW, reason=reason, related_to=known.matter(number))
    return None


def _type(known: Known, number: int) -> RelationType:
    """A duplicate brings nothing new; everything else on a known matter is a follow-up."""
    return RelationType.FOLLOWUP if _brings_news(known, number) else RelationType.DUPLICATE


def _brings_news(known: Known, number: int) -> bool:
    report = known.report
    if report.kind in AUTOMATIC or not known.content <= known.values(number, KeyKind.REFERENCE):
        return True
    if known.repeats(number, SAME_TEXT):
        return False
    if report.stances & _REFERS_BACK:
        return Stance.ADDS in report.stances
    return report.kind is not Kind.REPORT or report.harm is Harm.NONE


def _new_concern(known: Known, number: int) -> bool:
    """Sent by pressing "reply" on an old mail: another case about other content, or it says so itself."""
    another = known.is_another_case(number) and (not known.content or known.is_other_content(number))
    return another or _leads_elsewhere(known, number)


def _leads_elsewhere(known: Known, number: int) -> bool:
    """Whether the mail says that it is about another matter, and nothing that it says is this one's."""
    report = known.report
    if Stance.ELSEWHERE not in report.stances:
        return False
    names_case = (report.authority_ref or "") in report.own_text and known.has_same_case(number)
    return not (names_case or known.content & known.values(number, KeyKind.REFERENCE))


def _same_domain(party: str, report: Report) -> bool:
    return report.sender.domain is not None and party.endswith(f"@{report.sender.domain}")
