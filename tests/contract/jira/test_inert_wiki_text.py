"""Words of strangers stay words in wiki markup too: whatever they hold, they end up in a literal block.

Jira's own renderer can't be asked here. What is proven is what its rules need: that nothing in a literal
block can close it or mention anybody, and that nothing but plain words stands outside.
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira.text import clean, one_line
from connectors.jira.wiki import CLOSING, HEADING, OPENING, WORD_JOINER, markup
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote

LITERAL = re.compile(rf"^{re.escape(OPENING)}\n(.*?)\n{re.escape(CLOSING)}$", re.DOTALL | re.MULTILINE)
SIGNS = re.compile(rf"\{{(?!{WORD_JOINER})|\[~")
"""The beginnings of a macro and of a mention."""
PLAIN = re.compile(rf"(?:{HEADING})?[^\W_](?:[^\W_]|[ .,:;()'’-])*|\([^\W_](?:[^\W_]|[ .,:;()'’-])*")
BLOCK_SIGN = re.compile(r"(h[1-6]|bq)\.")
HOSTILE = [
    "[~admin] please",
    "{noformat}\n[~admin] h1. x\n{noformat}",
    "\n{noformat}",
    "{noformat:nopanel=true}\n{noformat}",
    "{ noformat }x{NoFormat}",
    "{\x00noformat}[\u202e~admin]",
    "{code}x{code} {quote}a{quote} {panel}x{panel} {color:red}x{color}",
    "!http://evil.example/p.gif!",
    "[click|http://evil.example] [javascript|javascript:alert(1)]",
    "||h||t||\n|a|b|",
    "h1. big",
    "bq. q",
    "*b* _i_ -s- +u+ ^x^ ~y~ ??c?? {{m}}",
    "https://clipora.example/@u/video/1",
    "a\\\\b\\",
    "\\{noformat}",
    "&#91;~admin&#93; &#123;noformat&#125;",
    "{html}<script>alert(1)</script>{html}",
    "# a\n# b\n* c\n----",
    "[^attachment.ext] [#anchor] INC-1 --- @everyone",
    "",
    "\n\n",
    "\ud800{",
]
PIECES = ["{noformat}", "{code", "{", "}", "[", "~", "[~admin]", "|", "!", "\\", "*", "\n", " ", "x", "\x00"]
PIECES += ["\u202e", WORD_JOINER, "noformat", "h1. ", "bq. ", "http://a.b", "&#123;", "\u2028", "\r", "😀"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=200)


def as_every_block(text: str) -> tuple[Block, ...]:
    return (
        Heading(text=text),
        Paragraph(text=text),
        FactTable(rows=((text, text),)),
        Quote(text=text),
        Paragraph(text="The end."),
    )


def assert_inert(shown: str) -> None:
    for content in LITERAL.findall(shown):
        assert not SIGNS.search(content)
    outside = LITERAL.sub("", shown)
    for line in filter(None, outside.split("\n")):
        assert PLAIN.fullmatch(line)
        assert not BLOCK_SIGN.match(line.removeprefix(HEADING))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_takes_no_effect(text: str) -> None:
    assert_inert(markup(as_every_block(text)))


@settings(deadline=None)
@given(TEXTS)
def test_any_text_takes_no_effect(text: str) -> None:
    assert_inert(markup(as_every_block(text)))


@settings(deadline=None)
@given(TEXTS, st.integers(min_value=29_800, max_value=30_000))
def test_a_cut_opens_nothing(text: str, before: int) -> None:
    assert_inert(markup((Quote(text="x" * before + text + "{" * 300),)))


@settings(deadline=None)
@given(TEXTS)
def test_any_text_can_be_read_as_it_was_written(text: str) -> None:
    (content,) = LITERAL.findall(markup((Quote(text=f">{text}<"),)))
    assert content.replace(WORD_JOINER, "") == f">{clean(text)}<".replace(WORD_JOINER, "")


@settings(deadline=None)
@given(TEXTS)
def test_a_fact_stays_on_its_line(text: str) -> None:
    (content,) = LITERAL.findall(markup((FactTable(rows=(("Sender", text), ("Due", "today"))),)))
    first, second = content.replace(WORD_JOINER, "").split("\n")
    assert first == f"Sender: {one_line(text)}".replace(WORD_JOINER, "")
    assert second == "Due: today"
