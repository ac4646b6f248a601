"""What sort of mail a message is: headers first, localised subjects second, words last."""

import re
from dataclasses import dataclass

from parsers.certified import CertifiedReceipt, certified_receipt
from parsers.delivery import is_delivery_report, is_receipt
from parsers.facts import Kind, SenderClass, Verification
from parsers.folding import fold
from parsers.message import ParsedMessage
from parsers.part import Fields
from parsers.sentences import QUESTION_MARKS
from parsers.words import Words

_ROBOT = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|maildaemon|mdaemon)@", re.IGNORECASE
)
_LIST_FIELDS = ("list-id", "list-unsubscribe", "list-post", "list-help")
_SPAM_FIELDS = ("x-spam-flag", "x-spam-status", "x-spam", "x-rspamd-spam")
_FOREFRONT = "x-forefront-antispam-report"
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply", "junk"})
_AUTOMATIC_FIELDS = (
    "x-autoreply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-auto-responder",
    "x-mail-autoreply",
    "x-vacation",
)
# How mail servers introduce a returned mail in their own words, which are never translated.
_BOUNCE_TEXT = re.compile(
    r"hi\. this is the (?:qmail-send|deliver) program|this is the (?:mail system|postfix program) at host|"
    r"this message was created automatically by (?:mail delivery software|the mail system)|"
    r"delivery has failed to these recipients or groups|"
    r"your message did not reach some or all of the intended recipients|"
    r"this is an automatically generated delivery status notification|"
    r"(?:the following (?:recipients?|address(?:es)?)|a message that you sent) (?:could not be|had permanent|"
    r"failed)|----- the following addresses had (?:permanent|transient)|"
    r"diagnostic information for administrators:|i'm afraid i wasn't able to deliver your message"
)
_BOUNCE_CHARACTERS = 2000
_AUTOMATIC_CHARACTERS = 900
_ABSENT_AT_ONCE = 250  # characters in which an absence note comes to the point
_PREFIX = re.compile(r"\s*(?:\[[^\]]{0,80}\]\s*)?(?P<word>[^\s:\uff1a\[]{1,24})\s?(?:\[\d+\])?\s?[:\uff1a]")
_TICKET_MARK = re.compile(r"\[[a-z][a-z0-9_]{1,9}-\d{1,10}\]")
_SUBJECT_MARK = re.compile(r"(?:\[[^\]]{0,80}\]|[^\w\s])\s*")
_LABEL_END = re.compile(r"\s?(?:[:\uff1a]|$)")
_SUBJECT_CHARACTERS = 300
_AUTHORITIES = frozenset({SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT})
_OFFERS = 2  # one word of advertising is a coincidence


@dataclass(frozen=True, kw_only=True)
class Impression:
    """What the other readers have found out about one mail, as far as its kind depends on it."""

    subject: str
    own_text: str
    names_content: bool
    opens_matter: bool  # names content and a case number of which the quoted mail says nothing
    called_spam: bool  # by our own receiving server
    sender_class: SenderClass
    verification: Verification


def judge_kind(message: ParsedMessage, impression: Impression, words: Words) -> Kind:
    """Judge by how the mail came about.

    A machine that sends an order of its own ("auto-generated" without list headers) sends a report.
    """
    subject = fold(impression.subject[:_SUBJECT_CHARACTERS])
    if _is_bounce(message, impression, subject, words):
        return Kind.BOUNCE
    if _is_auto_reply(message, subject, words) or _says_automatic(impression, words):
        return Kind.AUTO_REPLY
    if _is_spam(impression, words):
        return Kind.SPAM
    if _is_newsletter(message, impression):
        return Kind.NEWSLETTER
    if impression.opens_matter:  # some press "reply" on an old mail for want of our address
        return Kind.REPORT
    return Kind.REPLY if _is_reply(message, subject, words) else Kind.REPORT


def has_null_return_path(message: ParsedMessage) -> bool:
    """Whether the envelope sender is empty: never answer such mail (RFC 5321, section 4.5.5)."""
    path = message.first("return-path")
    return path is not None and path.strip() in {"", "<>"}


def is_list_mail(message: ParsedMessage) -> bool:
    """Whether a list or a bulk sender distributed the mail (RFC 2369, RFC 2919)."""
    return any(message.first(name) for name in _LIST_FIELDS) or _precedence(message) in {"bulk", "list"}


def auto_submitted(message: ParsedMessage) -> str:
    """The keyword of Auto-Submitted (RFC 3834, section 5), "no" where there is none."""
    return re.split(r"[\s;(]", (message.first("auto-submitted") or "no").strip().lower())[0]


def has_ticket_mark(subject: str) -> bool:
    """Whether the subject carries a ticket key in brackets, as our own mail does."""
    return bool(_TICKET_MARK.search(fold(subject[:_SUBJECT_CHARACTERS])))


def says_spam(fields: Fields) -> bool:
    """Whether one of these fields, which a trusted server wrote, calls the mail unwanted."""
    return any(
        (name in _SPAM_FIELDS and value.strip().lower().startswith(("yes", "spam", "true")))
        or (name == _FOREFRONT and "sfv:spm" in value.lower())
        for name, value in fields
    )


