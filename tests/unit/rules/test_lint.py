"""What lint says, and that it is right about what can never be reached."""

import json
import random
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from config.organisations import Directory
from rules.case import Case
from rules.given import Given
from rules.lint import lint
from rules.loader import RulesFile, read_rules_file

DEFAULT = {"then": {"project": "INC", "issue_type": "Task"}}
SHIPPED = Path(__file__).parents[3] / "config" / "routing.yaml"

SEED = 20261128
RULE_SETS = 200

ATOMS: list[dict[str, Any]] = [
    {"mailbox": "le"},
    {"mailbox": ["le", "partners"]},
    {"urgency": "critical"},
    {"urgency": {"at_least": "high"}},
    {"urgency": ["low", "normal"]},
    {"harm": "ip"},
    {"harm": ["ip", "fraud"]},
    {"held": True},
    {"held": False},
    {"sender": {"verified": True}},
    {"sender": {"verified": False}},
    {"sender": {"suspected_forgery": True}},
    {"clock": {"within": "4h"}},
    {"clock": {"within": "24h"}},
    {"clock": {"runs": True}},
    {"clock": {"runs": False}},
    {"flags": "encrypted"},
    {"flags": ["encrypted", "no sender"]},
]
FACTS: dict[str, list[Any]] = {
    "mailbox": ["le", "partners", "regulators"],
    "urgency": ["low", "normal", "high", "critical"],
    "harm": ["ip", "fraud", "other"],
    "held": [None, "too deep"],
    "sender": [{}, {"verified": True}, {"suspected_forgery": True}],
    "due_in": [None, "1h", "5h", "30h"],
    "flags": [[], ["encrypted"], ["no sender"], ["encrypted", "no sender"]],
}


HOTLINES = ["hotline.media.example", "hot.example"]
DIRECTORY = Directory.model_validate(
    {
        "organisations": [
            {
                "id": "police",
                "name": "P",
                "class": "law_enforcement",
                "country": "TR",
                "domains": ["police.example"],
            },
            {"id": "media", "name": "M", "class": "regulator", "country": "DE", "domains": ["media.example"]},
            {
                "id": "hotline",
                "name": "H",
                "class": "partner",
                "domains": ["hotline.media.example", "hot.example"],
            },
        ]
    }
)
SENDERS: list[dict[str, str]] = [
    {},
    {"domain": "police.example"},
    {"domain": "cyber.police.example"},
    {"domain": "media.example"},
    {"domain": "hotline.media.example"},
    {"domain": "hot.example"},
    {"domain": "shop.example"},
    {"address": "ann@media.example"},
    {"address": "bob@shop.example"},
]
SENDER_ATOMS: list[dict[str, Any]] = [
    {"mailbox": "le"},
    {"held": True},
    *(
        {"sender": sender}
        for sender in (
            {"class": "regulator"},
            {"class": ["law_enforcement", "partner"]},
            {"class": "unknown"},
            {"country": "DE"},
            {"country": ["DE", "TR"]},
            {"organisation": "hotline"},
            {"organisation": ["police", "media"]},
            {"domain": "media.example"},
            {"domain": ["police.example", "hot.example"]},
            {"domain": "cyber.police.example"},
            {"domain": "hotline.media.example"},
            {"domain": "shop.example"},
            {"address": "ann@media.example"},
            {"address": ["bob@shop.example"]},
            {"verified": True},
        )
    ),
]


def remarks(tmp_path: Path, routes: list[dict[str, Any]], **others: Any) -> list[str]:  # noqa: ANN401 (YAML)
    """What lint says, but for missing tests."""
    named = [{"name": f"route {number}", "then": {}} | route for number, route in enumerate(routes, start=1)]
    path = tmp_path / "routing.yaml"
    path.write_text(json.dumps({"default": DEFAULT, "routes": named, **others}), encoding="utf-8")
    return said_of(read_rules_file(path))


