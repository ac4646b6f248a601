"""What reading one document yields, and how it says that it cannot be read."""

from dataclasses import dataclass, field

from config.errors import MailwardenError

MAX_CHARACTERS = 200_000  # of one document; orders have some ten thousand
TEXT_CUT = "text cut"
"""The flag of a text that was read or searched only in part: a person must read the rest."""


class UnreadableDocument(MailwardenError):
    """The document is broken, out of bounds, or uses what is never followed; a person must look."""


@dataclass(frozen=True, kw_only=True)
class Extract:
    """The text of one document and what is odd about it."""

    text: str = ""
    flags: frozenset[str] = field(default_factory=frozenset)
    work: int = 0  # what reading has cost, in octets of XML; other formats weigh theirs against these


def raised(findings: dict[str, bool]) -> frozenset[str]:
    """The flags whose finding is true."""
    return frozenset(flag for flag, found in findings.items() if found)
