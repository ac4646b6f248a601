"""Fits the weights by which mails are judged (parsers/weights.json) to the passages of benchmarks/told.

    python benchmarks/weights.py [--folds 5] [--write]

Needs scikit-learn, which nothing else does: `pip install scikit-learn` into the environment of the project.
A line of a passage file is `harm|level|subject|text`; the sign ⏎ stands for the end of a line. With --folds,
it is shown how well passages are judged that were not fitted to; with --write, the weights of all are stored.

Topics of one field are fitted with a share that is common to them, since a harm is first of all what its own
topics speak of; only what the passages say otherwise makes them differ.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.topics import Topic
from parsers.facts import Harm, Urgency
from parsers.features import IN_SUBJECT, WORDS_OF, features
from parsers.harms import words_of_harms
from parsers.signals import Findings, Signals
from parsers.weights import ALWAYS, FILE
from rules.site import SHIPPED, load

TOLD = Path(__file__).with_name("told")
TABLES = ROOT / "tests" / "unit" / "parsers"
UNTOLD = "any"
SITUATIONS = {"critical": "critical", "serious": "high", "over": "normal", "ordinary": "normal", "low": "low"}
HARMS = frozenset(harm.value for harm in Harm)
LEVELS = frozenset(level.value for level in Urgency)
LINE_END = "⏎"
YEAR = 2026
DIGITS = 2
FIELD = "field "
# How much the field's share, and the words of harms, may weigh before it counts as far-fetched.
FIELD_VALUE = 1.0
WORDS_VALUE = 2 / 3
FIELDS_BEGIN = {
    Topic.TERROR_WORD: "terrorism",
    Topic.CSAM: "child_safety",
    Topic.SUICIDE: "self_harm",
    Topic.ATTACK_THREAT: "violence",
    Topic.INCITEMENT: "hate",
    Topic.BULLYING: "harassment",
    Topic.INTIMATE: "privacy",
    Topic.SCAM: "fraud",
    Topic.NARCOTICS: "illegal_goods",
    Topic.VOTING: "election",
    Topic.CHALLENGE: "dangerous_challenge",
    Topic.COPYRIGHT: "ip",
    Topic.OVERSIGHT: "other",
    Topic.GRATITUDE: "none",
    Topic.FAREWELL_ACTS: "peril",
    Topic.NOW: "moment",
    Topic.SAFE: "calm",
    Topic.SPREADS: "lasting",
}
console = Console()
aside = Console(stderr=True)
Values = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What somebody wrote, and what it is."""

    language: str
    harm: str | None  # None where its author does not say
    level: str | None
    values: Values


def passages() -> Iterator[Passage]:
    """All of them, with what they say."""
    knowledge = load(SHIPPED, with_secrets=False).knowledge
    for language, harm, level, subject, text in (*told(), *tested()):
        yield Passage(
            language=language,
            harm=harm if harm in HARMS else None,
            level=level if level in LEVELS else None,
            values=said(subject, text, knowledge.signals(language)),
        )


Row = tuple[str, str, str, str, str]
"""Language, harm, level, subject and text."""


def told() -> Iterator[Row]:
    """What was written for this."""
    for file in sorted(TOLD.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            harm, level, subject, text = line.split("|")
            yield file.stem, harm, level, subject, text.replace(LINE_END, "\n")


def tested() -> Iterator[Row]:
    """The short mails of the tests, as far as one harm or one level is right for them."""
    for language, rows in read(TABLES / "told.yaml").items():
        yield from ((language, harm, level, "", text) for level, harm, text in rows)
    for language, texts in read(TABLES / "harmless.yaml").items():
        yield from ((language, UNTOLD, "normal", "", text) for text in texts)
    for file in sorted((TABLES / "sayings").glob("*.yaml")):
        for situation, texts in read(file).items():
            yield from ((file.stem, UNTOLD, SITUATIONS[situation], "", text) for text in texts)
    for file in sorted((TABLES / "whole_mails").glob("*.yaml")):
        for label, texts in read(file).items():
            level, _, harm = label.partition(" ")
            yield from ((file.stem, harm, level, "", text) for text in texts if level != "limit")


def read(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return values


def said(subject: str, text: str, spoken: Sequence[Signals]) -> Values:
    whole = Findings.of(f"{subject}\n\n{text}", spoken, year=YEAR)
    head = Findings.of(subject, spoken, year=YEAR)
    return features(whole, head, words_of_harms(whole, head))


@cache
def fields() -> Mapping[str, str]:
    """The field of each topic."""
    field, found = "", {}
    for topic in Topic:
        field = FIELDS_BEGIN.get(topic, field)
        found[topic.value] = field
    return found


def with_fields(values: Values) -> Values:
    """The features as they are fitted: with the share of the field."""
    of = fields()
    fitted = {
        name: value * (WORDS_VALUE if name.startswith(WORDS_OF) else 1) for name, value in values.items()
    }
    shares: defaultdict[str, float] = defaultdict(float)
    for name, value in values.items():
        field = of.get(name.removeprefix(IN_SUBJECT))
        if field:
            shares[FIELD + field] += FIELD_VALUE * value
    return fitted | shares


class Fitted:
    """A regression from features to answers."""

    def __init__(self, of: Sequence[Passage], answers: Sequence[str], strength: float) -> None:
        # Needed by nothing else, and large.
        from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-not-found]  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]  # noqa: PLC0415

        self._columns: Any = DictVectorizer()
        matrix = self._columns.fit_transform([with_fields(each.values) for each in of])
        self._model: Any = LogisticRegression(C=strength, max_iter=3000).fit(matrix, answers)

    def answers(self, of: Sequence[Passage]) -> list[str]:
        return list(self._model.predict(self._columns.transform([with_fields(each.values) for each in of])))

    def weights(self) -> dict[str, dict[str, float]]:
        """By feature and answer, the field's share put back into its topics."""
        names = self._columns.get_feature_names_out()
        each = {name: self._model.coef_[:, number] for number, name in enumerate(names)}
        of, found = fields(), {ALWAYS: self._named(self._model.intercept_)}
        for name, column in each.items():
            if name.startswith(FIELD):
                continue
            field = of.get(name.removeprefix(IN_SUBJECT))
            whole = column * (WORDS_VALUE if name.startswith(WORDS_OF) else 1)
            if field:
                whole = whole + FIELD_VALUE * each[FIELD + field]
            found[name] = self._named(whole)
        return found

    def _named(self, row: Iterable[float]) -> dict[str, float]:
        return {
            str(name): round(float(value), DIGITS)
            for name, value in zip(self._model.classes_, row, strict=True)
        }


