"""What a page costs the HTML parser, found in linear time before it is parsed."""

import re
from collections import Counter

MAX_DEPTH = 1000
MAX_ATTRIBUTES = 200
MAX_COPIES = 300_000  # of formatting elements left open, which the parser repeats in every block

# Elements that the parser closes by itself, or that have no end: they do not nest.
# fmt: off
_FLAT = frozenset(
    {
        "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li",
        "link", "meta", "option", "p", "source", "td", "th", "tr", "track", "wbr",
    }
)
_FORMATTING = frozenset(
    {
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    }
)
# fmt: on
# The attributes as the HTML standard's tokenizer delimits them (section 13.2.5); possessive, so that
# nothing is looked at twice.
_ATTRIBUTE = r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_ATTRIBUTE})*+)")
_CODE = re.compile(r"<(/?)(?:script|style|title)\b[^<>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def is_harmless(page: str) -> bool:
    """Whether nesting and attributes stay where the parser is fast."""
    open_tags: Counter[str] = Counter()
    depth = formatting = copies = 0
    for slash, written, attributes in _TAG.findall(page):
        if len(attributes) > MAX_ATTRIBUTES and len(_ATTRIBUTES.findall(attributes)) > MAX_ATTRIBUTES:
            return False
        name = written.lower()
        step = _step(name, open_tags, closes=bool(slash))
        depth += step
        formatting += step if name in _FORMATTING else 0
        copies += formatting
        if depth > MAX_DEPTH or copies > MAX_COPIES:
            return False
    return True


def _step(name: str, open_tags: Counter[str], *, closes: bool) -> int:
    """How a tag changes the depth; an end tag without its beginning changes nothing."""
    if name in _FLAT or (closes and not open_tags[name]):
        return 0
    step = -1 if closes else 1
    open_tags[name] += step
    return step


def without_tags(page: str) -> str:
    """The page without comments, tags, and what stands between the tags of scripts and styles."""
    shown: list[str] = []
    position, code = 0, False
    page = _COMMENT.sub(" ", page)
    for match in _CODE.finditer(page):
        shown.append("" if code else page[position : match.start()])
        position, code = match.end(), not match[1]
    shown.append("" if code else page[position:])
    return re.sub(r"<[^<>]*>", " ", " ".join(shown))
