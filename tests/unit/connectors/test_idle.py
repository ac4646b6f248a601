"""Waiting in IDLE on a server that misbehaves in one way each."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.idle import IdleOutcome, idle_wait
from connectors.imap import ImapAccount, ImapSource
from tests.support.scripted_imap import CONTINUATION, Script, ScriptedImap, reset

LONG = 30.0
SHORT = 0.1


@contextmanager
def idling(script: Script) -> Iterator[tuple[object, socket.socket]]:
    """A client that has just sent IDLE, and the socket that wakes it."""
    with ScriptedImap(script) as server:
        account = ImapAccount(name="m", host="127.0.0.1", port=server.port, user="a", password="b", tls=False)
        source = ImapSource(account)
        source.open()
        source._client.idle()
        try:
            yield source._client, source._wake_reader
        finally:
            source.close()


def outcome(script: Script, *, timeout: float = LONG) -> IdleOutcome:
    with idling(script) as (client, wake):
        return idle_wait(client, timeout=timeout, wake=wake)


def test_news_in_the_same_packet_as_the_continuation_is_seen() -> None:
    assert outcome(lambda line: line.sendall(CONTINUATION + b"* 1 EXISTS\r\n")) is IdleOutcome.EVENT


def test_news_split_over_packets_is_seen() -> None:
    def split(line: socket.socket) -> None:
        line.sendall(CONTINUATION + b"* 1 EX")
        threading.Timer(SHORT, line.sendall, (b"ISTS\r\n",)).start()

    assert outcome(split) is IdleOutcome.EVENT


def test_a_quiet_server_is_quiet() -> None:
    assert outcome(lambda line: line.sendall(CONTINUATION), timeout=SHORT) is IdleOutcome.QUIET


def test_an_orderly_end_is_a_closed_line() -> None:
    def end(line: socket.socket) -> None:
        line.sendall(CONTINUATION)
        line.shutdown(socket.SHUT_WR)

    assert outcome(end) is IdleOutcome.CLOSED


def test_a_reset_is_a_closed_line() -> None:
    def cut(line: socket.socket) -> object:
        line.sendall(CONTINUATION)
        return reset(line)

    assert outcome(cut) is IdleOutcome.CLOSED


def test_a_goodbye_is_a_closed_line() -> None:
    assert outcome(lambda line: line.sendall(CONTINUATION + b"* BYE restarting\r\n")) is IdleOutcome.CLOSED


def test_half_a_line_and_then_silence_is_a_closed_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.idle.LINE_TIMEOUT_SECONDS", SHORT)
    assert outcome(lambda line: line.sendall(CONTINUATION + b"* 1 EX"), timeout=SHORT) is IdleOutcome.CLOSED
