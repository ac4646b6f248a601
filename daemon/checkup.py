"""Whether everything outside is as the configuration and the rules need it; tried, not guessed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from operator import call

from config.settings import Jira, Mailbox
from connectors.checkup import ConnectionFault
from connectors.imap_checkup import mailbox_faults
from connectors.jira.checkup import Destination, site_faults
from connectors.jira.connect import jira_site
from connectors.maildir import MaildirAccount, maildir_faults
from connectors.opinion import opinion_faults
from connectors.smtp import smtp_faults
from daemon.accounts import imap_account, opinion_service, smtp_account
from daemon.plan import LINK_TYPE
from parsers.facts import Urgency
from rules.priority import priority_of
from rules.schema import Outcome, Rules, Supplement
from rules.site import Site

AT_A_TIME = 8

Check = Callable[[], list[ConnectionFault]]


def connection_faults(site: Site) -> list[ConnectionFault]:
    """Sign in everywhere, change nothing, and tell every fault: mailboxes, then Jira, then the others."""
    settings = site.settings
    checks: list[Check] = [partial(_mailbox_faults, mailbox) for mailbox in settings.mailboxes]
    checks.append(partial(jira_faults, settings.jira, site.rules))
    if settings.smtp:
        checks.append(partial(smtp_faults, smtp_account(settings.smtp)))
    if settings.second_opinion:
        checks.append(partial(opinion_faults, opinion_service(settings.second_opinion)))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [fault for faults in pool.map(call, checks) for fault in faults]


def destinations(rules: Rules) -> list[Destination]:
    """Every kind of ticket that the rules can ask for, each once."""
    default = rules.default.then
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in (*(route.then for route in rules.routes), default):
        project, issue_type = outcome.project or default.project, outcome.issue_type or default.issue_type
        outcomes.setdefault((project or "", issue_type or ""), []).append(outcome)
    return [_destination(*kind, wanted, rules) for kind, wanted in outcomes.items()]


def _destination(project: str, issue_type: str, outcomes: list[Outcome], rules: Rules) -> Destination:
    added = [addition.then for addition in rules.additions]
    thens: list[Outcome | Supplement] = [*outcomes, *added]
    priorities = {addition.priority for addition in added if addition.priority}
    components = {component for addition in added for component in addition.components}
    for outcome in outcomes:
        priorities |= {outcome.priority} if outcome.priority else set(map(priority_of, Urgency))
        components |= set(outcome.components)
    return Destination(
        project=project,
        issue_type=issue_type,
        priorities=tuple(sorted(priorities)),
        components=tuple(sorted(components)),
        with_assignee=any(outcome.assignee for outcome in outcomes),
        with_attachments=any(map(_attaches, thens)),
        further_fields=tuple(sorted({name for then in thens for name in then.fields})),
        security_levels=tuple(sorted({then.security_level for then in thens if then.security_level})),
    )


def _attaches(then: Outcome | Supplement) -> bool:
    return then.attachments is not None and bool(then.attachments.policy.types)


def _mailbox_faults(mailbox: Mailbox) -> list[ConnectionFault]:
    if mailbox.maildir is not None:
        return maildir_faults(MaildirAccount(name=mailbox.name, folder=mailbox.maildir))
    return mailbox_faults(imap_account(mailbox))


def jira_faults(jira: Jira, rules: Rules) -> list[ConnectionFault]:
    """What keeps Jira from taking the tickets that the rules can ask for."""
    wanted = destinations(rules)
    with closing(jira_site(jira)) as site:
        return site_faults(site, wanted, link_type=LINK_TYPE)
