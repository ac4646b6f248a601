"""What a law asks an order or request to contain, as data in the rows of `clocks.yaml`."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.yaml_file import Problem, found, text_like

Text = Annotated[str, Field(min_length=1)]


class Sign(StrEnum):
    """What shows in any language that an element is there."""

    CONTENT = "content"  # something on the platform is named, or there is a web address
    STATUTE = "statute"  # an article, a section, a law with its number
    CASE_NUMBER = "case_number"
    DATE = "date"  # a day with its month
    TIME = "time"  # a time of day
    CONTACT = "contact"  # a mail address, or a telephone number with its country
    AUTHORITY = "authority"  # the sender is a known authority
    SIGNATURE = "signature"  # a cryptographic one, or certified mail


class Element(BaseModel):
    """One thing that must stand in an order or request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, text_like(r"[a-z0-9-]+", "an id of lower-case letters, digits and hyphens")]
    name: Text
    """As a ticket names it."""
    signs: tuple[Sign, ...] = ()
    """One of them is enough."""
    phrases: dict[Annotated[str, text_like(r"[a-z]{2}", "a language code such as tr")], tuple[Text, ...]] = (
        Field(default_factory=dict)
    )
    """By language, in the phrase notation of the lexicons; one of them is enough. In a language that has
    none, nobody can say that the element is missing."""

    @model_validator(mode="after")
    def _can_be_found(self) -> "Element":
        if not self.signs and not self.phrases:
            raise found([Problem(("id",), "can never be found", "give it signs or phrases")])
        return self
