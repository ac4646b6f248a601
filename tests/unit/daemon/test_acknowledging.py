"""A sender is told once that the report has arrived, or not at all; never twice."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.settings import Acknowledge
from connectors.errors import CredentialsRefused, OutcomeUnknown, Refused, Unavailable
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.lease import Hold, LeaseLost
from daemon.reap import reap
from daemon.recover import allow_acknowledgements, recover
from daemon.replay import site_for
from daemon.retry import retry_failed
from daemon.settlement import MOST_DEFERRALS
from daemon.store.database import Database
from daemon.store.models import DUE_AT_ONCE, Action, LedgerEntry, Message
from daemon.store.states import ActionKind, ActionState
from parsers.facts import Acknowledgement, Elapsed, Harm, Kind, LanguageGuess, Report, StatedClock, Thread
from rules.site import Site, load
from tests.support.outbox import MemoryOutbox
from tests.support.reports import ALICE, BOB, PLAIN, RECEIVED, report
from tests.support.site import site as make_site
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk
from tests.unit.daemon.test_deliver import Expired

MOST_A_DAY = 3
ROUTING = """\
routes:
  - name: silent
    when: {harm: privacy}
    then: {acknowledgement: none}
  - name: to a person first
    when: {flags: malformed}
    then: {hold: a page is missing}
additions:
  - name: receipt
    when: {kind: [report, reply, auto_reply]}
    then: {acknowledgement: receipt}
default:
  then: {project: INC, issue_type: Task}
