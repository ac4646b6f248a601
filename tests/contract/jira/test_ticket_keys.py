"""What rules set beside the usual fields: security level, fields by name, watchers, who sees comments."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import JiraEdition
from connectors.errors import Gone, Refused
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.ticket import CustomField, Named
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Paragraph, TicketDraft
from rules.ticket_keys import Audience

CASE = CustomField(id="customfield_10001", name="Their case", type="string")
STORY = CustomField(id="customfield_10002", name="Story", type="string", kind="textarea")
SCORE = CustomField(id="customfield_10003", name="Score", type="number", kind="float")
LAW = CustomField(id="customfield_10004", name="Law", type="option", kind="select", options=("TCO", "DSA"))
LAWS = CustomField(
    id="customfield_10005",
    name="Laws",
    type="array",
    items="option",
    kind="multiselect",
    options=("TCO", "DSA"),
)
TAGS = CustomField(id="customfield_10006", name="Tags", type="array", items="string", kind="labels")
UNTIL = CustomField(id="customfield_10007", name="Until", type="date", kind="datepicker")
OWNER = CustomField(id="customfield_10008", name="Owner", type="user", kind="userpicker")
EVERY = (CASE, STORY, SCORE, LAW, LAWS, TAGS, UNTIL, OWNER)


@pytest.fixture(autouse=True)
def known_fields(sandbox: Sandbox) -> None:
    sandbox.store.custom_fields = EVERY
    sandbox.store.security_levels["INC"] = (Named(id="10100", name="Legal only"),)


def created(sandbox: Sandbox) -> dict[str, Any]:
    (ticket,) = sandbox.tickets()
    return dict(ticket.fields)


def test_fields_go_by_their_names_in_the_form_that_each_takes(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str, edition: JiraEdition
) -> None:
    fields: dict[str, Any] = {
        "Their case": "Az. 7/26\nII",
        "Score": 3,
        "Law": "TCO",
        "Laws": ("TCO", "DSA"),
        "Tags": ("two words",),
        "customfield_10007": "2026-12-01T23:30:00-03:00",
        "Owner": "mei",
    }
    assert client.create(replace(draft, fields=fields), token=token).dropped == ()
    kept = created(sandbox)
    assert kept[CASE.id] == "Az. 7/26 II"
    assert kept[SCORE.id] == 3
    assert kept[LAW.id] == {"value": "TCO"}
    assert kept[LAWS.id] == [{"value": "TCO"}, {"value": "DSA"}]
    assert kept[TAGS.id] == ["two-words"]
    assert kept[UNTIL.id] == "2026-12-02"
    assert kept[OWNER.id] == {"accountId" if edition is JiraEdition.CLOUD else "name": "mei"}


def test_a_text_area_takes_the_editions_own_format_in_which_nothing_takes_effect(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str, edition: JiraEdition
) -> None:
    client.create(replace(draft, fields={"Story": "see [~admin] {html}"}), token=token)
    story = created(sandbox)[STORY.id]
    if edition is JiraEdition.CLOUD:
        assert story["content"][0]["content"] == [{"type": "text", "text": "see [~admin] {html}"}]
    else:
        assert story.startswith("{noformat")


def test_in_one_line_no_markup_of_a_stranger_takes_effect(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str, edition: JiraEdition
) -> None:
    client.create(replace(draft, fields={"Their case": "[~admin] {color} !x.png!"}), token=token)
    line = created(sandbox)[CASE.id]
    assert line.replace("\u2060", "") == "[~admin] {color} !x.png!"
    assert ("[~" in line) is (edition is JiraEdition.CLOUD)


@pytest.mark.parametrize(
    ("fields", "reported"),
    [
        ({"Nonsense": "x"}, "Nonsense (no such field)"),
        ({"Score": "many"}, "Score (it takes no such value)"),
        ({"Until": "soon"}, "Until (it takes no such value)"),
        ({"Law": "NetzDG"}, "Law"),
    ],
)
def test_what_a_field_does_not_take_is_left_out_and_named(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, fields: dict[str, Any], reported: str
) -> None:
    wanted = replace(draft, fields={**fields, "Their case": "7"})
    assert client.create(wanted, token="5f2d41c0a9").dropped == (reported,)
    assert created(sandbox)[CASE.id] == "7"


def test_of_two_fields_with_one_name_none_is_guessed(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.custom_fields = (CASE, replace(SCORE, name=CASE.name))
    dropped = client.create(replace(draft, fields={CASE.name: "7"}), token=token).dropped
    assert dropped == ("Their case (several fields have this name)",)


def test_a_ticket_without_further_fields_asks_for_none(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(draft, token=token)
    assert sandbox.requests("GET", r"/rest/api/\d/field") == 0


def test_a_security_level_is_set_with_the_ticket(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    client.create(replace(draft, security_level="Legal only"), token=token)
    assert created(sandbox)["security"] == {"id": "10100"}


def test_without_its_security_level_a_ticket_is_never_opened(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    with pytest.raises(Refused, match="no security level"):
        client.create(replace(draft, security_level="Board"), token=token)
    sandbox.store.hidden_fields["INC"] = frozenset({"security"})
    with pytest.raises(Refused, match="security"):
        client.create(replace(draft, security_level="Legal only"), token=token)
    assert sandbox.tickets() == ()


def test_watchers_are_added_once(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    key = client.create(draft, token=token).key
    for _ in range(2):
        client.watch(key, ["mei", "john"])
    assert sandbox.tickets()[0].watchers == ("mei", "john")


def test_an_unknown_watcher_is_told_of_once_the_others_are_added(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.store.strangers = frozenset({"ghost"})
    key = client.create(draft, token=token).key
    with pytest.raises(Refused) as caught:
        client.watch(key, ["ghost", "mei"])
    assert not isinstance(caught.value, Gone)
    assert sandbox.tickets()[0].watchers == ("mei",)


def test_who_watches_a_ticket_that_is_gone_is_told_so(client: JiraTickets) -> None:
    with pytest.raises(Gone):
        client.watch("INC-9", ["mei"])


def test_a_comment_is_seen_by_its_audience_alone(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    key = client.create(draft, token=token).key
    audience = Audience(kind="role", name="Administrators")
    client.comment(key, (Paragraph(text="Received again."),), token=token, seen_by=audience)
    (comment,) = sandbox.tickets()[0].comments
    assert comment.visibility == {"type": "role", "value": "Administrators"}


def test_a_comment_that_its_audience_alone_can_not_see_is_not_added(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    key = client.create(draft, token=token).key
    with pytest.raises(Refused):
        client.comment(
            key, (Paragraph(text="Secret."),), token=token, seen_by=Audience(kind="group", name="board")
        )
    assert sandbox.tickets()[0].comments == ()
