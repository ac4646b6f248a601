from pathlib import Path

import pytest

from parsers.message import parse_message
from parsers.smime import Envelope, Protection, open_envelope

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"


@pytest.fixture
def compressed() -> bytes:
    return parse_message((MAILS / "smime-compressed.eml").read_bytes()).root.content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no structure",
        b"\x30\x80" * 500,
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80" + b"\x04\x00" * 200,
        b"-----BEGIN PKCS7-----\n!\n-----END PKCS7-----",
    ],
)
def test_damaged_structure_is_unknown(data: bytes) -> None:
    assert open_envelope(data) == Envelope(protection=Protection.UNKNOWN)


def test_compressed_content_is_inflated_only_where_there_is_room(compressed: bytes) -> None:
    opened = open_envelope(compressed, room=1000)
    assert opened.content is not None
    assert open_envelope(compressed, room=len(opened.content)) == opened
    assert open_envelope(compressed, room=len(opened.content) - 1).content is None
    assert open_envelope(compressed).content is None


def test_compressed_content_with_a_wrong_checksum_stays_closed(compressed: bytes) -> None:
    damaged = compressed[:-1] + bytes([compressed[-1] ^ 1])
    assert open_envelope(damaged, room=1000) == Envelope(protection=Protection.COMPRESSED)