@dataclass(frozen=True, kw_only=True)
class Question:
    """One of the regressions: what is asked of a passage."""

    name: str
    strength: float  # how far weights may go, the inverse of the penalty on their squares
    leaves_out: frozenset[str] = frozenset()  # topics that say nothing about it

    def answer(self, one: Passage) -> str | None:
        return one.harm if self.name == "harms" else one.level

    def asked_of(self, every: Sequence[Passage]) -> tuple[list[Passage], list[str]]:
        """Those whose answer is known, and the answers."""
        known = [(self.heard(one), answer) for one in every if (answer := self.answer(one))]
        return [one for one, _ in known], [answer for _, answer in known]

    def heard(self, one: Passage) -> Passage:
        """What counts of a passage."""
        values = {name: value for name, value in one.values.items() if self.counts(name)}
        return replace(one, values=values)

    def counts(self, feature: str) -> bool:
        return feature.removeprefix(IN_SUBJECT) not in self.leaves_out

    def fitted(self, every: Sequence[Passage]) -> Fitted:
        return Fitted(*self.asked_of(every), self.strength)


# How somebody comes into danger does not tell what an officer's request for a location is about.
UNNAMED = frozenset(topic for topic, field in fields().items() if field == "peril")
QUESTIONS = (
    Question(name="harms", strength=0.2, leaves_out=UNNAMED),
    Question(name="levels", strength=0.3),
)


def show_folds(every: Sequence[Passage], folds: int) -> None:
    """How well each fold is judged by what was fitted to the others."""
    for question in QUESTIONS:
        right: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        mixed: Counter[tuple[str, str]] = Counter()
        for fold in track(range(folds), description=question.name, console=aside, transient=True):
            apart = [one for number, one in enumerate(every) if number % folds == fold]
            rest = [one for number, one in enumerate(every) if number % folds != fold]
            those, wanted = question.asked_of(apart)
            for one, answer, found in zip(those, wanted, question.fitted(rest).answers(those), strict=True):
                asked[one.language] += 1
                right[one.language] += answer == found
                mixed[answer, found] += 1
        table = Table(
            "language", "right", title=f"{question.name}: {right.total() / asked.total():.1%} right"
        )
        for language in asked:
            table.add_row(language, f"{right[language] / asked[language]:.0%}")
        console.print(table)
        worst = [(pair, times) for pair, times in mixed.most_common() if pair[0] != pair[1]][:12]
        console.print("; ".join(f"{wanted} taken for {found}: {times}" for (wanted, found), times in worst))


def main(
    *,
    folds: Annotated[
        int, typer.Option(help="Show how well passages apart are judged; 0 for not at all.")
    ] = 5,
    write: Annotated[bool, typer.Option("--write", help="Store the weights of all passages.")] = False,
) -> None:
    """Fit the weights."""
    every = list(track(passages(), description="reading", console=aside, transient=True))
    if folds:
        show_folds(every, folds)
    if write:
        fitted = {question.name: question.fitted(every).weights() for question in QUESTIONS}
        FILE.write_text(as_text(fitted), encoding="utf-8")
        console.print(
            f"{FILE.name}: {sum(map(len, fitted.values()))} rows of weights, from {len(every)} passages"
        )


def as_text(fitted: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """JSON with a line for each feature, so that a change can be read."""
    parts = []
    for what, rows in fitted.items():
        lines = (f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items()))
        parts.append(f"  {json.dumps(what)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    typer.run(main)