"""
SOON = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    plain = make_site(tmp_path_factory.mktemp("acknowledging"), routing=ROUTING)
    acknowledge = Acknowledge(
        sender="desk@intake.clipora.example", sender_name="Clipora", most_a_day=MOST_A_DAY
    )
    return replace(plain, settings=plain.settings.model_copy(update={"acknowledge": acknowledge}))


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


def deliver(desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox | None = None) -> None:
    """Let one courier do all that it has to do; with an outbox it is the one that acknowledges."""
    step = Courier(
        number=1,
        database=desk.database,
        tickets=tickets,
        planned=Bell(),
        unknown_wait=timedelta(0),
        outbox=outbox,
    )
    while True:
        try:
            if not step.work():
                return
        except Exception as error:  # noqa: BLE001  (as the loop does)
            step.failed(error)


def receipts(desk: Desk) -> list[Action]:
    wanted = select(Action).where(Action.kind == ActionKind.ACKNOWLEDGE).order_by(Action.id)
    with desk.database.read() as session:
        return list(session.scalars(wanted))


def states(desk: Desk) -> list[tuple[ActionKind, ActionState]]:
    with desk.database.read() as session:
        found = session.execute(select(Action.kind, Action.state).order_by(Action.matter_id, Action.position))
        return [(kind, state) for kind, state in found]


def make_due(desk: Desk) -> None:
    """As if the wait of every action were over."""
    with desk.database.write("test") as session:
        session.execute(update(Action).values(next_try_at=DUE_AT_ONCE))


def mail(outbox: MemoryOutbox) -> EmailMessage:
    [sent] = outbox.sent
    return message_from_bytes(sent.octets, _class=EmailMessage, policy=default)


def another(number: int) -> Report:
    """Another matter of the same sender."""
    text = f"matter number {number} " * number
    return report(own_text=text, content_digest=str(number), authority_ref=f"2026/{number}")


# What is planned


def test_a_new_matter_is_acknowledged_after_its_ticket(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    assert [kind for kind, _ in states(desk)] == [ActionKind.CREATE, ActionKind.ACKNOWLEDGE]
    deliver(desk, tickets, outbox)
    assert outbox.sent == []
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    sent = mail(outbox)
    assert sent["To"] == "alice@regulator.example"
    assert sent["From"] == "Clipora <desk@intake.clipora.example>"
    assert sent["Subject"] == "[INC-1] Receipt of your message: A report"
    assert sent["In-Reply-To"] == "<one@regulator.example>"
    assert sent["Auto-Submitted"] == "auto-replied"
    assert "at 2026-11-03 09:00 UTC. Its number with us is INC-1." in sent.get_content()
    assert "time limit" not in sent.get_content()


def test_it_names_the_limit_as_it_was_understood(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(report(clocks=(SOON,)))
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    assert "the time limit ends at 2026-11-03 13:00 UTC." in mail(outbox).get_content()


def test_it_names_no_limit_that_the_sender_only_wishes_for(desk: Desk) -> None:
    desk.decide(report(clocks=(replace(SOON, binding=False),)))
    assert "13:00" not in receipts(desk)[0].payload["text"]


@pytest.mark.parametrize(
    ("language", "written_in"),
    [
        (LanguageGuess(code="tr", certainty=0.99), "tr"),
        (LanguageGuess(code="tr", certainty=0.5), "en"),
        (LanguageGuess(code="is", certainty=0.99), "en"),
        (LanguageGuess(code=None), "en"),
    ],
)
def test_it_is_in_the_senders_language_where_that_is_certain(
    desk: Desk, language: LanguageGuess, written_in: str
) -> None:
    desk.decide(report(language=language))
    assert receipts(desk)[0].payload["language"] == written_in


def test_words_of_the_sender_are_never_filled_in(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(report(subject="{ticket} {subject}\r\nBcc: eve@evil.example"))
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    sent = mail(outbox)
    subject = str(sent["Subject"]).strip()  # a long one is folded
    assert subject == "[INC-1] Receipt of your message: {ticket} {subject} Bcc: eve@evil.example"
    assert sent["Bcc"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"acknowledgement": Acknowledgement(allowed=False, reason="its sender is not verified")},
        {"harm": Harm.PRIVACY},
        {"flags": frozenset({"malformed"})},
        {"sender": replace(ALICE, address='"a b"@regulator.example')},
        {"sender": replace(ALICE, address="şükrü@regulator.example")},
        {"kind": Kind.NEWSLETTER},
    ],
    ids=["not allowed", "a rule says none", "held", "quoted address", "letters beyond ASCII", "set aside"],
)
def test_nobody_is_told_who_should_not_be(desk: Desk, changes: dict[str, object]) -> None:
    desk.decide(report(**changes))
    assert receipts(desk) == []


def test_a_mail_that_could_not_be_read_is_not_acknowledged(desk: Desk) -> None:
    desk.decide(PLAIN, held="could not be read")
    assert receipts(desk) == []


def test_mail_from_before_the_mailbox_was_watched_is_not_acknowledged(desk: Desk) -> None:
    number = desk.assess(PLAIN)
    with desk.database.write("test") as session:
        session.get_one(Message, number).backfilled = True
    assert desk.decide_next()
    assert [kind for kind, _ in states(desk)] == [ActionKind.CREATE]


def test_a_duplicate_and_a_followup_are_not_acknowledged(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    desk.decide(replace(PLAIN, kind=Kind.REPLY, content_digest="b"))
    assert len(receipts(desk)) == 1


def test_a_site_that_does_not_say_who_acknowledges_sends_nothing(database: Database, site: Site) -> None:
    quiet = replace(site, settings=site.settings.model_copy(update={"acknowledge": None}))
    desk = Desk(database, quiet)
    desk.decide(PLAIN)
    assert [kind for kind, _ in states(desk)] == [ActionKind.CREATE]


def test_one_address_gets_only_so_many_a_day(desk: Desk) -> None:
    for number in range(1, MOST_A_DAY + 3):
        desk.decide(another(number))
    assert len(receipts(desk)) == MOST_A_DAY
    desk.decide(replace(another(8), sender=replace(ALICE, address="ann@regulator.example")))
    desk.decide(replace(another(9), sender=BOB))
    desk.decide(replace(another(10), received_at=RECEIVED + timedelta(days=1, minutes=1)))
    assert len(receipts(desk)) == MOST_A_DAY + 3


def test_an_answer_to_the_acknowledgement_joins_the_matter(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    first = desk.decide(PLAIN)
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    ours = str(mail(outbox)["Message-ID"]).strip("<>")
    answer = report(
        kind=Kind.REPLY,
        own_text="Something else entirely.",
        content_digest="b",
        thread=Thread(message_id="two@regulator.example", points_to=(ours,)),
    )
    bounce = replace(
        answer, kind=Kind.BOUNCE, sender=replace(ALICE, address="mailer-daemon@regulator.example")
    )
    assert desk.decide(answer).matter_id == first.matter_id
    assert desk.decide(replace(bounce, content_digest="c")).matter_id == first.matter_id
    assert len(receipts(desk)) == 1


# What becomes of it


def test_what_a_server_may_have_taken_is_never_sent_again(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    outbox.after = [OutcomeUnknown("the SMTP server may have taken the mail")]
    deliver(desk, tickets, outbox)
    [receipt] = receipts(desk)
    assert (receipt.state, receipt.trouble) == (
        ActionState.FAILED,
        "the SMTP server may have taken the mail",
    )
    retry_failed(desk.database, "INC-1")
    deliver(desk, tickets, outbox)
    [receipt] = receipts(desk)
    assert receipt.trouble == "it may have been sent before; see to it that the sender knows"
    assert (receipt.state, len(outbox.sent)) == (ActionState.FAILED, 1)


def test_a_process_that_died_while_sending_has_perhaps_sent_it(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    with desk.database.write("test") as session:
        [receipt] = session.scalars(select(Action).where(Action.kind == ActionKind.ACKNOWLEDGE))
        receipt.state, receipt.claimed_by = ActionState.SENDING, "a daemon that is no longer there"
    reap(desk.database, timedelta(0))
    deliver(desk, tickets, outbox)
    assert (receipts(desk)[0].state, outbox.sent) == (ActionState.FAILED, [])


def test_a_refused_mail_can_be_tried_again_by_a_person(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    outbox.before = [Refused("the SMTP server answers 550 to MAIL")]
    deliver(desk, tickets, outbox)
    assert receipts(desk)[0].state is ActionState.FAILED
    retry_failed(desk.database, "INC-1")
    deliver(desk, tickets, outbox)
    assert (receipts(desk)[0].state, len(outbox.sent)) == (ActionState.DONE, 1)


@pytest.mark.parametrize("error", [Unavailable("451"), CredentialsRefused("535")])
def test_a_server_that_takes_nothing_now_is_asked_again_later(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox, error: Exception
) -> None:
    desk.decide(PLAIN)
    desk.decide(replace(another(2), sender=BOB))
    deliver(desk, tickets)
    outbox.before = [error]
    deliver(desk, tickets, outbox)
    assert [receipt.state for receipt in receipts(desk)] == [ActionState.PLANNED, ActionState.DONE]
    make_due(desk)
    deliver(desk, tickets, outbox)
    assert len(outbox.sent) == 2


def test_a_server_that_takes_nothing_for_a_day_is_asked_no_more(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    outbox.before = [Unavailable("nothing listens")] * (MOST_DEFERRALS + 1)
    for _ in range(MOST_DEFERRALS + 1):
        make_due(desk)
        deliver(desk, tickets, outbox)
    assert (receipts(desk)[0].state, receipts(desk)[0].trouble) == (ActionState.FAILED, "nothing listens")


def test_without_a_lease_nothing_is_sent(desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    step = Courier(
        number=1,
        database=desk.database,
        tickets=tickets,
        planned=Bell(),
        unknown_wait=timedelta(0),
        hold=Hold(Expired()),
        outbox=outbox,
    )
    with pytest.raises(LeaseLost) as lost:
        step.work()
    step.failed(lost.value)
    step.close()
    assert (receipts(desk)[0].state, outbox.sent) == (ActionState.PLANNED, [])


# What waits for it: nothing


def test_tickets_go_on_while_no_mail_can_be_sent(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    deliver(desk, tickets)
    desk.decide(replace(PLAIN, kind=Kind.REPLY, content_digest="b"))
    deliver(desk, tickets)
    assert len(tickets.tickets["INC-1"].comments) == 2
    assert [state for _, state in states(desk)] == [
        ActionState.DONE,
        ActionState.PLANNED,
        ActionState.DONE,
        ActionState.DONE,
    ]


def test_what_was_planned_behind_it_is_not_done_before_the_ticket_exists(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    deliver(desk, tickets, outbox)
    assert [state for _, state in states(desk)] == [
        ActionState.PLANNED,
        ActionState.WAITING,
        ActionState.WAITING,
    ]


def test_what_becomes_more_pressing_leaves_it_where_it_was(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(report(authority_ref="2026/1"))
    hurried = report(authority_ref="2026/1", kind=Kind.REPLY, content_digest="b", clocks=(SOON,))
    desk.decide(hurried)
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    assert len(outbox.sent) == 1


def test_the_ledger_tells_that_it_was_sent_and_to_nobody_whom(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    [receipt] = receipts(desk)
    with desk.database.read() as session:
        told = session.execute(
            select(LedgerEntry.event, LedgerEntry.facts).where(LedgerEntry.action_id == receipt.id)
        ).all()
    assert [event for event, _ in told] == ["sending", "done"]
    assert "alice" not in str(told)


# After a recovery


def test_while_acknowledgements_are_off_after_a_recovery_none_is_planned(desk: Desk) -> None:
    recover(desk.database)
    desk.restart()
    late = timedelta(days=3650)
    desk.decide(replace(PLAIN, received_at=RECEIVED + late))
    assert receipts(desk) == []
    allow_acknowledgements(desk.database)  # while the daemon runs
    desk.decide(replace(another(2), received_at=RECEIVED + late))
    desk.decide(another(3))  # received before the recovery: it may have been acknowledged then
    assert len(receipts(desk)) == 1


def test_what_a_restored_backup_had_planned_is_not_sent(
    desk: Desk, tickets: MemoryTickets, outbox: MemoryOutbox
) -> None:
    desk.decide(PLAIN)
    recover(desk.database)
    deliver(desk, tickets)
    deliver(desk, tickets, outbox)
    assert (receipts(desk)[0].state, outbox.sent) == (ActionState.FAILED, [])


# Where nobody is to be told


def test_a_replay_acknowledges_nothing(tmp_path: Path) -> None:
    make_site(tmp_path, routing=ROUTING)
    with (tmp_path / "mailwarden.yaml").open("a") as file:
        file.write("smtp: {host: 127.0.0.1, tls: none}\n")
        file.write("acknowledge: {sender: desk@intake.clipora.example, sender_name: Clipora}\n")
    (tmp_path / "senders.json").write_text('{"domains": {}}')
    assert load(tmp_path).settings.acknowledge is not None
    assert site_for(tmp_path, organisations=tmp_path / "senders.json").settings.acknowledge is None
