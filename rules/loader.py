"""Reads the rules."""

from dataclasses import dataclass
from pathlib import Path

from config.faults import Attempt, ConfigurationError
from config.yaml_file import Document
from rules.expansion import expanded
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


def read_rules_file(path: Path, known: KnownNames | None = None) -> RulesFile:
    """Read `routing.yaml` with what only its author needs to know; raises as `load_rules` does."""
    content = Document.content(path)
    document = Document.of(path.name, content)
    whole = expanded(document.tree.values)
    unknown = [document.fault(at, message, hint) for at, message, hint in whole.problems]
    rules = Attempt.at(lambda: document.checked(whole.values, Rules, known))
    # What could not be put in is missing where it is used; one fault there is enough.
    told = {(fault.line, fault.column) for fault in unknown}
    faults = [*unknown, *(fault for fault in rules.faults if (fault.line, fault.column) not in told)]
    if faults:
        raise ConfigurationError(faults)
    return RulesFile(
        rules=rules.result(),
        text=content.decode("utf-8-sig"),
        document=document,
        unused_lists=whole.unused_lists,
        unused_conditions=whole.unused_conditions,
    )
