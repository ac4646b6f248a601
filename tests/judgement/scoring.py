"""How well the reading and relating of today agree with the judgement sets."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from config.lexicon import ClockWords, UrgencyWords
from config.notions import NotionWords
from daemon.manifest import ManifestLine
from daemon.outcome import Outcome
from daemon.replay import Job, replayed
from parsers.facts import LanguageGuess, RelationType, Report, SenderClass, Urgency
from parsers.knowledge import Knowledge
from parsers.report import read
from rules.clocks import governing, stated_clocks
from rules.site import Site
from tests.judgement import sets
from tests.judgement.mails import OUR_DOMAIN, Letter, office, quoted, site_with
from tests.judgement.sets import JudgementSet

RECEIVED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
BETWEEN_MAILS = timedelta(hours=2)
SAME_INSTANT = timedelta(minutes=1)  # the last second of a day and the midnight after it are one limit
FIRST_TICKET = 1001


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a person and what the program says about one row."""

    language: str | None
    expected: str
    found: str
    about: str  # the row in a few words, for whoever looks into the differences

    @property
    def is_right(self) -> bool:
        """Whether they agree."""
        return self.expected == self.found


@dataclass(frozen=True, kw_only=True)
class Score:
    """All verdicts of one kind on one set."""

    name: str
    of: JudgementSet
    verdicts: Sequence[Verdict]

    @property
    def accuracy(self) -> float:
        """The share that is right, from 0 to 1."""
        return sum(verdict.is_right for verdict in self.verdicts) / len(self.verdicts)

    def by_language(self) -> dict[str, tuple[int, int]]:
        """By language: how many are right, of how many."""
        asked = Counter(verdict.language or "-" for verdict in self.verdicts)
        right = Counter(verdict.language or "-" for verdict in self.verdicts if verdict.is_right)
        return {language: (right[language], asked[language]) for language in sorted(asked)}

    def confusions(self) -> Counter[tuple[str, str]]:
        """How often which answer was expected and which was found, the right ones too."""
        return Counter((verdict.expected, verdict.found) for verdict in self.verdicts)

    def confusions_by_language(self) -> dict[str, Counter[tuple[str, str]]]:
        """By language: how often which answer was taken for which other one."""
        counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for verdict in self.differences():
            counts[verdict.language or "-"][verdict.expected, verdict.found] += 1
        return dict(counts)

    def differences(self) -> list[Verdict]:
        """The verdicts that disagree."""
        return [verdict for verdict in self.verdicts if not verdict.is_right]


def score_language(of: JudgementSet) -> Score:
    """The language of short texts, read as mails of a partner."""
    verdicts = [_language_verdict(row, guess) for row, guess in _read_languages(of)]
    return Score(name="language", of=of, verdicts=verdicts)


def score_bilingual(of: JudgementSet) -> Score:
    """Both languages of the bilingual ones among them."""
    verdicts = [_bilingual_verdict(row, guess) for row, guess in _read_languages(of) if row.also]
    return Score(name="bilingual", of=of, verdicts=verdicts)


def score_urgency(of: JudgementSet) -> Score:
    """The stated urgency of short mails."""
    verdicts = [_urgency_verdict(row, report) for row, report in _read_urgencies(of)]
    return Score(name="urgency", of=of, verdicts=verdicts)


def score_harm(of: JudgementSet) -> Score:
    """The harm of the same mails; `other` where the text does not say."""
    verdicts = [
        Verdict(language=row.language, expected=row.harm, found=report.harm, about=_about(row))
        for row, report in _read_urgencies(of)
    ]
    return Score(name="harm", of=of, verdicts=verdicts)


def score_deadlines(of: JudgementSet) -> Score:
    """The limits in sentences: the right instant, and whether it binds."""
    return Score(name="deadlines", of=of, verdicts=tuple(map(_deadline_verdict, sets.deadlines(of))))


def tempting_limits(*, unread: bool) -> list[Verdict]:
    """The same of limits that hide and of what only looks like one, by the halves of that set."""
    return [*map(_deadline_verdict, sets.tempting_limits(unread=unread))]


def score_relations(of: JudgementSet) -> Score:
    """The relation of the second mail of each pair to the first, through every step of the daemon."""
    pairs = sets.relations(of)
    found = dict(_found_relations(pairs, sets.senders(of)))
    verdicts = [
        Verdict(
            language=found[number][1],
            expected=pair.relation.value,
            found=found[number][0],
            about=f"{pair.second.subject} / {pair.second.text} ({pair.why})",
        )
        for number, pair in enumerate(pairs)
    ]
    return Score(name="relations", of=of, verdicts=verdicts)


