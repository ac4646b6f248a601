"""Bytes to text, without ever failing: the label of a mail is a hint, not the truth."""

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

# Windows supersets of what labels say, as every mail program reads them (WHATWG Encoding).
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "shift_jisx0213": "shift_jis_2004",
    "euc_jisx0213": "euc_jis_2004",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "utf-16-le": "utf-16",  # marked or not, the bytes show their order
    "utf-16-be": "utf-16",
}
# Codecs that cost more than their input (punycode) or are no text at all stay outside.
# fmt: off
_ALLOWED = frozenset(
    {
        "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
        "cp437", "cp850", "cp852", "cp855", "cp857", "cp858", "cp862", "cp864", "cp866", "cp874", "cp932",
        "cp949", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
        "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u",
        "mac-roman", "mac-cyrillic", "mac-greek", "mac-turkish", "utf-8", "utf-16", "utf-32", "utf-7", "hz",
        "gb18030", "big5hkscs", "euc_jp", "euc_jis_2004", "shift_jis_2004", "iso2022_jp_ext",
        "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_2004", "iso2022_kr", "johab",
    }
)
# What eight-bit mail without a usable label is written in.
_GUESSES = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "cp932", "cp949", "koi8_r", "gb18030", "big5", "euc_jp",
]
# fmt: on
# Spellings that the codec registry does not know, after "x-" is gone.
_SPELLINGS = (
    (re.compile(r"(?:cp|win|windows|ibm|ms|dos)[-_ ]?(\d{3,4})"), r"cp\1"),
    (re.compile(r"iso[-_ ]?8859[-_: ]?(\d{1,2})(?:[-_:][ie]|[-_:](?:19|20)\d\d)?"), r"iso8859-\1"),
    (re.compile(r"(?:unicode-[12]-[01]-)?utf[-_ ]?(7|8|16|32)(?:[-_ ]?(?:le|be)|mb[34])?"), r"utf-\1"),
    (re.compile(r"s(?:hift)?[-_ ]?jis"), "cp932"),
    (re.compile(r"(?:gb|gbk|hz)[-_ ]?(?:2312|18030)?(?:[-_]80)?"), "gb18030"),
    (re.compile(r"big-?5.*"), "big5hkscs"),
    (re.compile(r"ks_?c_?5601.*|uhc|korean"), "cp949"),
    (re.compile(r"mac-?(cyrillic|greek|turkish)"), r"mac-\1"),
    (re.compile(r"latin[-_ ]?9"), "iso8859-15"),
    (re.compile(r"koi8?[-_ ]?([ru])"), r"koi8-\1"),
    (re.compile(r"ucs-?2|unicode"), "utf-16"),
    (re.compile(r"ucs-?4"), "utf-32"),
)
_LABEL = re.compile(r"[\s\"'=:]*(?:x-)?([a-z0-9][a-z0-9._:\- ]{0,60})", re.IGNORECASE)
_EAST_ASIAN = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "euc_jis_2004", "johab"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([BJI])")
_KOREAN_ESCAPE = b"\x1b$)C"
_JAPANESE = ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIGH_LATIN = re.compile(r"[\u00c0-\u00ff]")
_CHARACTER_BYTES = 4  # the longest in UTF-8
_LETTERS_SEEN = 20_000
_GUESS_BYTES = 4096
_ENOUGH_HIGH_BYTES = 12  # fewer prove nothing about a charset
_UNSPECIFIC = frozenset({"utf-8", "cp1252"})  # labels that programs write without knowing
_SEVEN_BIT = bytes(range(128))
_UNITS_SEEN = 2000


def beginning(data: bytes, most: int) -> bytes:
    """The first bytes up to a line's end, or at least not ending inside a UTF-8 character."""
    if len(data) <= most:
        return data
    end = data.rfind(b"\n", 0, most) + 1 or most
    while most - end < _CHARACTER_BYTES and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 (it goes on a character)
        end -= 1
    return data[:end]


def decode(data: bytes, charset: str | None = None) -> str:
    """The text that these bytes most likely stand for, in one line-end convention as sent.

    Order: byte-order mark, wide units, escape sequences, valid UTF-8, the label where its result is
    plausible, a statistical guess on enough text, and at last the label, or windows-1252, with
    replacement characters.
    """
    return _scalar(_decoded(data, charset))


