"""HTML as a reader sees it, in plain lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.extract import TEXT_CUT, raised
from parsers.html_guard import is_harmless, without_tags
from parsers.html_style import TEXT, Look, hidden_selectors, is_rendered, look_of

MAX_CHARACTERS = 1_000_000
MAX_EVENTS = 100_000  # beginnings and ends of elements, and texts
RULE = "_____"

_TARGET_CHARACTERS = 4000
# fmt: off
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "tfoot", "thead", "tr", "ul",
    }
)
# fmt: on
# What mail programs call the element that holds the mail answered or passed on, or its head.
_FOREIGN = re.compile(
    r"(?:^|\s)(?:x_)*(?:yahoo_quoted\S*|protonmail_quote|divRplyFwdMsg|appendonsend|OutlookMessageHeader"
    r"|ms-outlook-mobile-reference-message|replyforwardmessage|mail-editor-reference-message-container"
    r"|zmail_extra|qt|reply-intro)(?:\s|$)",
    re.IGNORECASE,
)
_CITED = re.compile(r"(?:^|\s)moz-cite-prefix(?:\s|$)")
# The line that desktop Outlook draws above the head of the mail answered.
_BORDER = re.compile(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid", re.IGNORECASE)
_WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r" {2,}")
_INDENTED = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The text of a page, and what is odd about it."""

    text: str
    flags: frozenset[str] = frozenset()  # "hidden text", "simplified html", "text cut"


def read_html(html: str, *, characters: int = MAX_CHARACTERS) -> Page:
    """The visible text: hidden parts dropped, link targets after link texts, quotes marked with "> ".

    A page that would cost the HTML parser more than linear time is stripped of its tags instead,
    and flagged. Only the first `characters` of the source are read.
    """
    page, cut = html[:characters], len(html) > characters
    if not is_harmless(page):
        return Page(text=without_tags(page), flags=raised({"simplified html": True, TEXT_CUT: cut}))
    parsed = LexborHTMLParser(page)
    if parsed.body is None:
        return Page(text="", flags=raised({TEXT_CUT: cut}))
    sheets = "\n".join(node.text() for node in parsed.css("style"))
    walk = _Walk(hidden_selectors(sheets))
    writer = _Writer()
    events = walk.events(parsed.body)
    for event in islice(events, MAX_EVENTS):
        writer.element(event)
    cut = cut or any(event.tag == TEXT and (event.node.text_content or "").strip() for event in events)
    return Page(text=writer.text(), flags=raised({"hidden text": walk.met_hidden_text, TEXT_CUT: cut}))


def html_to_text(html: str) -> str:
    """The text of `read_html` alone."""
    return read_html(html).text


class _Event(NamedTuple):
    """The beginning or end of an element, or a text. A named tuple, as a page has many thousands."""

    node: LexborNode
    tag: str
    look: Look  # of the text in it
    opening: bool = True


class _Walk:
    """Visits what is visible of a page, and notes whether something was not."""

    def __init__(self, hidden_names: frozenset[str]) -> None:
        self._hidden_names = hidden_names
        self.met_hidden_text = False

    def events(self, root: LexborNode) -> Iterator[_Event]:
        """Every visible node in reading order, and once more where it ends."""
        pending = [iter([_Event(root, root.tag or "", look_of(root, Look(), self._hidden_names))])]
        while pending:
            event = next(pending[-1], None)
            if event is None:
                pending.pop()
            elif event.tag == TEXT:
                if not self._conceals(event):
                    yield event
            else:
                if not event.look.hidden:
                    yield event
                if event.opening:
                    pending.append(chain(self._inside(event), [event._replace(opening=False)]))

    def _inside(self, outer: _Event) -> Iterator[_Event]:
        for node in outer.node.iter(include_text=True):
            tag = node.tag or ""
            if tag == TEXT:
                yield _Event(node, tag, outer.look)
            elif is_rendered(tag):
                yield _Event(node, tag, look_of(node, outer.look, self._hidden_names))

    def _conceals(self, text: _Event) -> bool:
        if not text.look.unreadable:
            return False
        words = any(character.isalnum() for character in text.node.text_content or "")
        self.met_hidden_text = self.met_hidden_text or words
        return words or text.look.hidden


def _mark(tag: str, node: LexborNode) -> str:
    """What a mail program's own names and styles say about an element: "quote", "foreign" or nothing."""
    attributes = node.attributes
    if not attributes:
        return "quote" if tag == "blockquote" else ""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
    style = (attributes.get("style") or "")[:500]
    if tag == "blockquote":
        indented = _INDENTED.search(style) and "quote" not in names and attributes.get("type") != "cite"
        return "" if indented else "quote"
    if _CITED.search(names):
        return "quote"
    return "foreign" if _FOREIGN.search(names) or _BORDER.search(style) else ""


class _Writer:
    """Collects lines the way a page shows them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._written = False  # something stands in the line
        self._quotes = 0
        self._preformatted = 0
        self._cells = 0

    def element(self, event: _Event) -> None:
        node, tag, _, opening = event
        if tag == TEXT:
            self._text(node.text_content or "")
        elif opening:
            self._open(tag, node)
        else:
            self._close(tag, node)

    def text(self) -> str:
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _text(self, text: str) -> None:
        self._written = self._written or not text.isspace()
        if self._preformatted:
            first, *others = text.split("\n")
            self._line.append(first)
            for other in others:
                self._break(keep_empty=True)
                self._line.append(other)
        else:
            self._line.append(_WHITE_SPACE.sub(" ", text))

    def _open(self, tag: str, node: LexborNode) -> None:
        if tag == "br":
            self._break(keep_empty=True)
        elif tag == "hr":
            self._break()
            self._lines.append(RULE)
        elif tag in {"td", "th"}:
            self._line.append(" | " if self._cells and self._written else "")
            self._cells += 1
        elif tag in _BLOCKS:
            self._open_block(tag, _mark(tag, node))

    def _open_block(self, tag: str, mark: str) -> None:
        if self._cells and tag in {"p", "div"} and not mark:
            self._line.append(" ")
            return
        self._break()
        if mark == "foreign":
            self._lines.append(self._prefix() + RULE)
        self._quotes += mark == "quote"
        self._preformatted += tag == "pre"
        self._cells = 0 if tag in {"tr", "table"} else self._cells
        if tag == "li":
            self._line.append("- ")

    def _close(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            self._target(node.attributes.get("href") or "")
        elif tag in _BLOCKS:
            self._close_block(tag, _mark(tag, node))

    def _close_block(self, tag: str, mark: str) -> None:
        if self._cells and tag in {"p", "div"} and not mark:
            self._line.append(" ")
            return
        self._break()
        self._quotes -= mark == "quote"
        if tag in {"p", "ul", "ol", "table", "blockquote"}:
            self._blank()
        self._preformatted -= tag == "pre"
        self._cells = 0 if tag in {"tr", "table"} else self._cells

    def _target(self, href: str) -> None:
        """Content is often named only in the target of a link that reads "here"."""
        target = re.sub(r"\s+", "", href[:_TARGET_CHARACTERS])
        if target[:4].lower() == "http" and target not in "".join(self._line[-3:]):
            self._line.append(f" <{target}>")

    def _break(self, *, keep_empty: bool = False) -> None:
        joined = "".join(self._line)
        line = joined.rstrip() if self._preformatted else _SPACES.sub(" ", joined).strip()
        if line or keep_empty:
            self._lines.append((self._prefix() + line).rstrip())
        self._line = []
        self._written = False

    def _blank(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._prefix().rstrip())

    def _prefix(self) -> str:
        return "> " * min(self._quotes, 5)