def said_of(file: RulesFile) -> list[str]:
    said = [f"{remark.weight}: {remark.message}" for remark in lint(file)]
    return [text for text in said if "no test expects" not in text]


def test_the_shipped_rules_are_clean() -> None:
    assert lint(read_rules_file(SHIPPED)) == ()


@pytest.mark.parametrize(
    "when",
    [
        {"all": [{"mailbox": "le"}, {"mailbox": "partners"}]},
        {"urgency": "low", "not": {"urgency": ["low", "normal"]}},
        {"sender": {"verified": True, "suspected_forgery": True}},
        {"clock": {"runs": False, "within": "4h"}},
        {"references": {"at_least": 2}, "not": {"references": {"at_least": 1}}},
        {"own_text": {"contains": "court"}, "not": {"own_text": {"contains": "court"}}},
    ],
)
def test_what_can_never_hold_is_named(tmp_path: Path, when: dict[str, Any]) -> None:
    assert remarks(tmp_path, [{"when": when}]) == [
        'warning: "route 1" can never hold: its conditions contradict each other'
    ]


def test_a_route_below_a_wider_one_is_never_reached(tmp_path: Path) -> None:
    wide, narrow = {"when": {"harm": ["ip", "fraud"]}}, {"when": {"harm": "ip", "urgency": "high"}}
    assert remarks(tmp_path, [wide, narrow]) == [
        'warning: "route 2" is never reached: whatever fits it fits "route 1", which stands above it'
    ]
    assert remarks(tmp_path, [narrow, wide]) == []


def test_of_the_routes_above_only_those_are_named_that_are_needed(tmp_path: Path) -> None:
    routes: list[dict[str, Any]] = [
        {"when": {"urgency": ["low", "normal"]}},
        {"when": {"held": True}},
        {"when": {"urgency": {"at_least": "high"}}},
        {"when": {"mailbox": "le"}},
    ]
    (said,) = remarks(tmp_path, routes)
    assert '"route 1" and "route 3"' in said


def test_where_words_decide_it_is_said_to_be_unknown(tmp_path: Path) -> None:
    words, same_field = (
        {"own_text": {"contains": "court"}},
        {"harm": "ip", "own_text": {"contains": "court order"}},
    )
    assert remarks(tmp_path, [{"when": words}, {"when": same_field}]) == [
        'note: "route 2" may never be reached: words in the routes above it decide'
    ]


def test_the_same_words_are_the_same(tmp_path: Path) -> None:
    words = {"own_text": {"contains": "court"}}
    assert remarks(tmp_path, [{"when": words}, {"when": words | {"harm": "ip"}}]) == [
        'warning: "route 2" is never reached: whatever fits it fits "route 1", which stands above it'
    ]


def test_flags_do_not_exclude_each_other(tmp_path: Path) -> None:
    both: dict[str, Any] = {"all": [{"flags": "encrypted"}, {"flags": "no sender"}]}
    assert remarks(tmp_path, [{"when": both}]) == []


def test_a_pattern_that_matches_everything_is_named(tmp_path: Path) -> None:
    assert remarks(tmp_path, [{"when": {"subject": {"matches": "a*"}}}]) == [
        'warning: the pattern "a*" matches every text'
    ]


@pytest.mark.parametrize("phrase", [" ", "\u00a0"])
def test_a_phrase_without_a_letter_is_named(tmp_path: Path, phrase: str) -> None:
    assert remarks(tmp_path, [{"when": {"subject": {"contains": ["court", phrase]}}}]) == [
        f'warning: the phrase "{phrase}" is in almost every text'
    ]


def test_languages_and_countries_that_are_none_are_named(tmp_path: Path) -> None:
    where = {"language": ["tr", "no", "xx"], "sender": {"country": ["TR", "EU", "XX"]}}
    assert remarks(tmp_path, [{"when": where}]) == [
        'warning: "XX" is no country that is recognised',
        'warning: "xx" is no language that is recognised',
    ]


