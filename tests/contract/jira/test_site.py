"""What a site of either edition says about itself."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from config.settings import JiraEdition
from connectors.errors import CredentialsRefused
from connectors.jira.checkup import Destination, site_faults
from connectors.jira.connect import SITES
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.site import RestSite
from tests.contract.jira_judge import judged_sandbox

USER, TOKEN = "bot@clipora.example", "s3cret"


def opened(edition: JiraEdition, url: str, token: str) -> RestSite:
    return SITES[edition](url=url, user=USER, token=token, request_timeout=5.0)


@pytest.fixture
def sandbox(edition: JiraEdition) -> Iterator[Sandbox]:
    with judged_sandbox(edition=edition, credentials=(USER, TOKEN)) as running:
        yield running


@pytest.fixture
def site(edition: JiraEdition, sandbox: Sandbox) -> Iterator[RestSite]:
    with closing(opened(edition, sandbox.url, TOKEN)) as connected:
        yield connected


def test_only_the_right_credentials_sign_in(edition: JiraEdition, sandbox: Sandbox, site: RestSite) -> None:
    site.sign_in()
    with closing(opened(edition, sandbox.url, "wrong")) as stranger, pytest.raises(CredentialsRefused):
        stranger.sign_in()


def test_a_project_is_there_or_not(site: RestSite) -> None:
    assert site.has_project("INC")
    assert not site.has_project("NONE")


def test_permissions_that_are_lacking_are_named(sandbox: Sandbox, site: RestSite) -> None:
    sandbox.store.denied["INC"] = frozenset({"LINK_ISSUES", "EDIT_ISSUES"})
    assert site.lacking("INC", ("CREATE_ISSUES", "LINK_ISSUES")) == ["Link Issues"]


def test_the_create_screen_shows_fields_and_values(sandbox: Sandbox, site: RestSite) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate"})
    screen = site.create_screen("INC", site.issue_types("INC")["Task"])
    assert "duedate" not in screen
    assert "Highest" in (screen["priority"] or ())
    assert screen["labels"] is None


def test_link_types_are_named(site: RestSite) -> None:
    assert "Relates" in site.link_types()


def test_a_site_that_takes_our_tickets_has_no_fault_and_one_that_does_not_is_told(
    sandbox: Sandbox, site: RestSite
) -> None:
    wanted = Destination(
        project="INC", issue_type="Task", priorities=("High",), components=(), with_assignee=True
    )
    assert site_faults(site, [wanted], link_type="Relates") == []
    sandbox.store.hidden_fields["INC"] = frozenset({"assignee"})
    sandbox.store.denied["INC"] = frozenset({"ADD_COMMENTS"})
    told = [fault.what for fault in site_faults(site, [wanted], link_type="Caused")]
    assert len(told) == 3
    assert "Add Comments" in told[0]
    assert "Assignee" in told[1]
    assert "Caused" in told[2]
