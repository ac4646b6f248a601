from typing import Any

import pytest
from pydantic import TypeAdapter

from rules.given import Given
from rules.priority import Priority
from rules.routing import Route, decide_route
from rules.schema import Rules
from rules.tests_in_file import failures

FILE: dict[str, Any] = {
    "routes": [
        {"name": "spam", "when": {"kind": "spam"}, "then": {"set_aside": "spam"}},
        {
            "name": "court",
            "when": {"mailbox": "le"},
            "then": {"project": "LAW", "labels": ["court"], "assignee": "ann"},
        },
        {"name": "ip", "when": {"harm": "ip"}, "then": {"issue_type": "Claim", "priority": "Low"}},
    ],
    "additions": [
        {
            "name": "bulk",
            "when": {"references": {"at_least": 2}},
            "then": {"labels": ["bulk"], "priority": "Lowest"},
        },
        {
            "name": "soon",
            "when": {"clock": {"within": "4h"}},
            "then": {"labels": ["soon", "court"], "priority": "High"},
        },
        {"name": "torn", "when": {"flags": "torn"}, "then": {"hold": "a page is missing"}},
    ],
    "default": {
        "then": {"project": "INC", "issue_type": "Task", "labels": ["unsorted"], "components": ["Desk"]}
    },
}


def route(**given: object) -> Route:
    return decide_route(Given.model_validate(given).case(), Rules.model_validate(FILE))


def test_the_first_route_that_matches_decides() -> None:
    assert route(mailbox="le", harm="ip").name == "court"
    assert route(mailbox="le", kind="spam").name == "spam"


def test_project_and_issue_type_come_from_the_default_where_the_route_is_silent() -> None:
    assert (route(mailbox="le").project, route(mailbox="le").issue_type) == ("LAW", "Task")
    assert (route(harm="ip").project, route(harm="ip").issue_type) == ("INC", "Claim")


def test_labels_and_components_of_the_default_are_its_own() -> None:
    assert (route(mailbox="le").labels, route(mailbox="le").components) == (("court",), ())
    assert (route().name, route().labels, route().components) == ("default", ("unsorted",), ("Desk",))


def test_every_addition_that_matches_adds_and_nothing_stands_there_twice() -> None:
    both = route(mailbox="le", due_in="1h", references=["video:1", "video:2"])
    assert both.labels == ("court", "bulk", "soon")


def test_an_addition_holds_what_its_route_lets_pass() -> None:
    assert (route(mailbox="le").hold, route(mailbox="le", flags=["torn"]).hold) == (None, "a page is missing")


def test_an_addition_holds_nothing_that_its_route_sets_aside() -> None:
    assert route(kind="spam", flags=["torn"]).hold is None


def test_an_addition_raises_the_priority_and_never_lowers_it() -> None:
    assert route(harm="ip", due_in="1h").priority is Priority.HIGH
    assert route(urgency="critical", due_in="1h").priority is Priority.HIGHEST
    assert route(references=["video:1", "video:2"]).priority is Priority.MEDIUM


@pytest.mark.parametrize(
    ("urgency", "priority"),
    [("critical", "Highest"), ("high", "High"), ("normal", "Medium"), ("low", "Low")],
)
def test_urgency_decides_the_priority_where_no_rule_does(urgency: str, priority: str) -> None:
    assert route(urgency=urgency).priority == priority


def test_the_reasons_tell_the_whole_decision() -> None:
    assert route(mailbox="le", due_in="1h").reasons == (
        'route "court": mailbox is le',
        'addition "soon": time left on the clock: 1h',
        'priority High by addition "soon"',
    )
    assert route().reasons == ("default: no route matched", "priority Medium by urgency normal")


def test_a_set_aside_route_carries_its_reason() -> None:
    assert route(kind="spam").set_aside == "spam"


def test_the_digest_changes_with_the_meaning_and_not_with_tests_or_spelling() -> None:
    rules = Rules.model_validate(FILE)
    tested = Rules.model_validate(FILE | {"tests": [{"name": "t", "given": {}, "expect": {}}]})
    spelt_out = Rules.model_validate(
        FILE | {"routes": [*FILE["routes"][:2], FILE["routes"][2] | {"when": {"harm": ["ip"]}}]}
    )
    reordered = Rules.model_validate(FILE | {"routes": FILE["routes"][::-1]})
    assert rules.digest == tested.digest == spelt_out.digest
    assert rules.digest != reordered.digest


def test_a_failing_test_in_the_file_says_what_differs_and_why() -> None:
    wrong = {
        "name": "wrong",
        "given": {"harm": "ip"},
        "expect": {"route": "ip", "priority": "High", "labels": ["ip"]},
    }
    right = {"name": "right", "given": {"kind": "spam"}, "expect": {"set_aside": True, "hold": False}}
    rules = Rules.model_validate(FILE | {"tests": [right, wrong]})
    (failure,) = failures(rules)
    assert failure.name == "wrong"
    assert failure.differences == ("priority is Low; High was expected", "labels lack ip")
    assert str(failure).endswith('labels lack ip (route "ip": harm is ip; priority Low by the route)')


def promised(*thens: dict[str, Any]) -> Route:
    """The route of a mail to which a route and additions apply that say this, in that order."""
    route, *additions = [
        {"name": str(number), "when": {"held": False}, "then": then} for number, then in enumerate(thens)
    ]
    default = {"then": {"project": "INC", "issue_type": "Task"}}
    rules = {"routes": [route], "additions": additions, "default": default}
    return decide_route(Given().case(), Rules.model_validate(rules))


@pytest.mark.parametrize(
    ("thens", "types"),
    [
        (({}, {}), None),
        (({}, {"attachments": {"only": "text/csv"}}), ("text/csv",)),
        (({"attachments": {"only": "text/csv"}}, {"attachments": "attach"}), ("text/csv",)),
        (({"attachments": "attach"}, {"attachments": "hash_only"}), None),
        (({"attachments": "hash_only"}, {"attachments": "attach"}), None),
    ],
)
def test_the_first_word_about_files_counts_unless_one_forbids_them(
    thens: tuple[dict[str, Any], ...], types: tuple[str, ...] | None
) -> None:
    policy = promised(*thens).files
    assert (policy and policy.types) == types


@pytest.mark.parametrize(
    ("thens", "name"),
    [
        (({}, {}), None),
        (({}, {"acknowledgement": "receipt"}), "receipt"),
        (({"acknowledgement": "long"}, {"acknowledgement": "receipt"}), "long"),
        (({"acknowledgement": "receipt"}, {"acknowledgement": "none"}), None),
        (({"acknowledgement": "none"}, {"acknowledgement": "receipt"}), None),
    ],
)
def test_the_first_acknowledgement_counts_unless_one_forbids_it(
    thens: tuple[dict[str, Any], ...], name: str | None
) -> None:
    assert promised(*thens).acknowledgement == name


def test_a_route_of_an_earlier_version_is_read_back_without_files_and_acknowledgement() -> None:
    stored = {"name": "ip", "project": "INC", "issue_type": "Task", "priority": "High"}
    read = TypeAdapter(Route).validate_python(stored)
    assert (read.files, read.acknowledgement) == (None, None)


def test_a_route_with_files_is_stored_and_read_back() -> None:
    stored = TypeAdapter(Route).dump_python(promised({"attachments": "attach"}), mode="json")
    assert TypeAdapter(Route).validate_python(stored) == promised({"attachments": "attach"})
