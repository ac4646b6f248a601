"""What a text says of its limits as a whole: where they stand, that there are none or no longer any."""

from collections.abc import Sequence

from parsers.facts import Withdrawal
from parsers.limit_grammar import Grammar
from parsers.phrase_index import plain_letters, search_form
from parsers.sentences import MAX_CHARACTERS, Sentences


def find_withdrawal(text: str, grammars: Sequence[Grammar]) -> Withdrawal | None:
    """Where the text takes an earlier order or request back, unless it says so with a "not" or an "if"."""
    written, (text, places) = text, plain_letters(text[:MAX_CHARACTERS])
    folded, sentences = search_form(text), Sentences.of(text)
    for grammar in grammars:
        for match in grammar.withdrawn.finditer(folded):
            sentence = sentences.around(match.start())
            doubts = (grammar.denied, grammar.whose.conditions)
            if not any(doubt.search(folded, *sentence) for doubt in doubts):
                phrase = " ".join(written[places[match.start()] : places[match.end()]].split())
                return Withdrawal(phrase=phrase, position=places[match.start()])
    return None


def sends_to_subject(text: str, grammar: Grammar) -> bool:
    """Whether the text says that its limit stands in the subject."""
    return bool(grammar.subject_line.search(_form_of(text)))


def asks_for_something(text: str, grammar: Grammar) -> bool:
    """Whether a short text, such as a subject, demands or asks for something."""
    return bool(grammar.whose.wanting.search(_form_of(text)))


def wants_nothing(text: str, grammar: Grammar) -> bool:
    """Whether the text says that it wants nothing of its reader."""
    return grammar.is_idle(_form_of(text))


def _form_of(text: str) -> str:
    return search_form(plain_letters(text[:MAX_CHARACTERS])[0])
