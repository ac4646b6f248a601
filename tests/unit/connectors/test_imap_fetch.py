import pytest

from connectors import imap_fetch
from connectors.imap_answer import Item
from connectors.imap_fetch import has_content, piece_at, server_id, whole
from connectors.packing import Packed, unpacked

FIRST, PIECE = 4, 3


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_fetch, "FIRST_PIECE_OCTETS", FIRST)
    monkeypatch.setattr(imap_fetch, "PIECE_OCTETS", PIECE)


class Server:
    """Holds one mail, and may be wrong about it."""

    def __init__(self, raw: bytes, *, declared: int | None = None, most: int = 100) -> None:
        self._raw = raw
        self._declared = len(raw) if declared is None else declared
        self._most = most
        self.asked: list[int] = []
        self.expunged_at: int | None = None

    def first(self) -> Item:
        return {b"BODY[]<0>": self._raw[: min(FIRST, self._most)], b"RFC822.SIZE": self._declared}

    def piece(self, _uid: int, offset: int) -> bytes | None:
        self.asked.append(offset)
        if offset == self.expunged_at:
            return None
        return self._raw[offset : offset + min(PIECE, self._most)]


def taken(server: Server) -> bytes | None:
    packed: Packed | None = whole(1, server.first(), server.piece)
    return None if packed is None else unpacked(packed.compressed)


def test_a_small_mail_takes_no_further_question() -> None:
    server = Server(b"abc")
    assert taken(server) == b"abc"
    assert server.asked == []


def test_a_large_mail_is_put_together() -> None:
    server = Server(b"abcdefghij")
    assert taken(server) == b"abcdefghij"
    assert server.asked == [4, 7, 10]


def test_the_last_piece_is_known_by_the_declared_size() -> None:
    server = Server(b"abcdefghi")
    assert taken(server) == b"abcdefghi"
    assert server.asked == [4, 7]


def test_a_server_that_declares_too_much_is_asked_once_more() -> None:
    server = Server(b"abc", declared=100)
    assert taken(server) == b"abc"
    assert server.asked == [3]


def test_a_server_that_declares_too_little_loses_nothing() -> None:
    assert taken(Server(b"abcdefghij", declared=1)) == b"abcdefghij"


def test_pieces_that_come_short_are_completed() -> None:
    assert taken(Server(b"abcdefghij", most=2)) == b"abcdefghij"


def test_an_empty_mail_is_a_mail() -> None:
    assert taken(Server(b"")) == b""


def test_a_mail_that_goes_while_it_is_fetched_is_left_out() -> None:
    server = Server(b"abcdefghij")
    server.expunged_at = 7
    assert taken(server) is None


def test_nil_is_a_mail_that_has_gone_or_the_end_of_one() -> None:
    assert piece_at({b"BODY[]<0>": None, b"RFC822.SIZE": 0}, 0) is None
    assert piece_at({b"BODY[]<9>": None, b"RFC822.SIZE": 0}, 9) is None
    assert piece_at({b"BODY[]<9>": None, b"RFC822.SIZE": 9}, 9) == b""


def test_flags_that_nobody_asked_for_are_no_content() -> None:
    assert not has_content({b"FLAGS": (b"\\Seen",)})


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ((b"M53a2",), "M53a2"),
        (b"17.M1.vm", "17.M1.vm"),
        (1278455344230334865, "1278455344230334865"),
        (None, None),
        ((None,), None),
        (b"x" * 256, None),
    ],
)
def test_names_that_servers_give_to_mails(value: object, name: str | None) -> None:
    assert server_id(value) == name
