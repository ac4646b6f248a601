"""A throw-away Cyrus IMAP on a free loopback port, run from its unpacked packages as an ordinary server."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from imapclient import IMAPClient

from connectors.embedded import free_port
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2] / ".venv" / "cyrus"
PROGRAMS = ROOT / "usr" / "lib" / "cyrus" / "bin"
PASSWORD = "secret"
START_SECONDS = 20.0
FOLDERS = ("conf", "conf/socket", "conf/db", "conf/proc", "conf/lock", "conf/log", "conf/msg", "conf/user")

SERVER = """\
configdirectory: {folder}/conf
partition-default: {folder}/spool
defaultpartition: default
cyrus_user: {user}
cyrus_group: {group}
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN
allowplaintext: yes
autocreate_quota: 0
autocreate_inbox_folders: Done
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
idlesocket: {folder}/conf/socket/idle
imapidlepoll: 1
"""
SERVICES = """\
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {folder}/imapd.conf -r"
  idled cmd="{programs}/idled -C {folder}/imapd.conf"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {folder}/imapd.conf -U 30" listen="127.0.0.1:{port}" prefork=1 maxchild=50
}}
EVENTS {{
}}
"""


def installed() -> bool:
    """Whether Cyrus was unpacked here, and what it needs is installed."""
    return (PROGRAMS / "imapd").exists() and shutil.which("saslpasswd2") is not None


class Cyrus:
    """One server; use it as a context manager. Its users are made on demand."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mailwarden-cyrus-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self._user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self._process: subprocess.Popen[bytes] | None = None
        self._prepare()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start and wait for the greeting."""
        places = ("-C", "imapd.conf", "-M", "cyrus.conf", "-p", "pid", "-L", "out.log")
        self._process = subprocess.Popen(
            [str(PROGRAMS / "master"), *places],
            cwd=self.folder,
            env=os.environ | {"LD_LIBRARY_PATH": str(next((ROOT / "usr" / "lib").glob("*-linux-gnu")))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._greets, within=START_SECONDS)

    def stop(self) -> None:
        """Stop and wait."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_SECONDS)
            self._process = None

    def add_user(self, user: str) -> None:
        """Give a user the password `secret`; the mailbox is made at the first sign-in."""
        file = self.folder / "sasldb2"
        realm = ("-u", socket.gethostname())
        command = ["saslpasswd2", "-p", "-c", "-f", str(file), *realm, user]
        subprocess.run(command, input=PASSWORD.encode(), check=True)
        self._hand_over(file)

    def client(self, user: str) -> IMAPClient:
        """A signed-in client, as another mail program of that user."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        return client

    def _prepare(self) -> None:
        for name in (*FOLDERS, "spool", "spool/stage."):
            (self.folder / name).mkdir()
            self._hand_over(self.folder / name)
        group = grp.getgrgid(pwd.getpwnam(self._user).pw_gid).gr_name
        places = {"folder": self.folder, "programs": PROGRAMS, "port": self.port}
        (self.folder / "imapd.conf").write_text(SERVER.format(user=self._user, group=group, **places))
        (self.folder / "cyrus.conf").write_text(SERVICES.format(**places))

    def _hand_over(self, path: Path) -> None:
        if os.getuid() == 0:
            account = pwd.getpwnam(self._user)
            os.chown(path, account.pw_uid, account.pw_gid)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                return connection.recv(400).startswith(b"* OK")
        except OSError:
            return False
