"""What senders are told automatically: `acknowledgements/<language>.yaml`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.faults import Attempt, ConfigurationError, Fault
from config.yaml_file import read_yaml, text_like

FALLBACK_LANGUAGE = "en"
"""For senders in whose language nothing is written; every acknowledgement must exist in it."""

_SUBJECT_LENGTH = 200
_TEXT_LENGTH = 5_000


def _only(*allowed: str) -> AfterValidator:
    """A check that braces hold nothing but these names."""
    listed = ", ".join(f"{{{name}}}" for name in allowed)

    form = re.compile(rf"(?:[^{{}}]|\{{(?:{'|'.join(allowed)})\}})*")

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"may hold in braces only {listed}")
        return text

    return AfterValidator(check)


class Acknowledgement(BaseModel):
    """One acknowledgement in one language, in our own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Annotated[str, Field(min_length=1, max_length=_SUBJECT_LENGTH), _only("ticket", "subject")]
    """`{subject}` is the sender's own."""
    text: Annotated[str, Field(min_length=1, max_length=_TEXT_LENGTH), _only("ticket", "received", "due")]
    """`{due}` is replaced by the sentence `due` where a limit binds, else by nothing."""
    due: Annotated[str, Field(max_length=_TEXT_LENGTH), _only("at")] = ""
    """How the limit is told."""

    def filled_text(self, *, received: str, due_at: str | None) -> str:
        """The text with everything but the ticket's key, which is not known yet."""
        due = self.due.replace("{at}", due_at) if due_at else ""
        text = self.text.replace("{received}", received).replace("{due}", due)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Language(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Annotated[str, text_like(r"[a-z]{2}", "a language code of two lower-case letters, such as tr")]
    acknowledgements: dict[
        Annotated[str, text_like(r"[a-z0-9][a-z0-9_-]{0,63}", "a name of lower-case letters and digits")],
        Acknowledgement,
    ]


@dataclass(frozen=True, kw_only=True)
class Acknowledgements:
    """Every acknowledgement, by name and then by language."""

    by_name: Mapping[str, Mapping[str, Acknowledgement]]

    @property
    def names(self) -> frozenset[str]:
        """What rules may name."""
        return frozenset(self.by_name)

    def of(self, name: str, language: str | None) -> tuple[str, Acknowledgement] | None:
        """The acknowledgement with its language, which may be the fallback; None for an unknown name."""
        versions = self.by_name.get(name, {})
        chosen = language if language and language in versions else FALLBACK_LANGUAGE
        return (chosen, versions[chosen]) if chosen in versions else None


def load_acknowledgements(folder: Path) -> Acknowledgements:
    """Every `<language>.yaml` of the folder.

    Raises:
        ConfigurationError: with every fault of every file.
    """
    paths = sorted(folder.glob("*.yaml"))
    attempts = [Attempt.at(partial(read_yaml, path, _Language)) for path in paths]
    faults = [fault for attempt in attempts for fault in attempt.faults]
    if faults:
        raise ConfigurationError(faults)
    by_name: dict[str, dict[str, Acknowledgement]] = {}
    for version in (attempt.result() for attempt in attempts):
        for name, acknowledgement in version.acknowledgements.items():
            by_name.setdefault(name, {})[version.language] = acknowledgement
    missing = list(_missing(by_name))
    if missing:
        raise ConfigurationError(missing)
    return Acknowledgements(by_name=by_name)


def _missing(by_name: Mapping[str, Mapping[str, Acknowledgement]]) -> Iterator[Fault]:
    for name, versions in by_name.items():
        if FALLBACK_LANGUAGE not in versions:
            yield Fault(
                file=f"acknowledgements/{FALLBACK_LANGUAGE}.yaml",
                key=f"acknowledgements.{name}",
                message="is missing",
                hint="whoever writes in a language without a text of its own gets this one",
            )
