import hashlib
import os
import tracemalloc
import zlib

import pytest

from connectors import packing
from connectors.packing import HEAD_OCTETS, Packed, Packer, packed, unpacked, unpacked_beginning

HEADER = b"Subject: one\r\n\r\n"
MEGABYTE = 1024 * 1024


def in_pieces(*pieces: bytes) -> Packed:
    packer = Packer()
    for piece in pieces:
        packer.add(piece)
    return packer.packed()


def test_a_mail_packed_in_pieces_is_the_same_as_at_once() -> None:
    whole, pieces = packed(HEADER + b"body"), in_pieces(HEADER, b"bo", b"dy")
    assert unpacked(pieces.compressed) == unpacked(whole.compressed) == HEADER + b"body"
    assert (pieces.sha256, pieces.size, pieces.head) == (whole.sha256, whole.size, whole.head)
    assert pieces.sha256 == hashlib.sha256(HEADER + b"body").hexdigest()


@pytest.mark.parametrize("raw", [b"", b"x", HEADER + b"body\r\n" * 1000, os.urandom(MEGABYTE)])
def test_any_zlib_reads_what_is_kept(raw: bytes) -> None:
    assert zlib.decompress(packed(raw).compressed) == raw
    assert zlib.decompress(in_pieces(raw[:7], raw[7:]).compressed) == raw


def test_what_cannot_be_compressed_gets_hardly_larger() -> None:
    raw = os.urandom(MEGABYTE)
    assert len(packed(raw).compressed) < len(raw) + len(raw) // 100
    assert unpacked_beginning(packed(raw).compressed[: 2 * HEAD_OCTETS], HEAD_OCTETS) == raw[:HEAD_OCTETS]


def test_what_is_kept_can_be_read_more_than_once() -> None:
    large = in_pieces(HEADER, os.urandom(2 * MEGABYTE))
    assert large.compressed == large.compressed


def test_of_a_mail_over_the_limit_only_the_header_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_OCTETS", 100)
    cut = in_pieces(HEADER, b"x" * 200)
    assert not cut.whole
    assert unpacked(cut.compressed) == HEADER
    assert cut.sha256 == hashlib.sha256(HEADER).hexdigest()


def test_packing_a_large_mail_takes_little_memory() -> None:
    piece = os.urandom(MEGABYTE)
    packer = Packer()
    tracemalloc.start()
    try:
        for _ in range(20):
            packer.add(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert packer.packed().size == 20 * MEGABYTE
    assert peak < 8 * MEGABYTE
