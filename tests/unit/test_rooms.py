"""Who may import whom: the walls between the rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "config": {"config"},
    "parsers": {"config", "parsers"},
    "rules": {"config", "parsers", "rules"},
    "connectors": {"config", "parsers", "rules", "connectors"},
    "daemon": {"config", "parsers", "rules", "connectors", "daemon"},
}
IMPURE = {"asyncio", "os", "random", "requests", "shutil", "socket", "subprocess", "threading", "time"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in modules(room)
        for name in imported(module)
        if name in MAY_IMPORT and name not in MAY_IMPORT[room]
    }
    assert wrong == set()


@pytest.mark.parametrize("room", ["parsers", "rules"])
def test_the_core_touches_nothing_outside(room: str) -> None:
    wrong = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in modules(room)
        for name in imported(module)
        if name in IMPURE
    }
    assert wrong == set()


@pytest.mark.parametrize("room", ["parsers", "rules"])
def test_the_core_never_looks_at_the_clock(room: str) -> None:
    looks = {".now(", "utcnow(", ".today("}
    wrong = {str(module) for module in modules(room) if any(look in module.read_text() for look in looks)}
    assert wrong == set()
