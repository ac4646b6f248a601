"""Whether an element of a page is seen by its reader."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from selectolax.lexbor import LexborNode

_STYLE_CHARACTERS = 2000
_SHEET_CHARACTERS = 20_000
_CLOSE = 12  # a difference of a colour channel (0 to 255) that no eye notices
_OPAQUE = 0.05

TEXT = "-text"
"""What the parser calls a text among the elements."""

# fmt: off
_UNSEEN = frozenset(
    {
        "applet", "audio", "canvas", "head", "iframe", "math", "noscript", "object", "script", "select",
        "style", "svg", "template", "textarea", "title", "video",
    }
)
# fmt: on
_TELLING = frozenset({"background", "bgcolor", "class", "color", "hidden", "id", "style"})  # attributes
_NONE = r"0*(?:\.0+)?(?:px|pt|em|rem|%|vh|vw)?"
_TINY = r"(?:0*[01]?(?:\.\d+)?(?:px|pt)|0+(?:\.0+)?(?:em|rem|%)?)"
_END = r"\s*(?:!important)?\s*(?:;|$)"
_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    rf"|opacity\s*:\s*(?:0*\.0\d*|0+){_END}|max-height\s*:\s*{_NONE}{_END}"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-(?:[5-9]\d\d|\d{4,6})"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|transform\s*:\s*scale\(\s*0\s*\))",
    re.IGNORECASE,
)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_NO_ROOM = re.compile(rf"(?:^|[;\s])(?:height|width)\s*:\s*{_TINY}{_END}", re.IGNORECASE)
_FONT_SIZE = re.compile(
    rf"(?:^|[;\s])font(?:-size\s*:|\s*:[^;]*?)\s*(?P<tiny>{_TINY}(?=[\s;/!]|$))?", re.IGNORECASE
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]{1,60})", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]{1,200})", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]{1,6}))?")
_NAMES = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_NESTED_RULES = re.compile(r"@[^{};@]*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"(?:[a-z]{1,10})?([.#][\w-]{1,60})", re.IGNORECASE)

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How text is shown at one place of the page; inherited by what is inside."""

    colour: Colour | None = (0, 0, 0)  # None: not known, and then it counts as readable
    background: Colour | None = (255, 255, 255)
    tiny: bool = False
    hidden: bool = False

    @cached_property
    def unreadable(self) -> bool:
        """Whether text that looks so cannot be read."""
        return self.hidden or self.tiny or _same(self.colour, self.background)


def is_rendered(tag: str) -> bool:
    """Whether an element of this name shows text at all; comments and the like are none."""
    return tag[:1].isalpha() and tag not in _UNSEEN


def look_of(node: LexborNode, outer: Look, hidden_names: frozenset[str]) -> Look:
    """How the text of an element is shown inside one that looks like `outer`.

    Args:
        node: the element.
        outer: the look of the element around it.
        hidden_names: the class and id selectors that the page's style sheets hide.
    """
    attributes = node.attributes
    if attributes.keys().isdisjoint(_TELLING):
        return outer
    style = (attributes.get("style") or "")[:_STYLE_CHARACTERS]
    if "hidden" in attributes or _hides(style) or hidden_names & _names(attributes):
        return replace(outer, hidden=True)
    colour = _first(_COLOUR, style) or attributes.get("color") or ""
    background = _first(_BACKGROUND, style) or attributes.get("bgcolor") or attributes.get("background") or ""
    size = _FONT_SIZE.search(style)
    return replace(
        outer,
        colour=_colour(colour) if colour else outer.colour,
        background=_background(background, outer),
        tiny=bool(size["tiny"]) if size else outer.tiny,
        hidden=outer.hidden or _is_transparent(colour),
    )


def hidden_selectors(sheets: str) -> frozenset[str]:
    """The simple selectors (".name", "#name") that hide on every screen.

    Rules inside "@media" depend on the screen and do not count.
    """
    rules = _RULE.findall(_NESTED_RULES.sub(" ", sheets[:_SHEET_CHARACTERS]))
    hiding = (selectors for selectors, style in rules if _hides(style))
    matches = (_SELECTOR.fullmatch(name.strip()) for names in hiding for name in names.split(","))
    return frozenset(match[1] for match in matches if match)


def _names(attributes: dict[str, str | None]) -> set[str]:
    classes = (attributes.get("class") or "")[:_STYLE_CHARACTERS].split()
    identifier = attributes.get("id")
    return {f".{name}" for name in classes} | ({f"#{identifier}"} if identifier else set())


def _hides(style: str) -> bool:
    return bool(_HIDING.search(style) or (_CLIPPED.search(style) and _NO_ROOM.search(style)))


def _first(pattern: re.Pattern[str], style: str) -> str | None:
    match = pattern.search(style)
    return match[1] if match else None


def _colour(written: str) -> Colour | None:
    text = written.strip().lower()
    if rgb := _RGB.search(text):
        return int(rgb[1]), int(rgb[2]), int(rgb[3])
    if match := _HEX.search(text):
        digits = match[1] if len(match[1]) > 3 else "".join(digit * 2 for digit in match[1])  # noqa: PLR2004 - the short form
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    return _NAMES.get(text.split()[0] if text else "")


def _background(written: str, outer: Look) -> Colour | None:
    """The colour behind the text; unknown where a picture or a gradient lies there."""
    text = written.lower()
    if "url(" in text or "gradient" in text or "/" in text:
        return None
    if not text.strip() or "transparent" in text or "none" in text or "inherit" in text:
        return outer.background
    return _colour(text)


def _is_transparent(colour: str) -> bool:
    rgb = _RGB.search(colour.lower())
    alpha = rgb[4] if rgb else None
    return "transparent" in colour.lower() or (
        alpha is not None and alpha.replace(".", "", 1).isdigit() and float(alpha) <= _OPAQUE
    )


def _same(one: Colour | None, other: Colour | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(a - b) <= _CLOSE for a, b in zip(one, other, strict=True))
