"""What a stranger wrote has no effect on a terminal, and a pipe gets a line a row."""

from io import StringIO

from rich.console import Console

from daemon.terminal import Listing, show_listing

HOSTILE = "one\x1b]0;owned\x07 [red]two[/red]\nthree\tfour\u202e"
LISTING = Listing(title="Held", columns=("number", "reason"), rows=[("7", HOSTILE)])


def shown(*, terminal: bool) -> str:
    out = StringIO()
    show_listing(Console(file=out, force_terminal=terminal, color_system=None, width=60), LISTING)
    return out.getvalue()


def test_a_pipe_gets_a_line_a_row_with_cells_apart_by_tabs() -> None:
    assert shown(terminal=False).splitlines() == [
        "Held",
        "number\treason",
        "7\tone]0;owned [red]two[/red]; three four",
        "",
    ]


def test_a_terminal_gets_a_table_without_control_characters_or_markup_of_the_stranger() -> None:
    table = shown(terminal=True)
    assert "one]0;owned [red]two[/red]" in table
    assert not {"\x07", "\u202e"} & set(table)
    assert "\x1b]" not in table


def test_a_terminal_that_is_too_narrow_folds_a_hash_and_loses_none_of_it() -> None:
    out = StringIO()
    listing = Listing(title="Evidence", columns=("SHA-256",), rows=[("f" * 64,)])
    show_listing(Console(file=out, force_terminal=True, width=30), listing)
    assert out.getvalue().count("f") == 64
