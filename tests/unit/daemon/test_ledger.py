"""The ledger's key, its export, and its commands."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.secret import Secret
from config.settings import Ledger
from daemon.heads import Heads
from daemon.ledger_check import Kind, Verdict, verify_export
from daemon.ledger_export import ExportUnreadable, NotExported, opened_for_export, write_export
from daemon.ledger_key import key_file, ledger_key
from daemon.store.database import Database
from tests.support.commands import run
from tests.support.reports import RECEIVED
from tests.support.sealing import KEY, record_some, seal_some, sealer, tamper
from tests.support.site import site

ONE_SECOND = timedelta(seconds=1)


def exported(
    database: Database, file: Path, *, since: datetime | None = None, until: datetime | None = None
) -> Path:
    with opened_for_export(file) as out:
        write_export(database, out, since=since, until=until)
    return file


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def found(verdict: Verdict) -> list[tuple[Kind, int, int]]:
    return [(finding.kind, finding.first, finding.last) for finding in verdict.findings]


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    ledger = Ledger(heads=tmp_path / "heads")
    made = ledger_key(ledger, make=True)
    assert len(made) == 64
    assert ledger_key(ledger, make=True) == ledger_key(ledger) == made
    assert stat.S_IMODE(key_file(ledger).stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "heads").iterdir()] == ["ledger.key"]


def test_a_key_is_not_made_by_who_only_looks(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ledger\.key: is not set, and .*can't be read"):
        ledger_key(Ledger(heads=tmp_path / "heads"))
    assert not (tmp_path / "heads").exists()


def test_a_configured_key_is_taken_and_none_is_made(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x" * 32 + "\n")
    ledger = Ledger(key=Secret(file=tmp_path / "secret"), heads=tmp_path / "heads")
    assert ledger_key(ledger, make=True) == b"x" * 32
    assert not (tmp_path / "heads").exists()


@pytest.mark.parametrize("content", ["x" * 31, ""])
def test_a_key_that_is_too_short_is_a_fault_that_does_not_repeat_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(content)
    with pytest.raises(ConfigurationError, match=r"mailwarden\.yaml ledger\.key") as error:
        ledger_key(Ledger(key=Secret(file=tmp_path / "secret"), heads=tmp_path))
    assert "xx" not in str(error.value)


def test_an_export_is_verified_by_itself(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 5)
    told = verify_export(exported(database, tmp_path / "out.jsonl"), KEY, Heads(tmp_path).read())
    assert (told.whole, told.entries, told.last, told.heads) == (True, 5, 5, 1)


def test_an_export_holds_what_was_sealed(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    first, second = lines(exported(database, tmp_path / "out.jsonl"))
    assert first["previous"] is None
    assert second == {
        "id": 2,
        "digest": second["digest"],
        "sequence": 2,
        "previous": first["digest"],
        "at": "2026-11-03T09:00:02.000000+00:00",
        "event": "epoch opened",
        "message_id": None,
        "matter_id": None,
        "action_id": None,
        "facts": {"mailbox": "regulators", "uidvalidity": 2},
    }


def test_a_piece_of_the_ledger_is_exported_and_verified(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 9)
    since, until = RECEIVED + 3 * ONE_SECOND, RECEIVED + 6 * ONE_SECOND
    file = exported(database, tmp_path / "out.jsonl", since=since, until=until)
    assert [line["sequence"] for line in lines(file)] == [3, 4, 5]
    assert verify_export(file, KEY, Heads(tmp_path).read()).whole


def test_a_piece_is_whole_although_times_and_sequence_differ(database: Database, tmp_path: Path) -> None:
    record_some(database, 5)
    tamper(database, "UPDATE ledger SET at = (SELECT at FROM ledger WHERE id = 5) WHERE id = 2")
    sealer(database, tmp_path).work()
    file = exported(database, tmp_path / "out.jsonl", until=RECEIVED + 4 * ONE_SECOND)
    assert [line["sequence"] for line in lines(file)] == [1, 2, 3]
    assert verify_export(file, KEY, ()).whole


def test_an_export_of_a_time_without_entries_is_empty(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    file = exported(database, tmp_path / "out.jsonl", since=datetime(2027, 1, 1, tzinfo=UTC))
    assert file.read_bytes() == b""
    assert verify_export(file, KEY, ()).whole


def test_an_export_that_was_changed_is_not_whole(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 5)
    file = exported(database, tmp_path / "out.jsonl")
    altered = file.read_text().replace('"uidvalidity": 2', '"uidvalidity": 3', 1)
    kept = altered.splitlines(keepends=True)
    file.write_text("".join(kept[:3] + kept[4:]))
    assert found(verify_export(file, KEY, ())) == [(Kind.ALTERED, 2, 2), (Kind.MISSING, 4, 4)]


def test_a_file_that_is_no_export_is_refused_by_line(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("{}\n")
    with pytest.raises(ExportUnreadable, match=r"out\.jsonl:1: is not a line"):
        verify_export(tmp_path / "out.jsonl", KEY, ())


def test_an_export_never_writes_over_a_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(NotExported, match="name a new file"):
        exported(database, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "mine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with a sealed ledger of three entries."""
    site(tmp_path)
    (tmp_path / "key").write_bytes(KEY)
    settings = tmp_path / "mailwarden.yaml"
    own = (
        f"database: sqlite:///{tmp_path}/mailwarden.db\n"
        f"ledger: {{heads: {tmp_path}/heads, key: {{file: {tmp_path}/key}}}}\n"
    )
    settings.write_text(own + settings.read_text())
    database = Database(f"sqlite:///{tmp_path}/mailwarden.db")
    database.upgrade()
    seal_some(database, tmp_path / "heads", 3)
    database.close()
    return tmp_path


def test_verify_ends_with_0_when_whole_and_with_1_when_not(folder: Path) -> None:
    told = run("ledger", "verify", "--config", str(folder))
    assert (told.returncode, told.stdout) == (0, "3 sealed entries up to 3: whole.\n1 heads compared.\n")
    database = Database(f"sqlite:///{folder}/mailwarden.db")
    tamper(database, "UPDATE ledger SET event = 'done' WHERE sequence = 2")
    database.close()
    told = run("ledger", "verify", "--config", str(folder))
    assert told.returncode == 1
    assert "altered\t2\t2\tdone\t2026-11-03 09:00 UTC" in told.stdout
    as_json = json.loads(run("ledger", "verify", "--json", "--config", str(folder)).stdout)
    assert [finding["kind"] for finding in as_json["findings"]] == ["altered"]


def test_verify_ends_with_2_without_its_key(folder: Path) -> None:
    (folder / "key").unlink()
    told = run("ledger", "verify", "--config", str(folder))
    assert (told.returncode, "ledger.key" in told.stderr) == (2, True)


def test_an_export_goes_to_the_standard_output_and_is_verified_as_a_file(folder: Path) -> None:
    told = run(
        "ledger", "export", "-", "--since", "2026-11-03", "--until", "2026-11-03", "--config", str(folder)
    )
    (folder / "out.jsonl").write_text(told.stdout)
    assert (told.returncode, len(lines(folder / "out.jsonl"))) == (0, 3)
    told = run("ledger", "verify", "--file", str(folder / "out.jsonl"), "--config", str(folder))
    assert (told.returncode, told.stdout.splitlines()[0]) == (0, "3 sealed entries up to 3: whole.")
