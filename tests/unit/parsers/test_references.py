# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.knowledge import Knowledge
from parsers.references import ticket_keys

ID = "7431902286571148306"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://clipora.example/@some.one/video/{ID}?lang=en", [f"video:{ID}"]),
        (f"m.clipora.example/v/{ID}.html", [f"video:{ID}"]),
        (f"hxxps://clipora[.]example/@some.one/video/{ID}", [f"video:{ID}"]),
        (f"clipora(dot)example/live/{ID}", [f"live:{ID}"]),
        (f"https://safe.example/?url=https%3A%2F%2Fclipora.example%2Fsound%2F{ID}&x=1", [f"sound:{ID}"]),
        ("https://clp.example/ZMt7Kq2/", ["short:ZMt7Kq2"]),
        ("https://clipora.example/tag/Some-Tag.", ["hashtag:some-tag"]),
        ("the account @Some.One.", ["user:some.one"]),
        ("https://clipora.example/@someone", ["user:someone"]),
        ("アカウント：＠ｋａｂｕ＿１", ["user:kabu_1"]),
        ("Reported-User:  benny.builds", ["user:benny.builds"]),
        ("#ТёплыйКлад and #2214", ["hashtag:тёплыйклад"]),
        ("hello @everyone, write to desk@media-office.example", []),
        (f"clipora.example/live/{ID} and again clipora.example/live/{ID}", [f"live:{ID}"]),
    ],
)
def test_content_is_recognised_and_normalised(knowledge: Knowledge, text: str, found: list[str]) -> None:
    assert [str(reference) for reference in knowledge.references.find([text])] == found


def test_ticket_keys_are_found_in_order_and_once() -> None:
    assert ticket_keys("Re: [INC-12] x", "see INC-12 and OPS-3, not AB/INC-4 or INC-5/6") == (
        "INC-12",
        "OPS-3",
    )
