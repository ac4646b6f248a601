"""How things on the platform are named in mails."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from config.yaml_file import read_yaml


def _captures_one_value(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if groups != 1:
        raise ValueError("needs exactly one group, around the value")
    return pattern


class ReferencePattern(BaseModel):
    """One way of naming one kind of thing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["video", "live", "sound", "short", "user", "hashtag"]
    pattern: Annotated[str, AfterValidator(_captures_one_value)]
    """A regular expression; letter case does not matter, its one group holds the value."""


class ReferencePatterns(BaseModel):
    """All of them, tried in this order; text that one has matched is not shown to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patterns: tuple[ReferencePattern, ...]
    ignored_users: frozenset[str] = frozenset()
    """Handles in lower case that address a crowd rather than an account."""


def load_reference_patterns(path: Path) -> ReferencePatterns:
    """Read `references.yaml`.

    Raises:
        ConfigurationError: the file is malformed; the message names file, line and key.
    """
    return read_yaml(path, ReferencePatterns)
