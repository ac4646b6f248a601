"""What a late call has written a second time: all but one is deleted, and nothing of anybody else's."""

import pytest

from connectors.errors import Gone, OutcomeUnknown, Refused
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import LINK_TYPES
from connectors.jira.tickets import JiraTickets
from connectors.tickets import Paragraph, TicketDraft, TicketFile

TEXT = (Paragraph(text="A follow-up arrived."),)
LETTER = TicketFile(name="letter.pdf", content_type="application/pdf", content=b"%PDF-1.7")
COMMENT = r"/rest/api/\d/issue/INC-1/comment/\d+"
RELATES = next(kind for kind in LINK_TYPES if kind.name == "Relates")


@pytest.fixture(autouse=True)
def tickets(client: JiraTickets, draft: TicketDraft) -> None:
    """INC-1 and INC-2."""
    client.create(draft, token="a1")
    client.create(draft, token="b1")


def comments(sandbox: Sandbox) -> list[str]:
    return [comment.id for comment in sandbox.store.ticket("INC-1").comments]


def test_of_the_comments_with_a_token_the_one_that_is_known_stays(
    sandbox: Sandbox, client: JiraTickets
) -> None:
    first, known, other = (client.comment("INC-1", TEXT, token=token) for token in ("c1", "c1", "c2"))
    assert client.single_comment("INC-1", token="c1", kept=known) == 1
    assert comments(sandbox) == [known, other]
    assert first not in comments(sandbox)
    assert client.single_comment("INC-1", token="c1", kept=known) == 0


def test_the_oldest_comment_stays_where_the_known_one_is_gone(sandbox: Sandbox, client: JiraTickets) -> None:
    made = [client.comment("INC-1", TEXT, token="c1") for _ in range(3)]
    assert client.single_comment("INC-1", token="c1", kept="0") == len(made) - 1
    assert comments(sandbox) == made[:1]


def test_a_comment_of_the_same_words_without_the_token_stays(sandbox: Sandbox, client: JiraTickets) -> None:
    known = client.comment("INC-1", TEXT, token="c1")
    (ours,) = sandbox.store.ticket("INC-1").comments
    sandbox.store.comment(sandbox.store.ticket("INC-1"), ours.body, {})
    assert client.single_comment("INC-1", token="c1", kept=known) == 0
    assert len(comments(sandbox)) == 2


def test_where_we_may_not_delete_that_is_said_and_all_stays(sandbox: Sandbox, client: JiraTickets) -> None:
    known, _ = (client.comment("INC-1", TEXT, token="c1") for _ in range(2))
    sandbox.store.may_delete = False
    with pytest.raises(Refused):
        client.single_comment("INC-1", token="c1", kept=known)
    assert len(comments(sandbox)) == 2


def test_a_ticket_that_is_gone_is_said_to_be(sandbox: Sandbox, client: JiraTickets) -> None:
    sandbox.store.delete(sandbox.store.ticket("INC-1"))
    with pytest.raises(Gone):
        client.single_comment("INC-1", token="c1", kept="1")


def test_a_deletion_that_breaks_off_is_gone_on_with(sandbox: Sandbox, client: JiraTickets) -> None:
    known, *_ = (client.comment("INC-1", TEXT, token="c1") for _ in range(3))
    sandbox.faults.execute_then_drop("DELETE", COMMENT)
    with pytest.raises(OutcomeUnknown):
        client.single_comment("INC-1", token="c1", kept=known)
    client.single_comment("INC-1", token="c1", kept=known)
    assert comments(sandbox) == [known]


def test_of_two_equal_files_the_known_one_stays(sandbox: Sandbox, client: JiraTickets) -> None:
    _, known, other = (
        client.attach("INC-1", LETTER, token=token) for token in ("c1" * 8, "c1" * 8, "d2" * 8)
    )
    assert client.single_attachment("INC-1", LETTER, token="c1" * 8, kept=known) == 1
    assert [each.id for each in sandbox.store.ticket("INC-1").attachments] == [known, other]


def test_no_file_is_deleted_where_the_known_one_is_gone(sandbox: Sandbox, client: JiraTickets) -> None:
    made = [client.attach("INC-1", LETTER, token="c1" * 8) for _ in range(2)]
    assert client.single_attachment("INC-1", LETTER, token="c1" * 8, kept="0") == 0
    assert [each.id for each in sandbox.store.ticket("INC-1").attachments] == made


def test_of_two_equal_links_one_stays_and_so_do_all_others(sandbox: Sandbox, client: JiraTickets) -> None:
    one, other = "INC-1", "INC-2"
    for start, end in ((one, other), (one, other), (other, one)):
        sandbox.store.link(RELATES, sandbox.store.ticket(start), sandbox.store.ticket(end))
    client.link(one, other, link_type="Duplicate")
    first, _, *rest = [link.id for link in sandbox.store.ticket(one).links]
    assert client.single_link(one, other, link_type="Relates") == 1
    assert [link.id for link in sandbox.store.ticket(one).links] == [first, *rest]
    assert {link.id for link in sandbox.store.ticket(other).links} == {first, *rest}
