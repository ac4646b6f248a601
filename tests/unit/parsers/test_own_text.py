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


def test_own_line_with_a_date_right_above_an_attribution_stays(split: Split) -> None:
    own = "It was posted on 1 November 2026"
    assert split(f"{own}\nOn 2 Nov 2026, at 09:00, A <a@b.example> wrote:\n> {OLD}").own == own


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
    "banner",
    [
        "[EXTERNAL]",
        "CAUTION: This email originated from outside of the organization.\nDo not click links.",
        "You don't often get email from desk@media-office.example. Learn why this is important",
        "ACHTUNG: Diese E-Mail kommt von außerhalb der Behörde.",
        "注意：外部郵件",
    ],
)
def test_warning_above_the_text_is_not_own(split: Split, banner: str) -> None:
    assert split(f"{banner}\n\n{OWN}").own == OWN


def test_mail_that_consists_of_a_warning_is_kept(split: Split) -> None:
    assert split("This email originated from outside.").own == "This email originated from outside."


@pytest.mark.parametrize(
    "card",
    [
        "Case officer A. Doe",
        "Det. A. Doe #22\nCounty Sheriff's Office, Missing Persons",
        "담당 주무관 아무개",
    ],
)
def test_paragraph_that_only_names_the_sender_is_not_own(split: Split, card: str) -> None:
    assert split(f"{OWN}\n\n{card}").own == OWN


@pytest.mark.parametrize(
    "ending",
    [
        "PLEASE REMOVE THIS\nTHIS IS MY CHILD",
        "Account @Some.One\nAccount @Some.Two",
        "Reference No\nAB/2026/12",
        "please remove it today\nand tell us",
        "______\nSecond part\nof the text",
    ],
)
def test_short_lines_that_may_be_text_stay(split: Split, ending: str) -> None:
    assert split(f"{OWN}\n\n{ending}").own.endswith(ending.rpartition("\n")[2])


def test_sender_of_a_forwarded_mail_is_named(split: Split) -> None:
    text = "fyi\n\n---------- Forwarded message ---------\nFrom: A <a@B.Example>\nDate: 2 Nov 2026\n\nhelp"
    assert split(text).forwarded_sender == "a@b.example"


def test_label_block_is_forwarded_mail_where_the_subject_says_so(knowledge: Knowledge) -> None:
    block = "From: A <a@b.example>\nSent: 2 November 2026 09:00\nTo: Desk\nSubject: s"
    divided = divide(f"{block}\n\n{OLD}", knowledge.words, forwards=True)
    assert (divided.own, divided.forwarded_sender) == ("", "a@b.example")
    assert OLD in divided.forwarded


def test_unmarked_rest_of_a_quoted_line_is_not_own(split: Split) -> None:
    quote = "> This quoted line was so long that a program broke it in two and\nforgot the mark\n> here"
    assert split(f"On 2 Nov 2026, at 09:00, A <a@b.example> wrote:\n{quote}\n\n{OWN}").own == OWN


def test_older_marked_mail_in_an_unmarked_quote_brings_nothing_back(split: Split) -> None:
    text = f"{OWN}\n\nOn 2 Nov 2026, at 09:00, A <a@b.example> wrote:\n{OLD}\n> older\nBye"
    assert split(text).own == OWN


@pytest.mark.parametrize(
    "head",
    [
        "Unit 4\nFrom: Inspector Doe\nTo: Trust and Safety\nDate: 2 November 2026, 10:00\nSubject: Removal",
        "Incident\nName: Ada Doe\nEmail: ada@a.example\nDate: 2 Nov 2026 10:00\nWhere: online",
        "Order\n==========\nFrom: 2 November 2026\nSubject: removal\n==========",
        "Amt 4\nDatum: 02.11.2026 10:00\nBetreff: Entfernung\nAn: Clipora",
    ],
)
def test_head_of_a_letter_or_form_is_no_mail_header(split: Split, head: str) -> None:
    text = f"{head}\n\nPlease remove it."
    assert split(text).own == text


def test_form_with_labelled_lines_is_no_mail_header(split: Split) -> None:
    text = "REPORT\nType: enticement\nPriority: 2\nDate: 2026-10-23 23:14\nSubject: user ada.b\nSummary: text"
    assert split(text).own == text


@pytest.mark.parametrize(
    "text",
    [
        "Video: https://clipora.example/live/123456\nAccount: @someone\nCase: 2026/12",
        "On 2 November 2026 at 09:00 the user @abc wrote:\n> I will kill you\n\nPlease act now.",
        "He wrote to my daughter:\nI know where you live.",
        "Items:\n- one\n- two\n\nReference: AB-12/2026",
        "Dear team,\n\nhe mails that people can unsubscribe.\n\nSee clipora.example/v/7431902286571148306",
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
