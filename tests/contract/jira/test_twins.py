"""A second ticket with one token: it is found, linked to the first, closed and explained, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from config.settings import JiraEdition
from connectors.errors import Gone, OutcomeUnknown, OutsideError, Refused, Unavailable
from connectors.jira.sandbox.faults import EVERY_WRITE, Faults
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import STATUSES
from connectors.jira.sandbox.ticket import Transition
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Paragraph, StatusCategory, StatusTarget, TicketDraft
from connectors.twins import Explanation, close_twin
from tests.contract.jira_judge import judged_sandbox

TEXT = (Paragraph(text="Mailwarden opened this ticket twice; please go on in INC-1."),)
LINK = r"/rest/api/\d/issueLink"
MOVE = r"/rest/api/\d/issue/INC-2/transitions"
COMMENT = r"/rest/api/\d/issue/INC-2/comment"
TO_DO, IN_PROGRESS, DONE = STATUSES

Connect = Callable[..., JiraTickets]


@pytest.fixture(autouse=True)
def tickets(client: JiraTickets, draft: TicketDraft) -> None:
    """Two tickets with the token a1: INC-1 and INC-2."""
    client.create(draft, token="a1")
    client.create(draft, token="a1")


def close(client: JiraTickets) -> None:
    close_twin(client, "INC-2", kept="INC-1", why=Explanation(text=TEXT, token="c1"))


def trace(sandbox: Sandbox) -> tuple[list[tuple[str, str]], int, str]:
    """The links of the twin, how often it was explained, and its status."""
    twin = sandbox.store.ticket("INC-2")
    links = [(link.type.name, link.other) for link in twin.links if link.outward]
    return links, len(twin.comments), twin.status.name


CLOSED = ([("Duplicate", "INC-1")], 1, "Done")


def test_all_tickets_with_a_token_are_found_the_oldest_first(client: JiraTickets, draft: TicketDraft) -> None:
    client.create(draft, token="b1")
    assert client.twins("a1") == ("INC-1", "INC-2")
    assert client.twins("b1") == ("INC-3",)
    assert client.twins("c1") == ()


def test_the_tenth_ticket_comes_after_the_second(client: JiraTickets, draft: TicketDraft) -> None:
    for number in range(7):
        client.create(draft, token=f"b{number}")
    client.create(draft, token="a1")
    assert client.twins("a1") == ("INC-1", "INC-2", "INC-10")


def test_a_copy_that_a_person_made_is_no_twin(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.create("INC", sandbox.tickets()[0].fields, {})
    assert sandbox.store.ticket("INC-3").labels == sandbox.store.ticket("INC-1").labels
    assert client.twins("a1") == ("INC-1", "INC-2")


def test_a_copy_that_stands_for_another_token_is_no_twin(sandbox: Sandbox, client: JiraTickets) -> None:
    properties = {"mailwarden": {"token": "b1"}}
    sandbox.store.create("INC", sandbox.tickets()[0].fields, properties)
    assert client.twins("a1") == ("INC-1", "INC-2")


def test_a_deleted_ticket_is_no_twin(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.delete(sandbox.store.ticket("INC-1"))
    assert client.twins("a1") == ("INC-2",)


def test_a_twin_that_was_moved_to_another_project_is_found_by_its_new_key(
    edition: JiraEdition, connect: Connect, draft: TicketDraft
) -> None:
    with judged_sandbox(edition=edition, projects=("INC", "LAW")) as sandbox:
        mover = connect(sandbox.url)
        mover.create(draft, token="a1")
        mover.create(draft, token="a1")
        sandbox.store.move_to_project(sandbox.store.ticket("INC-1"), "LAW")
        assert mover.twins("a1") == ("LAW-1", "INC-2")
        assert mover.comment("INC-1", TEXT, token="c1")
        assert mover.find_comment("LAW-1", token="c1")


def test_a_twin_that_the_index_does_not_show_yet_is_found_later(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.index_lag = timedelta(days=1)
    assert client.twins("a1") == ()
    sandbox.store.index_lag = timedelta(0)
    assert client.twins("a1") == ("INC-1", "INC-2")


def test_a_twin_is_linked_closed_and_explained(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.transitions = (Transition(id="31", to=DONE, screen={"resolution": False}),)
    close(client)
    assert trace(sandbox) == CLOSED
    resolution = sandbox.store.ticket("INC-2").resolution
    assert resolution is not None
    assert resolution.name == "Duplicate"
    assert sandbox.store.ticket("INC-1").status == TO_DO


def test_a_twin_is_closed_once(sandbox: Sandbox, client: JiraTickets) -> None:
    close(client)
    close(client)
    assert trace(sandbox) == CLOSED
    assert sandbox.requests("POST", ".*") == 2 + 3


def test_a_twin_that_a_person_opened_again_stays_open(sandbox: Sandbox, client: JiraTickets) -> None:
    close(client)
    client.transition("INC-2", StatusTarget(category=StatusCategory.TO_DO))
    close(client)
    assert trace(sandbox) == ([("Duplicate", "INC-1")], 1, "To Do")


def test_a_twin_that_can_not_be_closed_is_linked_and_explained(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.transitions = (Transition(id="21", to=IN_PROGRESS),)
    with pytest.raises(Refused, match="no transition leads"):
        close(client)
    close(client)
    assert trace(sandbox) == ([("Duplicate", "INC-1")], 1, "To Do")


def test_where_duplicates_are_unknown_the_twin_is_linked_as_related(
    sandbox: Sandbox, client: JiraTickets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.twins.DUPLICATE", "Twin")
    close(client)
    assert trace(sandbox) == ([("Relates", "INC-1")], 1, "Done")


@pytest.mark.parametrize("gone", ["INC-1", "INC-2"])
def test_with_either_ticket_gone_nothing_is_left_to_do(
    sandbox: Sandbox, client: JiraTickets, gone: str
) -> None:
    sandbox.store.delete(sandbox.store.ticket(gone))
    with pytest.raises(Gone, match=gone):
        close(client)
    assert sandbox.requests("POST", MOVE) + sandbox.requests("POST", COMMENT) == 0


@pytest.mark.parametrize("path", [LINK, MOVE, COMMENT])
@pytest.mark.parametrize("breaking", [Faults.execute_then_drop, Faults.drop_before_execute])
def test_a_closing_that_broke_off_is_ended_by_repeating_it(
    sandbox: Sandbox, client: JiraTickets, path: str, breaking: Callable[..., None]
) -> None:
    breaking(sandbox.faults, "POST", path)
    with pytest.raises(OutcomeUnknown):
        close(client)
    close(client)
    assert trace(sandbox) == CLOSED


FAULTS: dict[str, Callable[[Faults], None]] = {
    "execute then drop": lambda faults: faults.execute_then_drop(*EVERY_WRITE, share=0.5),
    "drop before execute": lambda faults: faults.drop_before_execute(*EVERY_WRITE, share=0.5),
    "rate limit": lambda faults: faults.rate_limit(*EVERY_WRITE, retry_after="60", share=0.5),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("seed", range(3))
def test_among_faults_a_twin_is_closed_once(
    sandbox: Sandbox, client: JiraTickets, name: str, seed: int
) -> None:
    sandbox.faults.seed = seed
    FAULTS[name](sandbox.faults)
    troubles: list[OutsideError] = []
    while trace(sandbox) != CLOSED:
        try:
            close(client)
        except (OutcomeUnknown, Unavailable) as error:
            troubles.append(error)
    assert len(troubles) <= 3
