"""What is inside a packed file: a list within bounds, and the members that may be read.

Nothing is ever written to a disk. 7z and RAR are recognised by their type and stay closed.
"""

import io
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.facts import ArchiveMember
from parsers.file_names import safe_name
from parsers.file_types import GZIP, TAR, ZIP
from parsers.zip_files import BadZip, is_encrypted, open_zip, read_member

MAX_LISTED = 500
MAX_UNPACKED = 50 * 1024 * 1024  # octets of one archive
MAX_RATIO = 200  # deflate reaches 1,032; text of an honest sender packs to a fiftieth at best

_RATIO_FROM = 1024 * 1024  # small members may be of one letter
_PATH_COMPONENTS = 20
_TAR_FAULTS = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The members of one archive, and what is odd about it."""

    members: tuple[ArchiveMember, ...] = ()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file out of an archive, unpacked."""

    name: str  # safe, without its folders
    content: bytes


def list_archive(content: bytes, content_type: str) -> Listing:
    """Names and sizes of the members, as the archive states them; nothing is unpacked but a gzip's file."""
    if content_type == ZIP:
        return _list_zip(content)
    if content_type == TAR:
        return _list_tar(content)
    return _list_gzip(content) if content_type == GZIP else Listing()


def members_of(content: bytes, content_type: str, *, limit: int) -> Iterator[Member]:
    """The members that can be unpacked, in the archive's order, of `limit` octets together at most."""
    if content_type == ZIP:
        yield from _zip_members(content, limit)
    elif content_type == TAR:
        yield from _tar_members(content, limit)
    elif content_type == GZIP:
        unpacked = _unpacked_gzip(content, limit)
        if unpacked is not None:
            yield Member(name="", content=unpacked)


def safe_path(path: str) -> str:
    """A member's path that stays below where it is unpacked."""
    components = path.replace("\\", "/").split("/")[-_PATH_COMPONENTS:]
    kept = [safe_name(component) for component in components if component.strip(". ")]
    return "/".join(kept) or safe_name(None)


def _list_zip(content: bytes) -> Listing:
    try:
        with open_zip(content) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except BadZip:
        return Listing(flags=frozenset({"unreadable"}))
    members = [
        ArchiveMember(path=safe_path(info.filename), size=info.file_size, encrypted=is_encrypted(info))
        for info in infos[:MAX_LISTED]
    ]
    bomb = any(_is_bomb(info.file_size, info.compress_size) for info in infos)
    return _listing(
        members,
        outside=any(_leads_outside(info.filename) for info in infos),
        bomb=bomb or sum(info.file_size for info in infos) > MAX_UNPACKED,
        cut=len(infos) > MAX_LISTED,
    )


def _listing(members: list[ArchiveMember], *, outside: bool, bomb: bool, cut: bool) -> Listing:
    findings = {
        "encrypted": any(member.encrypted for member in members),
        "path outside the archive": outside,
        "too large": bomb,
        "incomplete list": cut,
    }
    return Listing(members=tuple(members), flags=frozenset(flag for flag, found in findings.items() if found))


def _leads_outside(path: str) -> bool:
    plain = path.replace("\\", "/")
    return plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/")


def _is_bomb(size: int, packed: int) -> bool:
    return size > _RATIO_FROM and size > packed * MAX_RATIO


def _zip_members(content: bytes, limit: int) -> Iterator[Member]:
    try:
        with open_zip(content) as archive:
            for info in archive.infolist():
                if info.is_dir() or _is_bomb(info.file_size, info.compress_size):
                    continue
                try:
                    unpacked = read_member(archive, info, limit=limit)
                except BadZip:
                    continue
                limit -= len(unpacked)
                yield Member(name=safe_name(info.filename), content=unpacked)
    except BadZip:
        return


def _list_tar(content: bytes) -> Listing:
    infos = list(_tar_infos(content))
    members = [ArchiveMember(path=safe_path(info.name), size=info.size) for info in infos[:MAX_LISTED]]
    return _listing(
        members,
        outside=any(_leads_outside(info.name) for info in infos),
        bomb=False,
        cut=len(infos) > MAX_LISTED,
    )


def _tar_infos(content: bytes) -> Iterator[tarfile.TarInfo]:
    """The regular files; links, devices and what follows a fault are left out."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for count, info in enumerate(archive):
                if count > MAX_LISTED:
                    return
                if info.isfile() and not info.sparse:
                    yield info
    except _TAR_FAULTS:
        return


def _tar_members(content: bytes, limit: int) -> Iterator[Member]:
    for info in _tar_infos(content):
        if info.size > limit:
            continue
        limit -= info.size
        unpacked = content[info.offset_data : info.offset_data + info.size]
        yield Member(name=safe_name(info.name), content=unpacked)


def _list_gzip(content: bytes) -> Listing:
    unpacked = _unpacked_gzip(content, MAX_UNPACKED)
    if unpacked is None:
        return Listing(flags=frozenset({"unreadable"}))
    flags = frozenset({"too large"}) if _is_bomb(len(unpacked), len(content)) else frozenset()
    return Listing(flags=flags)


def _unpacked_gzip(content: bytes, limit: int) -> bytes | None:
    """The first `limit` octets of a gzip file (RFC 1952), or None where it is broken."""
    try:
        return zlib.decompressobj(wbits=31).decompress(content, limit)
    except zlib.error:
        return None
