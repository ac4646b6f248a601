import pytest

from connectors.jira.adf import Node, document
from connectors.jira.text import SUMMARY_LIMIT, TEXT_LIMIT, clean, summary
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote

NOTICE = "cut here"


def texts(node: Node) -> list[str]:
    """Every text node's text, in order."""
    own = [node["text"]] if node["type"] == "text" else []
    return own + [text for child in node.get("content", []) for text in texts(child)]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def length(node: Node) -> int:
    breaks = 1 if node["type"] == "hardBreak" else 0
    return breaks + units(node.get("text", "")) + sum(length(child) for child in node.get("content", []))


def test_each_block_becomes_its_own_node() -> None:
    content = document(
        (
            Heading(text="Facts"),
            FactTable(rows=(("From", "regulator"),)),
            Paragraph(text="One."),
            Quote(text="Two."),
        )
    )["content"]
    assert [node["type"] for node in content] == ["heading", "table", "paragraph", "blockquote"]
    assert [texts(node) for node in content] == [["Facts"], ["From", "regulator"], ["One."], ["Two."]]


def test_line_ends_become_breaks_and_blank_lines_paragraphs() -> None:
    (quote,) = document((Quote(text="a\r\nb\n \n\nc\n"),))["content"]
    assert [node["type"] for node in quote["content"]] == ["paragraph", "paragraph"]
    assert [node["type"] for node in quote["content"][0]["content"]] == ["text", "hardBreak", "text"]


def test_a_table_without_rows_is_left_out() -> None:
    assert document((FactTable(rows=()),))["content"] == []


def test_controls_and_direction_overrides_are_removed() -> None:
    assert clean("a\x00\x07b\u202e\u2066c\x9b\ufffed\ud800\te\r\nf\rg") == "abcd\te\nf\ng"


def test_letters_of_right_to_left_scripts_stay() -> None:
    assert clean("قرار رقم صادر צו") == "قرار رقم صادر צו"


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(text="😀" * 40_000),
        Quote(text="line\n" * 20_000),
        FactTable(rows=tuple((f"label {n}", "v" * 1000) for n in range(100))),
        FactTable(rows=(("l" * 40_000, "value"),)),
    ],
)
def test_a_text_that_is_too_long_is_cut_and_says_so(block: Block) -> None:
    cut = document((block, Paragraph(text="after it")))
    assert NOTICE in texts(cut)[-1]
    assert length(cut) <= TEXT_LIMIT
    assert "after it" not in texts(cut)


def test_what_comes_first_stays_when_something_later_is_too_long() -> None:
    cut = document((Paragraph(text="due tomorrow"), Quote(text="x" * 40_000)))
    assert texts(cut)[0] == "due tomorrow"
    assert length(cut) > TEXT_LIMIT - 200


def test_a_text_of_just_the_limit_is_not_cut() -> None:
    assert texts(document((Quote(text="x" * TEXT_LIMIT),))) == ["x" * TEXT_LIMIT]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("  Order\r\n8812\u2028now ", "Order 8812 now"),
        ("a\x00b\u202ec", "abc"),
        ("", "(no subject)"),
        ("\u202e\n", "(no subject)"),
        ("x" * SUMMARY_LIMIT, "x" * SUMMARY_LIMIT),
        ("x" * 300, "x" * 254 + "…"),
    ],
)
def test_a_summary_is_one_line_that_fits(given: str, line: str) -> None:
    assert summary(given) == line


def test_a_summary_is_measured_as_jira_measures_it() -> None:
    line = summary("😀" * 200)
    assert units(line) <= SUMMARY_LIMIT
    assert line == "😀" * 127 + "…"
