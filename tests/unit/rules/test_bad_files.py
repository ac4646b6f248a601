"""Each bad file holds one mistake; the text beside it is what its author will read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.organisations import Directory
from config.regimes import load_regimes
from config.settings import load_settings
from config.yaml_file import read_yaml
from rules.flags import FLAGS
from rules.loader import load_rules
from rules.names import KnownNames
from rules.rota import Rotas

BAD = Path(__file__).parents[2] / "rules" / "bad"
KNOWN = KnownNames(
    mailboxes=frozenset({"regulators", "le"}),
    organisations=frozenset({"sydk", "bkd"}),
    regimes=frozenset({"eu-tco-remove"}),
    rotas=frozenset({"turkish-desk"}),
    templates=frozenset({"receipt"}),
    flags=FLAGS,
)
LOADERS: dict[str, Callable[[Path], object]] = {
    "routing": lambda path: load_rules(path, KNOWN),
    "settings": load_settings,
    "organisations": lambda path: read_yaml(path, Directory),
    "clocks": load_regimes,
    "rotas": lambda path: read_yaml(path, Rotas),
}


@pytest.mark.parametrize(
    "path", sorted(BAD.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_author_of_a_bad_file_reads_the_expected_text(path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        LOADERS[path.parent.name](path)
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")
