"""What the daemon and a worker of its pool say to each other.

The daemon knows only this of a worker, so that it need not load what reads documents.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from parsers.bounds import ReadableHeaders
from parsers.facts import Report
from parsers.knowledge import Knowledge


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What each job of one mail may take. Beyond it, the job's process is ended."""

    cpu_seconds: float = 2.0
    wall_seconds: float = 30.0
    memory_bytes: int = 300 * 1024 * 1024  # on top of what the worker needs by itself


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What a worker is told once, before its first mail."""

    knowledge: Knowledge
    limits: Limits


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a worker is to read."""

    raw: bytes
    received_at: datetime


class Outcome(StrEnum):
    """What an answer of the worker says."""

    READY = "ready"  # briefed; a mail may come
    HEADERS = "headers"  # what the header says, for the case that nothing else can be read
    BODY = "body"  # the report without what the attached documents state
    WHOLE = "whole"  # the report; nothing more follows
    UNREADABLE = "unreadable"  # the mail is out of bounds
    OUT_OF_MEMORY = "out of memory"  # the worker ends after saying so
    FAILED = "failed"  # an error of ours


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a worker says. To a mail it says headers, body and whole, or stops at what ends it."""

    outcome: Outcome
    headers: ReadableHeaders | None = None
    report: Report | None = None
    reason: str = ""


ANSWERS: TypeAdapter[Answer] = TypeAdapter(Answer)
