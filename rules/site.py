"""Everything that one site has configured, read and checked as a whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from config.acknowledgements import Acknowledgements, load_acknowledgements
from config.faults import Attempt, ConfigurationError
from config.lexicon import Lexicon, load_lexicons
from config.organisations import Directory
from config.references import ReferencePatterns, load_reference_patterns
from config.regimes import Regimes, load_regimes
from config.settings import Settings, load_settings
from config.yaml_file import Document, read_yaml
from parsers.knowledge import Knowledge
from rules.flags import FLAGS
from rules.loader import RulesFile, read_rules_file
from rules.names import KnownNames
from rules.rota import Rotas
from rules.schema import Rules

T = TypeVar("T")

SHIPPED = Path(__file__).resolve().parent.parent / "config"
"""Where the files stand that a site may leave out."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site's configuration. What is here has no fault."""

    settings: Settings
    directory: Directory
    regimes: Regimes
    rules: Rules
    rules_text: str  # the file that they were read from
    lexicons: Mapping[str, Lexicon]  # by language code, ISO 639-1
    reference_patterns: ReferencePatterns
    rotas: Rotas
    acknowledgements: Acknowledgements

    @cached_property
    def knowledge(self) -> Knowledge:
        """What reading a mail needs of all this; made once, because much of it is compiled."""
        return Knowledge(
            directory=self.directory,
            lexicons=self.lexicons,
            reference_patterns=self.reference_patterns,
            receiving_host=self.settings.receiving_host,
            own_domains=self.settings.own_domains,
            trusted_forwarders=self.settings.trusted_forwarders,
            regimes=tuple(regime for regime in self.regimes.regimes if regime.required_elements),
        )


def load(
    folder: Path, *, shipped: Path = SHIPPED, with_secrets: bool = True, with_lexicons: bool = True
) -> Site:
    """Read a site's folder.

    `mailwarden.yaml`, `organisations.yaml` and `routing.yaml` must stand in it; `clocks.yaml`,
    `references.yaml`, `rotas.yaml` and the folders `lexicon` and `acknowledgements` are taken from the
    shipped ones where it has none.
    Without secrets, it is not checked whether they can be had. Without lexicons, which take most of the
    time, no mail can be read.

    Raises:
        ConfigurationError: with every fault of every file.
    """
    settings = Attempt.at(lambda: load_settings(folder / "mailwarden.yaml", with_secrets=with_secrets))
    directory = Attempt.at(lambda: read_yaml(folder / "organisations.yaml", Directory))
    texts = _own_or_shipped("acknowledgements", load_acknowledgements, folder, shipped)
    regimes = _own_or_shipped("clocks.yaml", load_regimes, folder, shipped)
    rotas = _own_or_shipped("rotas.yaml", _read_rotas, folder, shipped)
    known = _known_names(settings, directory, texts, regimes, rotas)
    rules = Attempt.at(lambda: read_rules_file(folder / "routing.yaml", known))
    words = load_lexicons if with_lexicons else _no_lexicons
    lexicons = _own_or_shipped("lexicon", words, folder, shipped)
    patterns = _own_or_shipped("references.yaml", load_reference_patterns, folder, shipped)
    attempts = (settings, directory, rules, regimes, lexicons, patterns, rotas, texts)
    faults = [fault for attempt in attempts for fault in attempt.faults]
    if faults:
        raise ConfigurationError(faults)
    return Site(
        settings=settings.result(),
        directory=directory.result(),
        regimes=regimes.result(),
        rules=rules.result().rules,
        rules_text=rules.result().text,
        lexicons=lexicons.result(),
        reference_patterns=patterns.result(),
        rotas=rotas.result(),
        acknowledgements=texts.result(),
    )


@dataclass(frozen=True, kw_only=True)
class RotasFile:
    """A rotas file without faults."""

    rotas: Rotas
    document: Document


def rotas_file(folder: Path, *, shipped: Path = SHIPPED) -> RotasFile:
    """Read `rotas.yaml` with its places; raises as `load_rotas` does."""
    document = _own_or_shipped("rotas.yaml", Document.read, folder, shipped).result()
    return RotasFile(rotas=document.checked(document.tree.values, Rotas), document=document)


def load_rotas(folder: Path, *, shipped: Path = SHIPPED) -> Rotas:
    """Read `rotas.yaml` alone.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    return _own_or_shipped("rotas.yaml", _read_rotas, folder, shipped).result()


def rules_file(folder: Path, file: Path | None = None, *, shipped: Path = SHIPPED) -> RulesFile:
    """Read `routing.yaml` alone, or another file of its kind; names are checked against the site's files.

    Raises:
        ConfigurationError: with every fault of the file, and of those that it is checked against.
    """
    settings = Attempt.at(lambda: load_settings(folder / "mailwarden.yaml", with_secrets=False))
    directory = Attempt.at(lambda: read_yaml(folder / "organisations.yaml", Directory))
    texts = _own_or_shipped("acknowledgements", load_acknowledgements, folder, shipped)
    regimes = _own_or_shipped("clocks.yaml", load_regimes, folder, shipped)
    rotas = _own_or_shipped("rotas.yaml", _read_rotas, folder, shipped)
    known = _known_names(settings, directory, texts, regimes, rotas)
    rules = Attempt.at(lambda: read_rules_file(file or folder / "routing.yaml", known))
    attempts = (settings, directory, texts, regimes, rotas, rules)
    faults = [fault for attempt in attempts for fault in attempt.faults]
    if faults:
        raise ConfigurationError(faults)
    return replace(rules.result(), directory=directory.result())


def _no_lexicons(_path: Path) -> Mapping[str, Lexicon]:
    return {}


def _read_rotas(path: Path) -> Rotas:
    return read_yaml(path, Rotas)


def _known_names(
    settings: Attempt[Settings],
    directory: Attempt[Directory],
    texts: Attempt[Acknowledgements],
    regimes: Attempt[Regimes],
    rotas: Attempt[Rotas],
) -> KnownNames:
    mailboxes, organisations = settings.value, directory.value
    return KnownNames(
        mailboxes=frozenset(mailbox.name for mailbox in mailboxes.mailboxes) if mailboxes else None,
        organisations=organisations.ids if organisations else None,
        templates=texts.value.names if texts.value else None,
        regimes=frozenset(regime.id for regime in regimes.value.regimes) if regimes.value else None,
        rotas=frozenset(rotas.value.rotas) if rotas.value else None,
        flags=FLAGS,
    )


def _own_or_shipped(name: str, load_it: Callable[[Path], T], folder: Path, shipped: Path) -> Attempt[T]:
    own = folder / name
    return Attempt.at(lambda: load_it(own if own.exists() else shipped / name))
