"""Every line says which daemon and which of its loops speaks, as JSON where nobody sits."""

import json
import threading
from collections.abc import Callable, Iterator

import pytest
import structlog

from daemon import logs

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What was logged since the last look."""
    before = structlog.get_config()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.configure(**before)


def test_a_line_is_a_json_object_with_instance_and_instant(lines: Lines) -> None:
    logs.configure(instance="alpha")
    structlog.get_logger().info("decided", message_id=7)
    [line] = lines()
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {"event": "decided", "level": "info", "instance": "alpha", "message_id": 7}


def test_a_loop_is_named_by_its_thread(lines: Lines) -> None:
    logs.configure(instance="alpha")
    log = structlog.get_logger()
    thread = threading.Thread(target=lambda: log.info("decided"), name="decide")
    thread.start()
    thread.join()
    assert lines()[0]["loop"] == "decide"


def test_quiet_leaves_out_all_but_errors(lines: Lines) -> None:
    logs.configure(quiet=True)
    log = structlog.get_logger()
    log.info("decided")
    log.warning("turn failed")
    log.error("configuration kept")
    assert [line["event"] for line in lines()] == ["configuration kept"]
