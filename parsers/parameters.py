"""Content-Type and Content-Disposition with their parameters, however they are spelt.

RFC 2045 and RFC 2183 name the grammar, RFC 2231 cuts values into numbered sections and labels their
charset. Mail programs add RFC 2047 words, raw eight-bit bytes, missing quotes and missing semicolons.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from parsers.charsets import decode
from parsers.headers import codec_of_fields, decode_field, unfolded

_CHARACTERS = 8000
_MOST = 200  # parameters, or sections of them
_COMMENT = re.compile(r"\([^()\"]{0,200}\)")
_VALUE = re.compile(r"\s*(?P<value>[^\s;,]{1,255})?")
_PARAMETER = re.compile(
    r"[;,\s]\s{0,50}(?P<name>[a-z][\w.-]{0,60})(?:\*(?P<section>\d{1,3}))?(?P<extended>\*)?\s{0,9}=\s{0,9}"
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.){0,4000})(?:\"|\Z)|(?P<bare>[^;]{0,4000}))",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\"\\])")


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The value before the first semicolon, in lower case, and the decoded parameters by name."""

    value: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The parameter's value; empty where it is missing."""
        return self.named.get(name, "")


@dataclass(frozen=True, kw_only=True)
class _Section:
    """One piece of a parameter (RFC 2231, section 3). Only extended ones are percent-encoded."""

    number: int
    text: str
    extended: bool


def read_parameters(raw: str, charset: str | None = None) -> Parameters:
    """Take such a field apart. The first of two parameters with one name counts.

    `charset` is what the mail's text is written in; raw eight-bit bytes here likely are, too.
    """
    codec = codec_of_fields([raw], charset) if charset and not raw.isascii() else None
    text = unfolded(raw[:_CHARACTERS], codec)
    first = _VALUE.match(_COMMENT.sub(" ", text))
    value = (first["value"] or "") if first else ""
    sections: dict[str, list[_Section]] = {}
    for match in islice(_PARAMETER.finditer(text), _MOST):
        sections.setdefault(match["name"].lower(), []).append(_section(match))
    return Parameters(
        value=value.strip("\"'").lower(), named={name: _whole(found) for name, found in sections.items()}
    )


def _section(match: re.Match[str]) -> _Section:
    quoted = match["quoted"]
    bare = (match["bare"] or "").strip()
    text = bare.strip('"') if quoted is None else _ESCAPED.sub(r"\1", quoted)
    number = -1 if match["section"] is None else int(match["section"])
    return _Section(number=number, text=text, extended=bool(match["extended"]))


def _whole(sections: list[_Section]) -> str:
    """The value: one labelled with a charset before a plain one (RFC 2231, section 4), sections in order."""
    single = [section for section in sections if section.number < 0]
    chosen = sorted(single, key=lambda section: not section.extended)[:1]
    chosen = chosen or sorted(sections, key=lambda section: section.number)
    if not any(section.extended for section in chosen):
        return decode_field("".join(section.text for section in chosen))
    charset, pieces = None, []
    for index, section in enumerate(chosen):
        text = section.text
        if index == 0 and text.count("'") >= 2 and section.extended:  # noqa: PLR2004 (charset'language'text)
            charset, _, text = text.split("'", 2)
        octets = text.encode("utf-8", "surrogateescape")
        pieces.append(unquote_to_bytes(text) if section.extended else octets)
    return decode_field(decode(b"".join(pieces), charset))
