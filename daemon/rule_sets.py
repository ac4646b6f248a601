"""The versions of the rules. The database says which one governs, for all daemons alike.

A daemon on an embedded database takes a changed file into use by itself; where several hosts share one,
a person activates it. A rollback is an activation of an older version: the file on disk is then an old
one, and only the next change to it counts again.
"""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.ledger import Event, record
from daemon.store.database import Database
from daemon.store.models import Activation, RuleSet
from rules.loader import parse_rules
from rules.schema import Rules
from rules.site import Site

SHORTEST_HASH = 6
BY_LENGTH = 100


class NoSuchRuleSet(MailwardenError):
    """No rule set that was ever taken into use has this hash."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The text of a rules file, and the rules that it holds."""

    text: str
    rules: Rules

    @property
    def hash(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Version:
    """One activation, for people."""

    number: int  # of the activation
    hash: str
    at: datetime
    by: str
    from_file: bool
    added: int  # lines, against the version before
    removed: int
    governs: bool


def activate(database: Database, source: Source, *, by: str, from_file: bool = False) -> None:
    """From the next message on these rules govern, on every host."""
    with database.write("activate rules") as session:
        _activate(session, source, by=by, from_file=from_file)


def adopt(database: Database, source: Source, *, by: str) -> bool:
    """Take the rules of the file into use if it is for the file to say; returns whether they govern now."""
    try:
        return _adopted(database, source, by)
    except IntegrityError:  # on a new database another daemon was quicker
        return _adopted(database, source, by)


def _adopted(database: Database, source: Source, by: str) -> bool:
    with database.write("adopt rules") as session:
        governing = last_activation(session)
        if governing is None or (database.is_embedded and source.hash != _last_from_file(session)):
            _activate(session, source, by=by, from_file=True)
            return True
        return governing.hash == source.hash


def roll_back(database: Database, start: str, *, by: str) -> str:
    """Activate the rule set whose hash starts so; returns the whole hash.

    Raises:
        NoSuchRuleSet: there is none, or several.
    """
    with database.write("roll back rules") as session:
        older = find(session, start)
        source = Source(text=older.text, rules=parse_rules(older.text))
        _activate(session, source, by=by, from_file=False)
        return older.hash


def find(session: Session, start: str) -> RuleSet:
    """The rule set whose hash starts so.

    Raises:
        NoSuchRuleSet: there is none, or several.
    """
    found = session.scalars(select(RuleSet).where(RuleSet.hash.startswith(start, autoescape=True))).all()
    if len(found) != 1 or len(start) < SHORTEST_HASH:
        hint = f"give at least {SHORTEST_HASH} characters of a hash of `rules history`"
        raise NoSuchRuleSet(f'"{start}" is the start of {len(found)} rule sets; {hint}')
    return found[0]


def last_activation(session: Session) -> Activation | None:
    """The one that governs; None before the first start."""
    return session.scalar(select(Activation).order_by(Activation.id.desc()).limit(1))


def history(session: Session) -> list[Version]:
    """Every activation, the newest first, with how much it changed."""
    rows = session.execute(
        select(Activation, RuleSet.text)
        .join(RuleSet, RuleSet.hash == Activation.hash)
        .order_by(Activation.id)
    ).all()
    before = ""
    versions = []
    for activation, text in rows:
        changed = list(difference(before, text))
        versions.append(
            Version(
                number=activation.id,
                hash=activation.hash,
                at=activation.at,
                by=activation.by,
                from_file=activation.from_file,
                added=sum(line.startswith("+") for line in changed[2:]),
                removed=sum(line.startswith("-") for line in changed[2:]),
                governs=activation is rows[-1][0],
            )
        )
        before = text
    return versions[::-1]


def predecessor(session: Session, rule_set: RuleSet) -> str:
    """The text that governed before this rule set was first activated; empty for the first of all."""
    first = select(func.min(Activation.id)).where(Activation.hash == rule_set.hash).scalar_subquery()
    earlier = select(RuleSet.text).join(Activation, Activation.hash == RuleSet.hash)
    return session.scalar(earlier.where(Activation.id < first).order_by(Activation.id.desc()).limit(1)) or ""


def difference(before: str, after: str) -> Iterable[str]:
    """What changed, as a unified diff without context."""
    return difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=0, lineterm="")


LATEST = select(func.max(Activation.id))


class GoverningRules:
    """The site with the rules that govern at the moment; asked before each message is decided."""

    def __init__(self) -> None:
        self._activation = 0
        self._site: Site | None = None  # as configured
        self._governed: Site | None = None  # the same with the governing rules

    def applied_to(self, site: Site, session: Session) -> Site:
        """The site with these rules; with its own where nothing was ever activated."""
        latest = session.scalar(LATEST) or 0
        if self._governed is None or latest != self._activation or site is not self._site:
            self._governed = self._with_rules(site, session, latest)
            self._activation, self._site = latest, site
        return self._governed

    def _with_rules(self, site: Site, session: Session, activation: int) -> Site:
        if not activation:
            return site
        rule_set = session.get_one(RuleSet, session.get_one(Activation, activation).hash)
        if rule_set.digest == site.rules.digest:
            return site
        return replace(site, rules=parse_rules(rule_set.text))


def _activate(session: Session, source: Source, *, by: str, from_file: bool) -> None:
    now, by = utcnow(), by[:BY_LENGTH]
    if session.get(RuleSet, source.hash) is None:
        digest = source.rules.digest
        row = RuleSet(hash=source.hash, digest=digest, text=source.text, loaded_at=now, loaded_by=by)
        session.add(row)
        session.flush()
    session.add(Activation(hash=source.hash, at=now, by=by, from_file=from_file))
    record(session, Event.RULES_ACTIVATED, now, hash=source.hash, from_file=from_file)


def _last_from_file(session: Session) -> str | None:
    found = select(Activation.hash).where(Activation.from_file).order_by(Activation.id.desc()).limit(1)
    return session.scalar(found)
