"""Mail files as cases: what would be decided of them if they were the first of their matter."""

from dataclasses import dataclass
from pathlib import Path

from parsers.facts import Instant, RelationType
from parsers.report import read as read_mail
from rules.case import Case
from rules.clocks import governing, stated_clocks, statutory_clocks, urgency_of_matter
from rules.given import Given
from rules.orders import lacking, orders_of
from rules.schema import Rules
from rules.site import Site, load
from rules.tests_in_file import MailNotRead


def case_of_mail(site: Site, content: bytes, *, mailbox: str, received_at: Instant) -> Case:
    """The mail as the first of its matter."""
    report = read_mail(content, received_at=received_at, knowledge=site.knowledge)
    clocks = (*stated_clocks(report), *statutory_clocks(report, site.regimes))
    first = governing(clocks)
    return Case(
        report=report,
        mailbox=mailbox,
        relation=RelationType.NEW,
        urgency=urgency_of_matter(report, clocks, report.received_at),
        now=report.received_at,
        due=first.due_at if first and first.binding else None,
        regimes=frozenset(clock.source for clock in clocks if clock.law),
        missing_elements=lacking(orders_of(report, site.regimes)),
        size=len(content),
    )


@dataclass(frozen=True, kw_only=True)
class NamedMails:
    """Reads the mails that tests beside the rules name; a relative path begins at the site's folder."""

    site: Site
    folder: Path

    def __call__(self, given: Given) -> Case:
        """The case of a test that names a mail."""
        try:
            content = (self.folder / (given.mail or "")).read_bytes()
        except OSError as error:
            raise MailNotRead(f"{given.mail} cannot be read: {error.strerror}") from error
        return case_of_mail(self.site, content, mailbox=given.mailbox, received_at=given.at)


def mails_of(rules: Rules, folder: Path) -> NamedMails | None:
    """What reads the mails of the tests; the site is read only where a test names one.

    Raises:
        ConfigurationError: the site has faults.
    """
    if not any(test.given.mail for test in rules.tests):
        return None
    return NamedMails(site=load(folder, with_secrets=False), folder=folder)
