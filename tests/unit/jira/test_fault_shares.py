"""Faults that hit a share of all requests."""

import pytest

from connectors.jira.sandbox.faults import Faults


def hits(faults: Faults, numbers: range) -> set[int]:
    """Which of these requests are hit on their first try."""
    return {number for number in numbers if faults.take("POST", "/x", b"%d" % number)}


def share_of(share: float, *, seed: int = 0) -> Faults:
    faults = Faults(seed=seed)
    faults.drop_before_execute("POST", "/x", share=share)
    return faults


def test_a_share_hits_about_as_many_requests_and_each_only_once() -> None:
    faults = share_of(0.3)
    first = hits(faults, range(1000))
    assert 250 < len(first) < 350
    assert hits(faults, range(1000)) == set()


@pytest.mark.parametrize(("share", "number"), [(0.0, 0), (1.0, 50)])
def test_a_share_may_be_none_or_all(share: float, number: int) -> None:
    assert len(hits(share_of(share), range(50))) == number


def test_the_seed_decides_and_the_order_does_not() -> None:
    forwards, backwards = hits(share_of(0.3), range(100)), hits(share_of(0.3), range(99, -1, -1))
    assert forwards == backwards
    assert hits(share_of(0.3, seed=1), range(100)) != forwards


def test_two_shares_fall_on_different_requests() -> None:
    faults = share_of(0.5)
    faults.execute_then_drop("POST", "/x", share=0.5)
    kinds = [fault.kind for number in range(200) if (fault := faults.take("POST", "/x", b"%d" % number))]
    assert len(set(kinds)) == 2
    assert 120 < len(kinds) < 180


def test_a_file_handed_in_again_is_the_same_request_whatever_its_boundary() -> None:
    faults = share_of(1.0)
    tries = [f"--{boundary}\r\nthe file\r\n--{boundary}--\r\n".encode() for boundary in ("a1", "b2")]
    assert [faults.take("POST", "/x", body) is not None for body in tries] == [True, False]
