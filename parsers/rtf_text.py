"""The text of RTF files (Microsoft's specification 1.9.1); control words are read or dropped."""

import re
from itertools import islice

from parsers.extract import MAX_CHARACTERS, TEXT_CUT, Extract, UnreadableDocument, raised

MAX_BYTES = 6 * 1024 * 1024
MAX_TOKENS = 1_000_000  # runs of text, control words and braces

_WEIGHT = 2  # what RTF costs against XML
_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-f]{2})|\\(?P<symbol>[^a-z])"
    rb"|(?P<open>\{)|(?P<close>\})|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.IGNORECASE,
)
_UNSHOWN = frozenset(
    {
        "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "themedata", "datastore",
        "listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "bkmkstart", "bkmkend",
    }
)  # fmt: skip
_MARKS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": " | ",
    "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
# As a field of its own, or in the HTML that Outlook keeps beside the text (MS-OXRTFEX).
_LINK = re.compile(
    rb"(?:HYPERLINK\s{1,9}|<a\s[^<>{}]{0,200}?href=)[\"'](https?://[^\"'\s{}\\]{1,2000})[\"']", re.IGNORECASE
)
_CODE_PAGES = frozenset({437, 850, 852, 866, 874, 932, 936, 949, 950, *range(1250, 1259)})
_UTF_8 = 65001
_MAX_DEPTH = 1000
_MAX_SKIP = 10


def read_rtf(content: bytes) -> Extract:
    """Text and link targets. Pictures and objects are left out; objects are flagged."""
    if len(content) > MAX_BYTES:
        raise UnreadableDocument(f"The RTF has {len(content)} bytes, more than {MAX_BYTES}.")
    reader = _Reader()
    tokens = _TOKEN.finditer(content)
    for token in islice(tokens, MAX_TOKENS):
        reader.take(token)
        if reader.is_full:
            break
    cut = next(tokens, None) is not None
    links = "\n".join(target.decode("latin-1") for target in dict.fromkeys(_LINK.findall(content)))
    return Extract(
        text=f"{reader.text()}\n{links}".strip(),
        flags=raised({"embedded files": b"\\objdata" in content, TEXT_CUT: cut}),
        work=_WEIGHT * len(content),
    )


class _Reader:
    """Follows groups as far as they hide or show text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._octets = bytearray()  # of the file's code page; a character can take two
        self._characters = 0
        self._codec = "cp1252"
        self._depth = 0
        self._hidden_from: int | None = None
        self._fallback = 1  # how many characters stand in for one Unicode character (\uc)
        self._skip = 0

    @property
    def is_full(self) -> bool:
        return self._characters > MAX_CHARACTERS or self._depth > _MAX_DEPTH

    def take(self, token: re.Match[bytes]) -> None:
        if token["open"] or token["close"]:
            self._group(1 if token["open"] else -1)
        elif token["word"]:
            self._control(token["word"].decode().lower(), token["number"])
        elif token["hex"]:
            self._encoded(bytes.fromhex(token["hex"].decode()))
        elif token["symbol"]:
            self._symbol(token["symbol"])
        elif token["text"]:
            self._encoded(token["text"])

    def text(self) -> str:
        self._decode()
        return "".join(self._pieces)[:MAX_CHARACTERS]

    def _group(self, change: int) -> None:
        self._decode()
        self._depth += change
        self._skip = 0
        if self._hidden_from is not None and self._depth < self._hidden_from:
            self._hidden_from = None

    def _control(self, word: str, number: bytes | None) -> None:
        value = int(number) if number else None
        if word in _UNSHOWN:
            self._hide()
        elif word == "ansicpg" and value:
            self._codec = _code_page(value)
        elif word == "uc" and value is not None:
            self._fallback = max(0, min(value, _MAX_SKIP))
        elif word == "u" and value is not None:
            self._write(_character(value))
            self._skip = self._fallback
        elif word in _MARKS:
            self._write(_MARKS[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._hide()  # a destination that readers may ignore
        elif symbol in _SYMBOLS:
            self._write(_SYMBOLS[symbol])

    def _hide(self) -> None:
        if self._hidden_from is None:
            self._hidden_from = self._depth

    def _encoded(self, octets: bytes) -> None:
        shown = octets[self._skip :]
        self._skip = max(0, self._skip - len(octets))
        if self._hidden_from is None:
            self._octets += shown
            self._characters += len(shown)

    def _write(self, text: str) -> None:
        self._decode()
        if self._hidden_from is None:
            self._pieces.append(text)
            self._characters += len(text)

    def _decode(self) -> None:
        if self._octets:
            self._pieces.append(self._octets.decode(self._codec, "replace"))
            self._octets.clear()


def _code_page(number: int) -> str:
    return "utf-8" if number == _UTF_8 else f"cp{number}" if number in _CODE_PAGES else "cp1252"


def _character(value: int) -> str:
    """A UTF-16 unit, written as a signed number of 16 bits; halves of pairs become a replacement."""
    unit = value % 0x10000
    return "\ufffd" if 0xD800 <= unit <= 0xDFFF else chr(unit)  # noqa: PLR2004 - the surrogates
