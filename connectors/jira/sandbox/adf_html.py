"""Shows a document in the Atlassian Document Format as HTML.

Only what is listed here becomes an element, and every text is escaped; what is not listed is named, so that
a page shows that something was there.
"""

from html import escape
from typing import Any

_TAGS = {
    "doc": ("<div>", "</div>"),
    "paragraph": ('<p dir="auto">', "</p>"),
    "hardBreak": ("<br>", ""),
    "rule": ("<hr>", ""),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "codeBlock": ("<pre><code>", "</code></pre>"),
    "bulletList": ("<ul>", "</ul>"),
    "orderedList": ("<ol>", "</ol>"),
    "listItem": ("<li>", "</li>"),
    "table": ("<table><tbody>", "</tbody></table>"),
    "tableRow": ("<tr>", "</tr>"),
    "tableHeader": ("<th>", "</th>"),
    "tableCell": ("<td>", "</td>"),
}
_TAGS |= {f"heading {level}": (f"<h{level}>", f"</h{level}>") for level in range(1, 7)}


def html_of(node: Any) -> str:  # noqa: ANN401 - a document is JSON of any shape
    """The node as HTML; an empty string for no node."""
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "text":
        return escape(str(node.get("text", "")))
    opening, closing = _tags(node)
    return opening + "".join(html_of(child) for child in node.get("content") or []) + closing


def _tags(node: dict[str, Any]) -> tuple[str, str]:
    kind = str(node.get("type"))
    if kind == "heading":
        kind = f"heading {node.get('attrs', {}).get('level')}"
    return _TAGS.get(kind, (f'<span class="unknown">[{escape(kind)}]</span>', ""))
