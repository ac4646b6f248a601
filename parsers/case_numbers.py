"""The sender's own case number, by the word beside it or by its shape."""

import re
from collections.abc import Iterator
from itertools import chain

from parsers.folding import fold
from parsers.phrases import is_spaced
from parsers.sentences import MAX_CHARACTERS
from parsers.words import Words

# Marks that end a number: spaces, colons of all scripts, quotes and brackets.
_STOP = "\\s:\uff1a;,()\\[\\]{}<>\"'\u2019\u00ab\u00bb\u201c\u201d|\u3014"
# Anything with a digit, in any script; short words before it belong to it, as in "12 Js 345/26" and
# "PR 2 Ds 123.2026", and so does the office in "3:26-mj-00123".
# or the chamber in "II K 417/26", the year in "(2026)京0105民初1号", a mark in "1(102)-118/2026".
_NUMBER = re.compile(
    r"(?:\d:(?=\d\d-)|"
    r"(?:(?:[^\W\d_]{1,4}[ ])?\d{1,4}[ ](?![a-z])|[IVX]{1,6}[ ])?"
    r"(?:[A-Z]{1,6}[-/])?[^\W\d_]{1,10}[ ]{1,2}(?=\d)|"
    rf"[\uff08(](?:19|20)\d\d[\uff09)](?=[\u4e00-\u9fff])|[^{_STOP}]{{1,10}}\([^\W_]{{1,6}}\)(?=[-/]))?"
    rf"[^{_STOP}]{{0,30}}(?:\u3014\d{{2,4}}\u3015)?\d[^{_STOP}]{{0,40}}"
    r"(?:(?<=/[^\W\d_])[ ][^\W\d_]{1,3}/\d{2,4})?"  # Arabic letters stand apart: "447/M R/2026"
)
_LAST_NUMBER = re.compile(r"\S*\d\S*(?=\s*\Z)")
_BETWEEN = re.compile(
    r"[\s.:\uff1a#\u00ba\u00b0\u2116-]{0,20}(?:(?:nr|no|n)\b[.:\s\u00b0]{0,4})?(?:o\b[.:\s]{0,3}|\u2116\s?|\((?!20\d\d\)))?\s{0,3}"
)
# Latin with accents, Greek and Cyrillic.
_CAPITALS = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0400-\u042f\u0490"
_SHAPES = (
    # Capital letters and digits in groups: "OSO/SUP/2026/0211", "JN-2026-4093", "26/C-1450".
    re.compile(
        rf"(?<![\w@/.#=-])(?=(?:[{_CAPITALS}/.-]{{0,20}}\d){{4}})"  # "COVID-19" and "SHA-256" are none
        rf"(?:\d{{2,4}}[-/])?(?:[{_CAPITALS}]{{1,6}}[-/]){{1,4}}\d[\d{_CAPITALS}]{{0,12}}"
        r"(?:[-/.]\d{1,10}){0,4}(?![\w@/])"
    ),
    # A department's sign with its number beside it: "B-2207/DRD.4/11/2026".
    re.compile(
        r"(?<![\w@/.#=-])[A-Z]{1,4}-\d{2,6}(?:/[A-Z]{2,8}(?:\.\d{1,3})?|/\d{1,4}|/[IVX]{1,4}){2,5}(?![\w@/])"
    ),
    # Letters and a year joined to the running number: "EXP202612047".
    re.compile(r"(?<![\w@/.#=-])[A-Z]{2,6}20\d\d\d{4,9}(?![\w@/-])"),
    # Israel's courts: a running number, the month and the year, "31877-11-26".
    re.compile(r"(?<![\w@/.#=+-])\d{4,6}-(?:0[1-9]|1[0-2])-\d\d(?![\w@/-])"),
    # Brazil's courts: "0600412-77.2026.6.99.0031" (National Justice Council, resolution 65/2008).
    re.compile(r"(?<!\d)\d{7}-\d\d\.(?:19|20)\d\d\.\d\.\d\d\.\d{4}(?!\d)"),
    # Taiwan's offices: letters of the office, "字第", a running number.
    re.compile(r"[\u4e00-\u9fff]{1,8}字第\d{4,12}[\u865f\u53f7]"),
    # Japan's police and offices: letters of the desk and a running number; laws are numbered alike.
    re.compile(r"[\u30a0-\u30ff\u4e00-\u9fff]{1,6}(?<![法律令例示則])第\d{2,7}号"),
    # Korea's offices: "제2026-11-0473호".
    re.compile(r"제(?:19|20)\d\d-\d[\d-]{1,14}호"),
    # The Chinese official form: an office, the year in tortoise-shell brackets, a running number.
    re.compile(r"[\u4e00-\u9fff]{0,6}\u3014(?:19|20)\d\d\u3015\d{1,6}\u53f7"),
    # A Chinese court's: the year in brackets, the court, a mark of the kind of case, a running number.
    re.compile(r"[\uff08(](?:19|20)\d\d[\uff09)][\u4e00-\u9fff]\d{0,4}[\u4e00-\u9fff]{1,5}\d{1,6}\u53f7"),
    # A Korean court's or prosecutor's: the year, a mark of the kind of case, a running number.
    re.compile(r"(?<!\d)(?:19|20)\d\d[\uac00-\ud7a3]{1,3}\d{1,7}(?:\ud638)?(?!\d)"),
    # A Japanese court's: the year of the era, a mark of the kind of case, a running number.
    re.compile(r"(?:令和|平成)\d{1,2}年[\uff08(][\u3040-\u30ff\u4e00-\u9fff]{1,3}[\uff09)]第\d{1,6}号"),
    # A year and a running number: "2026/9001".
    re.compile(r"(?<![\w@/.#=-])20\d\d/\d{3,8}(?![\w@/-])"),
    # A register's abbreviation and a running number.
    re.compile(r"(?<!\w)[A-Z\u0400-\u042f]{4,6} \d{4,8}(?!\w)"),
)
_OURS = re.compile(r"\[[A-Z][A-Z0-9_]{1,9}-\d{1,10}\]")
_ADDRESS = re.compile(r"(?<!\S)\S{0,2000}?(?:://|www\.|@)\S{0,2000}")
_DATE = re.compile(
    r"(?:19|20)\d\d[-/\u2013](?:19|20)\d\d|v\d+(?:\.\d+)+|"
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}[.:]\d{2}"
)
# Cases of the Court of Justice and the General Court of the EU: everybody cites them, no sender has them.
_CITED = re.compile(
    r"(?:[^\W\d_]{2,12}\.? )?[CT][-\u2011\u2013]\d{1,4}/\d\d|"
    r"\d{1,4} Tahun (?:19|20)\d\d"  # laws and decrees of Indonesia
)
_MIN_CHARACTERS = 4
_MANY_DIGITS = 15  # content ids are longer than case numbers without separators
_MANY_LABELLED_DIGITS = 18  # Russia's and Ukraine's criminal cases have 17
_NEAR = 25
_LONGEST_RANGE = 5  # "23-27"
_ADJACENT = 1  # in scripts that join words, in which the sign for "law" stands in many others
# Digits in at least two groups, or with capitals, at either end of a subject, in brackets or behind a dash.
_SIGNED = re.compile(
    rf"(?:\A|[(\[\uff08|]|(?<=\s)[-\u2013\u2014](?=\s))\s?"
    rf"((?=[^{_STOP}]{{0,24}}\d)(?=(?:[^\d{_STOP}]{{0,8}}\d){{4}})(?=[^{_STOP}]{{0,30}}(?:[{_CAPITALS}]|\d[-/.]\d|[-/]))"
    rf"[^{_STOP}]{{5,40}})(?=\s?[)\]\uff09|]|\s*\Z|\s[-\u2013\u2014]\s)"
)
_DIGITS = re.compile(r"\d+")
MAX_MENTIONED = 20
_MENTIONED = re.compile(rf"(?:[^\W\d_]{{2,6}}-[^\W\d_]{{1,4}} )?[^{_STOP}]{{0,30}}\d[^{_STOP}]{{0,40}}")
_TELLING_DIGITS = 5
_FEW_DIGITS = 2
_JOINS = ("-", "/")
_SHORT_NUMBER = 3
_LABEL_REACH = 160  # characters: a long label, what stands between, and letters before the first digit