SCORES: Mapping[str, Callable[[JudgementSet], Score]] = {
    "language": score_language,
    "bilingual": score_bilingual,
    "urgency": score_urgency,
    "harm": score_harm,
    "deadlines": score_deadlines,
    "relations": score_relations,
}


@cache
def _knowledge() -> Knowledge:
    places = {
        *((row.sender_class, None) for of in JudgementSet for row in sets.urgencies(of)),
        *((SenderClass.REGULATOR, row.country) for of in JudgementSet for row in sets.deadlines(of)),
        *((SenderClass.REGULATOR, row.country) for row in sets.tempting_limits(unread=True)),
        *((SenderClass.REGULATOR, row.country) for row in sets.tempting_limits(unread=False)),
        (SenderClass.PARTNER, None),
    }
    domains = {office(sender_class, country): sender_class for sender_class, country in places}
    countries = {office(sender_class, country): country for sender_class, country in places if country}
    return site_with(domains, countries).knowledge


def _reading(letter: Letter, received_at: datetime = RECEIVED, knowledge: Knowledge | None = None) -> Report:
    return read(letter.raw(), received_at=received_at, knowledge=knowledge or _knowledge())


@cache
def _read_languages(of: JudgementSet) -> tuple[tuple[sets.SaidInLanguage, LanguageGuess], ...]:
    return tuple((row, _guess(row)) for row in sets.languages(of))


def _guess(row: sets.SaidInLanguage) -> LanguageGuess:
    sender = f"desk@{office(SenderClass.PARTNER)}"
    letter = Letter(sender=sender, subject="-", text=row.text, message_id="one@partner.example")
    return _reading(letter).language


def _language_verdict(row: sets.SaidInLanguage, guess: LanguageGuess) -> Verdict:
    """Either language of a bilingual text will do: which one prevails is a matter of taste."""
    is_spoken = guess.code in (row.language, *row.also)
    found = row.language if is_spoken else guess.code or "-"
    return Verdict(language=row.language, expected=row.language, found=found, about=row.text)


def _bilingual_verdict(row: sets.SaidInLanguage, guess: LanguageGuess) -> Verdict:
    spoken, guessed = {row.language, *row.also}, {guess.code or "-", *guess.also}
    return Verdict(
        language=row.language,
        expected="+".join(sorted(spoken)),
        found="+".join(sorted(guessed)),
        about=row.text,
    )


@cache
def _read_urgencies(of: JudgementSet) -> tuple[tuple[sets.JudgedMail, Report], ...]:
    return tuple((row, _judged(row)) for row in sets.urgencies(of))


def urgencies_without(of: JudgementSet, expected: Urgency) -> Iterator[tuple[str, list[Report]]]:
    """By language, the set's mails of this urgency as they are read when its lexicon judges nothing."""
    rows = [row for row in sets.urgencies(of) if row.urgency is expected]
    known = _knowledge()
    for language in sorted({row.language for row in rows}):
        lexicon = known.lexicons[language]
        mute = lexicon.model_copy(
            update={"urgency": UrgencyWords(), "notions": NotionWords(), "harms": {}, "clocks": ClockWords()}
        )
        knowledge = replace(known, lexicons={**known.lexicons, language: mute})
        yield language, [_judged(row, knowledge) for row in rows if row.language == language]


def _judged(row: sets.JudgedMail, knowledge: Knowledge | None = None) -> Report:
    return _reading(
        Letter(
            sender=f"desk@{office(row.sender_class)}",
            subject=row.subject,
            text=row.text,
            kind=row.kind,
            message_id="one@judged.example",
        ),
        knowledge=knowledge,
    )


def _urgency_verdict(row: sets.JudgedMail, report: Report) -> Verdict:
    return Verdict(language=row.language, expected=row.urgency, found=report.urgency.level, about=_about(row))


def _about(row: sets.JudgedMail) -> str:
    return f"{row.subject} / {row.text} ({row.why})"


