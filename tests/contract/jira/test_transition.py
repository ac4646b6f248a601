"""Moving tickets to another status: the status is read first, so that it may be asked for again."""

from collections.abc import Callable
from http import HTTPStatus

import pytest

from connectors.errors import Gone, OutcomeUnknown, Refused, Unavailable
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import STATUSES
from connectors.jira.sandbox.ticket import Transition
from connectors.jira.tickets import JiraTickets
from connectors.tickets import StatusCategory, StatusTarget, TicketDraft
from tests.support.waiting import eventually

MOVE = r"/rest/api/\d/issue/INC-1/transitions"
TO_DO, IN_PROGRESS, DONE = STATUSES

Connect = Callable[..., JiraTickets]


@pytest.fixture(autouse=True)
def ticket(client: JiraTickets, draft: TicketDraft) -> None:
    """One ticket: INC-1, which nobody has begun."""
    client.create(draft, token="a1")


def status_of(sandbox: Sandbox) -> str:
    return sandbox.store.ticket("INC-1").status.name


def resolution_of(sandbox: Sandbox) -> str | None:
    resolution = sandbox.store.ticket("INC-1").resolution
    return resolution.name if resolution else None


@pytest.mark.parametrize(
    ("to", "name"),
    [
        (StatusTarget(category=StatusCategory.IN_PROGRESS), "In Progress"),
        (StatusTarget(category=StatusCategory.DONE), "Done"),
        (StatusTarget(status="in progress"), "In Progress"),
    ],
)
def test_a_ticket_goes_to_a_category_or_to_a_status_by_name(
    sandbox: Sandbox, client: JiraTickets, to: StatusTarget, name: str
) -> None:
    client.transition("INC-1", to)
    assert status_of(sandbox) == name


@pytest.mark.parametrize("to", [StatusTarget(category=StatusCategory.TO_DO), StatusTarget(status="TO DO")])
def test_a_ticket_that_is_there_already_is_left_alone(
    sandbox: Sandbox, client: JiraTickets, to: StatusTarget
) -> None:
    client.transition("INC-1", to)
    assert sandbox.requests("POST", MOVE) == 0


def test_a_ticket_can_be_opened_again(sandbox: Sandbox, client: JiraTickets) -> None:
    client.transition("INC-1", StatusTarget.done())
    client.transition("INC-1", StatusTarget(category=StatusCategory.TO_DO))
    assert (status_of(sandbox), resolution_of(sandbox)) == ("To Do", None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (StatusTarget.done(), "To Do"),
        (StatusTarget(category=StatusCategory.IN_PROGRESS), "In Progress"),
    ],
)
def test_only_a_closed_ticket_is_opened_again(
    sandbox: Sandbox, client: JiraTickets, before: StatusTarget, after: str
) -> None:
    client.transition("INC-1", before)
    client.transition("INC-1", StatusTarget(status="To Do"), only_from=StatusCategory.DONE)
    assert status_of(sandbox) == after


def test_a_target_is_either_a_category_or_a_status() -> None:
    with pytest.raises(ValueError, match="either"):
        StatusTarget()
    with pytest.raises(ValueError, match="either"):
        StatusTarget(category=StatusCategory.DONE, status="Done")


def test_a_resolution_is_not_sent_where_no_screen_takes_it(sandbox: Sandbox, client: JiraTickets) -> None:
    client.transition("INC-1", StatusTarget.done(), resolution="Duplicate")
    assert (status_of(sandbox), resolution_of(sandbox)) == ("Done", "Done")


