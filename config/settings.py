"""What `mailwarden.yaml` says: where mail comes from and where tickets go.

Every key can be overridden by an environment variable: the prefix MAILWARDEN_, then the keys in
capitals with two underscores between them, such as MAILWARDEN_JIRA__URL.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from socket import gethostname
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from config.durations import Duration
from config.fault_words import sentence
from config.faults import ConfigurationError, Fault
from config.organisations import Domain
from config.secret import Secret, SecretUnavailable
from config.yaml_file import Document, Problem, details, found, text_like
from config.yaml_nodes import Loc

_PREFIX = "MAILWARDEN_"
_DELIMITER = "__"
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_PLAIN_ADDRESS = rf"(?=.{{1,254}}\Z){_ATOMS}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"


def _zone_like(name: str) -> str | None:
    """The zone of this city, or else the one that is spelt almost so."""
    zones = sorted(available_timezones(), reverse=True)
    city = name.rpartition("/")[2].lower().replace(" ", "_")
    of_city = (zone for zone in zones if zone.rpartition("/")[2].lower() == city)
    return next(of_city, None) or next(iter(get_close_matches(name, zones, n=1, cutoff=0.9)), None)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = _zone_like(name)
        hint = f'did you mean "{near}"?' if near else ""
        message = "is not a time zone of the IANA database, such as Europe/Istanbul"
        raise found([Problem((), message, hint)]) from None
    return name


TimeZoneName = Annotated[str, AfterValidator(_known_zone)]
"""A name of the IANA time zone database."""
MailboxName = Annotated[
    str,
    text_like(r"[a-z0-9][a-z0-9_-]{0,63}", "a name of lower-case letters, digits, hyphens and underscores"),
]
Text = Annotated[str, Field(min_length=1)]
Seconds = Annotated[Duration, Field(gt=timedelta(0))]


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


_IN_CLEAR = Problem(("url",), "must begin with https:// unless the server is on this machine")


def _is_encrypted(address: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    url = urlsplit(address)
    return url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.hostname))


class AfterStoring(StrEnum):
    """What people see on the mail server of a mail that is stored."""

    LEAVE = "leave"  # nothing
    KEYWORD = "keyword"  # it carries a keyword
    MOVE = "move"  # it lies in another folder


class Mailbox(BaseModel):
    """One account and folder that is watched by IMAP (RFC 9051), or one Maildir of this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: MailboxName
    maildir: Path | None = None
    """The folder of a Maildir, instead of everything that says how to sign in."""
    host: Text | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] = 993
    user: Text | None = None
    password: Secret | None = None
    folder: Text = "INBOX"
    tls: StrictBool = True
    """False only for a server on this machine."""
    poll_seconds: Annotated[int, Field(ge=1, le=3_600)] = 60
    """The longest time between two looks, where the server does not tell of new mail by itself."""
    since: date | None = None
    """Mail that arrived before this day is left alone."""
    after_storing: AfterStoring = AfterStoring.LEAVE
    keyword: Annotated[str, text_like(r"[$A-Za-z0-9_-]{1,60}", "a word such as $Mailwarden")] = "$Mailwarden"
    move_to: Text | None = None
    """The folder that stored mails are moved to; it must be there."""

    @model_validator(mode="after")
    def _whole_and_encrypted(self) -> Self:
        signs_in = {"host": self.host, "user": self.user, "password": self.password}
        problems = []
        if self.maildir is None:
            missing = [f"`{key}`" for key, value in signs_in.items() if value is None]
            problems += [Problem((), f"needs {' and '.join(missing)}, or else `maildir`")] if missing else []
        elif any(signs_in.values()):
            problems.append(Problem(("maildir",), "needs no `host`, `user` or `password`", "leave them out"))
        if self.host and not self.tls and not _is_loopback(self.host):
            problems.append(
                Problem(("tls",), "may be false only for a server on this machine", "leave it out")
            )
        if self.after_storing is AfterStoring.MOVE and self.move_to is None:
            problems.append(Problem((), "needs `move_to`: the folder that mails are moved to"))
        if problems:
            raise found(problems)
        return self


class JiraEdition(StrEnum):
    """Which Jira it is; the two differ in their interface and in how text is written."""

    CLOUD = "cloud"  # hosted by Atlassian: REST API version 3
    DATA_CENTER = "data_center"  # run by the customer, formerly Jira Server: REST API version 2


