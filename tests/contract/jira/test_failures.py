from collections.abc import Callable
from http import HTTPStatus
from socket import create_server

import pytest

from config.settings import JiraEdition
from connectors.errors import CredentialsRefused, OutcomeUnknown, Refused, Unavailable
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import TicketDraft
from tests.contract.jira_judge import judged_sandbox

ISSUE = r"/rest/api/\d/issue"
SEARCH = r"/rest/api/\d/search(/jql)?"

Connect = Callable[..., JiraTickets]


def test_a_read_is_repeated_a_few_times(sandbox: Sandbox, client: JiraTickets, pauses: list[float]) -> None:
    sandbox.faults.answer("POST", SEARCH, status=HTTPStatus.BAD_GATEWAY, times=2)
    assert client.highest_number("INC") == 0
    assert len(pauses) == 2


def test_a_read_is_given_up_after_a_few_tries(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.drop_before_execute("POST", SEARCH, times=10)
    with pytest.raises(Unavailable):
        client.highest_number("INC")
    assert sandbox.requests("POST", SEARCH) == 3


def test_wrong_credentials_are_told_apart(edition: JiraEdition, connect: Connect, draft: TicketDraft) -> None:
    with judged_sandbox(edition=edition, credentials=("bot@clipora.example", "right")) as sandbox:
        client = connect(sandbox.url, token="wr0ng")
        with pytest.raises(CredentialsRefused, match=r"jira\.token") as failure:
            client.create(draft, token="a1")
        with pytest.raises(CredentialsRefused):
            client.highest_number("INC")
        assert "wr0ng" not in str(failure.value)
        assert connect(sandbox.url, token="right").create(draft, token="a1").key == "INC-1"


def test_a_search_answered_as_to_a_stranger_is_no_proof_of_absence(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    sandbox.faults.answer("POST", SEARCH, status=HTTPStatus.OK, headers=headers, body=b'{"issues": []}')
    with pytest.raises(CredentialsRefused):
        client.find_created(project="INC", token="a1", floor=0)


def test_a_sign_in_that_is_denied_is_no_refusal_of_the_ticket(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    headers = {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}
    sandbox.faults.answer("POST", ISSUE, status=HTTPStatus.FORBIDDEN, headers=headers)
    with pytest.raises(CredentialsRefused, match=r"jira\.token"):
        client.create(draft, token="a1")


def test_a_missing_permission_that_data_center_calls_unauthorized_is_a_refusal(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    for token in ("a1", "a2"):
        client.create(draft, token=token)
    path, body = r"/rest/api/\d/issueLink", b'{"errorMessages": ["No Link Issue Permission."], "errors": {}}'
    headers = {"X-Seraph-LoginReason": "OK"}
    sandbox.faults.answer("POST", path, status=HTTPStatus.UNAUTHORIZED, headers=headers, body=body)
    with pytest.raises(Refused, match="permissions"):
        client.link("INC-1", "INC-2", link_type="Relates")


def test_an_answer_of_the_wrong_edition_says_what_to_check(
    edition: JiraEdition, connect: Connect, draft: TicketDraft
) -> None:
    other = next(each for each in JiraEdition if each is not edition)
    with Sandbox(edition=other) as sandbox, pytest.raises(Refused, match=r"jira\.edition"):
        connect(sandbox.url).create(draft, token="a1")


def test_a_redirect_is_not_followed(sandbox: Sandbox, client: JiraTickets, draft: TicketDraft) -> None:
    headers = {"Location": f"{sandbox.url}/rest/api/2/myself"}
    for path in (ISSUE, SEARCH):
        sandbox.faults.answer("POST", path, status=HTTPStatus.FOUND, headers=headers)
    with pytest.raises(CredentialsRefused, match="single sign-on"):
        client.create(draft, token="a1")
    with pytest.raises(CredentialsRefused):
        client.highest_number("INC")
    assert sandbox.requests("GET", ".*") == 0


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"", b"[]", b'{"total": 0}'])
def test_an_answer_that_is_not_jiras_is_no_proof_of_absence(
    sandbox: Sandbox, client: JiraTickets, body: bytes
) -> None:
    sandbox.faults.answer("POST", SEARCH, status=HTTPStatus.OK, body=body, times=3)
    with pytest.raises(Unavailable):
        client.find_created(project="INC", token="a1", floor=0)


def test_a_refused_connection_means_that_nothing_was_done(connect: Connect, draft: TicketDraft) -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable, match=r"jira\.url"):
        connect(f"http://127.0.0.1:{port}").create(draft, token="a1")


def test_an_unknown_host_means_that_nothing_was_done(connect: Connect, draft: TicketDraft) -> None:
    with pytest.raises(Unavailable, match=r"jira\.url"):
        connect("http://jira.invalid").create(draft, token="a1")


def test_building_a_client_opens_no_connection(sandbox: Sandbox, connect: Connect) -> None:
    connect(sandbox.url)
    assert sandbox.requests("GET", ".*") + sandbox.requests("POST", ".*") == 0


def test_a_query_that_jira_can_not_read_is_refused(client: JiraTickets) -> None:
    with pytest.raises(Refused):
        client.highest_number("NONE")


def test_a_comment_in_doubt_is_not_repeated(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    client.create(draft, token="a1")
    path = r"/rest/api/\d/issue/INC-1/comment"
    sandbox.faults.answer("POST", path, status=HTTPStatus.GATEWAY_TIMEOUT)
    with pytest.raises(OutcomeUnknown):
        client.comment("INC-1", draft.text, token="c1")
    assert sandbox.requests("POST", path) == 1
