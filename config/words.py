"""The notation of the lexicons' phrases and what their sections have in common."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Phrase = Annotated[str, Field(min_length=1, max_length=200)]


def divided(text: str) -> tuple[str, ...]:
    """The phrases of one long text."""
    return tuple(phrase for each in text.split(";") if (phrase := " ".join(each.split())))


def _divided(written: object) -> object:
    """Whatever else than a text is written is left to the type."""
    return divided(written) if isinstance(written, str) else written


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_divided)]

PhraseText = Annotated[str, Field(min_length=1)]
"""Phrases with `;` between them, which are only divided when the language is met: there are very many."""


class Section(BaseModel):
    """A part of a lexicon; a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")
