"""How a daemon comes up."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.loop import Loop
from daemon.pool import Pool, WorkerUnavailable
from daemon.service import Service
from daemon.store.database import Database
from daemon.store.models import Duty, Running
from tests.support.site import site


def unavailable(_pool: Pool) -> None:
    raise WorkerUnavailable("too little memory")


def test_a_daemon_that_can_read_no_mail_keeps_none_from_others(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pool, "start", unavailable)
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"
    with closing(Database(url)) as database:
        service = Service(site=site(tmp_path), database=database)
        with pytest.raises(WorkerUnavailable):
            service.start()
        with database.read() as session:
            assert session.scalars(select(Running)).all() == []
            assert session.scalars(select(Duty)).all() == []


def test_a_daemon_that_is_to_watch_a_mailbox_wakes_its_collector(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(Pool, "start", lambda _: None)
    monkeypatch.setattr(Loop, "start", lambda _: None)
    monkeypatch.setattr(Loop, "wake", lambda loop: woken.append(loop.step.name))
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"
    with closing(Database(url)) as database:
        Service(site=site(tmp_path), database=database).start()
    assert woken == ["collect regulators"]
