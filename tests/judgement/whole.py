"""Sets of whole mails with labels, laid out as a labelled folder (docs/evaluate.md)."""

import json
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from config.organisations import CountryCode, Domain
from daemon.labels import Label
from daemon.manifest import MESSAGES
from parsers.facts import Instant, SenderClass
from tests.judgement.mails import OUR_DOMAIN, taken_from
from tests.judgement.sets import FLOORS, HERE, Row, read

Id = Annotated[str, Field(pattern=r"^[a-z]{2}-[0-9a-z]+$")]


class WholeSet(StrEnum):
    """A collection of whole mails, by one author."""

    THIRD = "third"
    FOURTH = "fourth"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return HERE / self.value


class Office(Row):
    """Who writes from a domain."""

    sender_class: SenderClass = Field(alias="class")
    country: CountryCode | None = None
    name: str = ""


class WholeMail(Row):
    """A mail as it was written; `labels` are those of a line of labels.jsonl, relations by id."""

    id: Id
    sender: str = Field(alias="from")
    to: Literal["regulators", "partners", "le", "escalations"]
    received: Instant
    subject: str
    headers: Mapping[str, str] = {}
    body: str
    labels: dict[str, Any]
    why: str

    @property
    def file(self) -> str:
        """The name under which it is laid down."""
        return f"{self.id}.eml"

    @property
    def domain(self) -> str:
        """The domain of its sender, in lower case."""
        return self.address.addr_spec.rpartition("@")[2].lower()

    @property
    def address(self) -> Address:
        """Whom it is from; names may hold commas and quotes that are not escaped."""
        name, _, address = self.sender.rpartition("<")
        return Address(name.strip().strip('"'), addr_spec=address.rstrip(">"))

    def raw(self) -> bytes:
        """The mail as our server took it: its sender is who it says."""
        mail = taken_from(self.address.addr_spec)
        mail["From"] = self.address
        mail["To"] = f"{self.to}@{OUR_DOMAIN}"
        mail["Date"] = format_datetime(self.received)
        mail["Subject"] = self.subject
        mail["Message-ID"] = f"<{self.id}@{self.domain}>"
        for field, value in self.headers.items():
            del mail[field]
            mail[field] = value
        mail.set_content(self.body, charset="utf-8", cte="base64")
        return mail.as_bytes()

    def label(self) -> dict[str, Any]:
        """Its line of labels.jsonl."""
        return {
            "file": self.file,
            "mailbox": self.to,
            "received_at": self.received.isoformat(),
            **self.labels,
            "relation": _by_file(self.labels["relation"]),
        }


_MAILS: TypeAdapter[tuple[WholeMail, ...]] = TypeAdapter(tuple[WholeMail, ...])
_OFFICES: TypeAdapter[Mapping[Domain, Office]] = TypeAdapter(Mapping[Domain, Office])


def mails(of: WholeSet) -> tuple[WholeMail, ...]:
    """Its mails, in the order of arrival."""
    return _MAILS.validate_python(read(of.folder, "mails"))


def offices(of: WholeSet) -> Mapping[str, Office]:
    """Who is known, by domain."""
    return _OFFICES.validate_python(read(of.folder, "senders"))


def floors(of: WholeSet) -> Mapping[str, float]:
    """By measure, what it must keep: a share, or where faults are counted how many there may be."""
    return FLOORS.validate_python(read(of.folder, "floors"))


def lay_out(of: WholeSet, folder: Path) -> Sequence[Label]:
    """Write the set as a labelled folder; its labels."""
    (folder / MESSAGES).mkdir()
    lines = [mail.label() for mail in mails(of)]
    for mail in mails(of):
        (folder / MESSAGES / mail.file).write_bytes(mail.raw())
    manifest = "".join(f"{json.dumps(line, default=str)}\n" for line in lines)
    (folder / "labels.jsonl").write_text(manifest, encoding="utf-8")
    (folder / "senders.json").write_text(json.dumps(_senders(offices(of))), encoding="utf-8")
    return [Label.model_validate(line) for line in lines]


def _senders(known: Mapping[str, Office]) -> dict[str, dict[str, str]]:
    told = {
        domain: office for domain, office in known.items() if office.sender_class is not SenderClass.UNKNOWN
    }
    return {
        "domains": {domain: office.sender_class.value for domain, office in told.items()},
        "countries": {domain: office.country for domain, office in told.items() if office.country},
    }


def _by_file(relation: str | Mapping[str, str]) -> dict[str, str]:
    if isinstance(relation, str):
        return {"type": relation}
    return {name: f"{value}.eml" if name == "of" else value for name, value in relation.items()}