@pytest.mark.parametrize(
    ("when", "meant"), [({"language": "nb"}, "no"), ({"sender": {"country": "UK"}}, "GB")]
)
def test_of_a_code_that_people_use_for_another_that_is_named(
    tmp_path: Path, when: dict[str, Any], meant: str
) -> None:
    path = tmp_path / "routing.yaml"
    routes = [{"name": "one", "when": when, "then": {}}]
    path.write_text(json.dumps({"default": DEFAULT, "routes": routes}))
    assert f'did you mean "{meant}"?' in {remark.hint for remark in lint(read_rules_file(path))}


def test_what_is_used_nowhere_is_named(tmp_path: Path) -> None:
    unused = {"lists": {"desks": ["le"]}, "conditions": {"night": {"held": True}}}
    assert remarks(tmp_path, [], **unused) == [
        'warning: "desks" is used nowhere',
        'warning: "night" is used nowhere',
    ]


def test_a_route_without_a_test_is_named_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    routes = [{"name": "one", "when": {"held": True}, "then": {}}]
    tests = [{"name": "rest", "given": {}, "expect": {"route": "default"}}]
    path.write_text(json.dumps({"default": DEFAULT, "routes": routes, "tests": tests}), encoding="utf-8")
    (remark,) = lint(read_rules_file(path))
    assert (remark.at, remark.message) == (("routes", 0), 'no test expects the route "one"')


@pytest.fixture(scope="module")
def every_case() -> list[Case]:
    """Every case that the atoms can tell apart."""
    combined = (dict(zip(FACTS, values, strict=True)) for values in product(*FACTS.values()))
    given = ({key: value for key, value in facts.items() if value is not None} for facts in combined)
    return [Given.model_validate(facts).case() for facts in given]


def test_unreachable_is_what_no_case_reaches(tmp_path: Path, every_case: list[Case]) -> None:
    agrees_with_enumeration(tmp_path, ATOMS, every_case, None)


@pytest.fixture(scope="module")
def every_sender() -> list[Case]:
    """A mail that was read, and one that was not, from every sender that the atoms can tell apart."""
    return [
        Given.model_validate(facts).case()
        for sender, mailbox, verified in product(SENDERS, ("le", "partners"), (True, False))
        for facts in (
            {"mailbox": mailbox, "sender": {**sender, **who_owns(sender), "verified": verified}},
            {"mailbox": mailbox, "sender": {**sender, "verified": verified}, "held": "too deep"},
        )
    ]


def who_owns(sender: dict[str, str]) -> dict[str, str]:
    """What the directory says of the sender's domain, as reading a mail does."""
    domain = sender.get("domain") or sender.get("address", "").rpartition("@")[2]
    known = DIRECTORY.of_domain(domain)
    facts = {"organisation": known.id, "class": known.sender_class, "country": known.country} if known else {}
    return {key: value for key, value in facts.items() if value}


def test_unreachable_is_what_no_sender_of_the_directory_reaches(
    tmp_path: Path, every_sender: list[Case]
) -> None:
    agrees_with_enumeration(tmp_path, SENDER_ATOMS, every_sender, DIRECTORY)


def agrees_with_enumeration(
    folder: Path, atoms: list[dict[str, Any]], cases: list[Case], directory: Directory | None
) -> None:
    dice = random.Random(SEED)
    agreed = unreachable = 0
    for _ in range(RULE_SETS):
        routes = [
            {"name": f"route {number}", "when": random_when(dice, atoms), "then": {}}
            for number in range(dice.randint(2, 6))
        ]
        (folder / "routing.yaml").write_text(json.dumps({"default": DEFAULT, "routes": routes}))
        file = replace(read_rules_file(folder / "routing.yaml"), directory=directory)
        said = " ".join(said_of(file))
        tests = [(route.name, route.when.formula.test) for route in file.rules.routes]
        reached = {next((name for name, test in tests if test(case)), None) for case in cases}
        for route in file.rules.routes:
            dead = f'"{route.name}" is never reached' in said or f'"{route.name}" can never hold' in said
            assert dead == (route.name not in reached), (route.name, file.rules.routes)
            agreed, unreachable = agreed + 1, unreachable + dead
    assert agreed > RULE_SETS
    assert unreachable > RULE_SETS / 4


