"""Spans of time as people write them into configuration."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FORM = re.compile(r"([0-9]{1,6})([smhd])")


def parse_duration(value: object) -> timedelta:
    """Read `60s`, `15m`, `4h` or `2d`.

    Raises:
        ValueError: it is something else; the message says what is wanted.
    """
    if isinstance(value, timedelta):
        return value
    form = _FORM.fullmatch(value) if isinstance(value, str) else None
    if not form:
        raise ValueError("is not a duration such as 60s, 15m, 4h or 2d")
    return timedelta(**{_UNITS[form[2]]: int(form[1])})


def duration_text(span: timedelta) -> str:
    """The shortest text that `parse_duration` reads back; whole seconds."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Written = Annotated[str, Field(pattern=f"^{_FORM.pattern}$")]
Duration = Annotated[timedelta, BeforeValidator(parse_duration, json_schema_input_type=Written)]
