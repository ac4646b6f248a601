"""What a rule kept back goes on once a person has released the mail."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from config.settings import Acknowledge
from daemon.held import RELEASE, SET_ASIDE, Verdict, decide_held
from daemon.store.models import Action
from daemon.store.states import ActionKind
from parsers.facts import Attachment
from rules.site import Site
from tests.support.reports import report
from tests.support.site import site as make_site
from tests.unit.daemon.conftest import Desk

ROUTING = """\
additions:
  - name: look first
    when: {flags: malformed}
    then: {hold: a page is missing}
default:
  then: {project: INC, issue_type: Task, attachments: attach, acknowledgement: receipt}
"""
LETTER = Attachment(
    name="letter.pdf", content_type="application/pdf", size=9, sha256="a" * 64, safe_name="letter.pdf"
)
MALFORMED = report(flags=frozenset({"malformed"}), attachments=(LETTER,))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    plain = make_site(tmp_path_factory.mktemp("releasing"), routing=ROUTING)
    acknowledge = Acknowledge(sender="desk@intake.clipora.example", sender_name="Clipora")
    return replace(plain, settings=plain.settings.model_copy(update={"acknowledge": acknowledge}))


def kinds(desk: Desk) -> list[ActionKind]:
    with desk.database.read() as session:
        return list(session.scalars(select(Action.kind).order_by(Action.matter_id, Action.position)))


def decided(desk: Desk, number: int, verdict: Verdict) -> list[ActionKind]:
    decide_held(desk.database, desk.site, number, verdict, reason="the page is there", by="bob")
    return kinds(desk)


def test_released_mail_has_its_files_copied_and_its_sender_told(desk: Desk) -> None:
    number = desk.decide(MALFORMED).message_id
    assert kinds(desk) == [ActionKind.CREATE]
    assert decided(desk, number, RELEASE) == [
        ActionKind.CREATE,
        ActionKind.COMMENT,
        ActionKind.ATTACH,
        ActionKind.ACKNOWLEDGE,
    ]


def test_mail_that_is_set_aside_leads_to_nothing_more(desk: Desk) -> None:
    number = desk.decide(MALFORMED).message_id
    assert decided(desk, number, SET_ASIDE) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_mail_that_could_not_be_read_has_nothing_to_send_along(desk: Desk) -> None:
    number = desk.decide(report(attachments=(LETTER,)), held="could not be read in 3 tries").message_id
    assert decided(desk, number, RELEASE) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_a_released_update_brings_its_new_files_and_no_second_receipt(desk: Desk) -> None:
    desk.decide(report(attachments=(LETTER,)))
    known = [ActionKind.CREATE, ActionKind.ATTACH, ActionKind.ACKNOWLEDGE]
    assert kinds(desk) == known
    table = replace(LETTER, name="table.pdf", safe_name="table.pdf", sha256="b" * 64)
    again = report(flags=frozenset({"malformed"}), attachments=(LETTER, table))
    number = desk.decide(again).message_id
    assert kinds(desk) == [*known, ActionKind.COMMENT]
    assert decided(desk, number, RELEASE) == [
        *known,
        ActionKind.COMMENT,
        ActionKind.COMMENT,
        ActionKind.ATTACH,
    ]
