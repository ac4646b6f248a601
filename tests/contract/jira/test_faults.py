"""The client among faults of every kind: it never makes a twin, and never loses what it was asked for."""

from collections.abc import Callable

import pytest

from connectors.errors import OutcomeUnknown, Unavailable
from connectors.jira.sandbox.faults import EVERY_WRITE, Faults
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Paragraph, TicketDraft, TicketFile

ISSUE = r"/rest/api/\d/issue"
SEARCH = r"/rest/api/\d/search(/jql)?"
TEXT = (Paragraph(text="More came in."),)
FILE = TicketFile(name="letter.pdf", content_type="application/pdf", content=b"%PDF-1.7")
TOKENS = [f"a{number}" for number in range(12)]


def test_a_truncated_answer_to_a_create_leaves_the_outcome_unknown(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, token: str
) -> None:
    sandbox.faults.truncate("POST", ISSUE)
    with pytest.raises(OutcomeUnknown):
        client.create(draft, token=token)
    assert client.find_created(project="INC", token=token, floor=0) == "INC-1"
    assert sandbox.requests("POST", ISSUE) == 1


def test_a_truncated_answer_to_a_search_is_asked_for_again(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.faults.truncate("POST", SEARCH, times=2)
    assert client.highest_number("INC") == 0


def test_a_sign_on_page_is_neither_a_ticket_nor_an_absence(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft
) -> None:
    sandbox.faults.sign_on_page("POST", ISSUE)
    with pytest.raises(OutcomeUnknown):
        client.create(draft, token="a1")
    sandbox.faults.sign_on_page("POST", SEARCH, times=3)
    with pytest.raises(Unavailable, match="single sign-on"):
        client.find_created(project="INC", token="a1", floor=0)


def once(send: Callable[[], str], find: Callable[[], str | None], troubles: list[str]) -> str:
    """As the daemon does: never again after an unknown outcome, unless the token is nowhere."""
    while True:
        try:
            return send()
        except OutcomeUnknown as error:
            troubles.append(str(error))
            found = find()
            if found:
                return found
        except Unavailable as error:
            troubles.append(str(error))


def created_once(client: JiraTickets, draft: TicketDraft, token: str, troubles: list[str]) -> str:
    return once(
        lambda: client.create(draft, token=token).key,
        lambda: client.find_created(project=draft.project, token=token, floor=0),
        troubles,
    )


def commented_once(client: JiraTickets, key: str, token: str, troubles: list[str]) -> str:
    return once(
        lambda: client.comment(key, TEXT, token=token),
        lambda: client.find_comment(key, token=token),
        troubles,
    )


def attached_once(client: JiraTickets, key: str, token: str, troubles: list[str]) -> str:
    return once(
        lambda: client.attach(key, FILE, token=token),
        lambda: client.find_attachment(key, FILE, token=token),
        troubles,
    )


FAULTS: dict[str, Callable[[Faults], None]] = {
    "execute then drop": lambda faults: faults.execute_then_drop(*EVERY_WRITE, share=0.3),
    "drop before execute": lambda faults: faults.drop_before_execute(*EVERY_WRITE, share=0.3),
    "truncate": lambda faults: faults.truncate(*EVERY_WRITE, share=0.3),
    "rate limit": lambda faults: faults.rate_limit(*EVERY_WRITE, retry_after="60", share=0.3),
    "sign-on page": lambda faults: faults.sign_on_page(*EVERY_WRITE, share=0.3),
}


@pytest.mark.parametrize("name", [*FAULTS, "all of them"])
def test_among_faults_every_ticket_comment_and_file_is_made_once(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, name: str
) -> None:
    for arm in [FAULTS[name]] if name in FAULTS else FAULTS.values():
        arm(sandbox.faults)
    troubles: list[str] = []
    for token in TOKENS:
        key = created_once(client, draft, token, troubles)
        comment = commented_once(client, key, token, troubles)
        file = attached_once(client, key, token, troubles)
        ticket = sandbox.store.ticket(key)
        assert [made.id for made in ticket.comments] == [comment]
        assert [made.id for made in ticket.attachments] == [file]
    assert [ticket.labels[0] for ticket in sandbox.tickets()] == [f"mw-{token}" for token in TOKENS]
    assert troubles
