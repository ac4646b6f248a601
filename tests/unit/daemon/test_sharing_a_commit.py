"""Threads that wait for the one writer of SQLite share a commit, and fail each for itself."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from daemon.store.database import Database
from daemon.store.models import Mailbox
from tests.support.waiting import eventually

WITHIN_SECONDS = 10.0


@pytest.fixture
def embedded(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    file = tmp_path / "mailwarden.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


class Commits:
    """Counts those of a database."""

    def __init__(self, database: Database) -> None:
        self.number = 0
        event.listen(database.writing_engine, "commit", self._count)

    def _count(self, _connection: object) -> None:
        self.number += 1


def adding(name: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.add(Mailbox(name=name))
        return name

    return work


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Mailbox.name)))


@contextmanager
def gathered(database: Database, *works: Callable[[Session], str]) -> Iterator[list[Future[str]]]:
    """All of them wait for the writer when the block ends."""
    with ThreadPoolExecutor(len(works)) as threads:
        with database.write("before all"):
            futures = [threads.submit(database.together, "test", work) for work in works]
            eventually(lambda: len(database._gathering._waiting) == len(works), within=WITHIN_SECONDS)
        yield futures


def test_what_waits_for_the_writer_shares_a_commit(embedded: Database) -> None:
    commits = Commits(embedded)
    with gathered(embedded, adding("a"), adding("b"), adding("c")) as futures:
        assert [future.result() for future in futures] == ["a", "b", "c"]
    assert names(embedded) == {"a", "b", "c"}
    assert commits.number == len({"the one before all", "that of all three"})


def test_what_fails_takes_nothing_else_with_it(embedded: Database) -> None:
    def failing(session: Session) -> str:
        session.add(Mailbox(name="lost"))
        session.flush()
        raise LookupError

    with gathered(embedded, adding("a"), failing, adding("c")) as futures:
        assert [futures[0].result(), futures[2].result()] == ["a", "c"]
        with pytest.raises(LookupError):
            futures[1].result()
    assert names(embedded) == {"a", "c"}


def test_what_one_piece_has_loaded_is_nothing_to_the_next(embedded: Database) -> None:
    def known(session: Session) -> str:
        return "known" if session.identity_map.values() else "fresh"

    with gathered(embedded, adding("a"), known) as futures:
        assert [future.result() for future in futures] == ["a", "fresh"]


def test_who_comes_during_a_commit_leads_the_next_one(embedded: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> str:
        begun.set()
        go_on.wait(WITHIN_SECONDS)
        return adding("slow")(session)

    with ThreadPoolExecutor(2) as threads, gathered(embedded, slow, adding("b")) as futures:
        begun.wait(WITHIN_SECONDS)
        late = threads.submit(embedded.together, "test", adding("late"))
        eventually(lambda: embedded._gathering._waiting or late.done(), within=WITHIN_SECONDS)
        go_on.set()
        assert [late.result(), *(future.result() for future in futures)] == ["late", "slow", "b"]
    assert names(embedded) == {"slow", "b", "late"}


def test_both_kinds_of_database_commit_what_one_thread_brings(database: Database) -> None:
    assert database.together("test", adding("a")) == "a"
    assert names(database) == {"a"}
    with pytest.raises(LookupError):
        database.together("test", _raising)
    assert names(database) == {"a"}


def _raising(session: Session) -> None:
    session.add(Mailbox(name="lost"))
    session.flush()
    raise LookupError
