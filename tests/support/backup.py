"""A backup of all tables, taken and restored whichever database it is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, select

from daemon.store.database import Database
from daemon.store.models import Base

Backup = Mapping[Table, list[dict[str, Any]]]


def back_up(database: Database) -> Backup:
    with database.read() as session:
        return {
            table: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def restore(database: Database, backup: Backup) -> None:
    with database.write("test") as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        for table, rows in backup.items():
            if rows:
                session.execute(insert(table), rows)
