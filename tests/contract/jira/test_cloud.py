"""What holds for Jira Cloud only."""

from collections.abc import Callable
from http import HTTPStatus

import pytest

from config.settings import JiraEdition
from connectors.errors import Unavailable
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import TicketDraft

pytestmark = pytest.mark.parametrize("edition", [JiraEdition.CLOUD], indirect=True)

Connect = Callable[..., JiraTickets]


def test_an_account_is_named_by_its_id_and_a_text_is_a_document(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(draft, token=token)
    (ticket,) = sandbox.tickets()
    assert ticket.fields["assignee"] == {"accountId": draft.assignee}
    assert ticket.fields["description"]["type"] == "doc"


def test_tickets_that_jira_could_not_read_are_no_proof_of_absence(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    body = b'{"issues": [], "issueErrors": [{"id": "10001", "errorMessage": "try again"}]}'
    sandbox.faults.answer("POST", "/rest/api/3/issue/bulkfetch", status=HTTPStatus.OK, body=body)
    with pytest.raises(Unavailable):
        client.find_created(project="INC", token="a1", floor=0)


def test_comments_are_looked_through_page_by_page(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    client.create(draft, token="a1")
    for number in range(101):
        client.comment("INC-1", draft.text, token=f"c{number}")
    assert client.find_comment("INC-1", token="none") is None
    assert sandbox.requests("GET", ".*/comment") == 3
