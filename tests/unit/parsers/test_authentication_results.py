import pytest

from parsers.authentication_results import read_arc_results, read_results, read_tags


def test_comments_nest_and_hide_what_they_hold() -> None:
    results = read_results(
        "mx.example (a (b; dmarc=pass) c); dmarc=fail (p=none; dmarc=pass) header.from=a.example"
    )
    assert results is not None
    assert results.host == "mx.example"
    (dmarc,) = results.of("dmarc")
    assert (dmarc.result, dmarc.get("header.from")) == ("fail", "a.example")


def test_reason_is_no_property_and_may_hold_semicolons() -> None:
    results = read_results(
        'mx.example; dmarc=fail reason="x; dmarc=pass header.from=b.example" header.from=a.example'
    )
    assert results is not None
    assert [result.result for result in results.results] == ["fail"]
    assert results.results[0].get("header.from") == "a.example"


def test_every_signature_has_its_result() -> None:
    results = read_results("mx.example 1; dkim=fail header.d=list.example; dkim=pass header.d=a.example")
    assert results is not None
    assert [result.get("header.d") for result in results.of("dkim")] == ["list.example", "a.example"]


@pytest.mark.parametrize(
    "value", ["", "; dmarc=pass", "mx.example 2; dmarc=pass", "(mx.example); dmarc=pass"]
)
def test_field_without_host_or_of_another_version_says_nothing(value: str) -> None:
    assert read_results(value) is None


def test_no_result_is_no_method() -> None:
    results = read_results("mx.example; none")
    assert results is not None
    assert results.results == ()


def test_arc_results_carry_their_instance() -> None:
    assert read_arc_results("dmarc=pass") is None
    found = read_arc_results("i=2; relay.example; dmarc=pass header.from=a.example")
    assert found is not None
    assert (found[0], found[1].host) == (2, "relay.example")


def test_first_of_two_tags_counts() -> None:
    assert read_tags("i=1; d=Relay.example; d=other.example; cv=none")["d"] == "relay.example"
