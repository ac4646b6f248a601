"""Who may speak for whom: the organisations file."""

from collections import Counter
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from config.yaml_file import Problem, found, text_like


def _bare(text: str) -> str:
    """The domain of what may be an address or a pattern; it stands for those below it anyway."""
    return text.rpartition("@")[2].removeprefix("*").lstrip(".").lower()


Domain = Annotated[
    str,
    StringConstraints(to_lower=True),
    text_like(
        r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+", "a mail domain in its ASCII form (xn--...)", _bare
    ),
]
"""A mail domain in lower case, an international one in its ASCII form (RFC 5890)."""
CountryCode = Annotated[str, text_like(r"[A-Z]{2}", "a country code of two capital letters, such as TR")]
"""ISO 3166-1 alpha-2, in capitals; EU for the European Union's own bodies."""
OrganisationId = Annotated[
    str,
    text_like(r"[a-z0-9][a-z0-9_-]{0,63}", "an id of lower-case letters, digits, hyphens and underscores"),
]


class Organisation(BaseModel):
    """One body that writes to us. That it is known does not make a mail genuine."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )

    id: OrganisationId
    name: Annotated[str, Field(min_length=1)]
    sender_class: Literal["regulator", "law_enforcement", "partner", "public"] = Field(alias="class")
    country: CountryCode | None = None
    domains: Annotated[tuple[Domain, ...], Field(min_length=1)]


class Directory(BaseModel):
    """All known organisations."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    organisations: tuple[Organisation, ...]

    def of_domain(self, domain: str) -> Organisation | None:
        """The organisation that owns the domain, or else the nearest domain above it."""
        name = domain.lower().rstrip(".")
        while name and name not in self._owners:
            name = name.partition(".")[2]
        return self._owners.get(name)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all organisations."""
        return frozenset(organisation.id for organisation in self.organisations)

    @cached_property
    def _owners(self) -> dict[str, Organisation]:
        return {
            domain: organisation for organisation in self.organisations for domain in organisation.domains
        }

    @model_validator(mode="after")
    def _nothing_twice(self) -> "Directory":
        problems = [*self._repeated_ids(), *self._contested_domains()]
        if problems:
            raise found(problems)
        return self

    def _repeated_ids(self) -> list[Problem]:
        counts = Counter(organisation.id for organisation in self.organisations)
        return [
            Problem(
                ("organisations", number, "id"),
                f'"{organisation.id}" is used by {counts[organisation.id]} organisations',
            )
            for number, organisation in enumerate(self.organisations)
            if counts[organisation.id] > 1
        ]

    def _contested_domains(self) -> list[Problem]:
        first: dict[str, str] = {}
        problems = []
        for number, organisation in enumerate(self.organisations):
            for place, domain in enumerate(organisation.domains):
                if domain in first:
                    at = ("organisations", number, "domains", place)
                    problems.append(Problem(at, f'"{domain}" already belongs to "{first[domain]}"'))
                first.setdefault(domain, organisation.id)
        return problems
