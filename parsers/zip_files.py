"""ZIP files opened within bounds, for archives and for the office formats that are ZIPs.

A ZIP is trusted in nothing: its directory is counted before it is loaded, only the two methods that
need no memory of the sender's choosing are unpacked, and every member within a limit of octets.
"""

import io
import zipfile
import zlib

from config.errors import MailwardenError

MAX_MEMBERS = 2000

_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # LZMA allocates what its header asks for
_FAULTS = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)


class BadZip(MailwardenError):
    """The ZIP is broken or out of bounds; what it holds stays unread."""


def open_zip(content: bytes) -> zipfile.ZipFile:
    """A ZIP file whose directory is known to be small.

    Raises:
        BadZip: it has too many members, or no directory that can be read.
    """
    if content.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
        raise BadZip(f"The ZIP has more than {MAX_MEMBERS} members; look at it by hand.")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _FAULTS as error:
        raise BadZip(f"The ZIP cannot be opened ({type(error).__name__}); look at it by hand.") from error


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a password protects this member (APPNOTE, section 4.4.4, bit 0)."""
    return bool(member.flag_bits & _ENCRYPTED)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, limit: int) -> bytes:
    """The content of one member.

    Raises:
        BadZip: it is encrypted, packed by a rare method, broken, or longer than `limit` octets.
    """
    if is_encrypted(member) or member.compress_type not in _METHODS:
        raise BadZip("A member of the ZIP is encrypted or packed in a rare way; look at it by hand.")
    if member.file_size > limit:
        raise BadZip(f"A member of the ZIP has {member.file_size} bytes unpacked, more than {limit}.")
    try:
        with archive.open(member) as stream:
            return stream.read(limit)
    except _FAULTS as error:
        raise BadZip(f"A member of the ZIP is broken ({type(error).__name__}).") from error
