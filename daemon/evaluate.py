"""Evaluate: a labelled folder is replayed and compared with what a person says is right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from config.fault_words import did_you_mean
from config.faults import ConfigurationError, Fault
from daemon.labels import Label
from daemon.manifest import read_input, read_manifest
from daemon.measures import MEASURES, Pair, differing
from daemon.outcome import Outcome
from daemon.replay import Job, shown, site_for
from daemon.score_sheet import Evaluation, evaluation_of, print_evaluation, print_verdicts
from parsers.message import Unreadable, parse_message
from rules.site import Site

_OWN_TEXTS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A labelled folder: labels.jsonl, senders.json, perhaps own_text.json, and the mails."""

    site: Site
    folder: Path
    labels: tuple[Label, ...]
    own_texts: Mapping[str, str]  # by file

    @property
    def job(self) -> Job:
        """The replay that it asks for."""
        return Job(site=self.site, folder=self.folder, lines=self.labels)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is wanted of an evaluation, beside the scores."""

    listed: str | None = None  # the measure whose differing mails are wanted instead
    floors: Mapping[str, float]  # by measure
    as_json: bool = False


def read_request(*, listed: str | None, floors: Iterable[str], as_json: bool) -> Request:
    """Read the options of a command line.

    Raises:
        ConfigurationError: a measure or a number in them is wrong.
    """
    return Request(
        listed=_known_measure(listed, option="--list") if listed else None,
        floors=_floors(floors),
        as_json=as_json,
    )


def run(folder: Path, *, config: Path, request: Request, console: Console) -> bool:
    """Replay the folder and print what is wanted; whether every floor is kept.

    Raises:
        ConfigurationError: with every fault of the first input that has any.
    """
    sample = read_sample(folder, config)
    aside = Console(stderr=True)
    pairs = pair_up(sample, shown(sample.job, aside))
    evaluation = evaluation_of(pairs)
    if request.listed:
        print_verdicts(console, differing(request.listed, pairs), as_json=request.as_json)
    else:
        print_evaluation(console, evaluation, as_json=request.as_json)
    broken = list(broken_floors(evaluation, request.floors))
    for sentence in broken:
        aside.print(sentence, markup=False, highlight=False, soft_wrap=True)
    return not broken


def read_sample(folder: Path, config: Path) -> Sample:
    """Read everything but the mails.

    Raises:
        ConfigurationError: with every fault of the first file that has any.
    """
    return Sample(
        site=site_for(config, organisations=folder / "senders.json"),
        folder=folder,
        labels=read_manifest(folder / "labels.jsonl", Label),
        own_texts=_read_own_texts(folder / "own_text.json"),
    )


def pair_up(sample: Sample, outcomes: Iterable[Outcome]) -> list[Pair]:
    """Each label with its outcome."""
    firsts = _first_mails(sample.labels)
    return [
        Pair(
            label=label,
            outcome=outcome,
            own_text=sample.own_texts.get(label.file),
            due=_due(sample, label),
            matter=firsts[label.file],
            wanted_of=_first(firsts, label.relation.of if label.relation else None),
            found_of=_first(firsts, outcome.relation.of),
        )
        for label, outcome in zip(sample.labels, outcomes, strict=True)
    ]


def broken_floors(evaluation: Evaluation, floors: Mapping[str, float]) -> Iterator[str]:
    """A sentence for each measure that does not keep its floor."""
    for score in evaluation.scores:
        floor = floors.get(score.name)
        if floor is None or score.keeps(floor):
            continue
        if score.value is None:
            yield f"{score.name}: no mail has a label for it, so its floor cannot be kept"
        elif score.counts_faults:
            yield f"{score.name}: {score.value:g} is more than the {floor:g} allowed"
        else:
            yield f"{score.name}: {score.value:.3f} is under its floor of {floor:g}"


def _floors(texts: Iterable[str]) -> dict[str, float]:
    """Each text is written as `measure=number`; every one that is not is a fault."""
    floors, faults = {}, []
    for text in texts:
        name, _, number = text.partition("=")
        try:
            floors[_known_measure(name, option="--floor")] = float(number)
        except ValueError:
            faults.append(Fault(file="--floor", key=name, message="needs a number", hint="write kind=0.9"))
        except ConfigurationError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigurationError(faults)
    return floors


def _known_measure(name: str, *, option: str) -> str:
    if name not in MEASURES:
        fault = Fault(file=option, key=name, message="is no measure", hint=did_you_mean(name, MEASURES))
        raise ConfigurationError([fault])
    return name


def _first_mails(labels: Sequence[Label]) -> dict[str, str]:
    """The first mail of each mail's matter; `of` may name any earlier mail of it."""
    firsts: dict[str, str] = {}
    for label in labels:
        of = label.joined
        firsts[label.file] = firsts.get(of, of) if of else label.file
    return firsts


def _first(firsts: Mapping[str, str], file: str | None) -> str | None:
    return firsts.get(file, file) if file else None


def _due(sample: Sample, label: Label) -> datetime | None:
    if label.deadline is None:
        return None
    return label.deadline.due(label.received_at, _country(sample, label))


def _country(sample: Sample, label: Label) -> str | None:
    """The country of the sender's organisation; None where nothing tells it."""
    with suppress(OSError, Unreadable):
        address = parse_message(label.path(sample.folder).read_bytes()).sender_address or ""
        organisation = sample.site.directory.of_domain(address.rpartition("@")[2])
        return organisation.country if organisation else None
    return None


def _read_own_texts(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        return _OWN_TEXTS.validate_json(read_input(path))
    except ValidationError:
        fault = Fault(file=path.name, message="is not one JSON object of file names and texts")
    raise ConfigurationError([fault])
