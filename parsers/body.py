"""The text of a message as its reader sees it."""

import re
import unicodedata
from dataclasses import dataclass

from parsers import html_text
from parsers.extract import TEXT_CUT, raised
from parsers.html_text import Page, read_html
from parsers.part import MAX_TEXT_BYTES, Part

MAX_CHARACTERS = 500_000
MAX_LINES = 10_000

# A plain alternative with less than this share of the other's words is a stub.
_STUB_SHARE = 0.6
_COMPARED = 50_000  # characters
_INVISIBLE = re.compile("[\x00\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_PARAMETER = re.compile(r"<param>[^<]{0,200}</param>", re.IGNORECASE)
_COMMAND = re.compile(r"(?<!<)</?[a-z][a-z0-9-]{0,60}>", re.IGNORECASE)
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_PGP_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"
_PGP_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True, kw_only=True)
class Body:
    """The shown text, with LF line ends, in composed characters (Unicode NFC)."""

    text: str
    encrypted: bool = False
    flags: frozenset[str] = frozenset()  # what is odd about its pages, as `html_text.Page` says
    work: int = 0  # characters of HTML that were read


def read_body(root: Part) -> Body:
    """The text of one message; what is inside attached messages does not belong to it."""
    pages = _Pages()
    page = pages.of(root)
    shown = "\n".join(page.text[:MAX_CHARACTERS].split("\n", MAX_LINES)[:MAX_LINES])
    cut = raised({TEXT_CUT: bool(page.text[len(shown) :].strip())})
    text = _tidy(shown)
    encrypted = _PGP_ENCRYPTED in text or any(part.encrypted for part in root.own_parts())
    if _PGP_ENCRYPTED in text:
        text = text[: text.index(_PGP_ENCRYPTED)]
    return Body(
        text=_without_armour(text).strip("\n"),
        encrypted=encrypted,
        flags=page.flags | cut,
        work=pages.work,
    )


def is_shown(part: Part) -> bool:
    """Whether this leaf is text of the message rather than a file that came with it."""
    return (
        part.content_type in {"text/plain", "text/html", *_ENRICHED}
        and part.disposition != "attachment"
        and not part.name
    )


class _Pages:
    """Reads the texts of one message, whose pages share what one may take."""

    def __init__(self) -> None:
        self.work = 0

    def of(self, part: Part) -> Page:
        """What is shown of a part; nothing of what a person has to open."""
        pages = [self.of(child) for child in part.children] if _holds_text(part) else []
        flags = frozenset[str]().union(*(page.flags for page in pages))
        texts = [page.text for page in pages]
        if part.content_type == "multipart/alternative":
            return Page(text=_alternative(texts), flags=flags)
        if part.content_type in {"multipart/related", "multipart/signed"}:
            return Page(text=next(filter(None, texts), ""), flags=flags)
        if part.children:
            return Page(text="\n\n".join(filter(None, texts)), flags=flags)
        return self._leaf(part) if is_shown(part) else Page(text="")

    def _leaf(self, part: Part) -> Page:
        left = html_text.MAX_CHARACTERS - self.work
        if part.content_type == "text/html" and not left:
            return Page(text="", flags=raised({TEXT_CUT: True}))
        text = part.text.replace("\r\n", "\n").replace("\r", "\n")
        if part.content_type == "text/html":
            self.work += min(len(text), left)
            return read_html(text, characters=left)
        shown = _plain(text[:MAX_CHARACTERS], part)
        cut = len(part.content) > MAX_TEXT_BYTES or bool(text[MAX_CHARACTERS:].strip())
        return Page(text=shown, flags=raised({TEXT_CUT: cut}))


def _plain(text: str, part: Part) -> str:
    if part.content_type in _ENRICHED:
        return _unenriched(text)
    return _unflowed(text, deletes_space=part.deletes_space) if part.flowed else text


def _holds_text(part: Part) -> bool:
    return not part.encrypted and not part.holds_message


def _alternative(texts: list[str]) -> str:
    """The first text, which is the plain one, unless it is a stub beside a fuller one.

    A plain text without the addresses to which the page links is a stub, too.
    """
    words = [len(text[:_COMPARED].split()) for text in texts]
    linked = any("://" in text for text in texts)
    fullest = max(words, default=0)
    full = [text for text, count in zip(texts, words, strict=True) if count >= fullest * _STUB_SHARE]
    return next((text for text in full if "://" in text or not linked), next(iter(full), ""))


def _unenriched(text: str) -> str:
    """The text without its commands; one line end is a space, of several the first is dropped (RFC 1896)."""
    plain = _COMMAND.sub("", _PARAMETER.sub("", text)).replace("<<", "<")
    return re.sub(r"\n(\n*)", lambda ends: ends[1] or " ", plain)


def _unflowed(text: str, *, deletes_space: bool) -> str:
    """Paragraphs joined again (RFC 3676, section 4.2); quoted lines and "-- " stay as they are."""
    paragraphs: list[list[str]] = []
    open_line = False
    for line in text.split("\n"):
        own = not line.startswith(">")
        shown = line.removeprefix(" ") if own else line
        continues, open_line = open_line and own, own and shown.endswith(" ") and shown != "-- "
        piece = shown[:-1] if open_line and deletes_space else shown
        if continues:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
    return "\n".join(map("".join, paragraphs))


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
