"""Which attached files may be copied to a ticket. The rest stays in the store, named by its hash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from parsers.facts import UNTOLD_HARMS, Attachment, AttachmentRole, Harm, Kind, Report

MOST_FILES = 20
"""Of one mail that reach its ticket."""
RISKS = {
    "encrypted": "it is encrypted",
    "executable": "it is a program",
    "macro": "it holds a macro",
    "script": "it holds a script",
    "misnamed": "its name hides what it is",
}
"""Flags of files that may do something, or of which nobody can tell what they are."""
MAILS = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True, kw_only=True)
class FilePolicy:
    """What a rule lets onto the ticket."""

    types: tuple[str, ...]  # of the content, such as application/pdf or image/*
    max_size: int  # octets of one file


@dataclass(frozen=True, kw_only=True)
class JudgedFile:
    """One attached file, and why it is not copied to the ticket; None where it is."""

    attachment: Attachment
    kept_back: str | None


def judge_files(report: Report, policy: FilePolicy | None, *, held: bool) -> tuple[JudgedFile, ...]:
    """Every attached file in the order of the report; without a policy none is copied."""
    reason = _reason_for_all(report, policy, held=held)
    if policy is None or reason is not None:
        return tuple(JudgedFile(attachment=each, kept_back=reason) for each in report.attachments)
    return tuple(_judged(report.attachments, policy))


def _reason_for_all(report: Report, policy: FilePolicy | None, *, held: bool) -> str | None:
    """What keeps all files of a mail back, whatever a rule says."""
    if policy is None or not policy.types:
        return "no rule puts files on the ticket"
    if held:
        return "a person looks at the mail first"
    if report.kind in (Kind.AUTO_REPLY, Kind.BOUNCE):
        return "the mail is automatic"
    if Harm.CHILD_SAFETY in (report.harm, *(document.harm for document in report.documents)):
        return "files about child safety are never copied"
    if report.harm in UNTOLD_HARMS:
        return "what the mail is about is not known"
    return None


def _judged(attachments: Sequence[Attachment], policy: FilePolicy) -> Iterator[JudgedFile]:
    copied = 0
    for attachment in attachments:
        reason = _reason(attachment, policy)
        if reason is None and copied == MOST_FILES:
            reason = f"only {MOST_FILES} files of a mail are copied"
        copied += reason is None
        yield JudgedFile(attachment=attachment, kept_back=reason)


def _reason(attachment: Attachment, policy: FilePolicy) -> str | None:
    if attachment.role is not AttachmentRole.ATTACHMENT:
        return f"it is no document ({attachment.role})"
    risk = next((words for flag, words in RISKS.items() if flag in attachment.flags), None)
    if risk is not None:
        return risk
    if attachment.content_type in MAILS:
        return "an attached mail is never copied"
    if not any(fnmatchcase(attachment.content_type, pattern.lower()) for pattern in policy.types):
        return f"no rule copies files of type {attachment.content_type}"
    if attachment.size > policy.max_size:
        return f"it is larger than {policy.max_size} bytes"
    return None