def random_when(dice: random.Random, atoms: list[dict[str, Any]], depth: int = 2) -> dict[str, Any]:
    kind = dice.random()
    if depth == 0 or kind < 0.4:
        return dice.choice(atoms)
    if kind < 0.6:
        return {"not": random_when(dice, atoms, depth - 1)}
    parts = [random_when(dice, atoms, depth - 1) for _ in range(dice.randint(2, 3))]
    return {"any" if kind < 0.8 else "all": parts}


def contradictions(tmp_path: Path, *additions: dict[str, Any]) -> list[str]:
    named = [{"name": f"addition {number}"} | addition for number, addition in enumerate(additions, start=1)]
    return remarks(tmp_path, [], additions=named)


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ({"security_level": "Legal"}, {"security_level": "Board"}, "security_level"),
        ({"due": "4h"}, {"due": "2d"}, "due"),
        ({"fields": {"Law": "TCO"}}, {"fields": {"Law": "DSA"}}, 'the field "Law"'),
        ({"comment_visibility": {"role": "A"}}, {"comment_visibility": {"group": "A"}}, "comment_visibility"),
        ({"acknowledgement": "receipt"}, {"acknowledgement": "other"}, "acknowledgement"),
        ({"attachments": "attach"}, {"attachments": {"only": "application/pdf"}}, "attachments"),
    ],
)
def test_additions_that_contradict_each_other_are_named(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], key: str
) -> None:
    upper, lower = {"when": {"harm": "ip"}, "then": one}, {"when": {"urgency": "high"}, "then": other}
    assert contradictions(tmp_path, upper, lower) == [
        f'warning: "addition 2" sets {key} otherwise than "addition 1", and a mail may fit both'
    ]
    assert contradictions(tmp_path, upper, lower | {"then": one}) == []
    assert contradictions(tmp_path, upper, lower | {"when": {"harm": ["fraud", "other"]}}) == []


def test_what_counts_always_contradicts_nothing(tmp_path: Path) -> None:
    whens: list[dict[str, Any]] = [{"harm": "ip"}, {"urgency": "high"}]
    for one, other in (("attach", "hash_only"), ("receipt", "none")):
        key = "attachments" if one == "attach" else "acknowledgement"
        pair = [{"when": when, "then": {key: value}} for when, value in zip(whens, (one, other), strict=True)]
        assert contradictions(tmp_path, *pair) == []


def test_of_two_domains_a_sender_has_one_unless_it_stands_below_the_other(tmp_path: Path) -> None:
    def desks(one: str, other: str) -> list[str]:
        pair = [
            {"when": {"sender": {"domain": domain}}, "then": {"fields": {"Desk": domain}}}
            for domain in (one, other)
        ]
        return contradictions(tmp_path, *pair)

    assert desks("a.example", "b.example") == []
    assert len(desks("a.example", "mail.a.example")) == 1


@pytest.mark.parametrize(
    "sender",
    [
        {"domain": "police.example", "class": "partner"},
        {"domain": "police.example", "country": "DE"},
        {"domain": "shop.example", "class": "regulator"},  # which is nobody's
        {"organisation": "hotline", "country": "DE"},
        {"address": "ann@media.example", "domain": "hot.example"},
    ],
)
def test_a_domain_says_who_its_senders_are(tmp_path: Path, sender: dict[str, str]) -> None:
    route = {"name": "one", "when": {"sender": sender, "held": False}, "then": {}}
    (tmp_path / "routing.yaml").write_text(json.dumps({"default": DEFAULT, "routes": [route]}))
    file = read_rules_file(tmp_path / "routing.yaml")
    told = 'warning: "one" can never hold: its conditions contradict each other'
    assert said_of(replace(file, directory=DIRECTORY)) == [told]
