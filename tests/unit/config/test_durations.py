from datetime import timedelta

import pytest

from config.durations import duration_text, parse_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("60s", timedelta(seconds=60)),
        ("15m", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
    ],
)
def test_a_duration_is_a_number_with_its_unit(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("value", ["4", "4 h", "h", "-4h", "1.5h", "4hh", "٤h", 4, None])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a duration such as"):
        parse_duration(value)


@pytest.mark.parametrize("text", ["0s", "59s", "1m", "90s", "4h", "25h", "2d"])
def test_the_text_of_a_duration_reads_back(text: str) -> None:
    assert duration_text(parse_duration(text)) == text