def authority_ref(subject: str, own_text: str, words: Words) -> str | None:
    """The case number as written, or None.

    The author's words go before the subject, which often repeats somebody else's; a number with a
    label goes before one that only looks like a case number. Numbers of statutes do not count.
    """
    texts = [_blanked(text[:MAX_CHARACTERS]) for text in (own_text, subject)]
    without_ours = [_without_ours(text, words) for text in texts]
    return _first(without_ours, words) or (_first(texts, words) if without_ours != texts else None)


def mentioned(text: str) -> tuple[str, ...]:
    """Whatever could be a case number without a word beside it: by its letters, its groups, its length."""
    return tuple(filter(_is_telling, _numbers(text)))[:MAX_MENTIONED]


def in_subject(subject: str) -> tuple[str, ...]:
    """Whatever the sender may call the matter by: in a subject, short numbers count, too."""
    return tuple(filter(_may_name, _numbers(subject)))[:MAX_MENTIONED]


def _numbers(text: str) -> Iterator[str]:
    """What has a digit and is no date, address or key of ours, each once, in order."""
    found = (match[0].strip("._/-") for match in _MENTIONED.finditer(_blanked(text[:MAX_CHARACTERS])))
    known = dict.fromkeys(found)
    return (number for number in known if not (_DATE.fullmatch(number) or _CITED.fullmatch(number)))


