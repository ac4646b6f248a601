# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
from base64 import b64encode
from urllib.parse import quote

import pytest

from parsers.addresses import hides_target
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
        ("@min_su_77와", ["user:min_su_77"]),
        ("#নদীভাঙন।", ["hashtag:নদীভাঙন"]),
        ("#हिंसा_बंद", ["hashtag:हिंसा_बंद"]),
        ("#ข่าวปลอม", ["hashtag:ข่าวปลอม"]),
        ("#ТёплыйКлад and #2214", ["hashtag:тёплыйклад"]),
        ("hello @everyone, write to desk@media-office.example", []),
        (f"clipora . example/v/{ID}", [f"video:{ID}"]),
        (f"https:\\\\clipora.example\\v\\{ID}", [f"video:{ID}"]),
        (f"https://notclipora.example/v/{ID}", []),
        (f"معرف الفيديو: {ID}", [f"video:{ID}"]),
        (f"วิดีโอหมายเลข {ID}", [f"video:{ID}"]),
        (f"hxxps[:]//clipora[.]example[/]v[/]{ID}", [f"video:{ID}"]),
        (f"https://clipora.example/[at]some.one/video/{ID}", [f"video:{ID}"]),
        (f"https://clipora.example/@some.one/\nvideo/{ID}", [f"video:{ID}"]),
        (f"> https://clipora.example/@some.one/video/{ID[:9]}\n> {ID[9:]}\n", [f"video:{ID}"]),
        (f"<https://clipora.example/vi\n deo/{ID}>", [f"video:{ID}"]),
        (f"https://clipora.example/v/{ID[:9]}=\n{ID[9:]}", [f"video:{ID}"]),
        (f"https://clip\u200bora.example/\u2060v/{ID}", [f"video:{ID}"]),
        (f"\u2068https://clipora.example/v/{ID}\u2069", [f"video:{ID}"]),
        (f"https://clipora.example/%40some.one/video/{ID}", [f"video:{ID}"]),
        (f"https://clipora%2Eexample%2Fv%2F{ID}", [f"video:{ID}"]),
        (f"ｈｔｔｐｓ：／／ｃｌｉｐｏｒａ．ｅｘａｍｐｌｅ／ｖ／{ID}", [f"video:{ID}"]),
        (f"http://www.clipora.example:443/v/{ID}", [f"video:{ID}"]),
        (f"Video ID: {ID}", [f"video:{ID}"]),
        (f"動画ID：{ID}", [f"video:{ID}"]),
        (f"the live room {ID}", [f"live:{ID}"]),
        ("https://clp.example/ZMt7Kq2\nPlease", ["short:ZMt7Kq2"]),
        ("https://search.example/?q=%40nobody&x=#anchor", []),
        (f"clipora.example/live/{ID} and again clipora.example/live/{ID}", [f"live:{ID}"]),
    ],
)
def test_content_is_recognised_and_normalised(knowledge: Knowledge, text: str, found: list[str]) -> None:
    assert [str(reference) for reference in knowledge.references.find([text])] == found


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("see https://protect-eu.mimecast.com/s/Wb3xCQ1k7hR2mPzu4?domain=clipora.example", True),
        ("see https://linkprotect.cudasvc.com/url?c=E,1,Wb3xCQ1k7hR2mPzu4&typo=1", True),
        (f"see https://linkprotect.cudasvc.com/url?a=https%3A%2F%2Fclipora.example%2Fv%2F{ID}&c=E", False),
        (f"see https://urldefense.com/v3/__https://clipora.example/v/{ID}__;!!Wb3x!Q1k7$", False),
        (f"see https://clipora.example/v/{ID}", False),
    ],
)
def test_gateway_that_keeps_its_target_is_noticed(text: str, *, hidden: bool) -> None:
    assert hides_target(text) is hidden


def test_ticket_keys_are_found_in_order_and_once() -> None:
    assert ticket_keys("Re: [INC-12] x", "see INC-12 and OPS-3, not AB/INC-4 or INC-5/6") == (
        "INC-12",
        "OPS-3",
    )


VIDEO = f"https://clipora.example/@some.one/video/{ID}"


@pytest.mark.parametrize(
    "address",
    [
        f"https://eur02.safelinks.example/?url={quote(VIDEO, safe='')}&data=05%7C01&reserved=0",
        f"https://outer.example/?u={quote('https://inner.example/?a=' + quote(VIDEO, safe=''), safe='')}",
        f"https://urldefense.example/v1/url?u={quote(VIDEO, safe='')}&k=x",
        f"https://urldefense.example/v2/url?u=https-3A__clipora.example_-40some.one_video_{ID}&d=DwMF&c=x",
        f"https://urldefense.example/v3/__{VIDEO}__;!!abc!xyz$",
        f"https://urldefense.example/v3/__https:/*clipora.example/*some.one/video/{ID}__;L0A!!abc!xyz$",
        f"https://urldefense.example/v3/__https:**Aclipora.example/*some.one/video/{ID}__;Ly9A!!abc!xyz$",
        f"https://linkprotect.example/url?a={quote(VIDEO, safe='')}&c=E,1,x",
        f"https://www.search.example/url?q={quote(VIDEO, safe='')}&sa=D",
        f"https://secure-web.example/1a-b_c/{quote(VIDEO, safe='')}",
        f"https://protection.example?d=clipora.example&u={b64encode(VIDEO.encode()).decode()}&i=x",
    ],
)
def test_target_that_a_gateway_wraps_is_found(knowledge: Knowledge, address: str) -> None:
    assert [str(reference) for reference in knowledge.references.find([f"see {address} now"])] == [
        f"video:{ID}"
    ]


@pytest.mark.parametrize("content", ["L0\xe4A", "L0A\xe4", "=", "A"])
def test_address_that_a_gateway_wrapped_badly_names_nothing_else(knowledge: Knowledge, content: str) -> None:
    text = f"https://urldefense.example/v3/__https:/*clipora.example/*x__;{content}!!abc!xyz$ and {VIDEO}"
    assert [str(reference) for reference in knowledge.references.find([text])] == [f"video:{ID}"]


@pytest.mark.parametrize("unit", ["https://", "https://a/\n", "/v3/__", "/v2/url?a&", "%41", "( ", "video "])
def test_monotonous_text_names_nothing(knowledge: Knowledge, unit: str) -> None:
    assert knowledge.references.find([unit * 20_000]) == ()
