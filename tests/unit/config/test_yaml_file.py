from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from config.faults import Attempt, ConfigurationError, Fault
from config.yaml_file import read_yaml
from config.yaml_nodes import NotAccepted, Place, parse


class Sample(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...] = ()
    number: int = 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("12:30", "12:30"),
        ("1:00:00", "1:00:00"),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("2026-10-19", "2026-10-19"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("<<", "<<"),
        ("9" * 41, "9" * 41),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    read = parse(f"key: {text}\n".encode()).values["key"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["010", "-007", "0o10", "0x1F"])
def test_a_number_that_some_read_as_octal_is_refused_unless_quoted(text: str) -> None:
    with pytest.raises(NotAccepted, match="begins with a zero"):
        parse(f"key: {text}\n".encode())
    assert parse(f"key: '{text}'\n".encode()).values == {"key": text}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b"\xef\xbb\xbfkey: 1\n").values == {"key": 1}


def test_a_byte_order_mark_does_not_shift_the_place_of_what_is_not_utf_8() -> None:
    with pytest.raises(NotAccepted) as caught:
        parse(b"\xef\xbb\xbf" + "a: é\nb: é".encode() + b"\xff\n")
    assert (caught.value.flaws[0].place.line, caught.value.flaws[0].message) == (2, "is not UTF-8")


def test_places_count_lines_and_columns_from_one() -> None:
    places = parse(b"a:\n  - x\n  - {b: y}\n").places
    assert [(places[loc].line, places[loc].column) for loc in (("a",), ("a", 0), ("a", 1, "b"))] == [
        (1, 1),
        (2, 5),
        (3, 6),
    ]


def test_every_duplicate_and_every_empty_value_is_told_at_once() -> None:
    with pytest.raises(NotAccepted) as caught:
        parse(b"a: 1\na: 2\nb:\nc: {d: 1, d: 2}\n")
    assert [(flaw.key, flaw.place.line) for flaw in caught.value.flaws] == [("a", 2), ("b", 3), ("c.d", 4)]


def test_a_file_beyond_the_size_limit_is_not_even_parsed() -> None:
    with pytest.raises(NotAccepted, match="larger than"):
        parse(b"[" * 4_000_001)


@pytest.mark.parametrize(
    "text", [r'"\U00110000"', r'"\UFFFFFFFF"', r'"\ud800"', "\x01", "%YAML 9.9\n---\na", "a: \x7f"]
)
def test_what_is_no_character_is_refused(text: str) -> None:
    with pytest.raises(NotAccepted):
        parse(text.encode())


@given(
    st.binary(max_size=60)
    | st.text(alphabet="ab:-[]{},&*!|>'\"\\#%@` \n\r\u2028\t0é?U", max_size=60).map(str.encode)
)
def test_whatever_the_bytes_they_are_read_or_refused_with_a_place(data: bytes) -> None:
    assert all(place.line > 0 and place.column > 0 for place in places_or_flaws(data))


def places_or_flaws(data: bytes) -> list[Place]:
    try:
        return list(parse(data).places.values())
    except NotAccepted as refusal:
        return [flaw.place for flaw in refusal.flaws]


def test_a_file_that_is_not_there_is_a_fault_that_says_where_it_was_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(path, Sample)
    assert str(caught.value) == f"sample.yaml cannot be read: No such file or directory; looked for {path}"


def test_all_faults_of_a_file_come_together_from_top_to_bottom(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_text("numbr: 1\nnumber: many\nwords: [a, [b]]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(path, Sample)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [
        (1, "numbr"),
        (2, "number"),
        (3, "words[1]"),
    ]


def test_faults_are_sorted_by_file_and_then_by_line() -> None:
    faults = [
        Fault(file="b", line=1, message="m"),
        Fault(file="a", line=10, message="m"),
        Fault(file="a", line=9, message="m"),
    ]
    assert [(fault.file, fault.line) for fault in ConfigurationError(faults).faults] == [
        ("a", 9),
        ("a", 10),
        ("b", 1),
    ]


def test_a_failed_attempt_keeps_its_faults_and_gives_no_result() -> None:
    fault = Fault(file="a.yaml", line=1, column=2, key="k", message="is wrong", hint="mend it")

    def load() -> str:
        raise ConfigurationError([fault])

    attempt = Attempt.at(load)
    assert attempt.faults == (fault,)
    with pytest.raises(ConfigurationError, match=r"^a\.yaml:1:2 k: is wrong; mend it$"):
        attempt.result()
