"""What a text says of its limits as a whole: where they stand, that there are none or no longer any."""

from collections.abc import Sequence

from parsers.facts import Withdrawal
from parsers.limit_grammar import Grammar
from parsers.searched_text import SearchedText


def find_withdrawal(written: str, grammars: Sequence[Grammar]) -> Withdrawal | None:
    """Where the text takes an earlier order or request back, unless it says so with a "not" or an "if"."""
    text = SearchedText.of(written)
    for grammar in grammars:
        for match in grammar.withdrawn.finditer(text.folded):
            sentence = text.sentences.around(match.start())
            doubts = (grammar.denied, grammar.whose.conditions)
            if not any(doubt.search(text.folded, *sentence) for doubt in doubts):
                return Withdrawal(phrase=text.phrase(*match.span()), position=text.written_at(match.start()))
    return None


def sends_to_subject(written: str, grammars: Sequence[Grammar]) -> bool:
    """Whether the text says that its limit stands in the subject."""
    folded = SearchedText.of(written).folded
    return any(grammar.subject_line.search(folded) for grammar in grammars)


def asks_for_something(written: str, grammars: Sequence[Grammar]) -> bool:
    """Whether a short text, such as a subject, demands or asks for something."""
    folded = SearchedText.of(written).folded
    return any(grammar.whose.wanting.search(folded) for grammar in grammars)


def wants_nothing(written: str, grammars: Sequence[Grammar]) -> bool:
    """Whether the text says that it wants nothing of its reader."""
    folded = SearchedText.of(written).folded
    return any(grammar.is_idle(folded) for grammar in grammars)
