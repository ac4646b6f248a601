"""The manifest and the senders: what is read, and what is said of what can't be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.instant import standing_at, utcnow
from daemon.manifest import ManifestLine, read_manifest, read_senders

LINE = '{"file": "one.eml", "mailbox": "le", "received_at": "2026-10-19T07:14:22Z"}'


def manifest(folder: Path, text: str) -> Path:
    path = folder / "manifest.jsonl"
    path.write_text(text)
    return path


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_manifest(manifest(folder, text), ManifestLine)
    return str(caught.value).splitlines()


def test_keys_that_a_manifest_does_not_know_are_ignored(tmp_path: Path) -> None:
    (line,) = read_manifest(manifest(tmp_path, LINE.replace("{", '{"trap": "none", ')), ManifestLine)
    assert line.received_at == datetime(2026, 10, 19, 7, 14, 22, tzinfo=UTC)


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    assert len(read_manifest(manifest(tmp_path, f"{LINE}\n\n{LINE}\n"), ManifestLine)) == 2


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    told = complaints(
        tmp_path,
        f"{LINE}\n"
        '{"file": "two.eml", "mailbox": "le"}\n'
        "{nonsense\n"
        '{"file": "three.eml", "mailbox": "le", "received_at": "2026-10-19T07:14:22", "ticket": "inc3"}\n'
        '{"file": "four.eml", "mailbox": "le", "received_at": "yesterday"}\n',
    )
    assert told == [
        "manifest.jsonl:2 received_at: is missing",
        "manifest.jsonl:3 is not valid JSON; a manifest has one JSON object a line; both files are UTF-8",
        "manifest.jsonl:4 received_at: an instant needs a time zone",
        "manifest.jsonl:4 ticket: is not a ticket key such as INC-1003",
        "manifest.jsonl:5 received_at: is not an instant; write it as 2026-10-19T07:14:22Z",
    ]


def test_a_manifest_in_another_charset_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(LINE.replace("one", "ığdır").encode("iso-8859-9"))
    with pytest.raises(ConfigurationError, match=r"manifest.jsonl:1 is not valid JSON"):
        read_manifest(path, ManifestLine)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nothing.jsonl cannot be read: No such file"):
        read_manifest(tmp_path / "nothing.jsonl", ManifestLine)


def test_a_mail_lies_beside_the_manifest_or_in_the_folder_messages(tmp_path: Path) -> None:
    (line,) = read_manifest(manifest(tmp_path, LINE), ManifestLine)
    assert line.path(tmp_path) == tmp_path / "messages" / "one.eml"
    (tmp_path / "one.eml").touch()
    assert line.path(tmp_path) == tmp_path / "one.eml"


def test_each_domain_becomes_an_organisation_of_its_class_and_country(tmp_path: Path) -> None:
    path = tmp_path / "senders.json"
    path.write_text(
        '{"domains": {"Media.example": "regulator", "post.example": "public"},'
        ' "countries": {"media.example": "TR"}}'
    )
    directory = read_senders(path)
    known = directory.of_domain("mail.media.example")
    assert known is not None
    assert (known.id, known.sender_class, known.country) == ("media_example", "regulator", "TR")
    post = directory.of_domain("post.example")
    assert post is not None
    assert (post.sender_class, post.country) == ("public", None)


def test_a_wrong_class_is_refused_with_those_that_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "senders.json"
    path.write_text('{"domains": {"media.example": "authority"}}')
    with pytest.raises(ConfigurationError) as caught:
        read_senders(path)
    assert str(caught.value) == (
        'senders.json domains.media.example: "authority" is not allowed; '
        "allowed are: regulator, law_enforcement, partner, public"
    )


def test_the_clock_stands_within_the_block_only() -> None:
    instant = datetime(2020, 2, 29, 12, 0, tzinfo=UTC)
    before = utcnow()
    with standing_at(instant):
        assert utcnow() == instant
    assert utcnow() >= before


def test_the_clock_stands_in_utc() -> None:
    with standing_at(datetime.fromisoformat("2026-10-19T10:14:22+03:00")):
        assert utcnow().isoformat() == "2026-10-19T07:14:22+00:00"


def test_a_clock_goes_on_after_an_error() -> None:
    before = utcnow()
    with pytest.raises(RuntimeError), standing_at(datetime(2020, 1, 1, tzinfo=UTC)):
        raise RuntimeError
    assert utcnow() >= before


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"), standing_at(naive):
        pass
