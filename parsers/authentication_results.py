"""The grammar of Authentication-Results (RFC 8601) and of its ARC form (RFC 8617)."""

import re
from dataclasses import dataclass

_TOKEN_CHARACTERS = 8000
_METHOD = re.compile(
    r"\s*(?P<method>[a-z0-9-]{1,40})\s*(?:/\s*\d{1,5})?\s*=\s*(?P<result>[a-z0-9_-]{1,40})", re.IGNORECASE
)
_PROPERTY = re.compile(
    r"(?P<ptype>[a-z0-9-]{1,40})\s?\.\s?(?P<property>[a-z0-9_-]{1,40})\s{0,5}=\s{0,5}"
    r"(?:\"(?P<quoted>[^\"]{0,500})\"|(?P<value>[^\s;\"]{1,500}))",
    re.IGNORECASE,
)
_INSTANCE = re.compile(r"\s*i\s*=\s*(\d{1,3})\s*;", re.IGNORECASE)
_TAG = re.compile(r"(?:^|;)\s*(?P<tag>[a-z]{1,20})\s*=\s*(?P<value>[^;\s]{0,300})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class MethodResult:
    """What one method found: `dkim`, `pass`, `{"header.d": "office.example"}`. All in lower case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The first property of this name, such as `header.from`."""
        return next((value for key, value in self.properties if key == name), None)


@dataclass(frozen=True, kw_only=True)
class AuthenticationResults:
    """One such field: who wrote it, and what the methods found."""

    host: str  # the authserv-id, in lower case
    results: tuple[MethodResult, ...] = ()

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """The results of one method; DKIM has one for every signature."""
        return tuple(result for result in self.results if result.method == method)


def read_results(value: str) -> AuthenticationResults | None:
    """Take the field apart; None where it names no host, or is of another version than 1."""
    first, *pieces = _pieces(_without_comments(value[:_TOKEN_CHARACTERS]))
    words = first.replace('"', " ").split()
    if not words or (len(words) > 1 and words[1] != "1"):
        return None
    results = tuple(filter(None, map(_result, pieces)))
    return AuthenticationResults(host=words[0].rstrip(".").lower(), results=results)


def read_arc_results(value: str) -> tuple[int, AuthenticationResults] | None:
    """The instance of an ARC-Authentication-Results field, and what it says."""
    instance = _INSTANCE.match(value)
    results = read_results(value[instance.end() :]) if instance else None
    return (int(instance[1]), results) if instance and results else None


def read_tags(value: str) -> dict[str, str]:
    """The tags of a DKIM-like field, such as `d` and `i` of ARC-Seal; the first of each name counts."""
    tags: dict[str, str] = {}
    for match in _TAG.finditer(value[:_TOKEN_CHARACTERS]):
        tags.setdefault(match["tag"].lower(), match["value"].lower())
    return tags


def _result(piece: str) -> MethodResult | None:
    match = _METHOD.match(piece)
    if match is None:
        return None
    properties = tuple(
        (f"{found['ptype']}.{found['property']}".lower(), (found["quoted"] or found["value"] or "").lower())
        for found in _PROPERTY.finditer(_unreasoned(piece), match.end())
    )
    return MethodResult(method=match["method"].lower(), result=match["result"].lower(), properties=properties)


def _unreasoned(piece: str) -> str:
    """The result without the free text of its reason, which may hold what looks like a property."""
    return re.sub(
        r"\breason\s{0,5}=\s{0,5}(?:\"[^\"]*\"|\S+)",
        lambda found: " " * len(found[0]),
        piece,
        flags=re.IGNORECASE,
    )


def _pieces(value: str) -> list[str]:
    """The value cut at the semicolons outside quotation marks."""
    pieces, start, quoted = [], 0, False
    for position, character in enumerate(value):
        if character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            pieces.append(value[start:position])
            start = position + 1
    return [*pieces, value[start:]]


def _without_comments(value: str) -> str:
    """Comments nest, and may hold anything; parentheses inside quotation marks open none."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif not quoted and character in "()":
            depth = max(0, depth + (1 if character == "(" else -1))
            kept.append(" ")
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)
