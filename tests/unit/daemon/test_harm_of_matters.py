"""A later mail of a matter is about what the matter is about."""

from functools import partial

import pytest
from sqlalchemy import select

from daemon.case_facts import CASE_FACTS
from daemon.splitting import split
from daemon.store.models import Routing
from parsers.facts import Harm, Kind
from rules.site import Site
from tests.support.corrections import put_right
from tests.support.reports import UNVERIFIED, report
from tests.unit.daemon.conftest import Desk


def decide(desk: Desk, *harms: Harm, **changes: object) -> list[Harm | None]:
    """Mails on one case, the first of which opens the matter; what each is decided to be about."""
    for number, harm in enumerate(harms):
        later = {"kind": Kind.REPLY, **changes} if number else {}
        desk.decide(report(harm=harm, authority_ref="2026/1", content_digest=f"{number}", **later))
    return decided(desk)


def decided(desk: Desk) -> list[Harm | None]:
    with desk.database.read() as session:
        found = session.scalars(select(Routing.facts).order_by(Routing.message_id))
        return [CASE_FACTS.validate_python(facts).harm for facts in found]


@pytest.mark.parametrize("said", [Harm.OTHER, Harm.FRAUD])
def test_a_later_mail_has_the_harm_of_its_matter(desk: Desk, said: Harm) -> None:
    assert decide(desk, Harm.PRIVACY, said) == [Harm.PRIVACY, Harm.PRIVACY]


def test_thanks_are_about_nothing(desk: Desk) -> None:
    assert decide(desk, Harm.PRIVACY, Harm.NONE)[-1] is Harm.NONE


def test_what_concerns_a_child_is_not_hidden_by_its_matter(desk: Desk) -> None:
    assert decide(desk, Harm.PRIVACY, Harm.CHILD_SAFETY)[-1] is Harm.CHILD_SAFETY


def test_a_matter_learns_later_what_it_is_about_and_keeps_it(desk: Desk) -> None:
    assert decide(desk, Harm.OTHER, Harm.HATE, Harm.OTHER, Harm.FRAUD) == [
        Harm.OTHER,
        Harm.HATE,
        Harm.HATE,
        Harm.HATE,
    ]


def test_nobody_unverified_says_what_a_matter_is_about(desk: Desk) -> None:
    decide(desk, Harm.OTHER, Harm.HATE, authenticity=UNVERIFIED)
    assert desk.matter(1).harm is Harm.OTHER


def test_a_mail_that_is_split_off_is_about_what_its_new_matter_is_about(desk: Desk, site: Site) -> None:
    assert decide(desk, Harm.PRIVACY, Harm.FRAUD, Harm.OTHER)[1:] == [Harm.PRIVACY, Harm.PRIVACY]
    put_right(desk.database, site, partial(split, name="#1", numbers=(2, 3)))
    assert decided(desk) == [Harm.PRIVACY, Harm.FRAUD, Harm.FRAUD]
