"""Bytes to text, without ever failing: the label of a mail is a hint, not the truth."""

import codecs
import re

from charset_normalizer import from_bytes

# Windows supersets of what labels say, as every mail program reads them (WHATWG Encoding).
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
}
# Codecs that cost more than their input (punycode) or are no text at all stay outside.
# fmt: off
_ALLOWED = frozenset(
    {
        "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
        "cp437", "cp850", "cp852", "cp866", "cp874", "cp932", "cp949", "iso8859-2", "iso8859-3",
        "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13",
        "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u", "mac-roman", "utf-8", "utf-16",
        "utf-16-le", "utf-16-be", "utf-32", "utf-7", "hz", "gb18030", "big5", "big5hkscs", "euc_jp",
        "euc_jis_2004", "iso2022_jp_ext", "iso2022_kr", "johab", "tis-620",
    }
)
# fmt: on
_MULTI_UNIT = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
_HIGH_LATIN = re.compile(r"[\u00c0-\u00ff]")
_GUESS_BYTES = 4096


def decode(data: bytes, charset: str | None = None) -> str:
    """The text that these bytes most likely stand for, in one line-end convention as sent.

    Order: byte-order mark, escape sequences, valid UTF-8, the label where its result is
    plausible, a statistical guess, and at last the label with replacement characters.
    """
    for mark, codec in _MARKS.items():
        if data.startswith(mark):
            return data.decode(codec, "replace")
    label = _codec(charset)
    if label in _MULTI_UNIT:
        return data.decode(label, "replace")
    if _JAPANESE_ESCAPE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    if data.isascii() and label in {None, "utf-8", "cp1252"}:
        return data.decode("ascii")
    return (
        _utf8(data) or _labelled(data, label) or _guessed(data) or data.decode(label or "cp1252", "replace")
    )


def _codec(charset: str | None) -> str | None:
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if name in _ALLOWED else None


def _utf8(data: bytes) -> str | None:
    # Eight-bit text of another charset is almost never valid UTF-8, whatever the label says.
    return None if data.isascii() else _strict(data, "utf-8")


def _labelled(data: bytes, label: str | None) -> str | None:
    text = _strict(data, label) if label else None
    return text if text is not None and not _mojibake(text, label) else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _mojibake(text: str, label: str | None) -> bool:
    """Whether a Western label yields text that is mostly accented letters: no language is written so."""
    if label != "cp1252":
        return False
    letters = sum(map(str.isalpha, text))
    return len(_HIGH_LATIN.findall(text)) > letters / 2 > 0


def _guessed(data: bytes) -> str | None:
    best = from_bytes(data[:_GUESS_BYTES]).best()
    codec = _codec(best.encoding) if best else None
    return data.decode(codec, "replace") if codec else None
