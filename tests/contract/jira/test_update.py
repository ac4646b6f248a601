from collections.abc import Callable
from datetime import date
from http import HTTPStatus

import pytest

from connectors.errors import Gone, OutcomeUnknown, Refused
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Paragraph, Pressing, TicketDraft

COMMENT = r"/rest/api/\d/issue/INC-1/comment"
LINK = r"/rest/api/\d/issueLink"
TEXT = (Paragraph(text="More came in."),)


@pytest.fixture(autouse=True)
def tickets(client: JiraTickets, draft: TicketDraft) -> None:
    """Two tickets: INC-1 and INC-2."""
    client.create(draft, token="a1")
    client.create(draft, token="a2")


def test_a_comment_carries_its_token_as_a_property(sandbox: Sandbox, client: JiraTickets) -> None:
    name = client.comment("INC-1", TEXT, token="c1")
    (comment,) = sandbox.store.ticket("INC-1").comments
    assert (comment.id, comment.properties) == (name, {"mailwarden": {"token": "c1"}})


def test_a_comment_made_before_the_connection_broke_is_found(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.execute_then_drop("POST", COMMENT)
    with pytest.raises(OutcomeUnknown):
        client.comment("INC-1", TEXT, token="c1")
    assert client.find_comment("INC-1", token="c1") == sandbox.store.ticket("INC-1").comments[0].id
    assert sandbox.requests("POST", COMMENT) == 1


def test_a_comment_that_was_not_carried_out_is_not_found(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.drop_before_execute("POST", COMMENT)
    with pytest.raises(OutcomeUnknown):
        client.comment("INC-1", TEXT, token="c1")
    assert client.find_comment("INC-1", token="c1") is None


def test_a_comment_is_found_on_whichever_page_it_is(sandbox: Sandbox, client: JiraTickets) -> None:
    wanted = client.comment("INC-1", TEXT, token="c1")
    (first,) = sandbox.store.ticket("INC-1").comments
    for _ in range(150):
        sandbox.store.comment(sandbox.store.ticket("INC-1"), first.body, {})
    last = client.comment("INC-1", TEXT, token="c2")
    assert client.find_comment("INC-1", token="c1") == wanted
    assert client.find_comment("INC-1", token="c2") == last


def test_linking_twice_makes_one_link(sandbox: Sandbox, client: JiraTickets) -> None:
    client.link("INC-1", "INC-2", link_type="Relates")
    client.link("INC-1", "INC-2", link_type="Relates")
    client.link("INC-2", "INC-1", link_type="Relates")
    assert [link.other for link in sandbox.store.ticket("INC-1").links] == ["INC-2"]
    assert sandbox.requests("POST", LINK) == 1


def test_the_two_directions_of_a_directed_link_are_two_links(sandbox: Sandbox, client: JiraTickets) -> None:
    client.link("INC-1", "INC-2", link_type="Duplicate")
    client.link("INC-2", "INC-1", link_type="Duplicate")
    links = sandbox.store.ticket("INC-1").links
    assert [(link.other, link.outward) for link in links] == [("INC-2", True), ("INC-2", False)]


def test_a_link_of_unknown_outcome_is_not_doubled_by_asking_again(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.faults.execute_then_drop("POST", LINK)
    with pytest.raises(OutcomeUnknown):
        client.link("INC-1", "INC-2", link_type="Relates")
    client.link("INC-1", "INC-2", link_type="Relates")
    assert len(sandbox.store.ticket("INC-1").links) == 1


def test_raising_sets_priority_and_due_date(sandbox: Sandbox, client: JiraTickets) -> None:
    assert client.raise_ticket("INC-1", priority="Highest", due=date(2026, 11, 30)) == ()
    fields = sandbox.store.ticket("INC-1").fields
    assert (fields["priority"], fields["duedate"]) == ({"name": "Highest"}, "2026-11-30")


def test_raising_sets_the_one_field_that_the_project_takes_and_names_the_other(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate"})
    assert client.raise_ticket("INC-1", priority="Highest", due=date(2026, 11, 30)) == ("duedate",)
    fields = sandbox.store.ticket("INC-1").fields
    assert (fields["priority"], fields["duedate"]) == ({"name": "Highest"}, "2026-12-01")


def test_raising_is_refused_when_the_project_takes_neither_field(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate", "priority"})
    with pytest.raises(Refused, match="duedate, priority"):
        client.raise_ticket("INC-1", priority="Highest", due=date(2026, 11, 30))
    assert sandbox.requests("PUT", r"/rest/api/\d/issue/INC-1") == 1


def test_raising_leaves_alone_what_is_not_given(sandbox: Sandbox, client: JiraTickets) -> None:
    client.raise_ticket("INC-1", priority=None, due=date(2026, 11, 30))
    client.raise_ticket("INC-1", priority=None, due=None)
    assert sandbox.store.ticket("INC-1").fields["priority"] == {"name": "High"}
    assert sandbox.requests("PUT", r"/rest/api/\d/issue/INC-1") == 1


def test_what_a_ticket_shows_is_read_by_key(sandbox: Sandbox, client: JiraTickets) -> None:
    client.raise_ticket("INC-1", priority="Highest", due=date(2026, 11, 30))
    assert client.pressing("INC-1") == Pressing(priority="Highest", due=date(2026, 11, 30))


def test_a_due_date_can_be_emptied(sandbox: Sandbox, client: JiraTickets) -> None:
    client.raise_ticket("INC-1", priority="Low", due=None, clear_due=True)
    assert client.pressing("INC-1") == Pressing(priority="Low", due=None)


CALLS: dict[str, Callable[[JiraTickets], object]] = {
    "comment": lambda client: client.comment("INC-1", TEXT, token="c1"),
    "find a comment": lambda client: client.find_comment("INC-1", token="c1"),
    "link": lambda client: client.link("INC-1", "INC-2", link_type="Relates"),
    "link to it": lambda client: client.link("INC-2", "INC-1", link_type="Relates"),
    "look": lambda client: client.pressing("INC-1"),
    "raise": lambda client: client.raise_ticket("INC-1", priority="High", due=None),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_deleted_ticket_is_gone(sandbox: Sandbox, client: JiraTickets, name: str) -> None:
    sandbox.store.delete(sandbox.store.ticket("INC-1"))
    with pytest.raises(Gone, match="INC-1"):
        CALLS[name](client)


def test_an_unknown_type_of_link_is_refused_and_no_ticket_is_gone(client: JiraTickets) -> None:
    with pytest.raises(Refused) as refusal:
        client.link("INC-1", "INC-2", link_type="Twin")
    assert not isinstance(refusal.value, Gone)


@pytest.mark.parametrize("name", CALLS)
def test_a_not_found_of_a_gateway_is_no_ticket_gone(sandbox: Sandbox, client: JiraTickets, name: str) -> None:
    sandbox.faults.answer("GET|POST|PUT", ".*", status=HTTPStatus.NOT_FOUND, body=b"<html>Not found</html>")
    with pytest.raises(Refused) as refusal:
        CALLS[name](client)
    assert not isinstance(refusal.value, Gone)
