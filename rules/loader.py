"""Reads the rules."""

from pathlib import Path

from config.yaml_file import read_yaml
from rules.names import KnownNames
from rules.schema import Rules


def load_rules(path: Path, known: KnownNames | None = None) -> Rules:
    """Read `routing.yaml`; mailboxes and organisations are checked against the known ones.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    return read_yaml(path, Rules, context=known)
