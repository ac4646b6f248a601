"""The sets of whole mails are whole, and what is measured on them does not fall back."""

from collections import Counter
from pathlib import Path

import pytest

from daemon import evaluate
from daemon.measures import scores
from daemon.replay import replayed
from parsers.facts import Urgency
from rules.site import SHIPPED
from tests.judgement import whole
from tests.judgement.whole import WholeSet

every_set = pytest.mark.parametrize("of", WholeSet)
REFERENCE_IN_TEXT = ("video", "user", "hashtag")


@every_set
def test_it_has_every_level_in_many_languages(of: WholeSet) -> None:
    labels = [mail.labels for mail in whole.mails(of)]
    assert len(labels) >= 100
    assert len({label["language"] for label in labels}) >= 28
    assert min(Counter(Urgency(label["urgency"]) for label in labels).values()) >= 15


@every_set
def test_its_mails_arrive_in_order_and_continue_earlier_ones(of: WholeSet) -> None:
    mails = whole.mails(of)
    assert [mail.received for mail in mails] == sorted(mail.received for mail in mails)
    known: set[str] = set()
    for mail in mails:
        relation = mail.labels["relation"]
        assert isinstance(relation, str) or relation["of"] in known, mail.id
        assert mail.id not in known
        known.add(mail.id)


@every_set
def test_what_is_labelled_stands_in_the_mail(of: WholeSet) -> None:
    for mail in whole.mails(of):
        text = f"{mail.subject}\n{mail.body}".lower()
        named = [reference.partition(":") for reference in mail.labels["refs"]]
        assert {kind for kind, _, _ in named} <= {*REFERENCE_IN_TEXT}, mail.id
        assert [value for _, _, value in named if value.lower() not in text] == [], mail.id
        assert (mail.labels["authority_ref"] or "").lower() in text, mail.id


@every_set
def test_its_senders_are_said(of: WholeSet) -> None:
    assert {mail.domain for mail in whole.mails(of)} <= whole.offices(of).keys()


@pytest.mark.soak
@pytest.mark.timeout(600)
@every_set
def test_judging_keeps_its_floors(of: WholeSet, tmp_path: Path) -> None:
    whole.lay_out(of, tmp_path)
    sample = evaluate.read_sample(tmp_path, SHIPPED)
    pairs = evaluate.pair_up(sample, replayed(sample.job))
    found = {score.name: score for score in scores(pairs)}
    broken = [name for name, floor in whole.floors(of).items() if not found[name].keeps(floor)]
    assert {name: found[name].value for name in broken} == {}
