"""How well mails are judged: the sets of tests/judgement, scored with the shipped configuration.

    python benchmarks/judgement.py [NAME ...] [--set first|second] [--json] [--differences]
                                   [--leave-one-language-out]

A name is language, bilingual, urgency, harm, deadlines or relations; without one, all are scored. Without
--set, both sets are.
"""

import json
import logging
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from daemon import logs
from parsers.facts import Urgency
from parsers.urgency import NOT_JUDGED
from tests.judgement.scoring import SCORES, Score, Verdict, urgencies_without
from tests.judgement.sets import JudgementSet

ALL_RIGHT = "all others"

console = Console(width=130)


def summary(scores: list[Score]) -> Table:
    table = Table("set", "score", "rows", "right", "accuracy", title="Judgement")
    for score in scores:
        right = len(score.verdicts) - len(score.differences())
        table.add_row(score.of, score.name, str(len(score.verdicts)), str(right), f"{score.accuracy:.1%}")
    return table


def by_language(score: Score) -> Table:
    """The languages with the smallest share first; those without a difference in one line."""
    table = Table("language", "right", "of", "expected > found", title=f"{titled(score)} by language")
    mistakes = score.confusions_by_language()
    counts = sorted(score.by_language().items(), key=lambda item: item[1][0] / item[1][1])
    flawed = [(language, right, asked) for language, (right, asked) in counts if right < asked]
    for language, right, asked in flawed:
        table.add_row(language, str(right), str(asked), escape(in_words(mistakes[language])))
    clean = sum(asked for _, (right, asked) in counts if right == asked)
    table.add_row(ALL_RIGHT, str(clean), str(clean), "")
    return table


def titled(score: Score) -> str:
    return f"{score.of} set, {score.name}"


def in_words(mistakes: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{expected} > {found}: {times}" for (expected, found), times in mistakes.most_common())


def confusions(score: Score) -> Table:
    """A row for each expected answer, a column for each one found."""
    counts = score.confusions()
    found = sorted({answer for _, answer in counts})
    table = Table("expected \\ found", *map(escape, found), title=f"{titled(score)}: confusions")
    for expected in sorted({answer for answer, _ in counts}):
        table.add_row(escape(expected), *(str(counts[expected, answer] or "") for answer in found))
    return table


def misses(score: Score) -> Table:
    """For sets with many answers: only what was taken for what else."""
    table = Table("expected", "found", "times", title=f"{titled(score)}: confusions")
    for (expected, found), times in score.confusions().most_common():
        if expected != found:
            table.add_row(escape(expected), escape(found), str(times))
    return table


def as_values(score: Score) -> dict[str, Any]:
    return {
        "rows": len(score.verdicts),
        "accuracy": round(score.accuracy, 4),
        "by_language": {language: {"right": r, "of": n} for language, (r, n) in score.by_language().items()},
        "confusions": counted(score.confusions()),
        "confusions_by_language": {
            language: counted(mistakes) for language, mistakes in score.confusions_by_language().items()
        },
    }


def counted(answers: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"expected": expected, "found": found, "times": times}
        for (expected, found), times in answers.most_common()
    ]


def by_set(scores: list[Score]) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for score in scores:
        values.setdefault(score.of, {})[score.name] = as_values(score)
    return values


def line_of(verdict: Verdict) -> str:
    about = " ".join(verdict.about.split())
    return f"{verdict.language or '-'}: expected {verdict.expected}, found {verdict.found}: {about}"


def report(scores: list[Score]) -> None:
    few_answers = 8
    for score in scores:
        answers = {answer for pair in score.confusions() for answer in pair}
        console.print(confusions(score) if len(answers) <= few_answers else misses(score))
        console.print(by_language(score))
    console.print(summary(scores))


def unjudged(of: JudgementSet) -> Table:
    """What becomes of each language's critical mails when its word list judges nothing."""
    table = Table("language", "critical mails", "high or critical", "else flagged", "unseen")
    for language, reports in urgencies_without(of, Urgency.CRITICAL):
        raised = sum(report.urgency.level.rank >= Urgency.HIGH.rank for report in reports)
        flagged = sum(
            NOT_JUDGED in report.flags for report in reports if report.urgency.level.rank < Urgency.HIGH.rank
        )
        unseen = len(reports) - raised - flagged
        table.add_row(language, *map(str, (len(reports), raised, flagged, unseen)))
    table.title = "Critical mails without their language's words"
    return table


def main(
    names: Annotated[list[str] | None, typer.Argument(help="The scores that are wanted.")] = None,
    *,
    only: Annotated[JudgementSet | None, typer.Option("--set", help="The set that is wanted.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    differences: Annotated[bool, typer.Option(help="List what is judged differently.")] = False,
    leave_one_language_out: Annotated[
        bool, typer.Option(help="Also show what becomes of each language's mail without its word list.")
    ] = False,
) -> None:
    """Score the judgement sets."""
    unknown = set(names or ()) - SCORES.keys()
    if unknown:
        raise typer.BadParameter(f"no such score: {', '.join(sorted(unknown))}")
    logs.configure(quiet=True)
    logging.disable()
    scores = [SCORES[name](of) for of in ([only] if only else JudgementSet) for name in names or SCORES]
    if as_json:
        typer.echo(json.dumps(by_set(scores), ensure_ascii=False))
    elif differences:
        for score in scores:
            for verdict in score.differences():
                typer.echo(line_of(verdict))
    else:
        report(scores)
    if leave_one_language_out:
        console.print(unjudged(only or JudgementSet.FIRST))


if __name__ == "__main__":
    typer.run(main)
