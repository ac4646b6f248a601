"""What the Jira tests share: a judged sandbox of each edition, a client on it, a draft."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from config.settings import JiraEdition
from connectors.jira.connect import CLIENTS
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import FactTable, Paragraph, Quote, TicketDraft
from tests.contract.jira_judge import judged_sandbox

TOKEN = "5f2d41c0a9"
DRAFT = TicketDraft(
    project="INC",
    issue_type="Task",
    summary="Removal order 8812",
    text=(
        Paragraph(text="An order arrived."),
        FactTable(rows=(("From", "regulator"),)),
        Quote(text="Take it down."),
    ),
    priority="High",
    labels=("regulator",),
    components=("Regulatory Affairs",),
    assignee="5b10a2844c20165700ede21g",
    due=date(2026, 12, 1),
)

Connect = Callable[..., JiraTickets]


@pytest.fixture(params=list(JiraEdition))
def edition(request: pytest.FixtureRequest) -> JiraEdition:
    """Each edition of Jira in turn."""
    chosen: JiraEdition = request.param
    return chosen


@pytest.fixture
def sandbox(edition: JiraEdition) -> Iterator[Sandbox]:
    with judged_sandbox(edition=edition) as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The waits between short tries, noted instead of waited."""
    return []


@pytest.fixture
def connect(edition: JiraEdition, pauses: list[float]) -> Iterator[Connect]:
    with ExitStack() as opened:

        def connect(url: str, **options: object) -> JiraTickets:
            values: dict[str, object] = {"user": "bot@clipora.example", "token": "s3cret", **options}
            client = CLIENTS[edition](url=url, pause=pauses.append, **values)  # type: ignore[arg-type]
            opened.callback(client.close)
            return client

        yield connect


@pytest.fixture
def client(sandbox: Sandbox, connect: Connect) -> JiraTickets:
    return connect(sandbox.url)


@pytest.fixture
def draft() -> TicketDraft:
    return DRAFT


@pytest.fixture
def token() -> str:
    return TOKEN
