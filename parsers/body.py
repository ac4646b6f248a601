"""The text of a message as its reader sees it."""

import re
import unicodedata
from dataclasses import dataclass

from parsers.html_text import html_to_text
from parsers.message import Part

MAX_CHARACTERS = 500_000

# A plain alternative with less than this share of the other's words is a stub.
_STUB_SHARE = 0.6
_INVISIBLE = re.compile("[\x00\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_PGP_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"
_PGP_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True, kw_only=True)
class Body:
    """The shown text, with LF line ends, in composed characters (Unicode NFC)."""

    text: str
    encrypted: bool = False


def read_body(root: Part) -> Body:
    """The text of one message; what is inside attached messages does not belong to it."""
    text = _tidy(_text(root)[:MAX_CHARACTERS])
    encrypted = _PGP_ENCRYPTED in text or any(part.encrypted for part in root.own_parts())
    if _PGP_ENCRYPTED in text:
        text = text[: text.index(_PGP_ENCRYPTED)]
    return Body(text=_without_armour(text).strip("\n"), encrypted=encrypted)


def is_shown(part: Part) -> bool:
    """Whether this leaf is text of the message rather than a file that came with it."""
    return (
        part.content_type in {"text/plain", "text/html"}
        and part.disposition != "attachment"
        and not part.name
    )


def _text(part: Part) -> str:
    if part.content_type == "multipart/alternative":
        return _alternative([_text(child) for child in part.children])
    if part.content_type in {"multipart/related", "multipart/signed"}:
        return _text(part.children[0]) if part.children else ""
    if part.content_type.startswith("multipart/") and not part.encrypted:
        return "\n\n".join(filter(None, map(_text, part.children)))
    return _leaf(part) if is_shown(part) else ""


def _alternative(texts: list[str]) -> str:
    """The first text, which is the plain one, unless it is a stub beside a fuller one."""
    fullest = max((len(text.split()) for text in texts), default=0)
    full = (text for text in texts if len(text.split()) >= fullest * _STUB_SHARE)
    return next(full, "")


def _leaf(part: Part) -> str:
    text = part.text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/html":
        return html_to_text(text)
    if part.flowed:
        return _unflowed(text, deletes_space=part.deletes_space)
    return text


def _unflowed(text: str, *, deletes_space: bool) -> str:
    """Paragraphs joined again (RFC 3676, section 4.2); quoted lines and "-- " stay as they are."""
    joined: list[str] = []
    open_line = False
    for line in text.split("\n"):
        own = not line.startswith(">")
        shown = line.removeprefix(" ") if own else line
        if open_line and own:
            joined[-1] += shown
        else:
            joined.append(shown)
        open_line = own and shown.endswith(" ") and shown != "-- "
        if open_line and deletes_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)


def _without_armour(text: str) -> str:
    """The text without the lines of a clear-text signature (RFC 9580, section 7)."""
    before, mark, signed = text.partition(_PGP_SIGNED)
    content, signature, rest = signed.partition(_PGP_SIGNATURE)
    if not mark or not signature:
        return text
    shown = content.partition("\n\n")[2] if content.startswith("Hash:") else content
    after = rest.partition(_PGP_END)[2]
    return before + re.sub(r"^- (?=-)", "", shown, flags=re.MULTILINE) + after


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _INVISIBLE.sub("", text)))
