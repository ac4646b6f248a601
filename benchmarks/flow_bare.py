"""The bare loops that no program of this kind can beat."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import requests
from imapclient import IMAPClient

from tests.support.imap_server import PASSWORD, ImapServer

BATCH = 50


def fetch(server: ImapServer, user: str, file: Path) -> None:
    """imapclient in batches of 50, one SQLite commit a batch, nothing else."""
    client = IMAPClient("127.0.0.1", port=server.port, ssl=False)
    client._imap.debug = 0  # its default of 5 formats every literal for a log nobody reads
    client.login(user, PASSWORD)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            connection.execute(statement)
        connection.execute("CREATE TABLE mail (uid INTEGER PRIMARY KEY, raw BLOB)")
        for start in range(0, len(uids), BATCH):
            answer = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]", "INTERNALDATE"])
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO mail VALUES (?, ?)",
                [(uid, item[b"BODY[]"]) for uid, item in answer.items()],
            )
            connection.execute("COMMIT")
    client.logout()


def posts(url: str, *, count: int, threads: int = 1) -> None:
    """So many tickets altogether, by threads with a connection each."""

    def some(number: int) -> None:
        with requests.Session() as session:
            session.auth = ("bench", "bench")
            for _ in range(number):
                session.post(f"{url}/rest/api/3/issue", json=BODY).raise_for_status()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, [count // threads] * threads))


BODY = {"fields": {"project": {"key": "INC"}, "issuetype": {"name": "Task"}, "summary": "bare"}}
