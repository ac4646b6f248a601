"""Compose: what an incident manager reads on a ticket. Words of strangers only ever stand in quotes."""

from collections.abc import Iterable

from config.durations import duration_text
from config.settings import Settings
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote, TicketText
from daemon.clock_rows import clock_rows, instants, stop_rows, superseded_rows
from daemon.decision import Decision
from daemon.law_rows import law_rows
from parsers.facts import Harm, RelationType, Report, SenderClass, Verification
from rules.explain import routed_by
from rules.files import JudgedFile

SENSITIVE = frozenset({Harm.CHILD_SAFETY, Harm.TERRORISM, Harm.SELF_HARM, Harm.VIOLENCE})
SUMMARY_SUBJECT_LENGTH = 80
ROW = tuple[str, str]


def summarise(decision: Decision) -> str:
    """One line for the queue: what it is about, whose concern it is, and which case."""
    report = decision.report
    if decision.held:
        return f"Held: a mail needs a person ({decision.held})"
    which = report.authority_ref or next(iter(map(str, report.references)), None) or _short(report.subject)
    parts = (_words(report.harm), _whose(report), which)
    return " · ".join(part for part in parts if part)


def describe(decision: Decision, settings: Settings) -> TicketText:
    """The description of a new ticket."""
    report = decision.report
    return (
        *_warnings(decision),
        FactTable(rows=tuple(_facts(decision, settings))),
        *_own_words(report),
        *_evidence(decision),
    )


def update_note(decision: Decision, settings: Settings) -> TicketText:
    """The comment that a duplicate or a follow-up becomes."""
    report, standing = decision.report, decision.standing
    repeats = standing.type is RelationType.DUPLICATE
    rows = (
        ("Why it belongs here", standing.reason),
        *_sender_rows(report),
        *clock_rows(decision.clocks, settings),
        *superseded_rows(decision.superseded, settings),
        *stop_rows(decision.stops, settings),
        *law_rows(decision.orders, decision.former_laws),
        *_urgency_rows(decision),
        *_content_rows(report),
    )
    return (
        Heading(text="Received again" if repeats else f"Follow-up ({_words(report.kind)})"),
        *_warnings(decision),
        FactTable(rows=rows),
        *_own_words(report),
        *_evidence(decision),
    )


def _warnings(decision: Decision) -> Iterable[Block]:
    report = decision.report
    yield from _peoples_word(decision)
    yield from _stopped(decision)
    if decision.held:
        yield Paragraph(text=f"A person has to look at this mail: {decision.held}.")
    if report.authenticity.verdict is Verification.SUSPECTED_FORGERY:
        yield Paragraph(
            text="The sender may be forged. Do not act on it before the sender has been called back."
        )
    elif report.authenticity.verdict is Verification.UNVERIFIED:
        yield Paragraph(text="The sender is not verified.")
    if report.harm in SENSITIVE:
        yield Paragraph(text=f"Sensitive: this concerns {_words(report.harm)}. Nothing is shown inline.")


def _peoples_word(decision: Decision) -> Iterable[Block]:
    """What the mail asks for and does not get, because a person has decided otherwise."""
    if decision.asked is not None:
        yield Paragraph(
            text=f"This mail asks for urgency {decision.asked}. A person has set "
            f"{decision.matter.urgency}, and that stands until a person changes it."
        )
    if decision.superseded:
        yield Paragraph(
            text="This mail brings a clock about which a person has decided before. That decision stands: "
            "if this is a new limit, a person has to set it."
        )


def _stopped(decision: Decision) -> Iterable[Block]:
    """What a person should do where the sender ended clocks."""
    if decision.stops:
        yield Paragraph(
            text="The sender ends clocks of this matter, as the rows below say with the words that were "
            "read. The due date of the ticket is left as it is; change it if you agree."
        )


