"""The door answers probes and scrapes, read-only; a daemon that hangs is not one that is not ready."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus

import pytest
import requests
from prometheus_client import CollectorRegistry, Gauge

from config.instant import utcnow
from config.settings import Settings
from connectors.embedded import free_port
from connectors.errors import Unavailable
from daemon.door import Door, DoorNotOpened, Pages
from daemon.health import Health
from daemon.lease import Alone, Lease
from daemon.pulse import STUCK_SECONDS, Pulse
from daemon.readiness import Readiness
from daemon.store.database import Database
from daemon.store.models import Mailbox
from rules.site import Site

HOUR = timedelta(hours=1)


class Asked:
    """An open door, and what it answers."""

    def __init__(self, port: int, faults: list[str], pulse: Pulse) -> None:
        self.port = port
        self.faults = faults
        self.pulse = pulse

    def get(self, path: str, method: str = "GET") -> requests.Response:
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", timeout=5)


@pytest.fixture
def door() -> Iterator[Asked]:
    faults: list[str] = []
    metrics = CollectorRegistry()
    Gauge("mailwarden_test", "Something to measure.", registry=metrics)
    asked = Asked(free_port(), faults, Pulse("decide"))
    opened = Door(
        host="127.0.0.1",
        port=asked.port,
        pages=Pages(pulses=[asked.pulse], faults=lambda: faults, metrics=metrics),
    )
    opened.start()
    yield asked
    opened.stop()


def test_a_daemon_whose_loops_turn_is_alive(door: Asked) -> None:
    door.pulse.turns()
    answer = door.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True, "loops": 1, "stuck": []})


def test_a_loop_that_hangs_is_named(door: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    door.pulse.turns()
    monkeypatch.setattr("daemon.pulse.STUCK_SECONDS", 0.0)
    answer = door.get("/healthz")
    assert (answer.status_code, answer.json()["stuck"]) == (503, ["decide"])


def test_a_loop_that_rests_or_pauses_after_an_error_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daemon.pulse.STUCK_SECONDS", 0.0)
    pulse = Pulse("decide")
    pulse.turns()
    pulse.rests()
    assert not pulse.is_stuck
    pulse.turns()
    pulse.failed(Unavailable("down"))
    assert not pulse.is_stuck
    assert HOUR.total_seconds() / 10 < STUCK_SECONDS


def test_what_stands_in_the_way_makes_it_not_ready_but_not_dead(door: Asked) -> None:
    assert (door.get("/readyz").status_code, door.get("/readyz").json()["ready"]) == (200, True)
    door.faults.append("lease: lost")
    answer = door.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "faults": ["lease: lost"]})
    assert door.get("/healthz").status_code == 200


def test_metrics_are_served_in_the_text_format(door: Asked) -> None:
    answer = door.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "\nmailwarden_test 0.0\n" in answer.text


def test_a_head_gets_the_headers_alone(door: Asked) -> None:
    answer = door.get("/metrics", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(door: Asked, method: str) -> None:
    answer = door.get("/metrics", method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_another_page_is_not_found_and_the_answer_repeats_nothing(door: Asked) -> None:
    answer = door.get("/secret<script>")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "script" not in answer.text
    assert "Python" not in answer.headers["Server"]


def test_a_port_that_is_taken_is_told_with_what_to_set(door: Asked) -> None:
    pages = Pages(pulses=(), faults=tuple, metrics=CollectorRegistry())
    with pytest.raises(DoorNotOpened, match=rf"127.0.0.1 port {door.port} .*health\.port"):
        Door(host="127.0.0.1", port=door.port, pages=pages).start()


@pytest.fixture
def settings(site: Site) -> Settings:
    return site.settings


def polled(database: Database, settings: Settings, *, ago: timedelta) -> None:
    with database.write("test") as session:
        for mailbox in settings.mailboxes:
            session.merge(Mailbox(name=mailbox.name, last_good_poll=utcnow() - ago))


def faults(database: Database, settings: Settings) -> Sequence[str]:
    return Readiness(settings=settings, database=database, lease=Alone()).faults()


def test_a_daemon_that_polls_and_delivers_is_ready(database: Database, settings: Settings) -> None:
    polled(database, settings, ago=timedelta(0))
    assert faults(database, settings) == []


def test_a_mailbox_is_a_fault_until_looked_at_and_after_three_missed_polls(
    database: Database, settings: Settings
) -> None:
    name, interval = settings.mailboxes[0].name, settings.mailboxes[0].poll_seconds
    assert f"mailbox {name}: not looked at yet" in faults(database, settings)
    polled(database, settings, ago=timedelta(seconds=2.9 * interval))
    assert faults(database, settings) == []
    polled(database, settings, ago=timedelta(seconds=3.1 * interval))
    [fault, *_] = faults(database, settings)
    assert fault.startswith(f"mailbox {name}: not looked at without an error since ")


def test_trouble_with_jira_is_a_fault_while_it_lasts_and_only_our_own(
    database: Database, settings: Settings
) -> None:
    polled(database, settings, ago=timedelta(0))
    for instance in (settings.instance, "another"):
        loop = Health(instance=instance, name="deliver 1", database=database)
        loop.begin()
        loop.troubled(Unavailable("down"))
    assert faults(database, settings) == ["jira: deliver 1 is in trouble"]
    Health(instance=settings.instance, name="deliver 1", database=database).well()
    assert faults(database, settings) == []


def test_a_lost_lease_is_a_fault(database: Database, settings: Settings) -> None:
    polled(database, settings, ago=timedelta(0))
    lease = Lease(database=database, instance=settings.instance, length=HOUR)
    readiness = Readiness(settings=settings, database=database, lease=lease)
    assert readiness.faults() == ["lease: lost"]
    lease.begin()
    assert readiness.faults() == []


def test_a_database_out_of_reach_is_the_only_fault_told(settings: Settings) -> None:
    unreachable = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert faults(unreachable, settings) == ["database: the database is out of reach"]
    unreachable.close()


def test_tables_of_another_version_are_a_fault(settings: Settings) -> None:
    empty = Database("sqlite://")
    assert faults(empty, settings) == ["database: the tables are not those of this version"]
    empty.close()
