"""Names in rules that other files define, and the forms of those that nobody does."""

import re
from dataclasses import dataclass
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, ValidationInfo

from config.fault_words import did_you_mean
from config.yaml_file import Problem, found, text_like
from parsers.facts import ReferenceKind
from rules.condition import Text


@dataclass(frozen=True, kw_only=True)
class KnownNames:
    """The context in which rules are read; names of a group that is None are not checked."""

    mailboxes: frozenset[str] | None = None
    organisations: frozenset[str] | None = None
    regimes: frozenset[str] | None = None
    rotas: frozenset[str] | None = None
    templates: frozenset[str] | None = None  # of acknowledgements
    flags: frozenset[str] | None = None  # that reading a mail can raise


def _among(known: frozenset[str] | None, name: str, what: str) -> str:
    if known is not None and name not in known:
        raise found([Problem((), f'"{name}" is no {what}', did_you_mean(name, known))])
    return name


def _context(info: ValidationInfo) -> KnownNames:
    return info.context if isinstance(info.context, KnownNames) else KnownNames()


def _known_mailbox(name: str, info: ValidationInfo) -> str:
    return _among(_context(info).mailboxes, name, "mailbox of mailwarden.yaml")


def _known_organisation(name: str, info: ValidationInfo) -> str:
    return _among(_context(info).organisations, name, "organisation of organisations.yaml")


def _known_regime(name: str, info: ValidationInfo) -> str:
    return _among(_context(info).regimes, name, "regime of clocks.yaml")


def _known_rota(name: str, info: ValidationInfo) -> str:
    return _among(_context(info).rotas, name, "rota of rotas.yaml")


def _known_flag(name: str, info: ValidationInfo) -> str:
    return _among(_context(info).flags, name, "flag of a mail")


def known_template(name: str, info: ValidationInfo) -> str:
    """The name of an acknowledgement, as it is; a `Problem` where none has this name."""
    return _among(_context(info).templates, name, "acknowledgement")


def language_named(text: str) -> str | None:
    """The code of a language that is written by its English name, or with its script or country."""
    names = {name.lower(): code for code, name in Locale("en").languages.items() if len(code) == 2}  # noqa: PLR2004
    return names.get(text.lower()) or re.split("[-_]", text.lower())[0]


MailboxName = Annotated[Text, AfterValidator(_known_mailbox)]
RegimeName = Annotated[Text, AfterValidator(_known_regime)]
FlagName = Annotated[Text, AfterValidator(_known_flag)]
KnownRota = Annotated[Text, AfterValidator(_known_rota)]
OrganisationName = Annotated[Text, AfterValidator(_known_organisation)]
LanguageCode = Annotated[
    str, text_like(r"[a-z]{2}", "a language code of two lower-case letters, such as tr", language_named)
]
ReferenceText = Annotated[
    str, text_like(rf"({'|'.join(ReferenceKind)}):\S+", "a reference such as video:7431902286571148306")
]
"""A reference as `str(Reference)` writes it."""
RuleName = Annotated[str, text_like(r"\S(.{0,98}\S)?", "a name of at most 100 characters")]
DefinedName = Annotated[
    str,
    text_like(r"[a-z0-9][a-z0-9_-]{0,63}", "a name of lower-case letters, digits, hyphens and underscores"),
]
"""Of a list or a condition."""
