"""Bytes to Report: puts the readers together."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from parsers import references, sentences
from parsers.acknowledgement import judge_acknowledgement
from parsers.addresses import hides_target
from parsers.attachments import attached_texts, read_attachments
from parsers.authenticity import TrustedHosts, fields_of_ours, judge_authenticity
from parsers.body import Body, read_body
from parsers.case_numbers import authority_ref
from parsers.certified import certified_content
from parsers.deadlines import find_clocks
from parsers.delivery import is_complaint, is_receipt, read_outcomes
from parsers.documents import read_documents
from parsers.elements import OrderText, find_orders, shown_by
from parsers.evidence import with_documents
from parsers.extract import TEXT_CUT
from parsers.facts import (
    NOBODY_ASKS,
    Attachment,
    AttachmentRole,
    Authenticity,
    Harm,
    Kind,
    LanguageGuess,
    OrderElements,
    Reference,
    Report,
    Sender,
    SenderClass,
    Stance,
    StatedClock,
    StatedUrgency,
    Urgency,
    Withdrawal,
)
from parsers.headers import message_ids
from parsers.identity import content_digest, read_thread
from parsers.kind import (
    Impression,
    has_ticket_mark,
    is_carried_on,
    judge_kind,
    says_answered,
    says_forwarded,
    says_spam,
)
from parsers.knowledge import Knowledge
from parsers.look_alikes import foreign_address_domain, imitated_domain
from parsers.message import ParsedMessage, parse_message
from parsers.own_text import Authorship, divide
from parsers.text_about_limits import asks_for_something, find_withdrawal, sends_to_subject, wants_nothing
from parsers.urgency import NOT_JUDGED, Appraisal, appraise
from parsers.zones import assumed_zone


def read(raw: bytes, *, received_at: datetime, knowledge: Knowledge) -> Report:
    """Everything that one mail and its attachments state.

    The same bytes, instant and knowledge always give the same report. Whoever must survive a hostile
    document runs the two halves apart: `read_mail`, then `read_documents`, joined by `with_documents`.

    Args:
        raw: the mail as received.
        received_at: when the mailbox took it, with its zone; never the mail's own Date.
        knowledge: word lists and organisations.

    Raises:
        Unreadable: the mail is outside what may be parsed.
    """
    message = parse_message(raw)
    report = read_mail(message, received_at=received_at, knowledge=knowledge)
    return with_documents(report, read_documents(message, report.attachments), knowledge)


def read_mail(message: ParsedMessage, *, received_at: datetime, knowledge: Knowledge) -> Report:
    """What a mail states without its attachments' texts; the arguments are those of `read`."""
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a time zone")
    return _Reading(message, received_at, knowledge).report()


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
            harm_sentences=self.appraisal.about,
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
            withdrawal=self.withdrawal,
            orders=self.orders,
            references=self.references,
            references_elsewhere=self.references_elsewhere,
            references_forwarded=self.references_forwarded,
            references_quoted=self.references_quoted,
            references_attached=self.references_attached,
            forwarded_sender=self.authorship.forwarded_sender,
            authority_ref=self.authority_ref,
            stances=self.stances,
            attachments=self.attachments,
            outcomes=read_outcomes(self.message.root),
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
            hosts=self._hosts,
            directory=self.knowledge.directory,
        )

    @cached_property
    def _hosts(self) -> TrustedHosts:
        return TrustedHosts(
            receiving_host=self.knowledge.receiving_host, forwarders=self.knowledge.trusted_forwarders
        )

    @cached_property
    def body(self) -> Body:
        return read_body(certified_content(self.message) or self.message.root)

    @cached_property
    def authorship(self) -> Authorship:
        answers = bool(self.message.first("in-reply-to"))
        return divide(
            self.body.text,
            self.knowledge.words,
            replies=answers or says_answered(self.subject, self.knowledge.words),
            forwards=says_forwarded(self.subject, self.knowledge.words),
        )

    @cached_property
    def language(self) -> LanguageGuess:
        return self.knowledge.languages.of(self.authorship.own)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        names = [part.name or "" for part in self.message.root.own_parts()]
        return self.knowledge.references.find([self._own_subject, self.authorship.own, *names])

    @property
    def _own_subject(self) -> str:
        """The subject, where it is this author's: answers and forwarded mails carry on another's."""
        answers = self.message.first("in-reply-to") or is_carried_on(self.subject, self.knowledge.words)
        return "" if answers else self.subject

    @cached_property
    def references_forwarded(self) -> tuple[Reference, ...]:
        return self._foreign(self.authorship.forwarded)

    @cached_property
    def references_quoted(self) -> tuple[Reference, ...]:
        return self._foreign(self.authorship.quoted)

    @cached_property
    def references_attached(self) -> tuple[Reference, ...]:
        return self._foreign(self._attached.text)

    @cached_property
    def _attached(self) -> Body:
        return attached_texts(self.message.root)

    def _foreign(self, *texts: str) -> tuple[Reference, ...]:
        """What others name in these texts and the author does not."""
        found = self.knowledge.references.find(texts)
        return tuple(reference for reference in found if reference not in self.references)

    @property
    def references_elsewhere(self) -> tuple[Reference, ...]:
        found = {*self.references_forwarded, *self.references_quoted, *self.references_attached}
        return tuple(sorted(found))

    @cached_property
    def authority_ref(self) -> str | None:
        return authority_ref(self.subject, self.authorship.own, self.knowledge.words)

    @property
    def stances(self) -> frozenset[Stance]:
        text = f"{self.subject}\n{self.authorship.own}"
        spoken = self.knowledge.stances(self.language.code)
        return frozenset().union(*(stances.of(text) for stances in spoken))

    @cached_property
    def kind(self) -> Kind:
        impression = Impression(
            subject=self.subject,
            own_text=self.authorship.own,
            names_content=bool(self.references),
            opens_matter=self._opens_matter,
            called_spam=says_spam(fields_of_ours(self.message, self._hosts)),
            sender_class=self.sender.sender_class,
            verification=self.authenticity.verdict,
        )
        return judge_kind(self.message, impression, self.knowledge.words)

    @cached_property
    def _opens_matter(self) -> bool:
        """Whether an answer brings content and a case number of which the mail below it says nothing."""
        if not self.authorship.quoted or self._answers_us:
            return False
        number = authority_ref("", self.authorship.own, self.knowledge.words)
        earlier = f"{self.subject}\n{self.authorship.quoted}"
        if number is None or number in earlier:
            return False
        return bool(set(self.references) - set(self.knowledge.references.find([earlier])))

    @property
    def _answers_us(self) -> bool:
        """Whether the mail that is answered is ours, by its identifier or the ticket key in its subject."""
        answered = message_ids(self.message.first("in-reply-to"))
        hosts = (identifier.rpartition("@")[2].lower() for identifier in answered)
        ours = tuple(own.lower() for own in self.knowledge.own_domains)
        named = any(host == own or host.endswith(f".{own}") for host in hosts for own in ours)
        return named or has_ticket_mark(self.subject)

    @cached_property
    def clocks(self) -> tuple[StatedClock, ...]:
        if self.kind in NOBODY_ASKS:
            return ()
        grammars = self.knowledge.grammars(self.language.code)
        language_zone = grammars[0].time_zone if grammars else None
        zone = assumed_zone(self.sender.country, language_zone, at=self.received_at)
        counted = partial(find_clocks, grammars=grammars, received_at=self.received_at, zone=zone)
        clocks = counted(self.authorship.own)
        if sends_to_subject(self.authorship.own, grammars):
            return (*clocks, *counted(self.subject, source="subject", bare=True))
        answers = says_answered(self.subject, self.knowledge.words)
        if clocks or answers or wants_nothing(self.authorship.own, grammars):
            return clocks
        of_subject = counted(self.subject, source="subject")
        return of_subject if of_subject and asks_for_something(self.subject, grammars) else ()

    @property
    def withdrawal(self) -> Withdrawal | None:
        """What takes the sender's order back; a mail that still sets a limit does not."""
        if self.kind in NOBODY_ASKS or any(clock.binding for clock in self.clocks):
            return None
        return find_withdrawal(self.authorship.own, self.knowledge.grammars(self.language.code))

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        return read_attachments(self.message.root)

    @property
    def orders(self) -> tuple[OrderElements, ...]:
        """The elements of an order or request; a signature and what stands below it belong to it."""
        if self.kind is not Kind.REPORT:
            return ()
        answered = self.authorship.quoted or self.authorship.forwarded
        written = self.authorship.own if answered else self.body.text
        grammars = self.knowledge.grammars(self.language.code)
        text = OrderText(text=written, language=self.language.code, grammars=grammars)
        shown = shown_by(
            self.sender,
            self.authority_ref,
            self.references,
            signed=any(each.role is AttachmentRole.SIGNATURE for each in self.attachments)
            or certified_content(self.message) is not None,
        )
        return find_orders([text], shown, self.knowledge.order_forms)

    @cached_property
    def appraisal(self) -> Appraisal:
        if self.kind in NOBODY_ASKS:
            return Appraisal(urgency=StatedUrgency(level=Urgency.LOW), harm=Harm.NONE)
        return appraise(
            f"{self._own_subject}\n\n{self.authorship.own}",
            signals=self.knowledge.signals(self.language.code, *self.language.also),
            clocks=self.clocks,
            received_at=self.received_at,
            sender_class=self.sender.sender_class,
            names_content=bool(self.references),
            subject=self.subject,
            judged=self.knowledge.judges(self.language.code),
        )

    @property
    def _is_searched_in_part(self) -> bool:
        others = (self.authorship.quoted, self.authorship.forwarded, self._attached.text)
        too_long = any(len(text) > references.MAX_CHARACTERS for text in others)
        return (
            too_long
            or len(self.authorship.own) > sentences.MAX_CHARACTERS
            or TEXT_CUT in self._attached.flags
        )

    @cached_property
    def flags(self) -> frozenset[str]:
        domain = self.sender.domain
        findings = {
            "encrypted": self.body.encrypted,
            "no sender": self.message.sender_address is None,
            "several senders": self.message.several_senders,
            "no text": not self.authorship.own,
            TEXT_CUT: self._is_searched_in_part,
            "malformed": bool(self.message.defects),
            NOT_JUDGED: not self.knowledge.judges(self.language.code),
            "look-alike domain": domain is not None
            and imitated_domain(domain, self.knowledge.directory) is not None,
            "address of another in the name": foreign_address_domain(self.sender.display_name, domain)
            is not None,
            "link not resolvable": hides_target(self.authorship.own),
            "certified mail": certified_content(self.message) is not None,
            "read receipt": is_receipt(self.message.root),
            "complaint about mail": is_complaint(self.message.root),
            "outlook container": any(
                part.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}
                for part in self.message.root.own_parts()
            ),
        }
        return self.message.findings | self.body.flags | {flag for flag, found in findings.items() if found}
