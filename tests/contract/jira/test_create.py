from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count

import pytest

from config.settings import JiraEdition
from connectors.errors import OutcomeUnknown, Refused
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Created, Paragraph, TicketDraft
from tests.contract.jira_judge import judged_sandbox
from tests.support.waiting import eventually

ISSUE = r"/rest/api/\d/issue"

Connect = Callable[..., JiraTickets]


def test_a_created_ticket_holds_the_draft_and_both_marks(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    assert client.create(draft, token=token) == Created(key="INC-1")
    (ticket,) = sandbox.tickets()
    assert ticket.labels == (f"mw-{token}", "regulator")
    assert ticket.properties == {"mailwarden": {"token": token}}
    assert ticket.fields["summary"] == draft.summary
    assert ticket.fields["priority"] == {"name": "High"}
    assert ticket.fields["duedate"] == "2026-12-01"
    assert ticket.fields["components"] == [{"name": "Regulatory Affairs"}]


def test_a_summary_of_several_long_lines_is_taken_as_one_short_line(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(replace(draft, summary="Urgent\r\n" + "😀" * 300), token=token)
    (ticket,) = sandbox.tickets()
    assert ticket.fields["summary"].startswith("Urgent 😀")
    assert len(ticket.fields["summary"].encode("utf-16-le")) // 2 <= 255


def test_a_text_beyond_the_limit_is_cut_and_says_so(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(replace(draft, text=(Paragraph(text="😀" * 40_000),)), token=token)
    (ticket,) = sandbox.tickets()
    assert "was cut here" in str(ticket.fields["description"])


def test_a_ticket_made_before_the_connection_broke_is_found_without_a_second_post(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.faults.execute_then_drop("POST", ISSUE)
    with pytest.raises(OutcomeUnknown):
        client.create(draft, token=token)
    assert client.find_created(project="INC", token=token, floor=0) == "INC-1"
    assert sandbox.requests("POST", ISSUE) == 1


def test_a_request_that_broke_before_it_was_carried_out_left_no_ticket(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.faults.drop_before_execute("POST", ISSUE)
    with pytest.raises(OutcomeUnknown):
        client.create(draft, token=token)
    assert client.find_created(project="INC", token=token, floor=0) is None
    assert sandbox.requests("POST", ISSUE) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (HTTPStatus.CREATED, b"<html>Log in</html>"),
        (HTTPStatus.CREATED, b'{"id": "10001"}'),
        (HTTPStatus.CREATED, b'["INC-1"]'),
        (HTTPStatus.OK, b"<html>Log in</html>"),
        (HTTPStatus.REQUEST_TIMEOUT, b""),
        (HTTPStatus.INTERNAL_SERVER_ERROR, b"null"),
        (HTTPStatus.SERVICE_UNAVAILABLE, b"{}"),
    ],
)
def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown_and_is_not_repeated(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, status: HTTPStatus, body: bytes
) -> None:
    sandbox.faults.answer("POST", ISSUE, status=status, body=body)
    with pytest.raises(OutcomeUnknown, match="look for its token first"):
        client.create(draft, token="a1")
    assert sandbox.requests("POST", ISSUE) == 1


def test_an_answer_later_than_the_timeout_leaves_the_outcome_unknown(
    sandbox: Sandbox, connect: Connect, draft: TicketDraft, token: str
) -> None:
    hasty = connect(sandbox.url, request_timeout=0.1)
    sandbox.faults.delay("POST", ISSUE, seconds=0.5)
    with pytest.raises(OutcomeUnknown):
        hasty.create(draft, token=token)
    (ticket,) = eventually(sandbox.tickets, within=10)
    assert ticket.labels[0] == f"mw-{token}"


def test_the_key_window_finds_what_the_search_index_does_not_show_yet(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.index_lag = timedelta(minutes=5)
    client.create(draft, token="other")
    client.create(draft, token=token)
    assert client.highest_number("INC") == 0
    assert client.find_created(project="INC", token=token, floor=0) == "INC-2"
    assert client.find_created(project="INC", token=token, floor=1) == "INC-2"


def test_the_search_index_shows_the_ticket_when_its_lag_is_over(
    edition: JiraEdition, connect: Connect, draft: TicketDraft, token: str
) -> None:
    ticks = count()
    with judged_sandbox(
        edition=edition, clock=lambda: datetime(2026, 11, 3, tzinfo=UTC) + timedelta(minutes=next(ticks))
    ) as sandbox:
        sandbox.store.index_lag = timedelta(minutes=30)
        client = connect(sandbox.url)
        client.create(draft, token=token)
        assert client.highest_number("INC") == 0
        for _ in range(30):
            sandbox.store.now()
        assert client.highest_number("INC") == 1


def test_the_key_window_goes_on_past_a_hundred_tickets_of_others(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.index_lag = timedelta(days=1)
    fields = {"summary": "somebody else's", "issuetype": {"name": "Task"}}
    for _ in range(120):
        sandbox.store.create("INC", fields, {})
    client.create(draft, token=token)
    assert client.find_created(project="INC", token=token, floor=0) == "INC-121"
    assert client.find_created(project="INC", token="unknown", floor=0) is None


def test_a_ticket_without_its_label_is_found_by_its_property(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(draft, token=token)
    sandbox.store.edit(sandbox.store.ticket("INC-1"), {"labels": []})
    assert client.find_created(project="INC", token=token, floor=0) == "INC-1"


def test_of_a_ticket_and_its_clone_the_older_one_is_found(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(draft, token=token)
    sandbox.store.create("INC", sandbox.tickets()[0].fields, {})
    assert client.find_created(project="INC", token=token, floor=0) == "INC-1"


def test_the_highest_number_is_that_of_the_newest_key(client: JiraTickets, draft: TicketDraft) -> None:
    assert client.highest_number("INC") == 0
    for number in range(11):
        client.create(draft, token=f"a{number}")
    assert client.highest_number("INC") == 11


def test_fields_that_the_project_does_not_take_are_dropped_and_reported(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate", "components"})
    created = client.create(replace(draft, priority="Blocker"), token=token)
    assert created == Created(key="INC-1", dropped=("components", "duedate", "priority"))
    (ticket,) = sandbox.tickets()
    assert ticket.fields["assignee"]
    assert sandbox.requests("POST", ISSUE) == 2


def test_refused_labels_are_dropped_except_the_one_that_marks_the_ticket(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    refusal = b'{"errorMessages": [], "errors": {"labels": "The label is too long."}}'
    sandbox.faults.answer("POST", ISSUE, status=HTTPStatus.BAD_REQUEST, body=refusal)
    assert client.create(draft, token=token).dropped == ("labels",)
    assert sandbox.tickets()[0].labels == (f"mw-{token}",)


def test_a_project_that_takes_no_labels_at_all_gets_no_unmarked_ticket(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"labels"})
    with pytest.raises(Refused, match="labels"):
        client.create(draft, token=token)
    assert sandbox.tickets() == ()


@pytest.mark.parametrize("wrong", [{"project": "NONE"}, {"issue_type": "Poem"}])
def test_a_refused_field_that_a_ticket_needs_is_named_and_not_dropped(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, wrong: dict[str, str]
) -> None:
    with pytest.raises(Refused, match=r"project|issuetype"):
        client.create(replace(draft, **wrong), token="a1")  # type: ignore[arg-type]
    assert sandbox.requests("POST", ISSUE) == 1


def test_the_text_of_a_refusal_is_not_repeated(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    body = b'{"errorMessages": ["somebody@mail.example wrote: help"], "errors": {}}'
    sandbox.faults.answer("POST", ISSUE, status=HTTPStatus.FORBIDDEN, body=body)
    with pytest.raises(Refused) as refusal:
        client.create(draft, token="a1")
    assert (
        "mail.example" not in f"{refusal.value!r} {refusal.value.__cause__!r} {refusal.value.__context__!r}"
    )
