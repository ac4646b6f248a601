"""How well and how fast languages are told: short texts of tests/judgement, and sentences from elsewhere.

    python benchmarks/language.py [FILE.json ...] [--langdetect]

Each text is tried as it is, without its accents, in capitals, strewn with English terms, and cut to its first
words. A FILE holds further sentences as {"language": ["sentence", ...]}. Times are CPU of this process.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.lexicon import load_lexicons
from parsers.facts import LanguageGuess
from parsers.folding import fold
from parsers.language import Languages
from tests.judgement import sets
from tests.support.mutations import mails

LEXICONS = ROOT / "config" / "lexicon"
TERMS = (
    "trusted flagger",
    "live stream",
    "case summary",
    "takedown request",
    "URL",
    "screenshot",
    "escalation",
)
FIRST_WORDS = 5
LEVELS = (0.99, 0.9, 0.7, 0.5, 0.0)
PAIRS = (
    *(("no", "da"), ("sv", "no"), ("cs", "sk"), ("hr", "sr"), ("hr", "sl"), ("ms", "id"), ("az", "tr")),
    *(("ru", "uk"), ("bg", "mk"), ("fa", "ar"), ("fa", "ur"), ("hi", "mr"), ("hi", "ne"), ("es", "pt")),
    *(("es", "ca"), ("nl", "af"), ("zh", "ja")),
)
COLD = """
import time
from pathlib import Path
from config.lexicon import load_lexicons
from parsers.language import Languages
words = {code: each.common_words for code, each in load_lexicons(Path("config/lexicon")).items()}
began = time.process_time()
Languages(words).of("Good morning to all of you")
print(time.process_time() - began)
"""

Detector = Callable[[str], LanguageGuess]
console = Console(width=130)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A text, how it was changed, and the language it is in."""

    text: str
    variant: str
    language: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said of a trial."""

    trial: Trial
    guess: LanguageGuess

    @property
    def is_right(self) -> bool:
        return self.guess.code in (self.trial.language, *self.trial.also)


def common_words() -> dict[str, tuple[str, ...]]:
    return {code: lexicon.common_words for code, lexicon in load_lexicons(LEXICONS).items()}


def trials(files: Iterable[Path]) -> Iterator[Trial]:
    chance = random.Random(1)
    for row in sets.languages(sets.JudgementSet.FIRST):
        yield from variants(row.text, row.language, tuple(row.also), chance)
    for file in files:
        for language, texts in json.loads(file.read_text(encoding="utf-8")).items():
            for text in texts:
                yield from variants(text, language.split("-")[0], (), chance)


def variants(text: str, language: str, also: tuple[str, ...], chance: random.Random) -> Iterator[Trial]:
    changed = {
        "as written": text,
        "without accents": "".join(
            letter if letter.lower() == fold(letter) else fold(letter) for letter in text
        ),
        "capitals": (text.replace("i", "\u0130") if language in {"az", "tr"} else text).upper(),
        "English terms": strewn(text, chance),
        "first words": " ".join(text.split()[:FIRST_WORDS]),
    }
    for variant, each in changed.items():
        if each != text or variant == "as written":
            yield Trial(text=each, variant=variant, language=language, also=also)


def strewn(text: str, chance: random.Random) -> str:
    words = text.split()
    for term in chance.sample(TERMS, 2):
        words.insert(chance.randrange(len(words) + 1), term)
    return " ".join([*words, "https://clipora.example/video/7310011223344"])


def answers(detector: Detector, tried: Iterable[Trial]) -> list[Answer]:
    return [Answer(trial=trial, guess=detector(trial.text)) for trial in tried]


def share(given: Iterable[Answer]) -> str:
    right = [answer.is_right for answer in given]
    return f"{sum(right) / len(right):.1%} of {len(right)}" if right else "-"


def by_variant(given: dict[str, list[Answer]]) -> Table:
    table = Table("text", *given, title="Right answers")
    for variant in dict.fromkeys(answer.trial.variant for answer in next(iter(given.values()))):
        cells = (share(a for a in each if a.trial.variant == variant) for each in given.values())
        table.add_row(variant, *cells)
    table.add_row("all", *(share(each) for each in given.values()))
    return table


def reliability(given: dict[str, list[Answer]]) -> Table:
    """Whether the certainty means what it says."""
    table = Table("certainty over", *given, title="Right, by certainty")
    above = 2.0
    for level in LEVELS:
        cells = (share(a for a in each if level < a.guess.certainty <= above) for each in given.values())
        table.add_row(f"{level:.2f}", *cells)
        above = level
    return table


def pairs(given: dict[str, list[Answer]]) -> Table:
    table = Table("pair", *given, title="Taken for the other of a pair, both ways")
    for pair in PAIRS:
        cells = (confused(each, pair) for each in given.values())
        table.add_row(" ".join(pair), *cells)
    return table


def confused(given: Iterable[Answer], pair: tuple[str, str]) -> str:
    counts = Counter(
        (a.trial.language, a.guess.code) for a in given if a.trial.language in pair and not a.is_right
    )
    return " / ".join(str(counts[way]) for way in (pair, pair[::-1]))


def weakest(given: list[Answer], count: int = 12) -> str:
    of: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in given:
        of[answer.trial.language].append(answer)
    shares = {language: sum(a.is_right for a in each) / len(each) for language, each in of.items()}
    lowest = sorted(shares, key=shares.__getitem__)[:count]
    return ", ".join(f"{language} {shares[language]:.0%}" for language in lowest)


def without_their_words(tried: list[Trial]) -> list[Answer]:
    """Each language's texts, judged as if no words of that language were listed."""
    words = common_words()
    return [
        answer
        for language in dict.fromkeys(trial.language for trial in tried)
        for answer in answers(
            Languages({code: each for code, each in words.items() if code != language}).of,
            [trial for trial in tried if trial.language == language],
        )
    ]


