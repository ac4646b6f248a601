"""Ticket text in the Atlassian Document Format, literal by construction.

Words go into text nodes only: no links, mentions, cards or marks, so that nothing a stranger wrote can
take effect. See https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/.
"""

import re
from typing import Any

from connectors.jira.text import fitting
from connectors.tickets import Block, FactTable, Heading, Paragraph, Quote, TicketText

Node = dict[str, Any]

_HEADING_LEVEL = 3
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_WHITE_SPACE = re.compile(r"\s+")


def document(text: TicketText) -> Node:
    """The text as one document, cut at `TEXT_LIMIT` with a sentence that says so."""
    content = [node for block in fitting(text) for node in _nodes(block)]
    return {"type": "doc", "version": 1, "content": content}


def _nodes(block: Block) -> list[Node]:
    match block:
        case Heading(text=text):
            inline = _inline(_WHITE_SPACE.sub(" ", text))
            return [{"type": "heading", "attrs": {"level": _HEADING_LEVEL}, "content": inline}]
        case Paragraph(text=text):
            return _paragraphs(text)
        case Quote(text=text):
            return [{"type": "blockquote", "content": _paragraphs(text)}]
        case FactTable(rows=rows):
            return [{"type": "table", "content": [_row(*row) for row in rows]}] if rows else []


def _row(label: str, value: str) -> Node:
    cells = [
        {"type": "tableHeader", "content": _paragraphs(label)},
        {"type": "tableCell", "content": _paragraphs(value)},
    ]
    return {"type": "tableRow", "content": cells}


def _paragraphs(text: str) -> list[Node]:
    """One paragraph for each stretch between blank lines; at least one, as the format asks."""
    stretches = _BLANK_LINES.split(text.strip("\n"))
    return [{"type": "paragraph", "content": _inline(stretch)} for stretch in stretches]


def _inline(text: str) -> list[Node]:
    nodes: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append({"type": "text", "text": line})
    return nodes
