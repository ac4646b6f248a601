"""The `jira` library, as somebody else's client, gets on with the sandbox."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from jira import JIRA, Issue

from config.settings import JiraEdition
from connectors.jira.connect import CLIENTS
from connectors.jira.sandbox.server import Sandbox
from tests.contract.jira_judge import judged_sandbox

DOCUMENT = {"type": "doc", "version": 1, "content": []}


@pytest.fixture
def library(edition: JiraEdition) -> Iterator[tuple[JIRA, Sandbox]]:
    with judged_sandbox(edition=edition, credentials=("bot@clipora.example", "token")) as sandbox:
        client = JIRA(
            sandbox.url,
            basic_auth=("bot@clipora.example", "token"),
            max_retries=0,
            options={"rest_api_version": CLIENTS[edition].version},
        )
        yield client, sandbox
        client._session.close()


@pytest.fixture
def issue(edition: JiraEdition, library: tuple[JIRA, Sandbox]) -> Issue:
    fields = {
        "project": {"key": "INC"},
        "issuetype": {"name": "Task"},
        "summary": "s",
        "description": DOCUMENT if edition is JiraEdition.CLOUD else "text",
    }
    return library[0].create_issue(fields=fields)


def test_it_is_taken_for_a_site_of_its_edition(edition: JiraEdition, library: tuple[JIRA, Sandbox]) -> None:
    assert library[0]._is_cloud is (edition is JiraEdition.CLOUD)
    assert library[0].myself()["displayName"] == "Mailwarden"


@pytest.mark.parametrize("edition", [JiraEdition.DATA_CENTER], indirect=True)
def test_its_tickets_can_be_searched(library: tuple[JIRA, Sandbox], issue: Issue) -> None:
    assert [found.key for found in library[0].search_issues("project = INC", fields="summary")] == [issue.key]


def test_its_lists_can_be_read(library: tuple[JIRA, Sandbox]) -> None:
    client, _ = library
    assert "duedate" in {field["id"] for field in client.fields()}
    assert client.priorities()[0].name == "Highest"
    assert "Relates" in {kind.name for kind in client.issue_link_types()}
    assert [project.key for project in client.projects()] == ["INC"]
    assert client.project("INC").key == "INC"


def test_a_ticket_can_be_read_and_changed(library: tuple[JIRA, Sandbox], issue: Issue) -> None:
    issue.update(fields={"summary": "changed"}, update={"labels": [{"add": "x"}]})
    again = library[0].issue(issue.key, fields="summary,labels,status")
    assert (again.fields.summary, again.fields.labels) == ("changed", ["x"])
    assert again.fields.status.name == "To Do"


def test_a_ticket_can_be_moved_to_another_status(library: tuple[JIRA, Sandbox], issue: Issue) -> None:
    client, sandbox = library
    client.transition_issue(issue, "Done")
    assert sandbox.tickets()[0].status.name == "Done"
    assert "Done" not in {way["name"] for way in client.transitions(issue)}


def test_a_file_can_be_attached_and_read_back(library: tuple[JIRA, Sandbox], issue: Issue) -> None:
    client, sandbox = library
    client.add_attachment(issue, BytesIO(b"\x00bytes\r\n"), filename="karar.pdf")
    (attachment,) = sandbox.tickets()[0].attachments
    assert (attachment.name, attachment.content) == ("karar.pdf", b"\x00bytes\r\n")
    (described,) = client.issue(issue.key).fields.attachment
    assert client._session.get(described.content).content == attachment.content


def test_properties_are_written_and_read(library: tuple[JIRA, Sandbox], issue: Issue) -> None:
    client, _ = library
    client.add_issue_property(issue.key, "mailwarden", {"token": "a1"})
    assert client.issue_property(issue.key, "mailwarden").value.token == "a1"
    assert [found.key for found in client.issue_properties(issue.key)] == ["mailwarden"]


def test_a_remote_link_with_the_same_global_id_replaces_the_first(
    library: tuple[JIRA, Sandbox], issue: Issue
) -> None:
    client, sandbox = library
    for title in ("first", "second"):
        body = {"globalId": "g", "object": {"url": "https://x.example", "title": title}}
        client._session.post(client._get_url(f"issue/{issue.key}/remotelink"), json=body)
    assert [link.target["title"] for link in sandbox.tickets()[0].remote_links] == ["second"]
    assert [link.object.title for link in client.remote_links(issue)] == ["second"]