def test_of_two_ways_the_one_that_takes_the_resolution_is_chosen(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.transitions = (
        Transition(id="31", to=DONE),
        Transition(id="41", to=DONE, screen={"resolution": True}),
    )
    client.transition("INC-1", StatusTarget.done(), resolution="Duplicate")
    assert resolution_of(sandbox) == "Duplicate"


def test_a_way_that_asks_for_nothing_is_preferred_to_one_that_does(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.transitions = (
        Transition(id="31", to=DONE, screen={"customfield_10001": True}),
        Transition(id="41", to=DONE, screen={"customfield_10001": False}),
    )
    client.transition("INC-1", StatusTarget.done())
    assert status_of(sandbox) == "Done"


def test_a_resolution_that_the_site_does_not_have_is_left_out(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.transitions = (Transition(id="31", to=DONE, screen={"resolution": False}),)
    client.transition("INC-1", StatusTarget.done(), resolution="Twin")
    assert resolution_of(sandbox) == "Done"


@pytest.mark.parametrize("field", ["resolution", "customfield_10001"])
def test_ways_that_all_ask_for_something_are_not_tried_and_it_is_named(
    sandbox: Sandbox, client: JiraTickets, field: str
) -> None:
    sandbox.store.transitions = (Transition(id="31", to=DONE, screen={field: True}),)
    with pytest.raises(Refused, match=field):
        client.transition("INC-1", StatusTarget.done())
    assert sandbox.requests("POST", MOVE) == 0


def test_a_status_that_no_transition_leads_to_is_refused(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.transitions = (Transition(id="21", to=IN_PROGRESS),)
    for to in (StatusTarget.done(), StatusTarget(status="Waiting")):
        with pytest.raises(Refused, match="no transition leads"):
            client.transition("INC-1", to)


def test_a_move_made_before_the_connection_broke_is_not_made_again(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.faults.execute_then_drop("POST", MOVE)
    with pytest.raises(OutcomeUnknown):
        client.transition("INC-1", StatusTarget.done())
    client.transition("INC-1", StatusTarget.done())
    assert sandbox.requests("POST", MOVE) == 1


def test_a_move_that_was_not_made_before_the_connection_broke_is_made_when_asked_again(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.faults.drop_before_execute("POST", MOVE)
    with pytest.raises(OutcomeUnknown):
        client.transition("INC-1", StatusTarget.done())
    assert status_of(sandbox) == "To Do"
    client.transition("INC-1", StatusTarget.done())
    assert status_of(sandbox) == "Done"


def test_an_answer_later_than_the_timeout_leaves_the_outcome_unknown(
    sandbox: Sandbox, connect: Connect
) -> None:
    hasty = connect(sandbox.url, request_timeout=0.5)
    sandbox.faults.delay("POST", MOVE, seconds=1.0)
    with pytest.raises(OutcomeUnknown):
        hasty.transition("INC-1", StatusTarget.done())
    eventually(lambda: status_of(sandbox) == "Done", within=10)


@pytest.mark.parametrize(
    "status", [HTTPStatus.OK, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE]
)
def test_an_answer_that_proves_nothing_is_not_repeated(
    sandbox: Sandbox, client: JiraTickets, status: HTTPStatus
) -> None:
    sandbox.faults.answer("POST", MOVE, status=status)
    with pytest.raises(OutcomeUnknown):
        client.transition("INC-1", StatusTarget.done())
    assert sandbox.requests("POST", MOVE) == 1


def test_a_limited_move_is_put_off(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.rate_limit("POST", MOVE, retry_after="60")
    with pytest.raises(Unavailable) as failure:
        client.transition("INC-1", StatusTarget.done())
    assert (failure.value.retry_after, status_of(sandbox)) == (60.0, "To Do")


def test_a_conflict_with_somebody_elses_change_is_tried_again(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.answer("POST", MOVE, status=HTTPStatus.CONFLICT)
    client.transition("INC-1", StatusTarget.done())
    assert status_of(sandbox) == "Done"


def test_a_refused_move_is_not_repeated(sandbox: Sandbox, client: JiraTickets) -> None:
    body = b'{"errorMessages": ["It is not permitted."], "errors": {}}'
    sandbox.faults.answer("POST", MOVE, status=HTTPStatus.BAD_REQUEST, body=body)
    with pytest.raises(Refused):
        client.transition("INC-1", StatusTarget.done())
    assert sandbox.requests("POST", MOVE) == 1


def test_a_truncated_account_of_the_ticket_is_asked_for_again(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.truncate("GET", r"/rest/api/\d/issue/INC-1", times=2)
    client.transition("INC-1", StatusTarget.done())
    assert status_of(sandbox) == "Done"


def test_an_account_without_transitions_is_no_proof_that_there_are_none(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.faults.answer("GET", r"/rest/api/\d/issue/INC-1", status=HTTPStatus.OK, body=b"{}", times=3)
    with pytest.raises(Unavailable):
        client.transition("INC-1", StatusTarget.done())


def test_a_deleted_ticket_is_gone(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.delete(sandbox.store.ticket("INC-1"))
    with pytest.raises(Gone, match="INC-1"):
        client.transition("INC-1", StatusTarget.done())


def test_a_ticket_deleted_between_the_look_and_the_move_is_gone(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    body = b'{"errorMessages": ["Issue does not exist."], "errors": {}}'
    sandbox.faults.answer("POST", MOVE, status=HTTPStatus.NOT_FOUND, body=body)
    with pytest.raises(Gone):
        client.transition("INC-1", StatusTarget.done())
