"""A server of the tests finds its port free when it is started again."""

from pathlib import Path

from tests.support.postgres import lasting_port

OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_outgoing_connection_is_given_the_port_of_a_server_that_is_started_again() -> None:
    lowest = int(OUTGOING.read_text().split()[0])
    assert lasting_port() < lowest
