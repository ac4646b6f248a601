"""Words of strangers stay words: whatever they hold, the document is valid and has nothing that acts."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft4Validator

from connectors.jira.adf import document
from connectors.jira.sandbox.adf_html import html_of
from connectors.jira.text import clean
from connectors.tickets import FactTable, Heading, Paragraph, Quote
from tests.contract.jira_judge import document_schema, requires_contracts

PASSIVE = {
    "doc",
    "paragraph",
    "heading",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "blockquote",
    "text",
    "hardBreak",
}
HOSTILE = [
    "[~admin] please",
    "[~accountid:5b10a2844c20165700ede21g]",
    "{noformat}\n[~admin] h1. x\n{noformat}",
    "!http://evil.example/p.gif!",
    "[click|http://evil.example] [javascript|javascript:alert(1)]",
    "||h||t||\n|a|b|",
    "{html}<script>alert(1)</script>{html}",
    "<img src=x onerror=alert(1)>",
    "https://clipora.example/@u/video/1",
    "&#91;~admin&#93; &lt;b&gt;",
    '{"type": "mention", "attrs": {"id": "admin"}}',
    "\u202egnp.exe \u2066x\u2069",
    "\x00\x1b[31m\x9b",
    "@everyone #all INC-1 ---",
    "",
    "\n\n\n",
    " \n\t\n ",
    "\ud800",
]


def as_every_block(text: str) -> dict[str, Any]:
    return document(
        (Heading(text=text), FactTable(rows=((text, text),)), Paragraph(text=text), Quote(text=text))
    )


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("content", []):
        yield from nodes(child)


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    return Draft4Validator(document_schema())


@requires_contracts
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_gives_a_valid_document(validator: Draft4Validator, text: str) -> None:
    assert list(validator.iter_errors(as_every_block(text))) == []


@requires_contracts
@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300))
def test_any_text_gives_a_valid_document(validator: Draft4Validator, text: str) -> None:
    assert list(validator.iter_errors(as_every_block(text))) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_becomes_plain_text_nodes(text: str) -> None:
    for node in nodes(as_every_block(text)):
        assert node["type"] in PASSIVE
        assert "marks" not in node
        if node["type"] == "text":
            assert " ".join(node["text"].split()) in " ".join(clean(text).split())


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_plain_text_nodes(text: str) -> None:
    assert all(node["type"] in PASSIVE and "marks" not in node for node in nodes(as_every_block(text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_escaped_on_the_pages(text: str) -> None:
    html = html_of(as_every_block(text))
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
