"""What this author newly wrote, told apart from what others wrote and from standing text.

Every step looks at each line a bounded number of times, and no expression sees a line over
400 characters: longer ones are prose. Where it is doubtful whether a line is the author's own, it
stays.
"""

import re
from dataclasses import dataclass

from parsers.html_text import RULE
from parsers.quotations import Line, Lines, Opening, first_cut, forwarded_sender, interleaved
from parsers.standing_text import without_standing_text
from parsers.words import Words

_LOOSE_QUOTES = 3


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """One body, divided by who wrote it."""

    own: str
    quoted: str = ""  # earlier mail that this one answers
    forwarded: str = ""  # mail of others that this one passes on
    forwarded_sender: str | None = None  # the address of its author, domain in lower case


def divide(text: str, words: Words, *, replies: bool = False, forwards: bool = False) -> Authorship:
    """Divide a body by author.

    Args:
        text: the shown text, LF line ends.
        words: the quoting words of all languages.
        replies: the mail has In-Reply-To, so that single quoted lines are somebody else's.
        forwards: the subject says that the mail passes another one on.
    """
    lines = [Line.of(line) for line in text.split("\n")]
    cut = first_cut(lines, words, replies=replies, forwards=forwards)
    own, quoted, forwarded = lines, list[Line](), list[Line]()
    if cut is not None:
        own, rest = lines[: cut.start], lines[cut.start :]
        if cut.opening is Opening.ATTRIBUTION:
            answers, quoted = interleaved(lines[cut.end :])
            own += answers
        elif cut.opening is Opening.FORWARD:
            forwarded = rest
        else:
            quoted = rest
    if cut is not None or replies or sum(line.marked for line in own) >= _LOOSE_QUOTES:
        quoted = [line for line in own if line.marked] + quoted
        own = [line for line in own if not line.marked]
    return Authorship(
        own=_joined(without_standing_text(own, words)),
        quoted=_joined(quoted, unmark=True),
        forwarded=_joined(forwarded, unmark=True),
        forwarded_sender=forwarded_sender(forwarded),
    )


def _joined(lines: Lines, *, unmark: bool = False) -> str:
    texts = (re.sub(r"^[> ]{1,40}", "", line.text) if unmark and line.marked else line.text for line in lines)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(text.rstrip() for text in texts)).strip()
    while text.endswith(RULE):  # a page may draw several above a quotation
        text = text.removesuffix(RULE).rstrip()
    return text
