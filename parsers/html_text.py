"""HTML as a reader sees it, in plain lines."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 1000
MAX_ATTRIBUTES = 1000

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
# fmt: off
_UNSEEN = frozenset(
    {
        "applet", "audio", "canvas", "head", "iframe", "math", "noscript", "object", "script", "select",
        "style", "svg", "template", "textarea", "title", "video",
    }
)
# fmt: on
# Elements that the parser closes by itself, or that have no end: they do not nest.
# fmt: off
_FLAT = frozenset(
    {
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
        "option", "p", "source", "td", "th", "tr", "track", "wbr",
    }
)
# fmt: on
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|(?:font-size|max-height)\s*:\s*0(?:px|pt|em|%)?\s*(?:!important)?\s*(?:;|$)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)")
_CODE = re.compile(r"<(/?)(?:script|style)\b[^<>]*>", re.IGNORECASE)
_STYLE_CHARACTERS = 2000
RULE = "_____"


def html_to_text(html: str) -> str:
    """The visible text: hidden parts dropped, link targets after link texts, quotes marked with "> ".

    A page that would cost the HTML parser more than linear time is stripped of its tags instead.
    """
    page = html[:MAX_CHARACTERS]
    if not _harmless(page):
        return _stripped(page)
    root = LexborHTMLParser(page).body
    if root is None:
        return ""
    writer = _Writer()
    for node, opening in _events(root):
        writer.element(node, opening=opening)
    return writer.text()


def _harmless(page: str) -> bool:
    """Whether nesting and attributes stay where the parser is fast."""
    depth = 0
    for slash, name, rest in _TAG.findall(page):
        if len(rest) > MAX_ATTRIBUTES and len(rest.split()) > MAX_ATTRIBUTES:
            return False
        if name.lower() not in _FLAT and not rest.endswith("/"):
            depth = max(0, depth - 1) if slash else depth + 1
        if depth > MAX_DEPTH:
            return False
    return True


def _stripped(page: str) -> str:
    """The page without tags, and without what stands between the tags of scripts and styles."""
    shown: list[str] = []
    position, code = 0, False
    for match in _CODE.finditer(page):
        shown.append("" if code else page[position : match.start()])
        position, code = match.end(), not match[1]
    shown.append("" if code else page[position:])
    return re.sub(r"<[^<>]*>", " ", " ".join(shown))


def _events(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every visible node in reading order, and once more where it ends."""
    pending = [(root, True)]
    while pending:
        node, opening = pending.pop()
        yield node, opening
        if not opening or node.tag == "-text":
            continue
        pending.append((node, False))
        children = [child for child in node.iter(include_text=True) if _visible(child)]
        pending.extend((child, True) for child in reversed(children))


def _visible(node: LexborNode) -> bool:
    tag = node.tag or "-"
    if tag == "-text":
        return True
    if tag in _UNSEEN or not tag[0].isalpha():
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _INVISIBLE.search(
        (attributes.get("style") or "")[:_STYLE_CHARACTERS]
    )


class _Writer:
    """Collects lines the way a page shows them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._cells = 0

    def element(self, node: LexborNode, *, opening: bool) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
        elif opening:
            self._open(tag)
        else:
            self._close(tag, node)

    def text(self) -> str:
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _text(self, text: str) -> None:
        if self._preformatted:
            first, *others = text.split("\n")
            self._line.append(first)
            for other in others:
                self._break(keep_empty=True)
                self._line.append(other)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def _open(self, tag: str) -> None:
        if tag == "br":
            self._break(keep_empty=True)
        elif tag == "hr":
            self._break()
            self._lines.append(RULE)
        elif tag in {"td", "th"}:
            self._line.append(" | " if self._cells and "".join(self._line).strip() else "")
            self._cells += 1
        elif tag in _BLOCKS:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        if self._cells and tag in {"p", "div"}:
            self._line.append(" ")
            return
        self._break()
        self._quotes += tag == "blockquote"
        self._preformatted += tag == "pre"
        self._cells = 0 if tag in {"tr", "table"} else self._cells
        if tag == "li":
            self._line.append("- ")

    def _close(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            self._target(node.attributes.get("href") or "")
        elif tag in _BLOCKS:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if self._cells and tag in {"p", "div"}:
            self._line.append(" ")
            return
        self._break()
        self._quotes -= tag == "blockquote"
        if tag in {"p", "ul", "ol", "table", "blockquote"}:
            self._blank()
        self._preformatted -= tag == "pre"
        self._cells = 0 if tag in {"tr", "table"} else self._cells

    def _target(self, href: str) -> None:
        """Content is often named only in the target of a link that reads "here"."""
        if href[:4].lower() == "http" and href not in "".join(self._line[-3:]):
            self._line.append(f" <{href}>")

    def _break(self, *, keep_empty: bool = False) -> None:
        joined = "".join(self._line)
        line = joined.rstrip() if self._preformatted else re.sub(r" {2,}", " ", joined).strip()
        if line or keep_empty:
            self._lines.append((self._prefix() + line).rstrip())
        self._line = []

    def _blank(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._prefix().rstrip())

    def _prefix(self) -> str:
        return "> " * min(self._quotes, 5)