class Jira(BaseModel):
    """The ticket system, Cloud or Data Center."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    edition: JiraEdition = JiraEdition.CLOUD
    url: Text
    user: Text | None = None
    """The account's mail address (Cloud); left out, the token is a personal access token (Data Center)."""
    token: Secret
    unknown_wait: Seconds = timedelta(seconds=60)
    """How long after an unknown outcome the ticket is looked for before it may be created again."""
    request_timeout: Seconds = timedelta(seconds=30)
    delivery_threads: Annotated[int, Field(ge=1, le=32)] = 2
    reopen_to: Text | None = None
    """The status that a closed ticket gets when a mail comes on its matter; left out, it stays closed."""

    @model_validator(mode="after")
    def _encrypted_on_the_way(self) -> Self:
        if not _is_encrypted(self.url):
            raise found([_IN_CLEAR])
        return self


class SmtpTls(StrEnum):
    """How the way to the SMTP server is encrypted."""

    STARTTLS = "starttls"  # asked for after the greeting (RFC 3207), as on port 587
    IMPLICIT = "implicit"  # from the first octet (RFC 8314, section 3.3), as on port 465
    NONE = "none"  # only for a server on this machine


class Smtp(BaseModel):
    """The server that takes mail of ours (RFC 6409)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    user: Text | None = None
    """Left out together with the password where the server asks for none."""
    password: Secret | None = None
    tls: SmtpTls = SmtpTls.STARTTLS

    @model_validator(mode="after")
    def _whole_and_encrypted(self) -> Self:
        problems = []
        if self.tls is SmtpTls.NONE and not _is_loopback(self.host):
            problems.append(Problem(("tls",), "may be none only for a server on this machine"))
        if (self.user is None) != (self.password is None):
            problems.append(Problem((), "needs both user and password, or neither"))
        if problems:
            raise found(problems)
        return self


class Acknowledge(BaseModel):
    """Who acknowledges reports, and how often. Which reports are acknowledged, the rules say."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sender: Annotated[str, text_like(_PLAIN_ADDRESS, "a plain mail address, such as reports@example.org")]
    """At one of our own domains; answers to it must come into a watched mailbox."""
    sender_name: Text
    most_a_day: Annotated[int, Field(ge=1, le=1_000)] = 20
    """To one address, so that two machines can't answer each other for ever."""


class Health(BaseModel):
    """The HTTP door at which the daemon's health is asked for: read-only, in ids, codes and counts."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 9464
    expose: StrictBool = False
    """True lets other machines ask; nothing asks them who they are."""

    @model_validator(mode="after")
    def _exposed_on_purpose(self) -> Self:
        if not self.expose and not _is_loopback(self.host):
            message = "must be this machine's own, such as 127.0.0.1, unless `expose` is true"
            raise found([Problem(("host",), message)])
        return self


class SecondOpinion(BaseModel):
    """Who else is asked how urgent a mail is; the answer can only raise the urgency."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: Text
    token: Secret | None = None
    """Sent as a bearer token (RFC 6750); left out, none is sent."""
    timeout: Annotated[Seconds, Field(le=timedelta(seconds=60))] = timedelta(seconds=10)
    """How long a mail waits for the answer."""

    @model_validator(mode="after")
    def _encrypted_on_the_way(self) -> Self:
        if not _is_encrypted(self.url):
            raise found([_IN_CLEAR])
        return self


