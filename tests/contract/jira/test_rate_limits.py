"""What each kind of rate limit means, on both editions."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest

from config.instant import standing_at
from connectors.errors import Unavailable
from connectors.jira.rate_limit import RateLimitReason
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import TicketDraft

ISSUE = r"/rest/api/\d/issue"
NOW = datetime(2026, 11, 3, 9, 48, 30, tzinfo=UTC)
QUOTAS = [RateLimitReason.QUOTA_GLOBAL, RateLimitReason.QUOTA_TENANT]


def refused_wait(client: JiraTickets, draft: TicketDraft) -> float | None:
    """The wait in seconds with which a create is put off."""
    with standing_at(NOW), pytest.raises(Unavailable) as failure:
        client.create(draft, token="a1")
    return failure.value.retry_after


def test_a_short_wait_is_waited_and_the_create_repeated(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, pauses: list[float]
) -> None:
    sandbox.faults.rate_limit("POST", ISSUE, retry_after="3")
    assert client.create(draft, token="a1").key == "INC-1"
    assert len(pauses) == 1
    assert pauses[0] >= 3.0


@pytest.mark.parametrize("reason", RateLimitReason)
@pytest.mark.parametrize("wait", ["1847", "1847.0", format_datetime(NOW + timedelta(seconds=1847))])
def test_a_long_wait_is_left_to_the_caller(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, reason: RateLimitReason, wait: str
) -> None:
    sandbox.faults.rate_limit("POST", ISSUE, reason=reason, retry_after=wait)
    assert refused_wait(client, draft) == 1847.0
    assert sandbox.requests("POST", ISSUE) == 1
    assert sandbox.tickets() == ()


@pytest.mark.parametrize("reason", RateLimitReason)
@pytest.mark.parametrize("reset", ["2026-11-03T10:00Z", "2026-11-03T10:00:00+00:00", "2026-11-03T10:00"])
def test_without_a_wait_the_reset_of_the_limit_counts(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, reason: RateLimitReason, reset: str
) -> None:
    sandbox.faults.rate_limit("POST", ISSUE, reason=reason, reset=reset)
    assert refused_wait(client, draft) == 690.0


@pytest.mark.parametrize("reason", QUOTAS)
def test_a_spent_quota_without_a_wait_stops_until_the_next_full_hour(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, reason: RateLimitReason
) -> None:
    sandbox.faults.rate_limit("POST", ISSUE, reason=reason, times=3)
    assert refused_wait(client, draft) == 690.0
    assert sandbox.requests("POST", ISSUE) == 1


def test_too_many_changes_of_one_ticket_are_tried_again_after_their_window(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, pauses: list[float]
) -> None:
    client.create(draft, token="a1")
    comment = r"/rest/api/\d/issue/INC-1/comment"
    sandbox.faults.rate_limit("POST", comment, reason=RateLimitReason.PER_ISSUE)
    client.comment("INC-1", draft.text, token="c1")
    assert len(sandbox.store.ticket("INC-1").comments) == 1
    assert pauses[0] >= 2.0


@pytest.mark.parametrize("wait", [None, "soon"])
def test_a_burst_without_a_readable_wait_is_tried_a_few_times(
    sandbox: Sandbox, client: JiraTickets, draft: TicketDraft, wait: str | None
) -> None:
    sandbox.faults.rate_limit("POST", ISSUE, retry_after=wait, times=3)
    assert refused_wait(client, draft) is None
    assert sandbox.requests("POST", ISSUE) == 3


def test_data_centers_bucket_is_waited_for(sandbox: Sandbox, client: JiraTickets, draft: TicketDraft) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "60"}
    sandbox.faults.answer("POST", ISSUE, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
    assert refused_wait(client, draft) == 60.0
