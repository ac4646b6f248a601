"""What the Jira tests share: a judged sandbox, a client on it, a draft."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from connectors.jira.client import JiraCloud
from connectors.jira.sandbox.server import Sandbox
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

Connect = Callable[..., JiraCloud]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with judged_sandbox() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The waits between short tries, noted instead of waited."""
    return []


@pytest.fixture
def connect(pauses: list[float]) -> Iterator[Connect]:
    with ExitStack() as opened:

        def connect(url: str, **options: object) -> JiraCloud:
            values: dict[str, object] = {"user": "bot@clipora.example", "token": "s3cret", **options}
            client = JiraCloud(url=url, pause=pauses.append, **values)  # type: ignore[arg-type]
            opened.callback(client.close)
            return client

        yield connect


@pytest.fixture
def client(sandbox: Sandbox, connect: Connect) -> JiraCloud:
    return connect(sandbox.url)


@pytest.fixture
def draft() -> TicketDraft:
    return DRAFT


@pytest.fixture
def token() -> str:
    return TOKEN
