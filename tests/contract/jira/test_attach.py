"""Files on tickets: each is put there once, and told apart from others of its name."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

import pytest

from connectors.errors import CredentialsRefused, Gone, OutcomeUnknown, Refused, Unavailable
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import TicketDraft, TicketFile
from tests.support.waiting import eventually

ATTACH = r"/rest/api/\d/issue/INC-1/attachments"
LIMIT = r"/rest/api/\d/attachment/meta"
TOKEN = "1a2b3c4d5e6f"
LETTER = TicketFile(name="letter.pdf", content_type="application/pdf", content=b"%PDF-1.7\r\n\x00\xff--\r\n")

Connect = Callable[..., JiraTickets]


@pytest.fixture(autouse=True)
def ticket(client: JiraTickets, draft: TicketDraft) -> None:
    """One ticket: INC-1."""
    client.create(draft, token="a1")


def test_a_file_keeps_its_octets_and_bears_a_part_of_its_token(sandbox: Sandbox, client: JiraTickets) -> None:
    name = client.attach("INC-1", LETTER, token=TOKEN)
    (attached,) = sandbox.store.ticket("INC-1").attachments
    assert (attached.id, attached.name) == (name, "letter-1a2b3c4d.pdf")
    assert (attached.content, attached.content_type) == (LETTER.content, "application/pdf")
    assert client.find_attachment("INC-1", LETTER, token=TOKEN) == name


@pytest.mark.parametrize("name", ["Yazı Kararı.pdf", "قرار.pdf", "決定 (最終).pdf", "a;b='c'.pdf"])
def test_a_file_is_found_by_a_name_in_any_script(sandbox: Sandbox, client: JiraTickets, name: str) -> None:
    file = replace(LETTER, name=name)
    found = client.attach("INC-1", file, token=TOKEN)
    assert sandbox.store.ticket("INC-1").attachments[0].name == name.replace(".pdf", "-1a2b3c4d.pdf")
    assert client.find_attachment("INC-1", file, token=TOKEN) == found


def test_a_name_can_not_break_out_of_the_form(sandbox: Sandbox, client: JiraTickets) -> None:
    hostile = replace(LETTER, name='a"\r\nX-Evil: 1\r\n\r\nb.pdf')
    client.attach("INC-1", hostile, token=TOKEN)
    (attached,) = sandbox.store.ticket("INC-1").attachments
    assert attached.name == "a_ X-Evil_ 1 b-1a2b3c4d.pdf"
    assert attached.content == LETTER.content


def test_an_empty_file_is_attached(sandbox: Sandbox, client: JiraTickets) -> None:
    client.attach("INC-1", replace(LETTER, content=b""), token=TOKEN)
    assert sandbox.store.ticket("INC-1").attachments[0].content == b""


def test_two_files_of_one_name_and_size_are_told_apart(sandbox: Sandbox, client: JiraTickets) -> None:
    client.attach("INC-1", LETTER, token="0000000000")
    assert client.find_attachment("INC-1", LETTER, token=TOKEN) is None
    assert client.find_attachment("INC-1", replace(LETTER, content=b"x"), token="0000000000") is None


def test_a_file_attached_before_the_connection_broke_is_found(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.execute_then_drop("POST", ATTACH)
    with pytest.raises(OutcomeUnknown, match="look for its token first"):
        client.attach("INC-1", LETTER, token=TOKEN)
    (attached,) = sandbox.store.ticket("INC-1").attachments
    assert client.find_attachment("INC-1", LETTER, token=TOKEN) == attached.id
    assert sandbox.requests("POST", ATTACH) == 1


def test_a_file_that_was_not_taken_before_the_connection_broke_is_not_found(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.faults.drop_before_execute("POST", ATTACH)
    with pytest.raises(OutcomeUnknown):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert client.find_attachment("INC-1", LETTER, token=TOKEN) is None
    assert sandbox.requests("POST", ATTACH) == 1


def test_a_truncated_answer_leaves_the_outcome_unknown(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.truncate("POST", ATTACH)
    with pytest.raises(OutcomeUnknown):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert client.find_attachment("INC-1", LETTER, token=TOKEN)


def test_an_answer_later_than_the_timeout_leaves_the_outcome_unknown(
    sandbox: Sandbox, client: JiraTickets, connect: Connect
) -> None:
    hasty = connect(sandbox.url, request_timeout=0.5)
    sandbox.faults.delay("POST", ATTACH, seconds=1.0)
    with pytest.raises(OutcomeUnknown):
        hasty.attach("INC-1", LETTER, token=TOKEN)
    eventually(lambda: client.find_attachment("INC-1", LETTER, token=TOKEN), within=10)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (HTTPStatus.OK, b"[]"),
        (HTTPStatus.OK, b'[{"filename": "letter.pdf"}]'),
        (HTTPStatus.OK, b'{"id": "10001"}'),
        (HTTPStatus.OK, b"<html>Log in</html>"),
        (HTTPStatus.REQUEST_TIMEOUT, b""),
        (HTTPStatus.INTERNAL_SERVER_ERROR, b"null"),
        (HTTPStatus.SERVICE_UNAVAILABLE, b"{}"),
    ],
)
def test_an_answer_that_proves_nothing_is_not_repeated(
    sandbox: Sandbox, client: JiraTickets, status: HTTPStatus, body: bytes
) -> None:
    sandbox.faults.answer("POST", ATTACH, status=status, body=body)
    with pytest.raises(OutcomeUnknown):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert sandbox.requests("POST", ATTACH) == 1


def test_a_limited_upload_is_put_off(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.rate_limit("POST", ATTACH, retry_after="60")
    with pytest.raises(Unavailable) as failure:
        client.attach("INC-1", LETTER, token=TOKEN)
    assert failure.value.retry_after == 60.0
    assert client.find_attachment("INC-1", LETTER, token=TOKEN) is None


def test_a_file_beyond_the_sites_limit_is_refused_unsent(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.upload_limit = len(LETTER.content) - 1
    with pytest.raises(Refused, match="octets"):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert sandbox.requests("POST", ATTACH) == 0


def test_no_file_is_sent_to_a_site_without_attachments(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.answer("GET", LIMIT, status=HTTPStatus.OK, body=b'{"enabled": false}')
    with pytest.raises(Refused, match="switched on"):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert sandbox.requests("POST", ATTACH) == 0


def test_a_file_that_jira_finds_too_large_is_refused_and_its_ticket_is_not_gone(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.upload_limit = 1
    sandbox.faults.answer("GET", LIMIT, status=HTTPStatus.OK, body=b'{"enabled": true}')
    with pytest.raises(Refused) as refusal:
        client.attach("INC-1", LETTER, token=TOKEN)
    assert not isinstance(refusal.value, Gone)


def test_a_file_for_a_deleted_ticket_is_told_that_it_is_gone(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.delete(sandbox.store.ticket("INC-1"))
    with pytest.raises(Gone, match="INC-1"):
        client.attach("INC-1", LETTER, token=TOKEN)
    with pytest.raises(Gone):
        client.find_attachment("INC-1", LETTER, token=TOKEN)


def test_a_refused_upload_is_not_repeated(sandbox: Sandbox, client: JiraTickets) -> None:
    body = b'{"errorMessages": ["No permission."], "errors": {}}'
    sandbox.faults.answer("POST", ATTACH, status=HTTPStatus.FORBIDDEN, body=body)
    with pytest.raises(Refused):
        client.attach("INC-1", LETTER, token=TOKEN)
    assert sandbox.requests("POST", ATTACH) == 1


def test_a_not_found_as_to_a_stranger_is_no_ticket_gone(sandbox: Sandbox, client: JiraTickets) -> None:
    headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    body = b'{"errorMessages": ["Issue Does Not Exist"], "errors": {}}'
    sandbox.faults.answer("POST", ATTACH, status=HTTPStatus.NOT_FOUND, headers=headers, body=body)
    with pytest.raises(CredentialsRefused):
        client.attach("INC-1", LETTER, token=TOKEN)


def test_the_guard_is_asked_before_an_upload(sandbox: Sandbox, connect: Connect) -> None:
    def refuse() -> None:
        raise Unavailable("the lease is over")

    with pytest.raises(Unavailable, match="lease"):
        connect(sandbox.url, guard=refuse).attach("INC-1", LETTER, token=TOKEN)
    assert sandbox.requests("POST", ATTACH) == 0
