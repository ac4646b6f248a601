from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from rules.given import Given
from rules.when import When


def verdict(when: dict[str, Any], given: dict[str, Any]) -> bool:
    return When.model_validate(when).judge(Given.model_validate(given).case()).matched


@pytest.mark.parametrize(
    ("when", "given", "matched"),
    [
        ({"mailbox": "le"}, {"mailbox": "le"}, True),
        ({"mailbox": ["le", "partners"]}, {"mailbox": "regulators"}, False),
        ({"kind": ["reply", "report"]}, {"kind": "report"}, True),
        ({"language": "tr"}, {"language": "tr"}, True),
        ({"language": "tr"}, {}, False),
        ({"harm": "ip"}, {"harm": "fraud"}, False),
        ({"relation": ["followup", "duplicate"]}, {"relation": "duplicate"}, True),
        ({"urgency": "high"}, {"urgency": "critical"}, False),
        ({"urgency": ["low", "critical"]}, {"urgency": "critical"}, True),
        ({"urgency": {"at_least": "high"}}, {"urgency": "critical"}, True),
        ({"urgency": {"at_least": "high"}}, {"urgency": "normal"}, False),
        ({"clock": {"within": "4h"}}, {"due_in": "4h"}, True),
        ({"clock": {"within": "4h"}}, {"due_in": "5h"}, False),
        ({"clock": {"within": "4h"}}, {}, False),
        ({"authority_ref": True}, {"authority_ref": "2026/1"}, True),
        ({"authority_ref": False}, {"authority_ref": "2026/1"}, False),
        ({"held": True}, {"held": "too deep"}, True),
        ({"held": True}, {}, False),
        ({"flags": ["encrypted", "no sender"]}, {"flags": ["encrypted"]}, True),
        ({"flags": "encrypted"}, {}, False),
    ],
)
def test_a_condition_on_one_fact(when: dict[str, Any], given: dict[str, Any], *, matched: bool) -> None:
    assert verdict(when, given) is matched


@pytest.mark.parametrize(
    ("sender", "matched"),
    [
        ({"class": ["regulator", "partner"]}, True),
        ({"organisation": "sydk"}, True),
        ({"organisation": "bkd"}, False),
        ({"domain": "sydk.example"}, True),
        ({"domain": "example"}, None),
        ({"domain": "ydk.example"}, False),
        ({"country": ["DE", "TR"]}, True),
        ({"verified": True}, True),
        ({"verified": False}, False),
        ({"suspected_forgery": False}, True),
        ({"class": "regulator", "country": "DE"}, False),
    ],
)
def test_every_key_about_the_sender_must_hold(sender: dict[str, Any], *, matched: bool | None) -> None:
    given = {
        "sender": {
            "class": "regulator",
            "organisation": "sydk",
            "domain": "mail.sydk.example",
            "country": "TR",
            "verified": True,
        }
    }
    if matched is None:
        with pytest.raises(ValidationError):
            verdict({"sender": sender}, given)
    else:
        assert verdict({"sender": sender}, given) is matched


def test_a_suspected_forgery_is_not_verified() -> None:
    given = {"sender": {"suspected_forgery": True}}
    assert verdict({"sender": {"suspected_forgery": True, "verified": False}}, given)


@pytest.mark.parametrize(
    ("references", "matched"),
    [
        ({"any": ["video:1", "video:9"]}, True),
        ({"any": "user:nobody"}, False),
        ({"kinds": "user"}, True),
        ({"kinds": "live"}, False),
        ({"at_least": 3}, True),
        ({"at_least": 4}, False),
        ({"kinds": "video", "at_least": 2}, True),
        ({"kinds": "user", "at_least": 2}, False),
    ],
)
def test_conditions_on_references(references: dict[str, Any], *, matched: bool) -> None:
    given = {"references": ["video:1", "video:2", "user:ann"]}
    assert verdict({"references": references}, given) is matched


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("gizlilik karar\u0131", "GİZLİLİK KARARI bulunur"),
        ("GIZLILIK KARARI", "gizlilik karar\u0131 bulunur"),
        ("içerik", "İÇERİK silinsin"),
        ("İÇERİK", "i\u0307c\u0327erik silinsin"),
        ("istanbul", "ISTANBUL"),
        ("removal order", "\uff32\uff25\uff2d\uff2f\uff36\uff21\uff2c order"),
        ("Straße", "STRAßE"),
    ],
)
def test_contains_sees_through_letter_case_and_the_turkish_i(phrase: str, text: str) -> None:
    assert verdict({"own_text": {"contains": phrase}}, {"own_text": text})
    assert verdict({"subject": {"contains": ["absent", phrase]}}, {"subject": text})


def test_contains_looks_only_into_its_own_text() -> None:
    assert not verdict({"subject": {"contains": "order"}}, {"own_text": "order"})


def test_keys_are_joined_by_and_and_combinators_may_be_nested() -> None:
    when = {
        "kind": "report",
        "any": [{"harm": "ip"}, {"all": [{"harm": "fraud"}, {"urgency": "high"}]}],
        "not": {"language": "tr"},
    }
    assert verdict(when, {"harm": "ip"})
    assert verdict(when, {"harm": "fraud", "urgency": "high"})
    assert not verdict(when, {"harm": "fraud"})
    assert not verdict(when, {"harm": "ip", "kind": "reply"})
    assert not verdict(when, {"harm": "ip", "language": "tr"})


def test_a_clock_that_has_run_out_is_within_any_time() -> None:
    case = Given.model_validate({"due_in": "0s"}).case()
    late = When.model_validate({"clock": {"within": "1s"}}).judge(case)
    assert late.matched
    assert late.why == "time left on the clock: nothing"
    assert case.due == case.now + timedelta(0)


def test_a_verdict_says_what_decided() -> None:
    when = When.model_validate({"harm": "ip", "urgency": {"at_least": "high"}})
    fits = when.judge(Given.model_validate({"harm": "ip", "urgency": "high"}).case())
    fails = when.judge(Given.model_validate({"harm": "ip", "urgency": "low"}).case())
    assert fits.why == "urgency is high; harm is ip"
    assert fails.why == "urgency is low, not high or critical"
