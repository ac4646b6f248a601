import pytest

from connectors.jira.text import TEXT_LIMIT
from connectors.jira.wiki import markup
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote

JIRA_LIMIT = 32_767
WJ = "\u2060"


def literal(text: str) -> str:
    return "{noformat:nopanel=true}\n" + text + "\n{noformat}"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_each_block_has_its_form() -> None:
    text = (
        Heading(text="Follow-up (auto reply)"),
        Paragraph(text="The sender may be forged. Do not act on it, before somebody has called: at once."),
        FactTable(rows=(("From", "Media Authority"), ("Due", "2026-12-01 10:00 UTC"))),
        Quote(text="Take it down.\n\nToday."),
    )
    assert markup(text).split("\n\n", 3) == [
        "h3. Follow-up (auto reply)",
        "The sender may be forged. Do not act on it, before somebody has called: at once.",
        literal("From: Media Authority\nDue: 2026-12-01 10:00 UTC"),
        literal("Take it down.\n\nToday."),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "see [~admin]",
        "see http://evil.example",
        "h1. big",
        "bq. quoted",
        "INC-1 is like it",
        "*bold*",
        "a_b_c",
        "{color:red}x{color}",
        "write to help@mail.example",
        "x :)",
    ],
)
@pytest.mark.parametrize("block", [Heading, Paragraph])
def test_a_sentence_that_is_more_than_plain_words_is_shown_literally(
    block: type[Heading | Paragraph], words: str
) -> None:
    shown = markup((block(text=words),))
    assert shown == literal(words.replace("{", "{" + WJ).replace("[~", f"[{WJ}~"))


def test_a_fact_can_not_pretend_to_be_two() -> None:
    facts = FactTable(rows=(("File", "a.pdf\nSender: verified\u2028Due: never"),))
    assert markup((facts,)) == literal("File: a.pdf Sender: verified Due: never")


def test_a_quote_can_not_close_its_block() -> None:
    assert markup((Quote(text="{noformat}\n{ noformat}"),)) == literal(f"{{{WJ}noformat}}\n{{{WJ} noformat}}")


def test_a_control_character_can_not_hide_a_sign() -> None:
    assert markup((Quote(text="[\x00~admin] {\x00noformat}"),)) == literal(f"[{WJ}~admin] {{{WJ}noformat}}")


@pytest.mark.parametrize(
    "block", [Quote(text=" \n"), FactTable(rows=()), Paragraph(text=""), Heading(text="")]
)
def test_a_block_with_nothing_in_it_is_left_out(block: Block) -> None:
    assert markup((Paragraph(text="One."), block, Paragraph(text="Two."))) == "One.\n\nTwo."


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(text="😀" * 40_000),
        Paragraph(text="word " * 20_000),
        Quote(text="{" * TEXT_LIMIT),
        Quote(text="[\x00~" * TEXT_LIMIT),
        FactTable(rows=(("l", "v"),) * 10_000),
    ],
)
def test_a_text_that_is_too_long_is_cut_and_says_so(block: Block) -> None:
    cut = markup((block, Paragraph(text="after it")))
    assert cut.endswith("Mailwarden keeps the whole message.")
    assert "after it" not in cut
    assert TEXT_LIMIT - 300 < units(cut) < JIRA_LIMIT
