"""A bad network: a TCP proxy on a loopback port that breaks, delays and tears what passes through it.

What happens to which connection, and after how many octets, is drawn from a seed.
"""

import random
import select
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

LOOPBACK = "127.0.0.1"
LOOKS_EVERY_SECONDS = 0.05
CHUNK = 65_536
SMALLEST_PIECE = 7
MOST_PIECES = 20
BETWEEN_PIECES_SECONDS = 0.001
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends RST instead of FIN


class Trouble(StrEnum):
    """What can happen to a connection."""

    DROP = "drop"  # both ends see it closed
    RESET = "reset"  # both ends see it reset
    HALF_CLOSE = "half-close"  # the client sees the end; what it still sends arrives, what it is told is lost
    DELAY = "delay"  # everything from then on arrives late
    SPLIT = "split"  # everything from then on arrives in small pieces
    REFUSE = "refuse"  # it is dropped, and for a while no new connection comes about


ALL = tuple(Trouble)
ENDING = frozenset({Trouble.DROP, Trouble.RESET, Trouble.REFUSE})


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What happens to one connection once so many octets, of both ways, have passed."""

    trouble: Trouble
    after: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How bad the network is."""

    seed: int
    share: float = 0.7  # of the connections that are in for trouble
    troubles: Sequence[Trouble] = ALL
    within: int = 60_000  # octets; the trouble comes somewhere before
    delay: float = 0.02  # seconds that each chunk is late
    refusal: float = 0.5  # seconds

    def fate(self, number: int) -> Fate | None:
        """Of the connection with this number; None when all goes well."""
        dice = random.Random(f"{self.seed} {number}")
        if dice.random() >= self.share:
            return None
        return Fate(trouble=dice.choice(self.troubles), after=dice.randrange(self.within))


class Proxy:
    """Stands before a server on this machine; use it as a context manager.

    Without a plan it only passes on, until it is cut. It keeps its port also while it refuses connections.
    """

    def __init__(self, server: int, plan: Plan | None = None) -> None:
        """`server` is the port of the server."""
        self.connections = 0
        self.inflicted: Counter[Trouble] = Counter()
        self._server = server
        self._plan = plan
        self._lock = threading.Lock()
        self._passages: set[Passage] = set()
        self._listener: socket.socket | None = None
        self._is_left = False

    def __enter__(self) -> Self:
        # Bound and never listening, so that nobody else gets the port while nothing listens on it.
        self._keeper = _bound(0)
        self.port: int = self._keeper.getsockname()[1]
        self._listen()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._plan, self._is_left = None, True
        self.cut()
        self._keeper.close()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        with self._lock:
            listener, self._listener = self._listener, None
            passages, self._passages = self._passages, set()
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # else a thread in `accept` keeps it listening
            listener.close()
        for passage in passages:
            passage.end()

    def worsen(self, plan: Plan) -> None:
        """From now on it goes as planned, also for the connections that are there."""
        self._plan = plan

    def mend(self) -> None:
        """From now on all goes well."""
        self._plan = None
        self._listen()

    def fate(self, number: int) -> Fate | None:
        """What the plan has for a connection; nothing once the network is mended."""
        return self._plan.fate(number) if self._plan else None

    def suffer(self, passage: "Passage", trouble: Trouble) -> None:
        """Count the trouble and end what it ends."""
        self.inflicted[trouble] += 1
        plan = self._plan
        if trouble is Trouble.REFUSE and plan is not None:
            self.cut()
            again = threading.Timer(plan.refusal, self._listen_again)
            again.daemon = True
            again.start()
        elif trouble in ENDING:
            passage.end(reset=trouble is Trouble.RESET)

    @property
    def plan(self) -> Plan | None:
        """How bad the network is at present."""
        return self._plan

    def _listen_again(self) -> None:
        if not self._is_left:  # it may have been mended right before it was cut
            self._listen()

    def _listen(self) -> None:
        with self._lock:
            if self._listener is None:
                self._listener = _bound(self.port)
                self._listener.listen()
                _thread(self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # it was closed
                return
            with suppress(OSError):  # the client has gone meanwhile
                self._admit(listener, client)

    def _admit(self, listener: socket.socket, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self._server))
        except OSError:
            _close(client, reset=True)
            return
        with self._lock:
            number, self.connections = self.connections, self.connections + 1
            passage = Passage(self, client, server, number)
            if self._listener is not listener:  # it was cut meanwhile
                passage.end()
            self._passages.add(passage)
        _thread(self._carry, passage)

    def _carry(self, passage: "Passage") -> None:
        passage.run()
        with self._lock:
            self._passages.discard(passage)


class Passage:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket, number: int) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._number = number
        self._passed = 0
        self._struck: Trouble | None = None
        self._reset = False
        self._ended = threading.Event()
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        """Pass on, one way and the other, until either end closes or the trouble ends it."""
        with suppress(OSError):  # one end is gone: so is the other, now
            while not self._ended.is_set():
                for source in select.select([self._client, self._server], [], [], LOOKS_EVERY_SECONDS)[0]:
                    self._pass_on(source)
        _close(self._client, reset=self._reset)
        _close(self._server, reset=self._reset)

    def end(self, *, reset: bool = False) -> None:
        """Close both ends; its own thread does it."""
        self._reset = reset
        self._ended.set()

    def _pass_on(self, source: socket.socket) -> None:
        chunk = source.recv(CHUNK)
        if not chunk:
            self.end()
            return
        fate = self._proxy.fate(self._number)
        if fate is not None and self._struck is None and self._passed + len(chunk) > fate.after:
            before = chunk[: max(0, fate.after - self._passed)]
            self._send(source, before)
            chunk = chunk[len(before) :]
            self._strike(fate.trouble)
        self._send(source, chunk)

    def _strike(self, trouble: Trouble) -> None:
        self._struck = trouble
        if trouble is Trouble.HALF_CLOSE:
            self._client.shutdown(socket.SHUT_WR)
        self._proxy.suffer(self, trouble)

    def _send(self, source: socket.socket, chunk: bytes) -> None:
        self._passed += len(chunk)
        to_client = source is self._server
        if self._ended.is_set() or (to_client and self._struck is Trouble.HALF_CLOSE):
            return
        target, plan = (self._client if to_client else self._server), self._proxy.plan
        if plan is not None and self._struck is Trouble.DELAY:
            time.sleep(plan.delay)
        if plan is None or self._struck is not Trouble.SPLIT:
            target.sendall(chunk)
            return
        for piece in pieces(chunk):
            target.sendall(piece)
            time.sleep(BETWEEN_PIECES_SECONDS)  # else the system puts them together again


def pieces(chunk: bytes) -> list[bytes]:
    """The chunk in small pieces, which end in the middle of lines."""
    step = max(SMALLEST_PIECE, len(chunk) // MOST_PIECES)
    return [chunk[start : start + step] for start in range(0, len(chunk), step)]


def _bound(port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind((LOOPBACK, port))
    return one


def _close(end: socket.socket, *, reset: bool) -> None:
    if reset:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    end.close()


def _thread(target: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()