def langdetect() -> Detector:
    from langdetect import PROFILES_DIRECTORY  # noqa: PLC0415 - only when it is compared
    from langdetect.detector_factory import DetectorFactory  # noqa: PLC0415
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.seed = 0

    def detect(text: str) -> LanguageGuess:
        detector = factory.create()
        detector.append(text)
        try:
            best = detector.get_probabilities()[0]
        except (LangDetectException, IndexError):
            return LanguageGuess(code=None)
        return LanguageGuess(code=best.lang.split("-")[0], certainty=min(best.prob, 1.0))

    return detect


def speed(detector: Detector, texts: list[str], rounds: int = 5) -> str:
    def least(text: str) -> float:
        return min(timed(detector, text) for _ in range(rounds)) * 1e3

    costs = [least(text) for text in texts]
    return f"median {statistics.median(costs):.2f} ms, longest {max(costs):.2f} ms"


def timed(detector: Detector, text: str) -> float:
    began = time.process_time()
    detector(text)
    return time.process_time() - began


def cold_start(rounds: int = 5) -> float:
    def once() -> float:
        ran = subprocess.run(
            [sys.executable, "-c", COLD], cwd=ROOT, check=True, capture_output=True, text=True
        )
        return float(ran.stdout)

    return min(once() for _ in range(rounds))


def main(
    files: Annotated[list[Path] | None, typer.Argument(help="Further sentences.")] = None,
    *,
    compare: Annotated[bool, typer.Option("--langdetect", help="Ask langdetect itself, too.")] = False,
) -> None:
    """Measure the telling of languages."""
    tried = list(trials(files or ()))
    languages = Languages(common_words())
    detectors: dict[str, Detector] = {"Mailwarden": languages.of}
    if compare:
        detectors["langdetect"] = langdetect()
    given = {name: answers(detector, tried) for name, detector in detectors.items()}
    given["without the language's words"] = without_their_words(tried)
    for report in (by_variant, reliability, pairs):
        console.print(report(given))
    console.print(f"weakest: {weakest(given['Mailwarden'])}")
    bodies = [raw.partition(b"\r\n\r\n")[2].decode(errors="replace") for raw in mails()]
    for name, detector in detectors.items():
        console.print(f"{name}: {speed(detector, bodies)} for a body of the corpus")
    console.print(f"first use in a new process: {cold_start():.3f} s")


if __name__ == "__main__":
    typer.run(main)
