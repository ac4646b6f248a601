"""The notation of the lexicons' phrases and what their sections have in common."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Phrase = Annotated[str, Field(min_length=1, max_length=200)]


def _divided(written: object) -> object:
    """The phrases of one long text; whatever else is written is left to the type."""
    if not isinstance(written, str):
        return written
    return tuple(phrase for each in written.split(";") if (phrase := " ".join(each.split())))


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_divided)]


class Section(BaseModel):
    """A part of a lexicon; a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")