def _deadline_verdict(row: sets.SaidLimit) -> Verdict:
    domain = office(SenderClass.REGULATOR, row.country)
    letter = Letter(sender=f"desk@{domain}", subject=row.subject, text=row.text, message_id=f"one@{domain}")
    found = governing(stated_clocks(_reading(letter, row.received_at)))
    expected = row.expected.due(row.received_at, row.country) if row.expected else None
    said = "none" if expected is None else _limit(binding=row.binding)
    if found is None:
        answer, due = "none", "none"
    elif expected is not None and abs(found.due_at - expected) > SAME_INSTANT:
        answer, due = "another time", found.due_at.isoformat()
    else:
        answer, due = _limit(binding=found.binding), found.due_at.isoformat()
    about = f"{row.text} (expected {expected and expected.astimezone(UTC).isoformat()}, found {due})"
    return Verdict(language=row.language, expected=said, found=answer, about=about)


def _limit(*, binding: bool) -> str:
    return "limit" if binding else "wish"


def _found_relations(
    pairs: Sequence[sets.MailPair], senders: Mapping[str, SenderClass]
) -> Iterator[tuple[int, tuple[str, str | None]]]:
    """By the number of the pair: the relation found, and the language of the second mail."""
    site = site_with(senders, {})
    for group in _apart(pairs, senders):
        with tempfile.TemporaryDirectory(prefix="mailwarden-judgement-") as folder:
            outcomes = list(replayed(_job(site, group, Path(folder))))
        for number, first, second in zip(group, outcomes[::2], outcomes[1::2], strict=True):
            yield number, (_relation(first, second), second.language)


def _apart(
    pairs: Sequence[sets.MailPair], senders: Mapping[str, SenderClass]
) -> list[dict[int, sets.MailPair]]:
    """Groups in which no two pairs have a sender in common, so that no pair is taken for another's."""
    groups: list[tuple[set[str], dict[int, sets.MailPair]]] = []
    for number, pair in enumerate(pairs):
        parties = {_party(pair.first, senders), _party(pair.second, senders)}
        group = next((each for each in groups if not each[0] & parties), None)
        if group is None:
            group = (set(), {})
            groups.append(group)
        group[0].update(parties)
        group[1][number] = pair
    return [members for _, members in groups]


def _party(mail: sets.PairedMail, senders: Mapping[str, SenderClass]) -> str:
    known = senders.get(mail.domain, SenderClass.UNKNOWN)
    return mail.sender if known in (SenderClass.PUBLIC, SenderClass.UNKNOWN) else mail.domain


def _job(site: Site, group: Mapping[int, sets.MailPair], folder: Path) -> Job:
    lines: list[ManifestLine] = []
    for number, pair in group.items():
        ticket = f"INC-{FIRST_TICKET + number}"
        acknowledgement = f"ack-{number}@{OUR_DOMAIN}"
        first = Letter(
            sender=pair.first.sender,
            subject=pair.first.subject,
            text=pair.first.text,
            kind=pair.first.kind,
            message_id=f"first-{number}@{pair.first.domain}",
        )
        second = _second(pair, first, ticket=ticket, acknowledgement=acknowledgement)
        for name, letter in ((f"{number}-first.eml", first), (f"{number}-second.eml", second)):
            (folder / name).write_bytes(letter.raw())
        lines += [
            ManifestLine(
                file=f"{number}-first.eml",
                mailbox="regulators",
                received_at=RECEIVED,
                ticket=ticket,
                ack_message_id=f"<{acknowledgement}>",
            ),
            ManifestLine(
                file=f"{number}-second.eml", mailbox="partners", received_at=RECEIVED + BETWEEN_MAILS
            ),
        ]
    return Job(site=site, folder=folder, lines=lines)


def _second(pair: sets.MailPair, first: Letter, *, ticket: str, acknowledgement: str) -> Letter:
    mail = pair.second
    text = mail.text.replace("{key}", ticket)
    if mail.answers == "first":
        text += quoted(first.text, writer=first.sender)
    answered = {"first": first.message_id, "acknowledgement": acknowledgement, None: None}
    return Letter(
        sender=mail.sender,
        subject=mail.subject.replace("{key}", ticket),
        text=text,
        kind=mail.kind,
        message_id=first.message_id.replace("first", "second"),
        answers=answered[mail.answers],
    )


def _relation(first: Outcome, second: Outcome) -> str:
    """The relation that was found; one to another mail than the first is named as wrong."""
    if second.error or second.relation.type is None:
        return f"failed: {second.error}"
    if second.relation.type is not RelationType.NEW and second.relation.of != first.file:
        return f"{second.relation.type.value} of another"
    return second.relation.type.value
