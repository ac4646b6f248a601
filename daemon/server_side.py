"""What a mail server says of a time, beside our table: the part of the account that is asked outside."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.mail import Epoch
from daemon.epochs import first_instant
from daemon.fates import Period
from daemon.store.models import Mailbox, Message, Sighting
from daemon.watched import Watch

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The mails on the server that arrived in the period."""

    epoch: Epoch
    arrivals: Mapping[int, datetime]  # by UID


def ask(watch: Watch, period: Period) -> Listing:
    """Look into the mailbox, which is only read; raises `OutsideError`."""
    with closing(watch.open_source()) as source:
        epoch = source.open()
        uids = source.uids_since((period.since - ONE_DAY).date())  # it counts days in a zone of its own
        arrivals = source.arrivals(uids)
    return Listing(epoch=epoch, arrivals={uid: at for uid, at in arrivals.items() if period.covers(at)})


class Comparison:
    """The mails on the server beside those that are stored."""

    def __init__(self, session: Session, mailbox: Mailbox, listing: Listing, *, since: date | None) -> None:
        self._mailbox = mailbox
        self._arrivals = listing.arrivals
        self._same_epoch = mailbox.uidvalidity == listing.epoch.uidvalidity
        self._numbers = _numbers(session, mailbox, listing.arrivals) if self._same_epoch else {}
        unknown = (uid for uid in sorted(listing.arrivals) if uid not in self._numbers)
        self._unknown = {uid: self._same_epoch and self._is_early(uid, since) for uid in unknown}

    @property
    def before_start(self) -> int:
        """How many mails lay there before the mailbox was watched, by the rules of collecting."""
        return sum(self._unknown.values())

    def differences(self) -> Iterator[tuple[int | None, str]]:
        """What is on the server and not in our table, by UID."""
        if not self._same_epoch:
            yield None, "its UIDVALIDITY has changed, and no daemon has looked at it since"
            return
        for uid, early in self._unknown.items():
            if not early:
                waits = uid > self._mailbox.high_water
                yield uid, "not collected yet" if waits else "on the server and not in our table"

    def gone(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Those that are no longer on the server."""
        there = set(self._numbers.values())
        return (message for message in messages if self._same_epoch and message.id not in there)

    def _is_early(self, uid: int, since: date | None) -> bool:
        mailbox, at = self._mailbox, self._arrivals[uid]
        if uid <= mailbox.floor:
            return True
        start, day = first_instant(mailbox, since=since), mailbox.rescan_since
        early = (start is not None and at < start) or (day is not None and at.date() < day)
        return uid < mailbox.rescan_below and early


def _numbers(session: Session, mailbox: Mailbox, uids: Iterable[int]) -> dict[int, int]:
    """The numbers of our messages by the UIDs that they have now, of the given ones."""
    wanted = set(uids)
    found: dict[int, int] = {}
    for uid, number in ((Sighting.uid, Sighting.message_id), (Message.uid, Message.id)):
        table = uid.class_
        here = table.mailbox == mailbox.name, table.uidvalidity == mailbox.uidvalidity
        among = uid.between(min(wanted, default=0), max(wanted, default=0))
        found |= dict(session.execute(select(uid, number).where(*here, among)).tuples())
    return {uid: number for uid, number in found.items() if uid in wanted}
