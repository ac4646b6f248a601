"""The bad network does what it is told, and nothing when it is told nothing."""

import socket
import threading
from collections.abc import Iterator

import pytest

from connectors.embedded import free_port
from tests.support.network import LOOPBACK, Plan, Proxy, Trouble, pieces
from tests.support.waiting import eventually

SOON = 5.0
LETTER = b"abcdefghijklmnopqrstuvwxyz"


class Echo:
    """A server that sends back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        try:
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._echo, args=(client,), daemon=True).start()
        except OSError:
            return

    def _echo(self, client: socket.socket) -> None:
        with client:
            try:
                while chunk := client.recv(4096):
                    self.heard += chunk
                    client.sendall(chunk)
            except OSError:
                return


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


def plan(*troubles: Trouble) -> Plan:
    """Every connection is in for one of these at its first octets."""
    return Plan(seed=1, share=1.0, troubles=troubles, within=1)


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection((LOOPBACK, proxy.port), timeout=SOON)


def answer(client: socket.socket, length: int = len(LETTER)) -> bytes:
    client.sendall(LETTER)
    heard = b""
    while len(heard) < length and (chunk := client.recv(4096)):
        heard += chunk
    return heard


def test_without_a_plan_everything_arrives(echo: Echo) -> None:
    with Proxy(echo.port) as proxy, connected(proxy) as client:
        assert answer(client) == LETTER
        assert (proxy.connections, proxy.inflicted) == (1, {})


def test_a_dropped_connection_ends_for_both(echo: Echo) -> None:
    with Proxy(echo.port, plan(Trouble.DROP)) as proxy, connected(proxy) as client:
        assert answer(client) == b""
        assert echo.heard == b""
        assert proxy.inflicted == {Trouble.DROP: 1}


def test_a_reset_connection_is_reset(echo: Echo) -> None:
    with Proxy(echo.port, plan(Trouble.RESET)) as proxy, connected(proxy) as client:
        with pytest.raises(ConnectionResetError):
            answer(client)
        assert proxy.inflicted == {Trouble.RESET: 1}


def test_a_half_closed_connection_still_carries_the_request(echo: Echo) -> None:
    with Proxy(echo.port, plan(Trouble.HALF_CLOSE)) as proxy, connected(proxy) as client:
        assert answer(client) == b""
        eventually(lambda: echo.heard == LETTER, within=SOON)


@pytest.mark.parametrize("trouble", [Trouble.DELAY, Trouble.SPLIT])
def test_what_is_delayed_or_split_arrives_whole(echo: Echo, trouble: Trouble) -> None:
    with Proxy(echo.port, plan(trouble)) as proxy, connected(proxy) as client:
        assert answer(client) == LETTER
        assert proxy.inflicted == {trouble: 1}


@pytest.mark.parametrize("length", [1, 26, 65_536])
def test_the_pieces_are_the_whole(length: int) -> None:
    chunk = bytes(number % 251 for number in range(length))
    found = pieces(chunk)
    assert b"".join(found) == chunk
    assert len(found) == 1 if length == 1 else len(found) > 3


def connects(proxy: Proxy) -> bool:
    try:
        with connected(proxy):
            return True
    except ConnectionRefusedError:
        return False


def test_after_a_refusal_connections_come_about_again(echo: Echo) -> None:
    with Proxy(echo.port, plan(Trouble.REFUSE)) as proxy:
        with connected(proxy) as client:
            assert answer(client) == b""
        assert not connects(proxy)
        eventually(lambda: connects(proxy), within=SOON)


def test_a_cut_ends_what_is_under_way_and_refuses_what_comes(echo: Echo) -> None:
    with Proxy(echo.port) as proxy, connected(proxy) as client:
        assert answer(client) == LETTER
        proxy.cut()
        assert client.recv(1) == b""
        assert not connects(proxy)


def test_mended_it_passes_on_again_whatever_was_planned(echo: Echo) -> None:
    with Proxy(echo.port, plan(Trouble.DROP)) as proxy:
        proxy.cut()
        proxy.mend()
        with connected(proxy) as client:
            assert answer(client) == LETTER
        assert proxy.inflicted == {}


def test_without_its_server_a_connection_is_reset() -> None:
    with (
        Proxy(free_port()) as proxy,
        pytest.raises(ConnectionResetError),  # while it connects, or soon after
        connected(proxy) as client,
    ):
        client.recv(1)


def test_the_same_seed_brings_the_same_trouble() -> None:
    one, same, other = Plan(seed=1), Plan(seed=1), Plan(seed=2)
    assert [one.fate(number) for number in range(50)] == [same.fate(number) for number in range(50)]
    assert [one.fate(number) for number in range(50)] != [other.fate(number) for number in range(50)]
