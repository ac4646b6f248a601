"""Reads the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.faults import Attempt, ConfigurationError, Fault
from config.organisations import Directory
from config.yaml_file import Document
from rules.expansion import USED_AS, expanded
from rules.names import KnownNames
from rules.schema import Rules


@dataclass(frozen=True, kw_only=True)
class RulesFile:
    """A rules file without faults, and what is defined in it and used nowhere, which may be a slip."""

    rules: Rules
    text: str
    document: Document
    unused_lists: frozenset[str]
    unused_conditions: frozenset[str]
    directory: Directory | None = None  # says who senders may be; without it any sender may be anybody


def load_rules(path: Path, known: KnownNames | None = None) -> Rules:
    """Read `routing.yaml`; mailboxes and organisations are checked against the known ones.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    return read_rules_file(path, known).rules


def parse_rules(text: str) -> Rules:
    """The rules of a text that was checked when it was taken into use.

    Raises:
        ConfigurationError: it was written for another version of the program.
    """
    document = Document.of("routing.yaml", text.encode())
    return document.checked(expanded(document.tree.values).values, Rules)


def _not_told_already(faults: Sequence[Fault], told: Sequence[Fault]) -> Iterator[Fault]:
    """Without the faults of a condition where it is used, and those of what could not be put in."""
    places = {(fault.line, fault.column) for fault in told}
    defined_badly = any(fault.key.startswith("conditions.") for fault in faults)
    for fault in faults:
        is_use = fault.key.endswith(f".{USED_AS}") and defined_badly
        if not is_use and (fault.line, fault.column) not in places:
            yield fault


def read_rules_file(path: Path, known: KnownNames | None = None) -> RulesFile:
    """Read `routing.yaml` with what only its author needs to know; raises as `load_rules` does."""
    content = Document.content(path)
    document = Document.of(path.name, content)
    whole = expanded(document.tree.values)
    unknown = [document.fault(at, message, hint) for at, message, hint in whole.problems]
    rules = Attempt.at(lambda: document.checked(whole.values, Rules, known))
    faults = [*unknown, *_not_told_already(rules.faults, unknown)]
    if faults:
        raise ConfigurationError(faults)
    return RulesFile(
        rules=rules.result(),
        text=content.decode("utf-8-sig"),
        document=document,
        unused_lists=whole.unused_lists,
        unused_conditions=whole.unused_conditions,
    )
