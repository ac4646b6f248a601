from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from connectors.jira.sandbox.adf_html import html_of
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import LINK_TYPES

EVIL = "<script>alert(1)</script>\"'&"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;"


def text_document(text: str) -> dict[str, Any]:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def add(sandbox: Sandbox, **fields: object) -> None:
    sandbox.store.create("INC", {"summary": "s", "issuetype": {"name": "Task"}, **fields}, {})


def page(sandbox: Sandbox, path: str = "/") -> str:
    answer = requests.get(sandbox.url + path, timeout=10)
    answer.raise_for_status()
    return answer.text


def test_the_list_shows_the_most_pressing_ticket_first(sandbox: Sandbox) -> None:
    add(sandbox, summary="later", priority={"name": "Highest"}, duedate="2026-12-01")
    add(sandbox, summary="low", priority={"name": "Low"})
    add(sandbox, summary="sooner", priority={"name": "Highest"}, duedate="2026-11-30")
    html = page(sandbox)
    assert html.index("sooner") < html.index("later") < html.index(">low<")
    assert "3 tickets" in html


def test_the_list_shows_what_matters_about_a_ticket_and_refreshes_itself(sandbox: Sandbox) -> None:
    add(sandbox, priority={"name": "High"}, duedate="2026-12-01", labels=["urgency-critical", "mw-a1"])
    add(sandbox)
    first, second = sandbox.tickets()
    sandbox.store.link(LINK_TYPES[0], first, second)
    html = page(sandbox)
    for part in (
        "priority-high",
        "2026-12-01",
        "label urgency-critical",
        "label token",
        "/browse/INC-2",
        "refresh",
    ):
        assert part in html


def test_an_empty_list_says_so(sandbox: Sandbox) -> None:
    assert "No tickets yet" in page(sandbox)


def test_a_ticket_is_shown_with_its_text_comments_links_and_history(sandbox: Sandbox) -> None:
    add(sandbox, description=text_document("the order"), assignee={"accountId": "alice"})
    add(sandbox)
    first, second = sandbox.tickets()
    sandbox.store.link(LINK_TYPES[0], first, second)
    sandbox.store.comment(sandbox.store.ticket("INC-1"), text_document("more came"), {})
    sandbox.store.edit(sandbox.store.ticket("INC-1"), {"duedate": "2026-12-01"})
    html = page(sandbox, "/browse/INC-1")
    for part in ("the order", "more came", "Comments (1)", "relates to", "/browse/INC-2", "alice", "duedate"):
        assert part in html


@pytest.mark.parametrize("path", ["/", "/browse/INC-1"])
def test_everything_that_a_stranger_wrote_is_escaped(sandbox: Sandbox, path: str) -> None:
    add(
        sandbox,
        summary=EVIL,
        description=text_document(EVIL),
        labels=[EVIL, f"urgency-{EVIL}"],
        components=[{"name": EVIL}],
        assignee={"accountId": EVIL},
        duedate=EVIL,
        priority={"name": EVIL},
    )
    ticket = sandbox.tickets()[0]
    sandbox.store.comment(ticket, text_document(EVIL), {})
    sandbox.store.attach(sandbox.store.ticket("INC-1"), EVIL, "text/plain", b"")
    sandbox.store.edit(sandbox.store.ticket("INC-1"), {"summary": EVIL + "2"})
    html = page(sandbox, path)
    assert "<script" not in html
    assert EVIL not in html
    assert ESCAPED in html


def test_wiki_markup_is_shown_as_it_was_sent(sandbox: Sandbox) -> None:
    add(sandbox, description=f"h3. Facts\n{EVIL}")
    sandbox.store.comment(sandbox.tickets()[0], f"{{noformat}}{EVIL}{{noformat}}", {})
    html = page(sandbox, "/browse/INC-1")
    assert f"h3. Facts\n{ESCAPED}" in html
    assert f"{{noformat}}{ESCAPED}{{noformat}}" in html
    assert EVIL not in html


def test_pages_may_load_nothing_but_their_style_sheet(sandbox: Sandbox) -> None:
    answer = requests.get(sandbox.url, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert requests.get(f"{sandbox.url}/style.css", timeout=10).headers["Content-Type"].startswith("text/css")


def test_a_page_about_no_ticket_is_not_found(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/browse/INC-9", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("node", "html"),
    [
        ({"type": "mention", "attrs": {"id": "<b>"}}, '<span class="unknown">[mention]</span>'),
        ({"type": "<script>"}, '<span class="unknown">[&lt;script&gt;]</span>'),
        ({"type": "heading", "attrs": {"level": 3}, "content": []}, "<h3></h3>"),
        ({"type": "heading", "attrs": {"level": "3 onclick=x"}}, '<span class="unknown">'),
        ({"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:x"}}]}, "x"),
        ("no node", ""),
    ],
)
def test_only_known_nodes_become_elements(node: object, html: str) -> None:
    assert html_of(node).startswith(html)
    assert "<script" not in html_of(node)
    assert "javascript" not in html_of(node)


def test_times_on_the_pages_name_their_zone() -> None:
    with Sandbox(clock=lambda: datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) as sandbox:
        add(sandbox)
        assert "03 Nov 09:05:00 UTC" in page(sandbox)
