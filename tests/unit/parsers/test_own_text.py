# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.knowledge import Knowledge
from parsers.own_text import Authorship, divide

OWN = "The clip is still online.\nPlease look again."
OLD = "We received your report."


@pytest.fixture
def split(knowledge: Knowledge) -> "Split":
    return Split(knowledge)


class Split:
    def __init__(self, knowledge: Knowledge) -> None:
        self._words = knowledge.words

    def __call__(self, text: str) -> Authorship:
        return divide(text, self._words)


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 2 Nov 2026 at 09:00, Reports <reports@intake.example> wrote:",
        "On Mon, 2 Nov 2026 at 09:00, Reports\n<reports@intake.example> wrote:",
        "Am 02.11.2026 um 09:00 schrieb Reports <reports@intake.example>:",
        "Le lun. 2 nov. 2026 à 09:00, Reports <reports@intake.example> a écrit :",
        "Reports <reports@intake.example>, 2 Kas 2026 Pzt, 09:00 tarihinde şunu yazdı:",
        "El lun, 2 nov 2026 a las 9:00, Reports (<reports@intake.example>) escribió:",
        "2026年11月2日(月) 9:00 Reports <reports@intake.example>:",
        "пн, 2 нояб. 2026 г. в 09:00, Reports <reports@intake.example>:",
    ],
)
def test_quoted_mail_below_an_attribution_is_not_own(split: Split, attribution: str) -> None:
    assert split(f"{OWN}\n\n{attribution}\n> {OLD}\n> Bye") == Authorship(own=OWN, quoted=f"{OLD}\nBye")


@pytest.mark.parametrize(
    "block",
    [
        "From: Desk <desk@intake.example>\nSent: Monday, 2 November 2026 09:00\nTo: Desk\nSubject: s",
        "Von: Desk <desk@intake.example>\nGesendet: Montag, 2. November 2026 09:00\nAn: Desk\nBetreff: s",
        "-----Özgün İleti-----\nKimden: Reports\nGönderildi: 2 Kasım 2026 09:00\nKime: Desk\nKonu: Bildirim",
        "Lähettäjä: Reports <reports@intake.example>\nPäiväys: 2.11.2026 klo 9:00\nAihe: Ilmoitus\nTo: Desk",
    ],
)
def test_label_block_ends_the_own_text_by_word_or_shape(split: Split, block: str) -> None:
    assert split(f"{OWN}\n\n{block}\n\n{OLD}").own == OWN


def test_answers_between_quotes_are_own(split: Split) -> None:
    text = "On 2 Nov 2026, at 09:00, A <a@b.example> wrote:\n> Is it online?\nYes.\n> Since when?\nMonday.\n"
    assert split(text) == Authorship(own="Yes.\nMonday.", quoted="Is it online?\nSince when?")


def test_answer_below_the_quote_is_own(split: Split) -> None:
    text = f"On 2 Nov 2026, at 09:00, A <a@b.example> wrote:\n> {OLD}\n\n{OWN}"
    assert split(text).own == OWN


def test_forwarded_mail_is_returned_apart(split: Split) -> None:
    opening = "---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: 2 Nov 2026\nSubject: s"
    text = f"{OWN}\n\n{opening}\n\n{OLD}"
    divided = split(text)
    assert divided.own == OWN
    assert OLD in divided.forwarded


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nAda\nMedia Office",
        "Sent from my iPhone",
        "This e-mail is confidential. If you are not the intended recipient, delete it within 24 hours.",
        "______\nBu e-posta yalnızca gönderildiği kişiye özeldir.",
    ],
)
def test_standing_text_is_not_own(split: Split, ending: str) -> None:
    assert split(f"{OWN}\n\n{ending}").own == OWN


def test_name_below_a_farewell_stays_and_contact_details_go(split: Split) -> None:
    text = f"{OWN}\n\nKind regards,\nAda L.\nMedia Office\nTel: 030 1234567"
    assert split(text).own == f"{OWN}\n\nKind regards,\nAda L."


@pytest.mark.parametrize(
    "text",
    [
        "Video: https://clipora.example/live/123456\nAccount: @someone\nCase: 2026/12",
        "He wrote to my daughter:\nI know where you live.",
        "Items:\n- one\n- two\n\nReference: AB-12/2026",
        "Dear team,\n\nthe account says that its content is confidential to members.\n\nPlease act.",
    ],
)
def test_text_that_only_resembles_a_quote_stays(split: Split, text: str) -> None:
    assert split(text).own == text


@pytest.mark.parametrize(
    "text", [" " * 200_000, "> x\n" * 20_000, "-- \n" * 20_000, "a: b\n" * 10_000, "x" * 500_000]
)
def test_monotonous_text_is_divided(split: Split, text: str) -> None:
    assert len(split(text).own) <= len(text)