class Ledger(BaseModel):
    """How the ledger is sealed, and where it is told outside the database how far it has come."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: Secret | None = None
    """At least 32 characters; left out, a key is made once and lies beside the heads."""
    heads: Path = Path("var/ledger")
    """The folder of the heads; a relative path counts from the working directory."""


class Settings(BaseSettings):
    """All of `mailwarden.yaml`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter=_DELIMITER,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    database: Text = "sqlite:///var/mailwarden.db"
    """SQLAlchemy URL; a relative path counts from the working directory."""
    receiving_host: Text
    """The name by which our own receiving server signs Authentication-Results (RFC 8601)."""
    own_domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    trusted_forwarders: tuple[Domain, ...] = ()
    """Domains that sign ARC seals (RFC 8617) which our receiving server checks and we believe."""
    mailboxes: Annotated[tuple[Mailbox, ...], Field(min_length=1)]
    jira: Jira
    smtp: Smtp | None = None
    """Where mail of ours is handed in; needed by nothing that only reads mail and writes tickets."""
    acknowledge: Acknowledge | None = None
    """Who acknowledges reports; left out, no acknowledgement is sent, whatever the rules say."""
    time_zones: tuple[TimeZoneName, ...] = ("Europe/Istanbul", "America/New_York")
    """The zones in which tickets show times, beside UTC."""
    instance: Annotated[str, Field(min_length=1, max_length=64)] = Field(default_factory=gethostname)
    """This daemon's name among those that share the database."""
    lease: Seconds = timedelta(seconds=30)
    """How long a daemon that is not heard of keeps what it has claimed."""
    reading_workers: Annotated[int, Field(ge=1, le=32)] = 2
    """How many processes read mails at a time."""
    second_opinion: SecondOpinion | None = None
    """Left out, only the lexicons judge how urgent a mail is."""
    ledger: Ledger = Ledger()
    health: Health | None = None
    """Where the daemon's health can be asked for over HTTP; left out, nowhere."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what the file says, and nothing else."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [*self._repeated_names(), *self._acknowledge_problems()]
        if problems:
            raise found(problems)
        return self

    def _repeated_names(self) -> Iterator[Problem]:
        counts = Counter(mailbox.name for mailbox in self.mailboxes)
        for number, mailbox in enumerate(self.mailboxes):
            if counts[mailbox.name] > 1:
                message = f'"{mailbox.name}" is the name of {counts[mailbox.name]} mailboxes'
                yield Problem(("mailboxes", number, "name"), message)

    def _acknowledge_problems(self) -> Iterator[Problem]:
        if self.acknowledge is None:
            return
        if self.smtp is None:
            yield Problem(("acknowledge",), "needs `smtp`: the server that takes the mail")
        domain = self.acknowledge.sender.rpartition("@")[2].lower()
        if not any(domain == own or domain.endswith(f".{own}") for own in self.own_domains):
            yield Problem(("acknowledge", "sender"), "must be at one of `own_domains`")


def load_settings(path: Path, *, with_secrets: bool = True) -> Settings:
    """Read `mailwarden.yaml` and what the environment overrides.

    Without secrets, it is not checked whether they can be had; revealing one may then fail.

    Raises:
        ConfigurationError: with every fault of the file and of the environment.
    """
    document = Document.read(path, secretive=True)
    try:
        settings = Settings.model_validate(document.tree.values)
    except ValidationError as error:
        faults = list(_faults(error, document))
    else:
        faults = list(_missing_secrets(settings, document)) if with_secrets else []
        if not faults:
            return settings
    # Raised outside the handler: pydantic's own error repeats the values, and they can be secret.
    raise ConfigurationError(faults)


def _faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    for detail in details(error):
        variable = _variable(detail["loc"])
        if detail["type"] == "value_error" and isinstance(detail["ctx"]["error"], SettingsError):
            yield _unreadable_variable(detail["ctx"]["error"])
        elif variable:
            message, hint = sentence(detail)
            yield Fault(file="environment", key=variable, message=message, hint=hint)
        else:
            yield from document.translated(detail, Settings)


def _missing_secrets(settings: Settings, document: Document) -> Iterator[Fault]:
    secrets: dict[Loc, Secret] = {("jira", "token"): settings.jira.token}
    for number, mailbox in enumerate(settings.mailboxes):
        if mailbox.password:
            secrets["mailboxes", number, "password"] = mailbox.password
    if settings.smtp and settings.smtp.password:
        secrets["smtp", "password"] = settings.smtp.password
    if settings.ledger.key:
        secrets["ledger", "key"] = settings.ledger.key
    for loc, secret in secrets.items():
        try:
            secret.reveal()
        except SecretUnavailable as error:
            yield document.fault(loc, str(error))


def _variable(loc: Loc) -> str | None:
    """The environment variable that overrides the value at the location, if one is set."""
    keys = [str(step).upper() for step in loc]
    names = (_PREFIX + _DELIMITER.join(keys[:length]) for length in range(len(keys), 0, -1))
    return next((name for name in names if name in os.environ), None)


def _unreadable_variable(error: SettingsError) -> Fault:
    names = [name for name in Settings.model_fields if f'"{name}"' in str(error)]
    key = _PREFIX + "".join(names).upper()
    return Fault(file="environment", key=key, message="is not the JSON that this setting needs")
