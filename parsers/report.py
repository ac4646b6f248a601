"""Bytes to Report: puts the readers together."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from parsers.acknowledgement import judge_acknowledgement
from parsers.attachments import attached_texts, read_attachments
from parsers.authenticity import imitated_domain, judge_authenticity
from parsers.body import Body, read_body
from parsers.case_numbers import authority_ref
from parsers.deadlines import find_clocks
from parsers.facts import (
    Authenticity,
    Harm,
    Kind,
    LanguageGuess,
    Reference,
    Report,
    Sender,
    SenderClass,
    StatedClock,
    StatedUrgency,
    Urgency,
)
from parsers.identity import content_digest, read_thread
from parsers.kind import Impression, judge_kind
from parsers.knowledge import Knowledge
from parsers.language import detect
from parsers.message import ParsedMessage, parse_message
from parsers.own_text import Authorship, divide
from parsers.urgency import Appraisal, appraise
from parsers.zones import assumed_zone

_NOTHING_TO_DO = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE, Kind.NEWSLETTER, Kind.SPAM})


def read(raw: bytes, *, received_at: datetime, knowledge: Knowledge) -> Report:
    """Everything that one mail states.

    The same bytes, instant and knowledge always give the same report.

    Args:
        raw: the mail as received.
        received_at: when the mailbox took it, with its zone; never the mail's own Date.
        knowledge: word lists and organisations.

    Raises:
        Unreadable: the mail is outside what may be parsed.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a time zone")
    return _Reading(parse_message(raw), received_at, knowledge).report()


@dataclass(frozen=True)
class _Reading:
    """One mail while it is read; every finding is worked out once, when first asked for."""

    message: ParsedMessage
    received_at: datetime
    knowledge: Knowledge

    def report(self) -> Report:
        return Report(
            received_at=self.received_at,
            subject=self.subject,
            sender=self.sender,
            authenticity=self.authenticity,
            kind=self.kind,
            language=self.language,
            own_text=self.authorship.own,
            urgency=self.appraisal.urgency,
            harm=self.appraisal.harm,
            thread=read_thread(
                self.message,
                kind=self.kind,
                subject=self.subject,
                own_text=self.authorship.own,
                body_text=self.body.text,
            ),
            content_digest=content_digest(self.message),
            acknowledgement=judge_acknowledgement(
                self.message,
                kind=self.kind,
                verification=self.authenticity.verdict,
                own_domains=self.knowledge.own_domains,
            ),
            clocks=self.clocks,
            references=self.references,
            references_elsewhere=self.references_elsewhere,
            authority_ref=self.authority_ref,
            attachments=read_attachments(self.message.root),
            flags=self.flags,
        )

    @cached_property
    def subject(self) -> str:
        return " ".join((self.message.first("subject") or "").split())

    @cached_property
    def sender(self) -> Sender:
        address = self.message.sender_address
        domain = address.rpartition("@")[2] if address else None
        known = self.knowledge.directory.of_domain(domain) if domain else None
        return Sender(
            address=address,
            display_name=self.message.sender_name,
            domain=domain,
            organisation=known.id if known else None,
            sender_class=SenderClass(known.sender_class) if known else SenderClass.UNKNOWN,
            country=known.country if known else None,
        )

    @cached_property
    def authenticity(self) -> Authenticity:
        return judge_authenticity(
            self.message,
            domain=self.sender.domain,
            receiving_host=self.knowledge.receiving_host,
            directory=self.knowledge.directory,
        )

    @cached_property
    def body(self) -> Body:
        return read_body(self.message.root)

    @cached_property
    def authorship(self) -> Authorship:
        answers = bool(self.message.first("in-reply-to"))
        return divide(self.body.text, self.knowledge.words, replies=answers)

    @cached_property
    def language(self) -> LanguageGuess:
        return detect(self.authorship.own)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        names = [part.name or "" for part in self.message.root.own_parts()]
        return self.knowledge.references.find([self.authorship.own, *names])

    @cached_property
    def references_elsewhere(self) -> tuple[Reference, ...]:
        attached = attached_texts(self.message.root)
        elsewhere = self.knowledge.references.find(
            [self.authorship.quoted, self.authorship.forwarded, *attached]
        )
        return tuple(reference for reference in elsewhere if reference not in self.references)

    @cached_property
    def authority_ref(self) -> str | None:
        return authority_ref(self.subject, self.authorship.own, self.knowledge.words)

    @cached_property
    def kind(self) -> Kind:
        impression = Impression(
            subject=self.subject,
            own_text=self.authorship.own,
            names_content=bool(self.references),
            sender_class=self.sender.sender_class,
            verification=self.authenticity.verdict,
        )
        return judge_kind(self.message, impression, self.knowledge.words)

    @cached_property
    def clocks(self) -> tuple[StatedClock, ...]:
        if self.kind in _NOTHING_TO_DO:
            return ()
        grammars = self.knowledge.grammars(self.language.code)
        language_zone = grammars[0].time_zone if grammars else None
        zone = assumed_zone(self.sender.country, language_zone, at=self.received_at)
        return find_clocks(self.authorship.own, grammars=grammars, received_at=self.received_at, zone=zone)

    @cached_property
    def appraisal(self) -> Appraisal:
        if self.kind in _NOTHING_TO_DO:
            return Appraisal(urgency=StatedUrgency(level=Urgency.LOW), harm=Harm.NONE)
        return appraise(
            self.authorship.own,
            signals=self.knowledge.signals(self.language.code),
            clocks=self.clocks,
            received_at=self.received_at,
            sender_class=self.sender.sender_class,
            names_content=bool(self.references),
        )

    @cached_property
    def flags(self) -> frozenset[str]:
        domain = self.sender.domain
        findings = {
            "encrypted": self.body.encrypted,
            "no sender": self.message.sender_address is None,
            "several senders": len(self.message.every("from")) > 1,
            "no text": not self.authorship.own,
            "malformed": bool(self.message.defects),
            "language without lexicon": bool(self.language.code)
            and self.language.code not in self.knowledge.lexicons,
            "look-alike domain": domain is not None
            and imitated_domain(domain, self.knowledge.directory) is not None,
            "outlook container": any(
                part.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}
                for part in self.message.root.own_parts()
            ),
        }
        return frozenset(flag for flag, found in findings.items() if found)