def _scalar(text: str) -> str:
    """The text without lone surrogates, which UTF-7 lets through and no UTF-8 can hold."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(data: bytes, charset: str | None) -> str:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    label = codec_of(charset)
    wide = _wide(data, label)
    if wide:
        return data.decode(wide, "replace")
    escaped = _escaped(data, label)
    if escaped is not None:
        return escaped
    if data.isascii() and label in {None, "utf-8", "utf-16", "utf-32", "cp1252"}:
        return data.decode("ascii")
    return _eight_bit(data, label)


def probable_codec(data: bytes, charset: str | None) -> str:
    """The codec that much eight-bit text of one origin is probably written in, guessed once for all of it."""
    label = codec_of(charset)
    if label and label not in _UNSPECIFIC:
        return label
    sample = data[:_GUESS_BYTES]
    best = None if _strict(data, "utf-8") else from_bytes(sample, cp_isolation=_GUESSES).best()
    return best.encoding if best else "cp1252"


def decode_simply(data: bytes, codec: str) -> str:
    """The text where the codec is known already: valid UTF-8, else that codec with replacement characters."""
    text = _strict(data, "utf-8")
    return data.decode(codec, "replace") if text is None else text


def codec_of(charset: str | None) -> str | None:
    """The codec that a charset label means, in whatever spelling; None for unknown or refused ones."""
    match = _LABEL.match(charset or "")
    return _codec_labelled(match[1].strip(" -_.:").lower()) if match else None


@lru_cache(maxsize=200)
def _codec_labelled(label: str) -> str | None:
    spelled = next(
        (pattern.sub(name, label) for pattern, name in _SPELLINGS if pattern.fullmatch(label)), None
    )
    for candidate in (label, spelled, label.split(" ", 1)[0]):
        name = _registered(candidate)
        if name in _ALLOWED:
            return name
    return None


def _registered(label: str | None) -> str | None:
    try:
        name = codecs.lookup(label or "").name
    except (LookupError, ValueError):
        return None
    return _SUPERSETS.get(name, name)


def _wide(data: bytes, label: str | None) -> str | None:
    """The codec of text in units of two or four bytes without a mark: its zero bytes show the order."""
    seen = data[:_UNITS_SEEN]
    if label != "utf-16" and 0 not in seen:
        return None
    zeros = [seen[offset::4].count(0) for offset in range(4)]
    if label == "utf-32" and sum(zeros) >= len(seen) / 2 > 0:
        return "utf-32-le" if zeros[3] >= zeros[0] else "utf-32-be"
    first, second = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if label != "utf-16" and max(first, second) <= len(seen) / 5:
        return None
    if label == "utf-16" and (data.isascii() or _strict(data, "utf-8")) and not first + second:
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _escaped(data: bytes, label: str | None) -> str | None:
    """Text that switches its character set by escape sequences (ISO 2022)."""
    if data.startswith(_KOREAN_ESCAPE) or label == "iso2022_kr":
        return data.decode("iso2022_kr", "replace")
    if not _JAPANESE_ESCAPE.search(data):
        return None
    codecs_tried = (label, *_JAPANESE) if label in _JAPANESE else _JAPANESE
    readings = (_strict(data, codec) for codec in codecs_tried if codec)
    return next((text for text in readings if text is not None), data.decode("iso2022_jp_ext", "replace"))


def _eight_bit(data: bytes, label: str | None) -> str:
    for reading in (_utf8, _labelled, _guessed):
        text = reading(data, label)
        if text is not None:
            return text
    return data.decode(label or "cp1252", "replace")


def _utf8(data: bytes, label: str | None) -> str | None:
    """Eight-bit text of another charset is almost never valid UTF-8, but pairs of East Asian bytes can be."""
    text = None if data.isascii() else _strict(data, "utf-8")
    if text is not None and label in _EAST_ASIAN and max(text) < "\u0800":
        return None if _strict(data, label) else text
    return text


def _labelled(data: bytes, label: str | None) -> str | None:
    text = _strict(data, label) if label else None
    return text if text is not None and not (label == "cp1252" and _mojibake(text)) else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _mojibake(text: str) -> bool:
    """Whether a Western reading is mostly accented letters: no language is written so."""
    seen = text[:_LETTERS_SEEN]
    letters = sum(map(str.isalpha, seen))
    return len(_HIGH_LATIN.findall(seen)) > letters / 2 > 0


def _guessed(data: bytes, label: str | None) -> str | None:
    if label and label not in _UNSPECIFIC:
        return None
    sample = data[:_GUESS_BYTES]
    high = len(sample.translate(None, _SEVEN_BIT))
    if high < _ENOUGH_HIGH_BYTES and not _mojibake(sample.decode("cp1252", "replace")):
        return None
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    return data.decode(best.encoding, "replace") if best else None
