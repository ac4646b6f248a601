"""A throw-away Dovecot on free loopback ports, the same whether started as root or not.

Any user name is accepted with the password `secret`; each test takes a fresh one.
"""

import grp
import os
import pwd
import re
import shutil
import smtplib
import subprocess
import time
from pathlib import Path

from connectors.embedded import free_port
from tests.support.imap_server import PASSWORD, ImapServer
from tests.support.waiting import eventually

START_SECONDS = 10
TEMPORARY_SECONDS = 20
TRANSIENT, PERMANENT = 400, 500
RETURN_PATH = re.compile(rb"Return-Path: <(.*)>")

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
default_vsz_limit = 1G
# Not maildir, where mails delivered while a session is open may get their UIDs in another order.
mail_location = sdbox:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 100
auth_failure_delay = 0
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = allow_all_users=yes uid={user} gid={group} home={folder}/mail/%u/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
  process_min_avail = 1
  service_count = 0
}}
service anvil {{
  chroot =
  # Without this, one bad login delays every login from the loopback address.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""


def installed() -> bool:
    """Whether this machine has Dovecot with LMTP."""
    return shutil.which("dovecot") is not None and Path("/usr/lib/dovecot/lmtp").exists()


class Dovecot(ImapServer):
    """Also takes mail, by LMTP."""

    def __init__(self) -> None:
        super().__init__("dovecot")
        self.tls_port, self.lmtp_port = free_port(), free_port()
        self.certificate = self.folder / "cert.pem"
        self._prepare()

    def start(self) -> None:
        """Start and wait for the greeting."""
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.greets():
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.folder / "dovecot.log"
                raise RuntimeError(log.read_text() if log.exists() else "Dovecot did not start")

    def end_sessions(self, user: str) -> None:
        """End the connections of a user, which would outlive the server."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), "kick", user]
        subprocess.run(command, check=False, capture_output=True)

    def deliver(self, user: str, raw: bytes) -> None:
        """Hand in a mail by LMTP as a mail server does: with the sender of its first Return-Path, and once
        more where the refusal is temporary (RFC 5321, section 4.2.1).
        """
        eventually(lambda: self._takes(user, raw), within=TEMPORARY_SECONDS)

    def _takes(self, user: str, raw: bytes) -> bool:
        sender = RETURN_PATH.match(raw)
        try:
            with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
                lmtp.sendmail(sender[1].decode() if sender else "", [user], raw)
        except smtplib.SMTPRecipientsRefused as refused:
            if not all(TRANSIENT <= code < PERMANENT for code, _ in refused.recipients.values()):
                raise
            return False
        return True

    def _prepare(self) -> None:
        user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        account = pwd.getpwnam(user)
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            os.chown(self.folder / "mail", account.pw_uid, account.pw_gid)
        _make_certificate(self.folder)
        (self.folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=self.folder,
                user=user,
                group=grp.getgrgid(account.pw_gid).gr_name,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
                lmtp_port=self.lmtp_port,
            ),
        )


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
