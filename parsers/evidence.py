"""What attached documents state, and when a document speaks for its sender.

Officials write in one of two ways. Either the mail is the message, and what is attached is an annex to
it: forms, lists, statutes, what others wrote. Or the mail is an envelope: empty, or a few lines that
point to the order. Only then does the document set urgency, clocks and harm. In neither case does a
document lower what the author says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.case_numbers import authority_ref
from parsers.deadlines import find_clocks
from parsers.documents import DocumentText
from parsers.elements import OrderText, find_orders, joined, shown_by
from parsers.extract import TEXT_CUT, raised
from parsers.facts import (
    NOBODY_ASKS,
    UNTOLD_HARMS,
    Attachment,
    DocumentFacts,
    Kind,
    OrderElements,
    Reference,
    Report,
    SenderClass,
    StatedUrgency,
    Urgency,
)
from parsers.knowledge import Knowledge
from parsers.sentences import MAX_CHARACTERS
from parsers.urgency import NOT_JUDGED, appraise
from parsers.zones import assumed_zone

ENVELOPE_CHARACTERS = 600  # a salutation, what is attached, a request, a name; more is a message

_UNREAD = frozenset({"encrypted", "no text", "not read", "too large", "unreadable"})
_ACTIVE = frozenset({"executable", "macro", "script"})
_OFFICIAL = frozenset({SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT})
_LANGUAGE_IS_TOLD = 0.5  # certainty; below it a few words of a receipt may be taken for any language


def with_documents(report: Report, documents: Sequence[DocumentText], knowledge: Knowledge) -> Report:
    """The report with what its attachments state.

    Args:
        report: what the mail itself states.
        documents: the texts of its attachments, as `read_documents` gives them.
        knowledge: what the report was read with.
    """
    facts = {document: _facts(document, report, knowledge) for document in documents if document.text}
    attachments = _flagged(report.attachments, documents)
    evident = replace(
        report,
        documents=tuple(facts.values()),
        references_elsewhere=_elsewhere(report, facts.values()),
        attachments=attachments,
        flags=report.flags | _warnings(attachments),
    )
    if report.kind in NOBODY_ASKS:
        return evident
    evident = replace(evident, orders=_orders(evident, documents, knowledge))
    speaking = [each for document, each in facts.items() if _speaks(document, report)]
    numbered = [each for document, each in facts.items() if _numbers(document, report)]
    told = [each.language.code for each in speaking if each.language.certainty >= _LANGUAGE_IS_TOLD]
    unjudged = not all(map(knowledge.judges, told))
    flagged = replace(evident, flags=evident.flags | raised({NOT_JUDGED: unjudged}))
    return _warned(_numbered(_spoken(flagged, speaking), numbered))


def _facts(document: DocumentText, report: Report, knowledge: Knowledge) -> DocumentFacts:
    language = knowledge.languages.of(document.text)
    grammars = knowledge.grammars(language.code)
    zone = assumed_zone(
        report.sender.country, grammars[0].time_zone if grammars else None, at=report.received_at
    )
    clocks = find_clocks(
        document.text, grammars=grammars, received_at=report.received_at, zone=zone, source=document.source
    )
    references = knowledge.references.find([document.text])
    appraisal = appraise(
        document.text,
        signals=knowledge.signals(language.code, *language.also),
        clocks=clocks,
        received_at=report.received_at,
        sender_class=report.sender.sender_class,
        names_content=bool(references),
        judged=language.certainty < _LANGUAGE_IS_TOLD or knowledge.judges(language.code),
    )
    return DocumentFacts(
        source=document.source,
        language=language,
        urgency=appraisal.urgency,
        harm=appraisal.harm,
        harm_sentences=appraisal.about,
        clocks=clocks,
        references=references,
        authority_ref=authority_ref("", document.text, knowledge.words),
    )


def _orders(
    report: Report, documents: Sequence[DocumentText], knowledge: Knowledge
) -> tuple[OrderElements, ...]:
    """The elements of an order, which may stand partly in the mail and partly in its documents."""
    written = [(document.text, None) for document in documents if document.text and not document.is_mail]
    if report.kind is not Kind.REPORT or not written:
        return report.orders
    languages = [(report.own_text, report.language.code), *written]
    texts = [_order_text(text, code, knowledge) for text, code in languages if text]
    references = (*report.references, *report.references_elsewhere)
    shown = shown_by(report.sender, report.authority_ref, references)
    return joined(report.orders, find_orders(texts, shown, knowledge.order_forms))


def _order_text(text: str, language: str | None, knowledge: Knowledge) -> OrderText:
    code = language or knowledge.languages.of(text).code
    return OrderText(text=text, language=code, grammars=knowledge.grammars(code))


def _elsewhere(report: Report, facts: Iterable[DocumentFacts]) -> tuple[Reference, ...]:
    found = {reference for each in facts for reference in each.references}
    return tuple(sorted({*report.references_elsewhere, *found} - {*report.references}))


def _flagged(
    attachments: tuple[Attachment, ...], documents: Sequence[DocumentText]
) -> tuple[Attachment, ...]:
    """Each attachment with what reading it and the files in it has shown."""
    flags: dict[int, frozenset[str]] = {}
    for document in documents:
        found = document.flags | raised({TEXT_CUT: len(document.text) > MAX_CHARACTERS})
        flags[document.attachment] = flags.get(document.attachment, frozenset()) | found
    return tuple(
        replace(attachment, flags=attachment.flags | flags.get(place, frozenset()))
        for place, attachment in enumerate(attachments)
    )


def _warnings(attachments: Sequence[Attachment]) -> frozenset[str]:
    """What a person should know before opening, or because nobody has read, an attachment."""
    flags = frozenset(flag for attachment in attachments for flag in attachment.flags)
    return raised(
        {
            "unreadable attachment": bool(flags & _UNREAD),
            "active attachment": bool(flags & _ACTIVE),
            TEXT_CUT: TEXT_CUT in flags,
        }
    )


def _speaks(document: DocumentText, report: Report) -> bool:
    """Whether the author leaves it to this document to say what is wanted.

    An attached mail is what somebody else wrote; it speaks only where the author wrote nothing.
    """
    if document.is_mail:
        return not report.own_text
    return len(report.own_text) <= ENVELOPE_CHARACTERS and not report.clocks


def _numbers(document: DocumentText, report: Report) -> bool:
    """Whether the document's case number is the sender's: an authority attaches its own papers."""
    official = report.sender.sender_class in _OFFICIAL and not document.is_mail
    return official or _speaks(document, report)


def _spoken(report: Report, speaking: Sequence[DocumentFacts]) -> Report:
    """The report with what its speaking documents say wherever the author says less."""
    if not speaking:
        return report
    gravest = max(speaking, key=lambda each: each.urgency.level.rank)
    urgency = _higher(report.urgency, gravest.urgency)
    subjectless = report.harm in UNTOLD_HARMS and urgency.level is not Urgency.LOW
    named: Report | DocumentFacts = gravest if subjectless else report
    return replace(
        report,
        clocks=(*report.clocks, *(clock for each in speaking for clock in each.clocks)),
        urgency=urgency,
        harm=named.harm,
        harm_sentences=named.harm_sentences,
    )


def _numbered(report: Report, numbered: Sequence[DocumentFacts]) -> Report:
    """The report with a document's case number where the author gives none."""
    case = next((each.authority_ref for each in numbered if each.authority_ref), None)
    return replace(report, authority_ref=report.authority_ref or case)


def _warned(report: Report) -> Report:
    """The report with a flag where a document binds by a limit that the report does not carry."""
    carried = {clock.limit for clock in report.clocks}
    binding = {clock.limit for each in report.documents for clock in each.clocks if clock.binding}
    return replace(report, flags=report.flags | raised({"limit only in attachment": bool(binding - carried)}))


def _higher(own: StatedUrgency, stated: StatedUrgency) -> StatedUrgency:
    """The higher level; a document without any urgency leaves a mere thank-you what it is."""
    if stated.level is Urgency.NORMAL:
        return own
    return max(own, stated, key=lambda each: each.level.rank)
