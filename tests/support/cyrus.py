"""A throw-away Cyrus IMAP on a free loopback port, run from its unpacked packages as an ordinary server."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

from tests.support.imap_server import PASSWORD, ImapServer
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2] / ".venv" / "cyrus"
PROGRAMS = ROOT / "usr" / "lib" / "cyrus" / "bin"
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


class Cyrus(ImapServer):
    """Its users are made on demand."""

    def __init__(self) -> None:
        super().__init__("cyrus")
        self._user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self._prepare()

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
        eventually(self.greets, within=START_SECONDS)

    def add_user(self, user: str) -> None:
        """Give a user the password `secret`; the mailbox is made at the first sign-in."""
        file = self.folder / "sasldb2"
        realm = ("-u", socket.gethostname())
        command = ["saslpasswd2", "-p", "-c", "-f", str(file), *realm, user]
        subprocess.run(command, input=PASSWORD.encode(), check=True)
        self._hand_over(file)

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
