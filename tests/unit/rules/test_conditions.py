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
        ({"authority_ref": False}, {}, True),
        ({"authority_ref": {"present": True}}, {}, False),
        ({"authority_ref": {"contains": "tco"}}, {"authority_ref": "TCO-26"}, True),
        ({"authority_ref": {"contains": "tco"}}, {}, False),
        ({"authority_ref": {"matches": r"^2026/\d+$"}}, {"authority_ref": "2026/118"}, True),
        ({"authority_ref": {"matches": r"^2026/\d+$"}}, {"authority_ref": "2025/118"}, False),
        ({"held": True}, {"held": "too deep"}, True),
        ({"held": True}, {}, False),
        ({"flags": ["encrypted", "no sender"]}, {"flags": ["encrypted"]}, True),
        ({"flags": "encrypted"}, {}, False),
        ({"language": {"certainty_below": 0.8}}, {"language": "tr", "language_certainty": 0.7}, True),
        ({"language": {"certainty_below": 0.8}}, {"language": "tr", "language_certainty": 0.8}, False),
        ({"language": {"certainty_below": 0.8}}, {}, True),
        ({"language": {"one_of": "tr", "certainty_below": 0.8}}, {"language": "en"}, False),
        ({"clock": {"runs": True}}, {"due_in": "90d"}, True),
        ({"clock": {"runs": False}}, {"due_in": "90d"}, False),
        ({"clock": {"regime": ["eu-tco-3", "tr-8a"]}}, {"regimes": ["tr-8a"]}, True),
        ({"clock": {"regime": "eu-tco-3"}}, {"regimes": ["tr-8a"]}, False),
        ({"clock": {"regime": "tr-8a", "within": "4h"}}, {"regimes": ["tr-8a"], "due_in": "5h"}, False),
        ({"size": {"at_least": "1MB"}}, {"size": "1024KB"}, True),
        ({"size": {"at_least": "1MB"}}, {"size": "1023KB"}, False),
        ({"sender": {"address": "Desk@SYDK.example"}}, {"sender": {"address": "desk@sydk.example"}}, True),
        ({"sender": {"address": "desk@sydk.example"}}, {"sender": {"domain": "bkd.example"}}, False),
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


@pytest.mark.parametrize(
    ("when", "given", "why"),
    [
        (
            {"sender": {"domain": "a.example"}},
            {"sender": {"domain": "b.example"}},
            "domain is b.example, not a.example",
        ),
        ({"sender": {"domain": "a.example"}}, {}, "domain is none, not a.example"),
        (
            {"flags": "encrypted"},
            {"flags": ["text cut", "no text"]},
            "flag is no text, text cut, not encrypted",
        ),
        (
            {"clock": {"regime": ["eu-dsa-9"]}},
            {"regimes": "eu-tco-remove"},
            "regime is eu-tco-remove, not eu-dsa-9",
        ),
    ],
)
def test_what_does_not_hold_is_told_with_what_is_there_instead(
    when: dict[str, Any], given: dict[str, Any], why: str
) -> None:
    case = Given.model_validate(given).case()
    assert When.model_validate(when).judge(case).why == why


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


PDF, ZIP = {"name": "Emir.PDF", "type": "application/pdf"}, {"name": "a.zip", "type": "application/zip"}


@pytest.mark.parametrize(
    ("attachments", "matched"),
    [
        ({"type": "application/pdf"}, True),
        ({"type": "application/*"}, True),
        ({"type": "image/*"}, False),
        ({"name": "*.pdf"}, True),
        ({"name": "*.exe"}, False),
        ({"type": "application/pdf", "name": "*.zip"}, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"type": "application/pdf", "at_least": 2}, False),
        ({"encrypted": True}, True),
        ({"encrypted": True, "type": "application/pdf"}, False),
        ({"encrypted": False, "type": "application/pdf"}, True),
    ],
)
def test_files_are_counted_that_are_as_described(attachments: dict[str, Any], *, matched: bool) -> None:
    given = {"attachments": [PDF, ZIP | {"encrypted": True}]}
    assert verdict({"attachments": attachments}, given) is matched


@pytest.mark.parametrize(
    ("at", "matched"),
    [
        ("2026-11-07T00:30+03:00", True),  # a Saturday, in the night that began on Friday
        ("2026-11-06T20:00+03:00", True),
        ("2026-11-06T19:59+03:00", False),
        ("2026-11-07T08:00+03:00", False),
        ("2026-11-08T00:30+03:00", False),
        ("2026-11-06T17:00+00:00", True),
    ],
)
def test_hours_past_midnight_belong_to_the_day_on_which_they_begin(at: str, *, matched: bool) -> None:
    night = {"zone": "Europe/Istanbul", "days": "fri", "hours": "20:00-08:00"}
    assert verdict({"time": night}, {"at": at}) is matched


def test_days_without_hours_are_whole_days() -> None:
    weekend = {"time": {"zone": "Europe/Istanbul", "days": ["sat", "sun"]}}
    moments = (
        "2026-11-06T23:59+03:00",
        "2026-11-07T00:00+03:00",
        "2026-11-08T23:59+03:00",
        "2026-11-09T00:00+03:00",
    )
    assert [verdict(weekend, {"at": at}) for at in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        (r"\b8/A\b", "5651 sayılı Kanun m. 8/a uyarınca", True),
        (r"\b8/A\b", "madde 18/A", False),
        ("gizlilik karari", "GİZLİLİK KARARI", True),  # in its plain form
        ("GİZLİLİK KARARI", "gizlilik kararı", True),
        ("ş.pheli", "ŞÜPHELİ", True),
        ("(a+)+$", "a" * 50_000 + "b", False),  # takes for ever where patterns are tried by going back
    ],
)
def test_a_pattern_is_looked_for_as_written_and_in_plain_form(
    pattern: str, text: str, *, matched: bool
) -> None:
    assert verdict({"own_text": {"matches": pattern}}, {"own_text": text}) is matched


def test_phrases_and_patterns_are_alternatives() -> None:
    either = {"subject": {"contains": "urgent", "matches": "^re:"}}
    assert verdict(either, {"subject": "Very urgent"})
    assert verdict(either, {"subject": "Re: your notice"})
    assert not verdict(either, {"subject": "About re: notices"})
