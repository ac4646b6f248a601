"""Builds the frozen tree of a mail from what the standard library's parser found."""

import re
from dataclasses import replace
from email.message import Message
from itertools import islice

from parsers.bounds import MAX_BYTES, MAX_DEPTH, MAX_PARTS, too_deep, too_many_parts
from parsers.feeding import epilogue, octets, parse_enclosed
from parsers.headers import codec_of_fields, decode_field
from parsers.parameters import Parameters, read_parameters
from parsers.part import Fields, Part
from parsers.smime import Protection, Signature, open_envelope
from parsers.tnef import CONTENT_TYPES as TNEF_TYPES
from parsers.tnef import Container, open_container
from parsers.transfer import InlineFile, decoded, has_yenc, is_coded, split_inline_files

PARTIAL = "part of a message"
EXTERNAL = "content elsewhere"
UNREADABLE = "unreadable content"

_MEDIA_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,100}/[\w.+-]{1,100}", re.ASCII)
_FIRST_DELIMITER = re.compile(
    rb"^--(?P<boundary>[^\r\n]{1,200}?)[ \t]*\r?\n(?=content-|[ \t]*\r?\n)", re.IGNORECASE | re.MULTILINE
)
_HTML = re.compile(r"\s{0,100}<(?:!doctype html|html)\b", re.IGNORECASE)
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SMIME_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_SMIME_NAME = re.compile(r"smime\.p7[mz]", re.IGNORECASE)
_SIGNED_NAME = re.compile(r"(?P<file>.{1,250})\.p7[mz]", re.IGNORECASE | re.DOTALL)
_TNEF_NAME = re.compile(r"winmail\.dat", re.IGNORECASE)
_FIELD_LINE = re.compile(r"^([\w-]{1,80}):[ \t]*((?:[^\n]|\n[ \t])*)", re.MULTILINE)
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_PGP_SIGNED = b"-----BEGIN PGP SIGNED MESSAGE-----"
_PAGE_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,60})", re.IGNORECASE)
_PAGE_HEAD_BYTES = 4000
# The first charset that a mail names, for raw eight-bit bytes in its headers; these two explain none.
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?(?!utf-?8|us-ascii)([\w.:-]{1,60})", re.IGNORECASE)
_HEAD_BYTES = 64 * 1024
_BEGINNING_BYTES = 4000  # whole groups of base64, where its lines are as long as those of most programs
_MAX_BLOCKS = 200
_MAX_FIELDS = 2000


