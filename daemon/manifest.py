"""What a replay is given: a manifest of mails, one JSON object a line, and who the senders are."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from config.fault_words import sentence
from config.faults import ConfigurationError, Fault
from config.organisations import CountryCode, Directory, Domain, Organisation
from config.yaml_file import details, text_like
from config.yaml_nodes import key_text
from parsers.facts import Instant

MESSAGES = "messages"
"""The folder beside the manifest in which the mails may lie."""

Text = Annotated[str, Field(min_length=1)]
TicketKey = Annotated[str, text_like(r"[A-Z][A-Z0-9_]+-[1-9][0-9]*", "a ticket key such as INC-1003")]
_AN_INSTANT = ("is not an instant", "write it as 2026-10-19T07:14:22Z")
_OWN_WORDS = {
    "missing": ("is missing", ""),
    "json_invalid": ("is not valid JSON", "a manifest has one JSON object a line; both files are UTF-8"),
    "datetime_type": _AN_INSTANT,
    "datetime_parsing": _AN_INSTANT,
    "datetime_from_date_parsing": _AN_INSTANT,
}
M = TypeVar("M", bound=BaseModel)


class ManifestLine(BaseModel):
    """One mail to be replayed. Keys that are not named here are ignored."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    file: Text
    mailbox: Annotated[str, Field(min_length=1, max_length=80)]
    received_at: Instant
    ticket: TicketKey | None = None
    """The key that the ticket gets which this mail opens."""
    ack_message_id: Text | None = None
    """The Message-ID of the acknowledgement that was sent for this mail."""

    def path(self, folder: Path) -> Path:
        """Where the mail lies: relative to the manifest's folder, or to `messages` in it."""
        beside = folder / self.file
        return beside if beside.exists() else folder / MESSAGES / self.file


class Senders(BaseModel):
    """Which domains are known, and for what."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    domains: dict[Domain, Literal["regulator", "law_enforcement", "partner", "public"]]
    countries: dict[Domain, CountryCode] = {}

    def directory(self) -> Directory:
        """One organisation a domain; its id is the domain with underscores, because an id has no dots."""
        return Directory(
            organisations=tuple(
                Organisation(
                    id=domain.replace(".", "_"),
                    name=domain,
                    sender_class=sender_class,
                    country=self.countries.get(domain),
                    domains=(domain,),
                )
                for domain, sender_class in self.domains.items()
            )
        )


def read_manifest(path: Path, model: type[M]) -> tuple[M, ...]:
    """The lines of a manifest; empty ones are passed over.

    Raises:
        ConfigurationError: with every fault of every line.
    """
    lines, faults = [], []
    for number, text in enumerate(read_input(path).splitlines(), start=1):
        try:
            if text.strip():
                lines.append(model.model_validate_json(text))
        except ValidationError as error:
            faults += [_fault(path, detail, line=number) for detail in details(error)]
    if faults:
        raise ConfigurationError(faults)
    return tuple(lines)


def read_senders(path: Path) -> Directory:
    """The organisations that take the place of the site's own.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    text = read_input(path)
    try:
        return Senders.model_validate_json(text).directory()
    except ValidationError as error:
        faults = [_fault(path, detail) for detail in details(error)]
    raise ConfigurationError(faults)


def read_input(path: Path) -> bytes:
    """The octets of an input file.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault(file=path.name, message=f"cannot be read: {error.strerror}")
        raise ConfigurationError([fault]) from error


def _fault(path: Path, detail: ErrorDetails, *, line: int | None = None) -> Fault:
    message, hint = _OWN_WORDS.get(detail["type"]) or sentence(detail)
    return Fault(file=path.name, line=line, key=key_text(detail["loc"]), message=message, hint=hint)
