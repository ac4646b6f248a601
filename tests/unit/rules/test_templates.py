"""Texts that are filled in: what they may say, and that nothing in them can fail or grow later."""

import random
import re
from dataclasses import replace

import pytest

from parsers.facts import Verification
from rules.given import Given
from rules.templates import FILTERS, LISTS, LONGEST_RESULT, NAMES, SENDER, check, facts_for_texts, filled_in

SEED = 20261128
CASE = Given.model_validate(
    {
        "authority_ref": "az-7",
        "due_in": "4h",
        "flags": ["text cut"],
        "references": ["video:1", "video:2"],
        "sender": {"class": "regulator", "country": "DE", "domain": "bkd.example", "verified": True},
        "subject": "Order",
    }
).case()
FACTS = facts_for_texts(CASE)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("{{ authority_ref | upper }}", "AZ-7"),
        ("{{ sender.class }} of {{ sender.country }}", "regulator of DE"),
        ("{{ references | join(', ') }}", "video:1, video:2"),
        ("{{ sender.organisation or sender.domain }}", "bkd.example"),
        ("{% if sender.verified %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 'cut' if 'text cut' in flags else '' }}", "cut"),
        ("{{ 'eu' if sender.country in ['DE', 'FR'] else 'other' }}", "eu"),
        ("{{ due }}", "2026-01-05T16:00+00:00"),
        (" {{ language }} ", ""),
    ],
)
def test_a_text_is_filled_in(source: str, text: str) -> None:
    assert filled_in(check(source), FACTS) == text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ ", "unexpected"),
        ("{{ subjct }}", 'did you mean "subject"?'),
        ("{{ sender.name }}", '"sender.name" is no fact'),
        ("{{ subject.__class__ }}", "only sender has parts"),
        ("{{ flags }}", "no text by itself"),
        ("{{ flags | upper }}", "join, and nothing else"),
        ("{{ subject | join('x') }}", "join, and nothing else"),
        ("{{ subject | replace('a', 'aa') }}", '"replace" is no filter'),
        ("{{ subject | upper(3) }}", "given too much"),
        ("{{ 'a' if flags }}", "needs an else"),
        ("{{ 'a' if urgency > 'low' else 'b' }}", "compares otherwise"),
        ("{{ 'a' if flags in subject else 'b' }}", "no text by itself"),
        ("{{ 'a' if 'a' in ('b' == 'c') else 'b' }}", "something else than two"),
        ("{{ 3 }}", "only texts"),
        ("{% for flag in flags %}{% endfor %}", '"for"'),
        ("{{ 'a' * 9 }}", '"mul"'),
        ("{{ subject.upper() }}", '"call"'),
        ("{% set a = subject %}", '"assign"'),
        ("x" * 501, "longer than 500"),
    ],
)
def test_what_may_fail_or_grow_is_refused_when_rules_are_read(source: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        check(source)


def test_a_long_fact_is_cut() -> None:
    facts = facts_for_texts(replace(CASE, report=replace(CASE.report, subject="x" * 5_000)))
    assert len(filled_in("{{ subject }}", facts)) == LONGEST_RESULT


def test_whatever_is_accepted_can_be_filled_in_for_every_case() -> None:
    dice = random.Random(SEED)
    unverified = replace(
        CASE.report, authenticity=replace(CASE.report.authenticity, verdict=Verification.UNVERIFIED)
    )
    every = [FACTS, facts_for_texts(replace(CASE, report=unverified)), facts_for_texts(Given().case())]
    accepted = 0
    for _ in range(2_000):
        source = f"{{{{ {_expression(dice, 3)} }}}}"
        try:
            check(source)
        except ValueError:
            continue
        accepted += 1
        assert all(isinstance(filled_in(source, facts), str) for facts in every), source
    assert accepted > 200


def _expression(dice: random.Random, depth: int) -> str:
    atoms = [*NAMES, *(f"sender.{part}" for part in SENDER), "'de'", "'text cut'", "['de', 'fr']"]
    if depth == 0 or dice.random() < 0.3:
        return dice.choice(atoms)
    one, other, third = (_expression(dice, depth - 1) for _ in range(3))
    return dice.choice(
        [
            f"{one} | {dice.choice(sorted(FILTERS))}",
            f"{dice.choice(sorted(LISTS))} | join('-')",
            f"({one} or {other})",
            f"(not {one})",
            f"({one} if {other} else {third})",
            f"({one} {dice.choice(['==', '!=', 'in', 'not in'])} {other})",
        ]
    )
