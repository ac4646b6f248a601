"""What people who edit the rules see in a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from daemon.backtest import EXAMPLES, Backtest, Change, Difference
from daemon.rule_sets import Version
from daemon.terminal import Listing, inert, instant, show_listing
from rules.coverage import Coverage
from rules.explain import Answer, Explanation, extras_told
from rules.lint import Weight
from rules.routing import Route
from rules.tests_in_file import FailedTest

STYLES = {Weight.WARNING: "yellow", Weight.NOTE: "dim"}
YES, NO = "yes", "no"


def show_remarks(console: Console, remarks: Iterable[tuple[Weight, str]]) -> None:
    """Each remark in a line, as compilers write them."""
    remarks = list(remarks)
    for weight, text in remarks:
        console.print(f"[{STYLES[weight]}]{weight}[/] {inert(text)}", soft_wrap=True)
    if not remarks:
        console.print("Nothing to remark.")


def show_tests(
    console: Console, names: Sequence[str], failed: Sequence[FailedTest], covered: Coverage
) -> None:
    """Every test with its result, then how much they exercise."""
    wrong = {test.name: test for test in failed}
    rows = [_tested(name, wrong.get(name)) for name in names]
    show_listing(console, Listing(title="Tests", columns=("test", "passed", "what differs"), rows=rows))
    console.print(
        f"{len(names) - len(failed)} of {len(names)} tests passed. They reach {covered.routes_reached} of "
        f"{covered.routes} routes and exercise {covered.conditions_exercised} of {covered.conditions} "
        f"conditions: {covered.share:.0%}.",
        soft_wrap=True,
    )
    if covered.missed:
        missed = ", ".join(f'"{name}"' for name in covered.missed)
        console.print(
            f"With conditions that never hold, or always do, in them: {inert(missed)}.", soft_wrap=True
        )


def show_explanation(console: Console, explanation: Explanation) -> None:
    """Every rule with its answer, then what was decided."""
    winner = explanation.route.name
    _show_answers(console, "Routes", explanation.routes, winner)
    _show_answers(console, "Additions", explanation.additions)
    show_listing(
        console, Listing(title="Decision", columns=("what", "value"), rows=list(_decided(explanation)))
    )


def show_history(console: Console, versions: Sequence[Version]) -> None:
    """Each activation, the newest first."""
    rows = [
        (
            each.hash[:12],
            instant(each.at),
            f"{each.by}, because the file changed" if each.from_file else each.by,
            f"+{each.added} -{each.removed}",
            "governs" if each.governs else "",
        )
        for each in versions
    ]
    columns = ("rule set", "activated", "by", "lines", "")
    show_listing(console, Listing(title="Rule sets", columns=columns, rows=rows))
    if not versions:
        console.print("No rules were ever taken into use; the first start of the daemon does that.")


def show_backtest(console: Console, found: Backtest) -> None:
    """The counts, examples of each kind of change, and last what must not happen."""
    counts = [(str(change), str(count)) for change, count in found.counts.items()]
    title = f"{len(found.differences)} of {found.reports} reports would be decided otherwise"
    show_listing(console, Listing(title=title, columns=("change", "reports"), rows=counts))
    examples = [each for change in found.counts for each in _examples(found, change)]
    _show_differences(console, "Examples", list(dict.fromkeys(examples)))
    if found.not_kept:
        console.print(f"{found.not_kept} older reports can't be asked about: their facts were not kept.")
    if found.alarming:
        _show_differences(console, "CRITICAL reports that would be worse off", found.alarming)


def _examples(found: Backtest, change: Change) -> Sequence[Difference]:
    return [each for each in found.differences if change in each.changes][:EXAMPLES]


def _show_differences(console: Console, title: str, differences: Sequence[Difference]) -> None:
    if not differences:
        return
    rows = [
        (str(each.message_id), str(each.urgency), "; ".join(each.changes), each.before, each.after)
        for each in differences
    ]
    columns = ("message", "urgency", "change", "before", "after")
    show_listing(console, Listing(title=title, columns=columns, rows=rows))


def _tested(name: str, failed: FailedTest | None) -> tuple[str, str, str]:
    return (name, NO, "; ".join(failed.differences)) if failed else (name, YES, "")


def _show_answers(console: Console, title: str, answers: Sequence[Answer], winner: str | None = None) -> None:
    columns = (title.removesuffix("s").lower(), "fits", "why", "sets")
    rows = [_answered(answer, winner) for answer in answers]
    styles = [_style(answer, winner) for answer in answers]
    show_listing(console, Listing(title=title, columns=columns, rows=rows, styles=styles))


def _answered(answer: Answer, winner: str | None = None) -> tuple[str, str, str, str]:
    decides = "yes, and decides" if answer.name == winner else YES
    return answer.name, decides if answer.matched else NO, answer.why, "; ".join(answer.sets)


def _style(answer: Answer, winner: str | None) -> str:
    if answer.name == winner:
        return "bold green"
    return "green" if answer.matched else "dim"


def _decided(explanation: Explanation) -> Iterable[tuple[str, str]]:
    route = explanation.route
    yield "route", route.name
    yield from _destination(route)
    yield "because", "; ".join(route.reasons)
    missed = next((each for each in explanation.routes if each.name == explanation.nearest_miss), None)
    if missed:
        yield "nearest miss", f"{missed.name}: {missed.why}"


def _destination(route: Route) -> Iterable[tuple[str, str]]:
    if route.set_aside:
        yield "set aside", route.set_aside
        return
    if route.hold:
        yield "held", route.hold
    yield "ticket", f"{route.project}, {route.issue_type}, priority {route.priority}"
    for what, values in (("labels", route.labels), ("components", route.components)):
        if values:
            yield what, ", ".join(values)
    if route.assignee:
        yield "assignee", route.assignee
    yield from extras_told(route)
