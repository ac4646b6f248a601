"""Mail that the server tells of while it is asked for something else is not left for the next poll."""

from collections.abc import Callable
from contextlib import closing
from datetime import date

import pytest

from connectors.imap import ImapAccount, ImapSource
from connectors.mail import Awaited
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD

LONG = 60.0
MAIL = b"Subject: one\r\n\r\nbody\r\n"


def compares(source: ImapSource) -> None:
    source.uids_since(date(2026, 1, 1))


def fetches(source: ImapSource) -> None:
    list(source.fetch([1]))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("ask", [compares, fetches])
def test_mail_that_comes_after_the_listing_ends_the_wait_at_once(
    dovecot: Dovecot, mail_user: str, ask: Callable[[ImapSource], None]
) -> None:
    dovecot.deliver(mail_user, MAIL)
    account = ImapAccount(
        name="regulators", host="127.0.0.1", port=dovecot.port, user=mail_user, password=PASSWORD, tls=False
    )
    with closing(ImapSource(account)) as source:
        source.open()
        assert source.uids_above(0) == [1]
        dovecot.deliver(mail_user, MAIL)
        ask(source)
        assert source.wait(LONG) is Awaited.NEWS
        assert source.uids_above(1) == [2]
