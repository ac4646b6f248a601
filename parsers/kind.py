"""What sort of mail a message is: headers first, localised subjects second, words last."""

import re
from dataclasses import dataclass

from parsers.facts import Kind, SenderClass, Verification
from parsers.folding import fold
from parsers.message import ParsedMessage
from parsers.words import Words

_ROBOT = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_LIST_FIELDS = ("list-id", "list-unsubscribe", "list-post", "list-help")
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "junk"})
_AUTOMATIC_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
_PREFIX = re.compile(r"\s*(?:\[[^\]]{0,80}\]\s*)?(?P<word>[^\s:\uff1a\[]{1,24})\s?(?:\[\d+\])?\s?[:\uff1a]")
_TICKET_MARK = re.compile(r"\[[a-z][a-z0-9_]{1,9}-\d{1,10}\]")
_SUBJECT_CHARACTERS = 300
_OFFERS = 2  # one word of advertising is a coincidence


@dataclass(frozen=True, kw_only=True)
class Impression:
    """What the other readers have found out about one mail, as far as its kind depends on it."""

    subject: str
    own_text: str
    names_content: bool
    sender_class: SenderClass
    verification: Verification


def judge_kind(message: ParsedMessage, impression: Impression, words: Words) -> Kind:
    """Judge by how the mail came about.

    A machine that sends an order of its own ("auto-generated" without list headers) sends a report.
    """
    subject = fold(impression.subject[:_SUBJECT_CHARACTERS])
    if _is_bounce(message, subject, words):
        return Kind.BOUNCE
    if _is_auto_reply(message, subject, words):
        return Kind.AUTO_REPLY
    if _is_spam(impression, words):
        return Kind.SPAM
    if _is_newsletter(message, impression):
        return Kind.NEWSLETTER
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


def _precedence(message: ParsedMessage) -> str:
    return (message.first("precedence") or "").strip().lower()


def _is_bounce(message: ParsedMessage, subject: str, words: Words) -> bool:
    if message.root.content_type == "multipart/report":
        return any(part.content_type == "message/delivery-status" for part in message.root.own_parts())
    from_robot = bool(_ROBOT.match(message.sender_address or ""))
    if message.first("x-failed-recipients") and has_null_return_path(message):
        return True
    return (from_robot or has_null_return_path(message)) and bool(words.bounced_subjects.match(subject))


def _is_auto_reply(message: ParsedMessage, subject: str, words: Words) -> bool:
    if auto_submitted(message) in {"auto-replied", "auto-notified"}:
        return True
    if (
        any(message.first(name) for name in _AUTOMATIC_FIELDS)
        or _precedence(message) in _AUTOMATIC_PRECEDENCE
    ):
        return True
    answers = bool(message.first("in-reply-to") or message.first("references"))
    if answers and (has_null_return_path(message) or auto_submitted(message) == "auto-generated"):
        return True
    automatic = bool(words.automatic_subjects.match(re.sub(r"^(?:\[[^\]]{0,80}\]|[^\w\s])\s*", "", subject)))
    return automatic and (answers or has_null_return_path(message))


def _is_newsletter(message: ParsedMessage, impression: Impression) -> bool:
    """Bulk mail; on a list where everybody may write, a mail that names content is a report."""
    if not is_list_mail(message):
        return False
    return not (message.first("list-post") and impression.names_content)


def _is_spam(impression: Impression, words: Words) -> bool:
    if impression.sender_class is not SenderClass.UNKNOWN or impression.names_content:
        return False
    if impression.verification is Verification.VERIFIED:
        return False
    text = fold(f"{impression.subject[:_SUBJECT_CHARACTERS]}\n{impression.own_text[:5000]}")
    return len(set(words.advertising.findall(text))) >= _OFFERS


def _is_reply(message: ParsedMessage, subject: str, words: Words) -> bool:
    prefix = _PREFIX.match(subject)
    word = prefix["word"] if prefix else ""
    if words.forwarded_subjects.fullmatch(word):
        return False
    if words.replied_subjects.fullmatch(word):
        return True
    return bool(message.first("in-reply-to") or _TICKET_MARK.search(subject))
