"""Chooses how to speak with Jira by its edition."""

from collections.abc import Callable, Mapping

from config.settings import Jira, JiraEdition
from connectors.jira.client import JiraCloud, JiraDataCenter
from connectors.jira.site import CloudSite, DataCenterSite, RestSite
from connectors.jira.tickets import JiraTickets

CLIENTS: Mapping[JiraEdition, type[JiraTickets]] = {
    JiraEdition.CLOUD: JiraCloud,
    JiraEdition.DATA_CENTER: JiraDataCenter,
}
SITES: Mapping[JiraEdition, type[RestSite]] = {
    JiraEdition.CLOUD: CloudSite,
    JiraEdition.DATA_CENTER: DataCenterSite,
}


def jira_tickets(jira: Jira, *, guard: Callable[[], None] = lambda: None) -> JiraTickets:
    """A connection of its own to the Jira that the settings name; opened by its first request.

    `guard` is asked right before each write.

    Raises:
        SecretUnavailable: the token cannot be had.
    """
    return CLIENTS[jira.edition](
        url=jira.url,
        user=jira.user,
        token=jira.token.reveal(),
        request_timeout=jira.request_timeout.total_seconds(),
        guard=guard,
    )


def jira_site(jira: Jira) -> RestSite:
    """A connection that only reads, to see whether the site takes what the rules ask for.

    Raises:
        SecretUnavailable: the token cannot be had.
    """
    return SITES[jira.edition](
        url=jira.url,
        user=jira.user,
        token=jira.token.reveal(),
        request_timeout=jira.request_timeout.total_seconds(),
    )
