"""The explanation is that of the decision, and says what came near; coverage says what tests exercise."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.facts import Harm, Kind, RelationType, SenderClass, Urgency
from rules.coverage import coverage
from rules.explain import explain
from rules.given import Given
from rules.questions import Questions, Rule
from rules.routing import decide_route
from rules.schema import Rules
from rules.when import When

DEFAULT = {"then": {"project": "INC", "issue_type": "Task"}}


def rules(*whens: dict[str, Any], **others: Any) -> Rules:  # noqa: ANN401 (as YAML has it)
    routes = [
        {"name": f"route {number}", "when": when, "then": {}} for number, when in enumerate(whens, start=1)
    ]
    return Rules.model_validate({"routes": routes, "default": DEFAULT, **others})


TEXTS = st.text(max_size=60) | st.sampled_from(("İSTANBUL court order", "\ud800", "a" * 500, "\x00", "ﬁ ß"))
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "mailbox": st.sampled_from(("le", "partners")),
        "kind": st.sampled_from(Kind),
        "urgency": st.sampled_from(Urgency),
        "harm": st.sampled_from(Harm),
        "relation": st.sampled_from(RelationType),
        "language": st.sampled_from(("tr", "en")),
        "language_certainty": st.floats(0, 1),
        "due_in": st.sampled_from(("0s", "4h", "2d")),
        "held": st.just("too deep"),
        "subject": TEXTS,
        "own_text": TEXTS,
        "flags": st.frozensets(st.sampled_from(("encrypted", "no sender"))),
        "references": st.lists(st.sampled_from(("video:1", "user:a")), max_size=3),
        "sender": st.fixed_dictionaries(
            {}, optional={"class": st.sampled_from(SenderClass), "verified": st.booleans()}
        ),
        "size": st.integers(1, 10**9),
        "attachments": st.lists(st.fixed_dictionaries({"name": st.text("a[*?.\\", min_size=1)}), max_size=2),
    },
)
ATOMS = st.sampled_from(
    [
        {"mailbox": "le"},
        {"kind": ["report", "reply"]},
        {"urgency": {"at_least": "high"}},
        {"harm": "ip"},
        {"language": {"one_of": "tr", "certainty_below": 0.9}},
        {"clock": {"within": "4h"}},
        {"subject": {"contains": ["İ", "order"]}},
        {"own_text": {"matches": r"\bcourt\b|^$"}},
        {"references": {"any": "video:1", "at_least": 2}},
        {"attachments": {"name": ["*.a", "[a"]}},
        {"flags": "encrypted"},
        {"size": {"at_least": "1MB"}},
        {"sender": {"class": "regulator", "verified": True}},
        {"time": {"zone": "Europe/Istanbul", "days": "mon", "hours": "20:00-08:00"}},
        {"held": True},
    ]
)
WHENS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(GIVEN, st.lists(WHENS, max_size=5))
def test_the_explanation_never_disagrees_with_the_decision(
    facts: dict[str, Any], whens: list[dict[str, Any]]
) -> None:
    some = rules(*whens)
    case = Given.model_validate(facts).case()
    told = explain(case, some)
    assert told.route == decide_route(case, some)
    first = next((answer.name for answer in told.routes if answer.matched), "default")
    assert first == told.route.name
    assert all(answer.matched == (answer.wrong == 0) for answer in told.routes)


@settings(max_examples=150, deadline=None)
@given(GIVEN, WHENS)
def test_the_test_and_the_words_of_a_formula_agree(facts: dict[str, Any], when: dict[str, Any]) -> None:
    case, formula = Given.model_validate(facts).case(), When.model_validate(when).formula
    verdict = formula.told(case)
    assert verdict.matched is formula.test(case)
    assert verdict.why


OFTEN_APART = st.builds(
    lambda mailbox, when: {"all": [{"mailbox": mailbox}, when]}, st.sampled_from(("le", "partners")), WHENS
)


@settings(max_examples=150, deadline=None)
@given(GIVEN, st.lists(OFTEN_APART, min_size=2, max_size=5), st.lists(st.integers(0, 3), max_size=6))
def test_routes_that_lint_knows_to_be_apart_may_stand_in_any_order(
    facts: dict[str, Any], whens: list[dict[str, Any]], places: list[int]
) -> None:
    before = rules(*whens)
    named = [
        Rule(name=route.name, formula=route.when.formula, at=("routes", number))
        for number, route in enumerate(before.routes)
    ]
    questions, order = Questions(named), list(range(len(named)))
    for place in places:
        if place + 1 < len(order):
            upper, lower = (named[order[at]] for at in (place, place + 1))
            if not questions.can_both_hold(upper, lower):
                order[place : place + 2] = order[place + 1], order[place]
    after = before.model_copy(update={"routes": tuple(before.routes[number] for number in order)})
    case = Given.model_validate(facts).case()
    assert decide_route(case, before) == decide_route(case, after)


def test_there_are_routes_that_lint_knows_to_be_apart() -> None:
    whens: list[dict[str, Any]] = [{"mailbox": "le"}, {"not": {"mailbox": "le"}}, {"held": True}]
    named = [
        Rule(name=route.name, formula=route.when.formula, at=("routes", number))
        for number, route in enumerate(rules(*whens).routes)
    ]
    one, other, third = named
    questions = Questions(named)
    assert not questions.can_both_hold(one, other)
    assert questions.can_both_hold(one, third)


EVERYTHING: dict[str, Any] = {
    "labels": "seen",
    "watchers": "mei",
    "due": "4h",
    "security_level": "Legal",
    "comment_visibility": {"role": "Legal"},
    "assignee": {"rota": "nobody-s"},
    "fields": {
        "Subject": "{{ subject | title }} {{ sender.address }} {{ due }} {{ received }}",
        "Flags": ["{{ flags | join(', ') }}", "{{ references | join(' ') }}"],
        "Law": "{% if 'eu-tco-remove' in regimes %}TCO{% else %}{{ harm }}{% endif %}",
    },
}


@settings(max_examples=150, deadline=None)
@given(GIVEN, WHENS)
def test_whatever_the_report_deciding_and_explaining_never_raises(
    facts: dict[str, Any], when: dict[str, Any]
) -> None:
    additions = [{"name": "more", "when": {"not": when}, "then": {"fields": EVERYTHING["fields"]}}]
    some = Rules.model_validate(
        {
            "routes": [{"name": "all", "when": when, "then": EVERYTHING}],
            "additions": additions,
            "default": DEFAULT,
        }
    )
    told = explain(Given.model_validate(facts).case(), some)
    assert told.route.fields["Law"]
    assert told.routes[0].sets or told.additions[0].sets


def test_the_nearest_miss_is_the_route_above_that_lacks_the_least() -> None:
    near = {"harm": "ip", "urgency": "high", "mailbox": "le"}
    far = {"harm": "ip", "mailbox": "partners"}
    told = explain(
        Given.model_validate({"harm": "ip", "mailbox": "le"}).case(),
        rules(far, near, {"mailbox": "le"}, {"harm": ["ip"], "urgency": "low"}),
    )
    assert told.route.name == "route 3"
    assert told.nearest_miss == "route 2"
    assert told.routes[1].why == "urgency is normal, not high"


def test_nothing_is_near_of_which_nothing_holds() -> None:
    told = explain(Given.model_validate({}).case(), rules({"harm": "ip", "not": {"held": True}}))
    assert told.nearest_miss is None


def test_a_condition_is_exercised_when_it_holds_in_one_test_and_fails_in_another() -> None:
    tests = [
        {"name": "one", "given": {"harm": "ip", "urgency": "high"}, "expect": {"route": "route 1"}},
        {"name": "two", "given": {"urgency": "high"}, "expect": {"route": "default"}},
    ]
    tested = rules({"harm": "ip", "urgency": "high"}, {"held": True}, tests=tests)
    covered = coverage(tested, [test.given.case() for test in tested.tests])
    assert (covered.routes_reached, covered.routes) == (1, 2)
    assert (covered.conditions_exercised, covered.conditions) == (1, 3)
    assert covered.missed == ("route 1", "route 2")
    assert covered.share == 2 / 5


def test_rules_without_routes_are_covered() -> None:
    assert coverage(rules(), []).share == 1
