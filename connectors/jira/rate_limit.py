"""Jira's rate limits: what is limited, and how long to wait.

See https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ for Cloud; Data Center gives each
account a bucket that is filled again at every interval.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import requests

from config.instant import utcnow
from connectors.errors import Unavailable


class RateLimitReason(StrEnum):
    """What Jira Cloud's header RateLimit-Reason says."""

    BURST = "jira-burst-based"  # too many requests a second to this endpoint
    PER_ISSUE = "jira-per-issue-on-write"  # more than 20 changes of this ticket in 2 s, or 100 in 30 s
    QUOTA_GLOBAL = "jira-quota-global-based"  # the app's points for this hour are spent, on all sites
    QUOTA_TENANT = "jira-quota-tenant-based"  # the app's points for this hour are spent, on this site


_PER_ISSUE_SECONDS = 2.0


def limited(request: str, response: requests.Response) -> Unavailable:
    """The error for an answer with status 429; a wait that Jira leaves unsaid follows from its reason."""
    what, usual = _limit(response.headers.get("RateLimit-Reason"))
    asked = retry_after(response)
    return Unavailable(
        f"Jira limits {request}: too many {what}", retry_after=usual if asked is None else asked
    )


def retry_after(response: requests.Response) -> float | None:
    """The wait in seconds that an answer asks for; None when it names none.

    Retry-After (RFC 9110, section 10.2.3), else the instant at which Cloud's limit resets, else the interval
    at which Data Center fills the bucket.
    """
    headers = response.headers
    if "Retry-After" in headers:
        seconds = _number(headers["Retry-After"])
        return _seconds_until(headers["Retry-After"], parsedate_to_datetime) if seconds is None else seconds
    if "X-RateLimit-Reset" in headers:
        return _seconds_until(headers["X-RateLimit-Reset"], datetime.fromisoformat)
    return _number(headers.get("X-RateLimit-Interval-Seconds", ""))


def _limit(reason: str | None) -> tuple[str, float | None]:
    """What there was too much of, and the wait in seconds where Jira names none."""
    match reason:
        case RateLimitReason.PER_ISSUE:
            return "changes of this ticket", _PER_ISSUE_SECONDS
        case RateLimitReason.QUOTA_GLOBAL | RateLimitReason.QUOTA_TENANT:
            return "requests within this hour", _seconds_to_next_hour()
    return "requests to this endpoint", None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) else None


def _seconds_until(instant: str, read: Callable[[str], datetime]) -> float | None:
    try:
        at = read(instant)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - utcnow()).total_seconds())


def _seconds_to_next_hour() -> float:
    now = utcnow()
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return (hour - now).total_seconds()