def _is_telling(number: str) -> bool:
    digits = sum(map(str.isdigit, number))
    return digits >= _TELLING_DIGITS or (digits >= _FEW_DIGITS and any(map(str.isalpha, number)))


def _may_name(number: str) -> bool:
    return any(map(str.isalpha, number)) or sum(map(str.isdigit, number)) >= _SHORT_NUMBER


def _first(texts: list[str], words: Words) -> str | None:
    for search in (_labelled, _followed, _shaped):
        found = [number for text in texts if (number := next(search(text, words), None))]
        if found:
            return _shorter(*found)
    return next(_signed(texts[-1], words), None)


def _shorter(number: str, in_subject: str | None = None) -> str:
    """A letter's own number may end in the case's, which the subject then names alone."""
    names_case = in_subject is not None and "/" in in_subject and number.endswith(f"-{in_subject}")
    return in_subject if in_subject and names_case else number


def _blanked(text: str) -> str:
    """The text without addresses and without keys of our own tickets, every position kept."""
    for pattern in (_ADDRESS, _OURS):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _without_ours(text: str, words: Words) -> str:
    """The text without the numbers that a letter repeats from ours, as behind "Your ref"; positions kept."""
    folded = fold(text)
    for label in words.case_recipients.finditer(folded):
        start = _start_of_number(folded, label.end())
        number = _NUMBER.match(text, start)
        if number and start > label.end():
            text = text[: label.start()] + " " * (number.end() - label.start()) + text[number.end() :]
    return text


def _start_of_number(folded: str, end: int) -> int:
    between = _BETWEEN.match(folded, end)
    return between.end() if between else end


def _labelled(text: str, words: Words) -> Iterator[str]:
    folded = fold(text)
    stretches = list(_before_digits(text))
    for label in chain.from_iterable(words.case_labels.finditer(folded, *ends) for ends in stretches):
        if folded[max(0, label.start() - 1) : label.start()] in _JOINS:  # it is part of the number
            continue
        start = _start_of_number(folded, label.end())
        number = _NUMBER.match(text, start)
        if number and start > label.end() and not _of_statute(folded, label.start(), words):
            yield from _valid(text, number, words, most_digits=_MANY_LABELLED_DIGITS)


def _before_digits(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text that lead to a number: labels of all languages are sought only there."""
    start = end = -1
    for digits in _DIGITS.finditer(text):
        if digits.start() - _LABEL_REACH > end:
            if end >= 0:
                yield start, end
            start = max(0, digits.start() - _LABEL_REACH)
        end = digits.end()
    if end >= 0:
        yield start, end


def _followed(text: str, words: Words) -> Iterator[str]:
    folded = fold(text)
    for follower in words.case_followers.finditer(folded):
        number = _LAST_NUMBER.search(text, max(0, follower.start() - 40), follower.start())
        if number and not words.statutes.search(folded, follower.start(), follower.end() + _NEAR):
            yield from _valid(text, number, words)


def _shaped(text: str, words: Words) -> Iterator[str]:
    folded = fold(text)
    for shape in _SHAPES:
        for number in shape.finditer(text):
            if not _of_statute(folded, number.start(), words):
                yield from _valid(text, number, words)


def _signed(subject: str, words: Words) -> Iterator[str]:
    """What a subject names at its end or in brackets is mostly the case, whatever its form."""
    folded = fold(subject)
    for number in _SIGNED.finditer(subject):
        is_range = number[1].replace("\u2013", "-").count("-") == 1 and len(number[1]) <= _LONGEST_RANGE
        if not (is_range or _of_statute(folded, number.start(1), words)):
            yield from _valid(subject, number, words, group=1)


def _of_statute(folded: str, start: int, words: Words) -> bool:
    """Whether the number is that of a law: its word stands near, with no other number in between."""
    near = list(words.statutes.finditer(folded, max(0, start - _NEAR), start))
    if not near:
        return False
    named = near[-1]
    between = folded[named.end() : start]
    reach = _NEAR if is_spaced(named[0][0]) else _ADJACENT
    return len(between) <= reach and not _DIGITS.search(between)


def _valid(
    text: str, match: re.Match[str], words: Words, *, most_digits: int = _MANY_DIGITS, group: int = 0
) -> Iterator[str]:
    """The number with the words that belong to it, if it is one."""
    number = match[group].strip(" .,-/")
    digits = sum(map(str.isdigit, number))
    plain = number.isdigit()
    if len(number) < _MIN_CHARACTERS or (plain and not _MIN_CHARACTERS < digits < most_digits):
        return
    if _DATE.fullmatch(number) or _CITED.fullmatch(number):
        return
    suffix = words.case_suffixes.match(fold(text), match.end(group) + 1)
    yield f"{number} {text[suffix.start() : suffix.end()]}" if suffix else number
