"""What holds for Jira Data Center only."""

from collections.abc import Callable
from http import HTTPStatus

import pytest

from config.settings import JiraEdition
from connectors.errors import CredentialsRefused, Refused
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import TicketDraft
from tests.contract.jira_judge import judged_sandbox

pytestmark = pytest.mark.parametrize("edition", [JiraEdition.DATA_CENTER], indirect=True)

Connect = Callable[..., JiraTickets]

COMMENT_PROPERTY = r"/rest/api/2/comment/\d+/properties/mailwarden"


def other_ticket(sandbox: Sandbox) -> None:
    sandbox.store.create("INC", {"summary": "somebody else's", "issuetype": {"name": "Task"}}, {})


def test_an_account_is_named_by_its_user_name_and_a_text_is_wiki_markup(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(draft, token=token)
    (ticket,) = sandbox.tickets()
    assert ticket.fields["assignee"] == {"name": draft.assignee}
    assert ticket.fields["description"].startswith("An order arrived.\n\n{noformat")


def test_a_token_without_a_user_is_sent_as_a_personal_access_token(
    connect: Connect, draft: TicketDraft
) -> None:
    with judged_sandbox(edition=JiraEdition.DATA_CENTER, credentials=("bot", "right")) as sandbox:
        assert connect(sandbox.url, user=None, token="right").create(draft, token="a1").key == "INC-1"
        with pytest.raises(CredentialsRefused):
            connect(sandbox.url, user=None, token="wrong").highest_number("INC")


def test_the_key_window_ends_after_25_keys_in_a_row_that_lead_nowhere(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    other_ticket(sandbox)
    assert client.find_created(project="INC", token="none", floor=0) is None
    assert sandbox.requests("GET", r"/rest/api/2/issue/INC-\d+") == 26


def test_the_key_window_reaches_over_a_gap_of_24_keys(connect: Connect, draft: TicketDraft) -> None:
    foreseen = {"a1": "INC-25"}
    with judged_sandbox(edition=JiraEdition.DATA_CENTER, next_keys=foreseen) as sandbox:
        client = connect(sandbox.url)
        client.create(draft, token="a1")
        sandbox.store.edit(sandbox.store.ticket("INC-25"), {"labels": []})
        assert client.find_created(project="INC", token="a1", floor=0) == "INC-25"


@pytest.mark.parametrize("body", [b"<html>Not found</html>", b"", b"{}"])
def test_a_not_found_that_is_not_jiras_own_is_no_proof_of_absence(
    sandbox: Sandbox, client: JiraTickets, body: bytes
) -> None:
    sandbox.faults.answer("GET", r"/rest/api/2/issue/INC-3", status=HTTPStatus.NOT_FOUND, body=body)
    with pytest.raises(Refused):
        client.find_created(project="INC", token="a1", floor=0)


def test_a_ticket_that_may_not_be_read_is_no_proof_of_absence(sandbox: Sandbox, client: JiraTickets) -> None:
    body = b'{"errorMessages": ["You do not have the permission."], "errors": {}}'
    sandbox.faults.answer("GET", r"/rest/api/2/issue/INC-3", status=HTTPStatus.FORBIDDEN, body=body)
    with pytest.raises(Refused):
        client.find_created(project="INC", token="a1", floor=0)


def test_comments_are_looked_through_from_the_newest_on(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    client.create(draft, token="a1")
    names = [client.comment("INC-1", draft.text, token=f"c{number}") for number in range(5)]
    assert client.find_comment("INC-1", token="c3") == names[3]
    assert sandbox.requests("GET", COMMENT_PROPERTY) == 2


def test_a_comment_of_somebody_else_has_no_token(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    client.create(draft, token="a1")
    sandbox.store.comment(sandbox.store.ticket("INC-1"), "seen", {})
    assert client.find_comment("INC-1", token="c1") is None
    assert sandbox.requests("GET", COMMENT_PROPERTY) == 1
