"""The octets of a mail on their way into the store: hashed and compressed while they arrive."""

import hashlib
import re
import tempfile
import weakref
import zlib
from dataclasses import dataclass
from typing import IO

from isal import isal_zlib

MOST_OCTETS = 150 * 1024 * 1024
"""Of a larger mail only the header is kept."""
HEAD_OCTETS = 256 * 1024
COMPRESSION = 1  # mail is mostly text or already compressed; more effort gains little
IN_MEMORY_OCTETS = 1024 * 1024

_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """A mail ready to be stored."""

    sha256: str  # of the octets that are kept
    size: int  # how many these are
    head: bytes  # the first of them, with all of an honest mail's header
    content: "bytes | Spool"  # compressed
    whole: bool = True  # False where the mail is so large that only its header is kept

    @property
    def compressed(self) -> bytes:
        """What the store keeps; see `unpacked`."""
        return self.content if isinstance(self.content, bytes) else self.content.read()


class Spool:
    """Octets for which memory is too dear: a file without a name, which goes with this object."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_OCTETS)  # noqa: SIM115
        weakref.finalize(self, self._file.close)

    def write(self, octets: bytes) -> None:
        """Add octets at the end."""
        self._file.write(octets)

    def read(self) -> bytes:
        """All of them; nothing is written afterwards."""
        self._file.seek(0)
        return self._file.read()


def packed(raw: bytes, *, whole: bool = True) -> Packed:
    """Pack a mail, or the header of one, that is in memory."""
    return Packed(
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        head=raw[:HEAD_OCTETS],
        content=isal_zlib.compress(raw, COMPRESSION),
        whole=whole,
    )


def unpacked(compressed: bytes) -> bytes:
    """The octets that were packed. Any zlib can do this; only to pack them fast takes another one."""
    return zlib.decompress(compressed)


def unpacked_beginning(compressed: bytes, most: int) -> bytes:
    """The first octets that were packed; the beginning of what was packed is enough for them."""
    return zlib.decompressobj().decompress(compressed, most)


class Packer:
    """Packs a mail that arrives in pieces, with memory for no more than one of them."""

    def __init__(self) -> None:
        self.size = 0
        self._head = b""
        self._digest = hashlib.sha256()
        self._compressor = isal_zlib.compressobj(COMPRESSION)
        self._spool = Spool()

    @property
    def is_full(self) -> bool:
        """Whether the mail is larger than what is kept whole; the rest need not be fetched."""
        return self.size > MOST_OCTETS

    def add(self, piece: bytes) -> None:
        """Take in the next piece."""
        self.size += len(piece)
        self._head += piece[: HEAD_OCTETS - len(self._head)]
        self._digest.update(piece)
        self._spool.write(self._compressor.compress(piece))

    def packed(self) -> Packed:
        """The mail; no piece may be added afterwards."""
        if self.is_full:
            return packed(_header_of(self._head), whole=False)
        self._spool.write(self._compressor.flush())
        return Packed(
            sha256=self._digest.hexdigest(),
            size=self.size,
            head=self._head,
            content=self._spool,
        )


def _header_of(head: bytes) -> bytes:
    end = _HEAD_END.search(head)
    return head[: end.end()] if end else head
