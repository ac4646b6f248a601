"""What is wrong with the database, in words for a person.

A driver's own text may quote a statement with what a stranger wrote, so none of it is ever shown.
"""

import os
import sqlite3
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from daemon.store.database import Database

OUT_OF_REACH = "the database is out of reach"
READ_ONLY = "the database is read-only: nothing can be stored"
FULL = "the disk of the database is full: nothing can be stored until there is room"
LEAST_ROOM = 64 * 1024 * 1024
"""Octets; a large mail takes more, but most of it is compressed away."""

# https://www.sqlite.org/rescode.html: primary codes are the last octet of the extended ones.
SQLITE = {
    sqlite3.SQLITE_BUSY: "another program keeps the database locked",
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: "the disk of the database fails, or can only be read: nothing can be stored",
    sqlite3.SQLITE_CORRUPT: "the database is damaged: restore a backup",
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: "the database's file can't be opened",
    sqlite3.SQLITE_NOTADB: "the database's file is not a database",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: a whole code, or its class.
POSTGRESQL = {
    "08": OUT_OF_REACH,
    "25006": READ_ONLY,
    "28": "the database does not accept our user or password",
    "3D000": "the database server has no database of this name",
    "53100": FULL,
    "53300": "the database server has no connection left for us",
    "57P": OUT_OF_REACH,
}


def database_trouble(error: Exception) -> str | None:
    """What the error says of the database; None when it is about something else."""
    match error.orig if isinstance(error, DBAPIError) else error:
        case sqlite3.Error() as cause:
            return SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        case psycopg.OperationalError(sqlstate=None):  # the server has not said anything
            return OUT_OF_REACH
        case psycopg.Error(sqlstate=str(state)):
            known = (POSTGRESQL[part] for part in (state, state[:3], state[:2]) if part in POSTGRESQL)
            return next(known, None)
        case _:
            return None


def hindrance(session: Session, database: Database) -> str | None:
    """What can be seen to keep anybody from storing things, without storing any; else None."""
    if database.is_embedded:
        return _disk_hindrance(Path(database.url.database or ""))
    return READ_ONLY if session.scalar(text("SHOW transaction_read_only")) == "on" else None


def _disk_hindrance(file: Path) -> str | None:
    if not file.is_file():  # in memory
        return None
    disk = os.statvfs(file)
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    room = disk.f_bavail * disk.f_frsize
    if not room:
        return FULL
    return "the disk of the database is nearly full: less than 64 MB are left" if room < LEAST_ROOM else None
