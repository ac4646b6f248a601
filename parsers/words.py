"""The lexicons' words about the outside of mails, prepared once for searching."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.lexicon import Lexicon
from config.words import Phrases
from parsers.phrases import compiled


@dataclass(frozen=True, kw_only=True)
class Words:
    """What all languages together know about quotes, subjects, footers and case numbers.

    A Turkish writer may use a German mail program, so these are searched in all languages at
    once. Every expression wants folded text; the fields are explained in `config.lexicon`.
    """

    wrote: re.Pattern[str]
    labels: re.Pattern[str]
    forwarded: re.Pattern[str]
    originals: re.Pattern[str]
    farewells: re.Pattern[str]
    devices: re.Pattern[str]
    footers: re.Pattern[str]
    signatories: re.Pattern[str]
    banners: re.Pattern[str]
    automatic_subjects: re.Pattern[str]
    bounced_subjects: re.Pattern[str]
    replied_subjects: re.Pattern[str]
    forwarded_subjects: re.Pattern[str]
    absences: re.Pattern[str]
    returns: re.Pattern[str]
    receipts: re.Pattern[str]
    machine: re.Pattern[str]
    advertising: re.Pattern[str]
    case_labels: re.Pattern[str]
    case_recipients: re.Pattern[str]
    case_followers: re.Pattern[str]
    case_suffixes: re.Pattern[str]
    statutes: re.Pattern[str]

    @classmethod
    def of(cls, lexicons: Iterable[Lexicon]) -> "Words":
        """Compile the words of all these languages."""
        every = tuple(lexicons)
        return cls(
            wrote=_merged(each.quoting.wrote for each in every),
            labels=_merged(each.quoting.labels for each in every),
            forwarded=_merged(each.quoting.forwarded for each in every),
            originals=_merged(each.quoting.originals for each in every),
            farewells=_merged(each.closing.farewells for each in every),
            devices=_merged(each.closing.devices for each in every),
            footers=_merged(each.closing.footers for each in every),
            signatories=_merged(each.closing.signatories for each in every),
            banners=_merged(each.closing.banners for each in every),
            automatic_subjects=_merged(each.subjects.automatic for each in every),
            bounced_subjects=_merged(each.subjects.bounced for each in every),
            replied_subjects=_merged(each.subjects.replied for each in every),
            forwarded_subjects=_merged(each.subjects.forwarded for each in every),
            absences=_merged(each.automatic.absences for each in every),
            returns=_merged(each.automatic.returns for each in every),
            receipts=_merged(each.automatic.receipts for each in every),
            machine=_merged(each.automatic.machine for each in every),
            advertising=_merged(each.advertising for each in every),
            case_labels=_merged(each.cases.labels for each in every),
            case_recipients=_merged(each.cases.recipients for each in every),
            case_followers=_merged(each.cases.followers for each in every),
            case_suffixes=_merged(each.cases.suffixes for each in every),
            statutes=_merged(each.cases.statutes for each in every),
        )


def _merged(lists: Iterable[Phrases]) -> re.Pattern[str]:
    return compiled(phrase for phrases in lists for phrase in phrases)
