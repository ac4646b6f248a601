from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.acknowledgement import AckDraft, acknowledgement, message_id
from connectors.errors import Refused

DRAFT = AckDraft(
    token="5f2d41c0a9",
    sender="desk@clipora.example",
    sender_name="Bildirim Masası",
    recipient="kurum@regulator.example",
    answers="<8812.abc@mx.regulator.example>",
    subject="Ynt: Kaldırma kararı",
    text="Sayın Kurum,\n\nBildiriminiz bize ulaştı.\n.\nTrust & Safety\n",
    language="tr",
    at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


def read(draft: AckDraft) -> EmailMessage:
    return message_from_bytes(acknowledgement(draft).octets, _class=EmailMessage, policy=default)


def test_it_reads_as_it_was_written() -> None:
    mail = read(DRAFT)
    assert mail["From"] == "Bildirim Masası <desk@clipora.example>"
    assert mail["To"] == "kurum@regulator.example"
    assert mail["Subject"] == "Ynt: Kaldırma kararı"
    assert mail["Date"] == "Tue, 03 Nov 2026 09:00:00 +0000"
    assert mail["Content-Language"] == "tr"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == DRAFT.text


def test_it_says_that_it_is_automatic_and_what_it_answers() -> None:
    mail = read(DRAFT)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == mail["References"] == DRAFT.answers


def test_its_message_id_follows_from_the_token() -> None:
    assert message_id(DRAFT) == "<mw-5f2d41c0a9@clipora.example>"
    assert read(DRAFT)["Message-ID"] == message_id(DRAFT)
    assert acknowledgement(DRAFT) == acknowledgement(DRAFT)


def test_a_long_message_id_is_neither_encoded_nor_broken() -> None:
    answers = f"<{'A' * 90}.B=c+d/e@{'x' * 60}.eurprd04.prod.outlook.example>"
    octets = acknowledgement(replace(DRAFT, answers=answers)).octets
    assert f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n".encode() in octets


@pytest.mark.parametrize(
    "answers",
    [
        None,
        "",
        "8812",
        "<a b@c>",
        "<a@b>\r\nBcc: <x@y.example>",
        "<a@b> <c@d>",
        "<ı@b>",
        f"<{'a' * 300}@b>",
    ],
)
def test_what_is_no_message_id_is_not_pointed_to(answers: str | None) -> None:
    assert set(read(replace(DRAFT, answers=answers)).keys()) == HEADERS - {"In-Reply-To", "References"}


def test_every_octet_is_ascii_and_every_line_short_and_ended() -> None:
    lines = acknowledgement(replace(DRAFT, text="ı" * 5_000)).octets.split(b"\r\n")
    assert lines[-1] == b""
    assert all(line.isascii() and len(line) <= 998 and b"\n" not in line for line in lines)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@b.example",
        "a@",
        "a@b",
        "a b@c.example",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example\n",
        "a@b.example> SIZE=1",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "ı@b.example",
        "a@ı.example",
        f"{'a' * 300}@b.example",
    ],
)
@pytest.mark.parametrize("end", ["recipient", "sender"])
def test_what_is_no_address_is_refused_and_not_repeated(end: str, address: str) -> None:
    changes: dict[str, str] = {end: address}
    with pytest.raises(Refused) as refusal:
        acknowledgement(replace(DRAFT, **changes))  # type: ignore[arg-type]
    assert not address or address not in str(refusal.value)


LINES = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\x00\x85\u2028: ,;<>@=?")))
SETTERS: dict[str, Callable[[str], AckDraft]] = {
    "subject": lambda text: replace(DRAFT, subject=text),
    "text": lambda text: replace(DRAFT, text=text),
    "answers": lambda text: replace(DRAFT, answers=text),
    "name": lambda text: replace(DRAFT, sender_name=text),
}


@pytest.mark.parametrize("part", SETTERS)
@given(hostile=LINES)
def test_no_words_become_a_header(part: str, hostile: str) -> None:
    mail = read(SETTERS[part](f"{hostile}\r\nBcc: x@y.example\r\n\r\n{hostile}"))
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    assert mail["To"].addresses[0].addr_spec == DRAFT.recipient
    assert [sender.addr_spec for sender in mail["From"].addresses] == [DRAFT.sender]


def test_a_name_that_is_folded_stays_a_name() -> None:
    zeros = "0" * 29
    mail = read(replace(DRAFT, sender_name=f"{zeros} Bcc: x@y.example {zeros}"))
    assert [sender.addr_spec for sender in mail["From"].addresses] == [DRAFT.sender]


def test_nothing_of_it_is_shown_in_a_log() -> None:
    shown = repr(DRAFT) + repr(acknowledgement(DRAFT))
    assert "regulator.example" not in shown
    assert "Kald" not in shown