class Tree:
    """Builds the parts of one mail and counts them."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        named = _CHARSET.search(raw, 0, _HEAD_BYTES)
        self._charset = named[1].decode("ascii") if named else None
        self._parts = 0
        self._room = MAX_BYTES  # for what is compressed, at all depths together

    def message(self, message: Message, *, depth: int = 0) -> Part:
        """A whole message: its root entity with its header fields."""
        fields = _fields(message, self._charset)
        return replace(self._part(message, depth=depth), fields=fields)

    def _part(self, message: Message, *, depth: int) -> Part:
        self._count(depth)
        typed = _parameters(message, "content-type", self._charset)
        disposition = _parameters(message, "content-disposition", self._charset)
        content_type = _content_type(message, typed)
        part = Part(
            content_type=content_type,
            charset=typed.get("charset") or None,
            name=disposition.get("filename") or typed.get("name") or None,
            disposition=disposition.value or None,
            flowed=typed.get("format").lower() == "flowed",
            deletes_space=typed.get("delsp").lower() == "yes",
        )
        if content_type in _MESSAGE_TYPES:
            return self._with_message(part, message, depth=depth)
        if content_type.startswith("message/"):
            return _with_blocks(part, message)
        if message.is_multipart() and content_type.startswith("multipart/"):
            return self._with_children(part, message, typed, depth=depth)
        return self._leaf(part, message, depth=depth)

    def _count(self, depth: int) -> None:
        self._parts += 1
        if depth > MAX_DEPTH:
            raise too_deep()
        if self._parts > MAX_PARTS:
            raise too_many_parts()

    def _with_message(self, part: Part, message: Message, *, depth: int) -> Part:
        inner = _payload_messages(message)
        encoding = _encoding(message)
        if not inner or (is_coded(encoding) and not inner[0].items()):
            content = decoded(octets(inner[0] if inner else message), encoding)
            inner = [parse_enclosed(content)]
        return replace(part, children=tuple(self.message(each, depth=depth + 1) for each in inner[:1]))

    def _with_children(self, part: Part, message: Message, typed: Parameters, *, depth: int) -> Part:
        found = [*_payload_messages(message), *_after_the_end(message)]
        children = [self._part(child, depth=depth + 1) for child in found]
        if part.content_type == "multipart/encrypted":
            return replace(part, children=tuple(children), encrypted=True)
        if part.content_type == "multipart/signed" and children:
            verdict = self._clear_signature(children, typed.get("boundary"))
            return replace(part, children=tuple(children), findings=frozenset({verdict.value}))
        if any(child.content.strip() and child.content_type.startswith("text/") for child in children):
            children = [_without_container_text(child) for child in children]
        return replace(part, children=tuple(children))

    def _clear_signature(self, children: list[Part], boundary: str) -> Signature:
        signature = children[-1]
        signed = _between_delimiters(self._raw, boundary.encode("utf-8", "surrogateescape"))
        if signature.content_type not in _SMIME_SIGNATURES or signed is None:
            return Signature.UNCHECKED
        return open_envelope(signature.content, detached=signed).signature

    def _leaf(self, part: Part, message: Message, *, depth: int) -> Part:
        encoding = _encoding(message)
        content = decoded(octets(message), encoding)
        if part.content_type.startswith("multipart/"):
            return self._with_lost_boundary(part, content, depth=depth)
        part = replace(part, content=content)
        if part.content_type in _SMIME_TYPES or _SIGNED_NAME.fullmatch(part.name or ""):
            return self._opened_envelope(part, depth=depth)
        if part.content_type in TNEF_TYPES or _TNEF_NAME.fullmatch(part.name or ""):
            return _opened_container(part)
        return _text(part, message) if part.content_type.startswith("text/") else part

    def _with_lost_boundary(self, part: Part, content: bytes, *, depth: int) -> Part:
        """A multipart whose declared boundary is missing or nowhere to be found: look for the real one."""
        found = _FIRST_DELIMITER.search(content)
        if found is None:
            kind = "text/html" if _HTML.match(content[:1000].decode("latin-1")) else "text/plain"
            return replace(part, content_type=kind, content=content)
        header = (
            b'Content-Type: multipart/mixed; boundary="' + found["boundary"].replace(b'"', b"") + b'"\n\n'
        )
        inner = parse_enclosed(header + content)
        if not inner.is_multipart():
            return replace(part, content_type="text/plain", content=content)
        return self._with_children(part, inner, Parameters(), depth=depth)

    def _opened_envelope(self, part: Part, *, depth: int) -> Part:
        envelope = open_envelope(part.content, room=self._room)
        if envelope.protection is Protection.ENCRYPTED:
            return replace(part, encrypted=True)
        if envelope.protection is Protection.COMPRESSED and envelope.content is not None:
            self._room -= len(envelope.content)
            return replace(part, children=(self._enclosed(part, envelope.content, depth=depth),))
        if envelope.protection is not Protection.SIGNED:
            return replace(part, findings=frozenset({UNREADABLE}))
        findings = frozenset({envelope.signature.value})
        if envelope.content is None:
            return replace(part, findings=findings)
        child = self._enclosed(part, envelope.content, depth=depth)
        return replace(part, findings=findings, children=(child,))

    def _enclosed(self, part: Part, content: bytes, *, depth: int) -> Part:
        """What was signed or compressed: a MIME entity, or a mere file, as in "order.pdf.p7m" (CAdES)."""
        inner = parse_enclosed(content)
        named = _SIGNED_NAME.fullmatch(part.name or "")
        if inner.items() or named is None or _SMIME_NAME.fullmatch(named[0]):
            return self._part(inner, depth=depth + 1)
        return Part(
            content_type="application/octet-stream",
            content=content,
            name=named["file"],
            disposition="attachment",
        )


def _parameters(message: Message, name: str, charset: str | None = None) -> Parameters:
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return read_parameters(value, charset)


def _content_type(message: Message, typed: Parameters) -> str:
    if _MEDIA_TYPE.fullmatch(typed.value):
        return typed.value
    if typed.value:
        return "text/plain"  # RFC 2045, section 5.2
    if message.get_default_type() != "text/plain":
        return message.get_default_type()
    beginning = decoded(octets(message)[:_BEGINNING_BYTES], _encoding(message))
    return "text/html" if _HTML.match(beginning[:1000].decode("latin-1")) else "text/plain"


def _payload_messages(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _after_the_end(message: Message) -> list[Message]:
    """Parts behind a closing delimiter that came too early, as where a multipart repeats its own boundary."""
    boundary, rest = message.get_boundary(), epilogue(message)
    delimiter = (boundary or "").encode("utf-8", "surrogateescape")
    if not boundary or b"--" + delimiter not in rest:
        return []
    again = b'Content-Type: multipart/mixed; boundary="' + delimiter + b'"\n\n' + rest
    found = parse_enclosed(again)
    return [part for part in _payload_messages(found) if part.get_payload()]


def _encoding(message: Message) -> str:
    return _COMMENT.sub("", str(message.get("content-transfer-encoding", ""))).strip().lower()


def _undecoded(message: Message) -> str:
    return octets(message).decode("utf-8", "surrogateescape")


def _fields(message: Message, elsewhere: str | None) -> Fields:
    """The header; raw bytes in it are in the charset of the message, else in the one named elsewhere."""
    items = [(name.lower(), str(value)) for name, value in islice(message.raw_items(), _MAX_FIELDS)]
    charset = _parameters(message, "content-type").get("charset") or elsewhere
    codec = codec_of_fields((value for _, value in items), charset)
    return tuple((name, decode_field(value, codec)) for name, value in items)


def _with_blocks(part: Part, message: Message) -> Part:
    """A report for machines: groups of fields between blank lines (RFC 3464, section 2.1)."""
    encoding = _encoding(message)
    inner = _payload_messages(message)
    text = "\n\n".join(map(_block_text, inner)) if inner else _undecoded(message)
    if is_coded(encoding):
        text = decoded(text.encode("utf-8", "surrogateescape"), encoding).decode("utf-8", "surrogateescape")
    groups = (re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))[:_MAX_BLOCKS]
    blocks = tuple(filter(None, map(_block, groups)))
    finding = {"message/partial": PARTIAL, "message/external-body": EXTERNAL}.get(part.content_type)
    return replace(
        part,
        content=text.encode("utf-8", "surrogateescape"),
        blocks=blocks,
        findings=frozenset({finding} if finding else ()),
    )


def _block_text(message: Message) -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    return f"{fields}\n\n{_undecoded(message)}".strip()


def _block(group: str) -> Fields:
    return tuple((name.lower(), decode_field(value)) for name, value in _FIELD_LINE.findall(group))


def _text(part: Part, message: Message) -> Part:
    """A text without the files that are written into it (uuencode), which become its neighbours."""
    if part.content_type == "text/html" and part.charset is None:
        part = replace(part, charset=_charset_of_page(part.content))
    if part.disposition == "attachment":
        return part
    if _PGP_SIGNED in part.content:
        part = replace(part, findings=frozenset({Signature.UNCHECKED.value}))
    if has_yenc(part.content):
        return replace(part, findings=frozenset({UNREADABLE}))
    text, files = split_inline_files(part.content)
    if not files or message.get_content_maintype() != "text":
        return part
    return Part(
        content_type="multipart/mixed",
        children=(replace(part, content=text), *map(_inline_file, files)),
    )


def _charset_of_page(content: bytes) -> str | None:
    """The charset that an HTML page names itself, where the mail names none."""
    named = _PAGE_CHARSET.search(content, 0, _PAGE_HEAD_BYTES)
    return named[1].decode("ascii") if named else None


def _inline_file(file: InlineFile) -> Part:
    name = decode_field(file.name.decode("utf-8", "surrogateescape"))
    return Part(
        content_type="application/octet-stream", content=file.content, name=name, disposition="attachment"
    )


def _opened_container(part: Part) -> Part:
    container = open_container(part.content)
    if container is None:
        return replace(part, findings=frozenset({UNREADABLE}))
    files = (
        Part(
            content_type="application/octet-stream",
            content=file.content,
            name=file.name,
            disposition="attachment",
        )
        for file in container.files
    )
    return replace(part, children=(*_container_text(container), *files))


def _container_text(container: Container) -> tuple[Part, ...]:
    plain = Part(content_type="text/plain", content=container.plain, charset=container.charset)
    html = Part(content_type="text/html", content=container.html, charset=container.charset)
    shown = tuple(part for part in (plain, html) if part.content.strip())
    return (Part(content_type="multipart/alternative", children=shown),) if shown else ()


def _without_container_text(part: Part) -> Part:
    """The container repeats the text that the mail shows beside it."""
    if part.content_type not in TNEF_TYPES:
        return part
    return replace(
        part,
        children=tuple(child for child in part.children if not child.content_type.startswith("multipart/")),
    )


def _between_delimiters(raw: bytes, boundary: bytes) -> bytes | None:
    """The first part of a multipart byte for byte, with the line ends over which it was signed."""
    delimiter = b"--" + boundary
    start = raw.find(b"\n" + delimiter)
    start = raw.find(b"\n", start + 1) + 1 if start >= 0 and boundary else 0
    end = raw.find(b"\n" + delimiter, start)
    if not start or end < 0:
        return None
    signed = raw[start:end].removesuffix(b"\r")
    return signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
