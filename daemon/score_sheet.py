"""The result of an evaluation, and how it is printed: tables on a terminal, plain columns in a pipe."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from daemon.measures import Pair, Score, confusion, differing, scores
from daemon.scoring import Verdict
from parsers.facts import RelationType, Urgency

CONFUSED = ("urgency", "relation")
ORDER = [*reversed(Urgency), *RelationType]
NAMED = ("false_merges", "missed_critical", "hard_negatives_merged", "false_deadlines")


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """How often one value was read as another."""

    wanted: str
    found: str
    mails: int


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is printed."""

    mails: int
    failed: tuple[str, ...]  # the mails whose replay ended in an error
    scores: tuple[Score, ...]
    confusion: Mapping[str, tuple[Confusion, ...]]  # by field
    faults: Mapping[str, tuple[Verdict, ...]]  # by measure, the mails to be looked at one by one


_EVALUATIONS: TypeAdapter[Evaluation] = TypeAdapter(Evaluation)
_VERDICTS: TypeAdapter[list[Verdict]] = TypeAdapter(list[Verdict])


def evaluation_of(pairs: Sequence[Pair]) -> Evaluation:
    """Everything that is to be said about them."""
    return Evaluation(
        mails=len(pairs),
        failed=tuple(pair.label.file for pair in pairs if pair.outcome.error is not None),
        scores=tuple(scores(pairs)),
        confusion={name: tuple(_confusion(name, pairs)) for name in CONFUSED},
        faults={name: tuple(differing(name, pairs)) for name in NAMED},
    )


def print_evaluation(console: Console, evaluation: Evaluation, *, as_json: bool) -> None:
    """Every score, then what was read as what, then the mails that should be looked at one by one."""
    if as_json:
        _print_plain(console, _EVALUATIONS.dump_json(evaluation, indent=2).decode())
    else:
        _show(console, evaluation)


def print_verdicts(console: Console, verdicts: Sequence[Verdict], *, as_json: bool) -> None:
    """A line for each mail: what was wanted and what was found."""
    if as_json:
        _print_plain(console, _VERDICTS.dump_json(list(verdicts), indent=2).decode())
    else:
        _show_verdicts(console, verdicts)


def _show(console: Console, evaluation: Evaluation) -> None:
    table = _table(console, f"{evaluation.mails} mails", "measure", "score", "mails")
    for score in evaluation.scores:
        table.add_row(score.name, _value(score), str(score.mails))
    console.print(table)
    for name, confused in evaluation.confusion.items():
        console.print(_matrix(console, name, confused))
    for name, verdicts in evaluation.faults.items():
        if verdicts:
            console.print(f"\n{name.replace('_', ' ')}:")
            _show_verdicts(console, verdicts)
    if evaluation.failed:
        _print_plain(console, f"\nfailed: {', '.join(evaluation.failed)}")


def _show_verdicts(console: Console, verdicts: Iterable[Verdict]) -> None:
    for one in verdicts:
        _print_plain(console, f"{one.file}: wanted {_text(one.wanted)}, found {_text(one.found)}")


def _print_plain(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _table(console: Console, title: str, *columns: str) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    if not console.is_terminal:
        table.box = None
    return table


def _matrix(console: Console, name: str, confused: Sequence[Confusion]) -> Table:
    """Wanted values down, found values across."""
    counts = {(one.wanted, one.found): one.mails for one in confused}
    wanted = sorted({one.wanted for one in confused}, key=_place)
    found = sorted({one.found for one in confused}, key=_place)
    table = _table(console, f"\n{name}", r"wanted \ found", *found)
    for value in wanted:
        table.add_row(value, *(str(counts.get((value, other), "·")) for other in found))
    return table


def _place(value: str) -> int:
    return ORDER.index(value) if value in ORDER else len(ORDER)


def _value(score: Score) -> str:
    if score.value is None:
        return "-"
    return f"{score.value:g}" if score.counts_faults else f"{score.value:.3f}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _confusion(name: str, pairs: Sequence[Pair]) -> Iterator[Confusion]:
    for (wanted, found), mails in sorted(confusion(name, pairs).items()):
        yield Confusion(wanted=wanted, found=found, mails=mails)
