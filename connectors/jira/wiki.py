"""Ticket text in Jira's wiki markup, as Data Center takes it.

Markup stands only around sentences of our own that hold nothing but letters, digits and plain punctuation.
All else (facts, quotes, a sentence with anything else in it) goes into a `{noformat}` block, which Jira
shows literally. Escaping with backslashes is no alternative: Jira's rules for it have holes.
"""

import re

from connectors.jira.text import clean, fitting, one_line
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote, TicketText

WORD_JOINER = "\u2060"
"""Invisible and of no width; between two characters it keeps them from being read as markup."""
OPENING, CLOSING = "{noformat:nopanel=true}", "{noformat}"
HEADING = "h3. "

_WORD = r"\(?[^\W_]+(?:[-'’][^\W\d_]+)*\)?[.,:;]?"
_PLAIN_WORDS = re.compile(rf"(?!(?:h[1-6]|bq)\.){_WORD}(?: {_WORD})*")
_SIGNS = re.compile(rf"\{{(?!{WORD_JOINER})|\[(?=~)")
"""What begins a macro, such as the end of the literal block, and what begins a mention."""
_MARKS = re.compile(r"[{\[!|\\]")
"""What begins a macro, a link or a mention, an image, a table, an escape."""


def markup(text: TicketText) -> str:
    """The text in wiki markup, cut at `TEXT_LIMIT` with a sentence that says so."""
    blocks = fitting(tuple(_own_or_literal(block) for block in text))
    return "\n\n".join(_shown(block) for block in map(_own_or_literal, blocks) if block.text.strip())


def inert_line(text: str) -> str:
    """The text in one line of a field that may be shown as wiki markup, in which no block can stand."""
    return _MARKS.sub(rf"\g<0>{WORD_JOINER}", one_line(text))


def _own_or_literal(block: Block) -> Heading | Paragraph | Quote:
    """A heading or paragraph that is plain words, else what is to be shown literally."""
    match block:
        case FactTable(rows=rows):
            return _literal("\n".join(f"{one_line(label)}: {one_line(value)}" for label, value in rows))
        case Quote(text=text):
            return _literal(text)
    line = one_line(block.text)
    return type(block)(text=line) if _PLAIN_WORDS.fullmatch(line) else _literal(line)


def _literal(text: str) -> Quote:
    """Done again to a text that was cut, because a cut can part a sign from its joiner."""
    return Quote(text=_SIGNS.sub(rf"\g<0>{WORD_JOINER}", clean(text)))


def _shown(block: Heading | Paragraph | Quote) -> str:
    match block:
        case Heading(text=text):
            return HEADING + text
        case Paragraph(text=text):
            return text
        case Quote(text=text):
            return "\n".join((OPENING, text.strip("\n"), CLOSING))