def _precedence(message: ParsedMessage) -> str:
    return (message.first("precedence") or "").strip().lower()


def _is_bounce(message: ParsedMessage, impression: Impression, subject: str, words: Words) -> bool:
    if is_delivery_report(message.root) or message.first("x-ms-exchange-message-is-ndr") is not None:
        return True
    if certified_receipt(message) is CertifiedReceipt.FAILED:
        return True
    from_robot = bool(_ROBOT.match(message.sender_address or ""))
    returned = has_null_return_path(message)
    if from_robot and returned and auto_submitted(message) != "auto-replied":
        return True
    if not (from_robot or returned):
        return False
    text = " ".join(fold(impression.own_text[:_BOUNCE_CHARACTERS]).split())
    return bool(
        message.first("x-failed-recipients")
        or words.bounced_subjects.match(subject)
        or _BOUNCE_TEXT.search(text)
    )


def _is_auto_reply(message: ParsedMessage, subject: str, words: Words) -> bool:
    submitted = auto_submitted(message)
    if (
        submitted in {"auto-replied", "auto-notified"}
        or is_receipt(message.root)
        or certified_receipt(message)
    ):
        return True
    if (
        any(message.first(name) for name in _AUTOMATIC_FIELDS)
        or _precedence(message) in _AUTOMATIC_PRECEDENCE
    ):
        return True
    answers = bool(message.first("in-reply-to") or message.first("references"))
    from_machine = has_null_return_path(message) or submitted == "auto-generated"
    if answers and from_machine:
        return True
    mark = _SUBJECT_MARK.match(subject)
    if mark and words.automatic_subjects.fullmatch(mark[0].strip("[] ")):
        return True
    unmarked = subject[mark.end() :] if mark else subject
    automatic = words.automatic_subjects.match(unmarked)
    if automatic is None:
        return False
    # Without other signs it must be a label before the subject that is answered, or the whole subject.
    return answers or from_machine or bool(_LABEL_END.match(unmarked, automatic.end()))


def _says_automatic(impression: Impression, words: Words) -> bool:
    """Whether a short text that names no content calls itself an absence note or a receipt.

    A hotline's machine writes reports as well, and people are on leave when they ask for help.
    """
    if impression.names_content or len(impression.own_text) > _AUTOMATIC_CHARACTERS:
        return False
    text = " ".join(fold(impression.own_text).split())
    if any(mark in text for mark in QUESTION_MARKS):
        return False
    absent = words.absences.search(text, 0, _ABSENT_AT_ONCE) and words.returns.search(text)
    return bool(absent or (words.receipts.search(text) and words.machine.search(text)))


def _is_newsletter(message: ParsedMessage, impression: Impression) -> bool:
    """Bulk mail; content named on a list where everybody may write, or by an authority, is a report."""
    if not is_list_mail(message):
        return False
    may_report = bool(message.first("list-post")) or impression.sender_class in _AUTHORITIES
    return not (may_report and impression.names_content)


def _is_spam(impression: Impression, words: Words) -> bool:
    if impression.sender_class is not SenderClass.UNKNOWN or impression.names_content:
        return False
    if impression.verification is Verification.VERIFIED:
        return False
    if impression.called_spam:
        return True
    text = fold(f"{impression.subject[:_SUBJECT_CHARACTERS]}\n{impression.own_text[:5000]}")
    return len(set(words.advertising.findall(text))) >= _OFFERS


def says_forwarded(subject: str, words: Words) -> bool:
    """Whether the subject's prefix can only mean a mail that is passed on."""
    word = _prefix(fold(subject[:_SUBJECT_CHARACTERS]))
    return bool(words.forwarded_subjects.fullmatch(word)) and not words.replied_subjects.fullmatch(word)


def says_answered(subject: str, words: Words) -> bool:
    """Whether the subject's prefix can only mean an answer."""
    word = _prefix(fold(subject[:_SUBJECT_CHARACTERS]))
    return bool(words.replied_subjects.fullmatch(word)) and not words.forwarded_subjects.fullmatch(word)


def is_carried_on(subject: str, words: Words) -> bool:
    """Whether the subject is another mail's, with the prefix of an answer or of a forwarded mail."""
    word = _prefix(fold(subject[:_SUBJECT_CHARACTERS]))
    return bool(words.forwarded_subjects.fullmatch(word) or words.replied_subjects.fullmatch(word))


def _prefix(folded: str) -> str:
    match = _PREFIX.match(folded)
    return match["word"] if match else ""


def _is_reply(message: ParsedMessage, subject: str, words: Words) -> bool:
    word = _prefix(subject)
    answers = bool(message.first("in-reply-to"))
    forwards, replies = words.forwarded_subjects.fullmatch(word), words.replied_subjects.fullmatch(word)
    if forwards:  # "VS" is an answer in Finland and a forwarded mail in Norway
        return bool(replies) and answers
    return bool(replies) or answers or has_ticket_mark(subject)
