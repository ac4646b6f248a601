"""The files that came with a mail, and what mails are attached to it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from parsers.archives import Listing, list_archive
from parsers.body import Body, is_shown, read_body
from parsers.extract import TEXT_CUT, raised
from parsers.facts import Attachment, AttachmentRole
from parsers.file_names import safe_name, unique_names
from parsers.file_types import (
    ARCHIVES,
    CALENDAR,
    ENCRYPTED_OFFICE,
    PKCS7_MIME,
    PKCS7_SIGNATURE,
    TNEF,
    UNKNOWN,
    canonical_type,
    content_type_of,
    is_executable,
    type_by_name,
)
from parsers.part import Part, SentBytes

MAX_ARCHIVES = 30  # of one mail whose members are listed
MAX_WORK = 1_000_000  # characters of HTML in attached messages, beyond which no further one is read

_UNLISTED = Listing(flags=frozenset({"not read"}))
# Parts that hold the structure of the mail rather than a file of the sender's.
_STRUCTURE = frozenset(
    {
        "application/pgp-encrypted",
        "message/delivery-status",
        "message/disposition-notification",
        "message/external-body",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-disposition-notification",
        "message/partial",
        "text/rfc822-headers",
    }
)
_SIGNATURES = frozenset({PKCS7_SIGNATURE, "application/pgp-signature"})
_CONTAINERS = frozenset({TNEF, PKCS7_MIME})
_ENCRYPTED = frozenset({"application/pgp-encrypted", ENCRYPTED_OFFICE})


@dataclass(frozen=True, kw_only=True)
class AttachedFile:
    """A part that is a file, and where in the mail it was found."""

    part: Part
    parent_type: str = ""  # the media type of the entity around it
    container: str | None = None  # the name of the attached file that it is in

    def sent(self) -> SentBytes:
        """What identifies the file; an attached mail that was not found again, by its parts' contents."""
        return self.part.sent or _fingerprint(self.part)


def attached_files(root: Part) -> tuple[AttachedFile, ...]:
    """Every file and attached message in reading order, and what is inside them in turn."""
    return tuple(_files(root, AttachedFile(part=root)))


def read_attachments(root: Part) -> tuple[Attachment, ...]:
    """What can be said of every file without reading its text."""
    found = list(_described(attached_files(root)))
    names = unique_names(attachment.safe_name for attachment in found)
    return tuple(replace(attachment, safe_name=name) for attachment, name in zip(found, names, strict=True))


def attached_texts(root: Part) -> Body:
    """Subjects and texts of the attached messages, and of those attached to them in turn, as one."""
    texts: list[str] = []
    flags = frozenset[str]()
    work = 0
    pending = [*root.attached_messages()]
    while pending and work < MAX_WORK:
        message = pending.pop(0)
        body = read_body(message)
        texts += [message.field("subject") or "", body.text]
        flags |= body.flags
        work += body.work
        pending = [*message.attached_messages(), *pending]
    return Body(text="\n".join(texts), flags=flags | raised({TEXT_CUT: bool(pending)}), work=work)


def _described(files: Iterable[AttachedFile]) -> Iterator[Attachment]:
    archives = 0
    for file in files:
        content_type = _content_type(file.part)
        archives += content_type in ARCHIVES
        unlisted = content_type in ARCHIVES and archives > MAX_ARCHIVES
        listing = _UNLISTED if unlisted else list_archive(file.part.content, content_type)
        yield _attachment(file, content_type, listing)


def _fingerprint(part: Part) -> SentBytes:
    digest, size, pending = hashlib.sha256(), 0, [part]
    while pending:
        each = pending.pop()
        digest.update(each.content)
        size += len(each.content)
        pending.extend(reversed(each.children if part.holds_message else ()))
    return SentBytes(size=size, sha256=digest.hexdigest())


def _files(part: Part, place: AttachedFile) -> Iterator[AttachedFile]:
    container = place.container
    if _is_file(part):
        yield replace(place, part=part)
        container = part.name or _safe_name(part)
    for child in part.children:
        yield from _files(child, AttachedFile(part=child, parent_type=part.content_type, container=container))


def _is_file(part: Part) -> bool:
    container = part.content_type.startswith("multipart/")
    structure = part.content_type in _STRUCTURE or (
        canonical_type(part.content_type) in _SIGNATURES and not part.name
    )
    return not container and not structure and not _is_text(part)


def _is_text(part: Part) -> bool:
    """Whether this is text of the mail, or the calendar form of it (RFC 6047)."""
    calendar = part.content_type == CALENDAR and not part.name and part.disposition != "attachment"
    return calendar or is_shown(part)


def _attachment(file: AttachedFile, content_type: str, listing: Listing) -> Attachment:
    part, sent = file.part, file.sent()
    return Attachment(
        name=part.name,
        content_type=content_type,
        size=sent.size,
        sha256=sent.sha256,
        safe_name=_safe_name(part),
        declared_type=part.content_type,
        role=_role(file, content_type),
        container=file.container,
        members=listing.members,
        flags=_flags(part, content_type, listing),
    )


def _content_type(part: Part) -> str:
    """An attached message was taken apart as such; every other content is looked at."""
    if part.holds_message:
        return part.content_type
    return content_type_of(part.content, declared=part.content_type, name=part.name)


def _safe_name(part: Part) -> str:
    return safe_name(part.name, suffix=".eml" if part.holds_message else "")


def _role(file: AttachedFile, content_type: str) -> AttachmentRole:
    part = file.part
    if {content_type, canonical_type(part.content_type)} & _SIGNATURES:
        return AttachmentRole.SIGNATURE
    if content_type in _CONTAINERS or file.parent_type in {"multipart/encrypted", "multipart/report"}:
        return AttachmentRole.CONTAINER
    if content_type == CALENDAR:
        return AttachmentRole.CALENDAR
    embedded = part.disposition == "inline" or file.parent_type == "multipart/related"
    if content_type.startswith("image/") and embedded and part.disposition != "attachment":
        return AttachmentRole.INLINE
    return AttachmentRole.ATTACHMENT


def _flags(part: Part, content_type: str, listing: Listing) -> frozenset[str]:
    findings = {
        "encrypted": content_type in _ENCRYPTED or part.encrypted,
        "executable": is_executable(content_type, part.name),
        "misnamed": _is_misnamed(part, content_type),
        "unusual name": part.name is not None and safe_name(part.name) != part.name,
    }
    return listing.flags | {flag for flag, found in findings.items() if found}


def _is_misnamed(part: Part, content_type: str) -> bool:
    """Whether the name promises another type than the content has."""
    named = type_by_name(part.name)
    if named is None or content_type in {UNKNOWN, named}:
        return False
    textual = named.startswith("text/") and content_type.startswith("text/")
    return not textual