def _facts(decision: Decision, settings: Settings) -> Iterable[ROW]:
    report, standing = decision.report, decision.standing
    yield from _urgency_rows(decision)
    yield from clock_rows(decision.clocks, settings)
    yield from law_rows(decision.orders, decision.former_laws)
    yield from _own_limit_rows(decision, settings)
    yield from _sender_rows(report)
    yield from _subject_rows(report)
    yield "Relation", f"{standing.type}: {standing.reason}"
    yield "Language", _language(report)
    yield from _content_rows(report)
    yield "Routed by", routed_by(decision.route)


def _urgency_rows(decision: Decision) -> Iterable[ROW]:
    why = " / ".join(decision.report.urgency.sentences)
    yield "Urgency", f"{decision.matter.urgency}: {why}" if why else str(decision.matter.urgency)


def _subject_rows(report: Report) -> Iterable[ROW]:
    said = " / ".join(report.harm_sentences)
    yield "About", f"{_words(report.harm)}: {said}" if said else _words(report.harm)


def _own_limit_rows(decision: Decision, settings: Settings) -> Iterable[ROW]:
    """The rules' own limit, where no clock ends before it."""
    within, due = decision.route.due_within, decision.due
    if within is not None and due is not None and due != decision.matter.due_at:
        yield "Due by a rule", f"{instants(due, settings)}, {duration_text(within)} after receipt"


def _sender_rows(report: Report) -> Iterable[ROW]:
    reasons = "; ".join(report.authenticity.reasons)
    verdict = _words(report.authenticity.verdict)
    yield "Sender", f"{_whose(report)}: {report.sender.address or 'no address'}"
    yield "Sender is", f"{verdict} ({reasons})" if reasons else verdict


def _content_rows(report: Report) -> Iterable[ROW]:
    if report.authority_ref:
        yield "Their case", report.authority_ref
    if report.references:
        yield "Content", ", ".join(map(str, report.references))
    if report.references_elsewhere:
        yield "Content named in quotes or attachments", ", ".join(map(str, report.references_elsewhere))
    for document in report.documents:
        for clock in document.clocks:
            yield f"Limit in {document.source}", f"“{clock.phrase}”"
    if report.flags:
        yield "Take note", ", ".join(sorted(report.flags))


def _own_words(report: Report) -> Iterable[Block]:
    if report.subject:
        yield Heading(text="Subject")
        yield Quote(text=report.subject)
    if report.own_text:
        yield Heading(text="In the sender's own words")
        yield Quote(text=report.own_text)


def _evidence(decision: Decision) -> Iterable[Block]:
    message = decision.message
    yield Heading(text="Evidence")
    yield FactTable(
        rows=(
            ("Mailbox", message.mailbox),
            ("Received", f"{message.received_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("Message", f"number {message.id}, SHA-256 {message.sha256}"),
            *(("Attachment", _attachment(file, decision)) for file in decision.files),
        ),
    )


def _attachment(file: JudgedFile, decision: Decision) -> str:
    attachment = file.attachment
    name = attachment.safe_name or "without a name"
    facts = f"{name}, {attachment.content_type}, {attachment.size} bytes, SHA-256 {attachment.sha256}"
    return ", ".join((facts, *sorted(attachment.flags), *_place(file, decision)))


def _place(file: JudgedFile, decision: Decision) -> Iterable[str]:
    """Where the file is, if a rule wants it on the ticket; else all are in the store."""
    if decision.route.files is not None:
        yield "on this ticket" if file.kept_back is None else f"not attached: {file.kept_back}"


def _whose(report: Report) -> str:
    """The organisation; of everybody else only the class, since summaries are seen by many."""
    sender = report.sender
    if sender.organisation and sender.sender_class is not SenderClass.PUBLIC:
        return f"{sender.organisation} ({_words(sender.sender_class)})"
    return "member of the public" if sender.sender_class is SenderClass.PUBLIC else "unknown sender"


def _language(report: Report) -> str:
    if report.language.code is None:
        return "none could be read"
    return f"{report.language.code} ({report.language.certainty:.0%} certain)"


def _short(subject: str) -> str:
    return subject if len(subject) <= SUMMARY_SUBJECT_LENGTH else f"{subject[: SUMMARY_SUBJECT_LENGTH - 1]}…"


def _words(code: str) -> str:
    return str(code).replace("_", " ")
