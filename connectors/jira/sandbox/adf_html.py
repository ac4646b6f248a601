"""Shows a document in the Atlassian Document Format as HTML.

Only what is listed here becomes an element, and every text is escaped; what is not listed is named, so that
a page shows that something was there.
"""

from html import escape
from typing import Any

_ELEMENTS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
    "doc": "div",
}
_HEADING_LEVELS = range(1, 7)


def html_of(node: Any) -> str:  # noqa: ANN401 - a document is JSON of any shape
    """The node as HTML; an empty string for no node."""
    if not isinstance(node, dict):
        return ""
    kind = str(node.get("type", ""))
    inner = "".join(html_of(child) for child in node.get("content") or [])
    match kind:
        case "text":
            return escape(str(node.get("text", "")))
        case "hardBreak":
            return "<br>"
        case "rule":
            return "<hr>"
        case "heading":
            return _heading(node, inner)
        case "codeBlock":
            return f"<pre><code>{inner}</code></pre>"
        case "table":
            return f"<table><tbody>{inner}</tbody></table>"
        case _ if kind in _ELEMENTS:
            return f"<{_ELEMENTS[kind]}>{inner}</{_ELEMENTS[kind]}>"
    return f'<span class="unknown">[{escape(kind)}]</span>{inner}'


def _heading(node: dict[str, Any], inner: str) -> str:
    level = node.get("attrs", {}).get("level")
    level = level if level in _HEADING_LEVELS else _HEADING_LEVELS[-1]
    return f"<h{level}>{inner}</h{level}>"
