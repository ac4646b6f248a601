"""No commit and no outside call is made where tests could not end the process before and after it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = ("connectors/jira/sandbox/", "connectors/embedded.py", "daemon/demo.py")
"""What plays the outside itself."""
DATABASE = "daemon/store/database.py"
NETWORK = {"http", "imapclient", "jira", "requests", "smtplib", "socket", "urllib3"}
READS_ANSWERS = {"imapclient.response_parser"}
"""Modules of these libraries that open no connection."""
TRANSACTIONS = {"connection", "engine", "session"}
CHANGES_NO_ROW = {
    "daemon/store/sole.py",  # holds an advisory lock
    "daemon/wire.py",  # rings bells
}
CHANGES_NOTHING_OUTSIDE = {
    "connectors/checkup.py",  # `check --connect` signs in and looks
    "connectors/health_door.py",  # asks our own daemon
    "connectors/imap_checkup.py",
    "daemon/door.py",  # is asked, and asks nobody
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ("daemon", "connectors"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(STAND_INS):
                yield name, ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dotted(expression: ast.expr) -> list[str]:
    """The names of `a.b.c`, from the left; a call in between counts as its own name."""
    match expression:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            return [*dotted(value), name]
        case ast.Call(func=function):
            return dotted(function)
        case _:
            return []


def commits(tree: ast.Module) -> bool:
    names = [dotted(call.func) for call in calls(tree)]
    begins = any(
        name[-1] == "begin" and TRANSACTIONS & {part.strip("_") for part in name} for name in names if name
    )
    return begins or any(name[-1] == "commit" for name in names if name)


def commits_by_itself(tree: ast.Module) -> bool:
    given = ((one.arg, one.value) for call in calls(tree) for one in call.keywords)
    return any(
        isinstance(value, ast.Constant)
        and (name, value.value) in {("autocommit", True), ("isolation_level", "AUTOCOMMIT")}
        for name, value in given
    )


def network_names(tree: ast.Module) -> set[str]:
    """The names under which the module has the libraries that open connections, or what is in them."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names |= {one.asname or one.name for one in aliases if is_network(one.name)}
            case ast.ImportFrom(module=str(module), names=aliases) if is_network(module):
                names |= {one.asname or one.name for one in aliases}
    return names


def is_network(module: str) -> bool:
    return module.partition(".")[0] in NETWORK and module not in READS_ANSWERS


def calls_outside(tree: ast.Module) -> bool:
    names = network_names(tree)
    return any(dotted(call.func)[:1] and dotted(call.func)[0] in names for call in calls(tree))


def has_fault_points(tree: ast.Module) -> bool:
    return any(dotted(call.func) == ["fault_point"] for call in calls(tree))


def test_only_the_database_module_commits() -> None:
    assert {name for name, tree in modules() if commits(tree)} == {DATABASE}


def test_connections_that_commit_by_themselves_change_no_row() -> None:
    assert {name for name, tree in modules() if commits_by_itself(tree)} == CHANGES_NO_ROW


def test_outside_calls_are_made_only_beside_fault_points() -> None:
    outside = {name: tree for name, tree in modules() if calls_outside(tree)}
    assert {"connectors/imap.py", "connectors/jira/session.py", "connectors/smtp.py"} <= outside.keys()
    assert {name for name, tree in outside.items() if not has_fault_points(tree)} <= CHANGES_NOTHING_OUTSIDE


def test_the_database_module_has_fault_points() -> None:
    assert has_fault_points(ast.parse((ROOT / DATABASE).read_text()))
