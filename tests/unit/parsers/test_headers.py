import pytest

from parsers.headers import decode_field, mailbox_in, names_several


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("=?utf-8?Q?caf=C3=A9", "café"),
        ("=?utf-8?Q?caf=C3=A9 =?utf-8?Q?_bar?=", "café bar"),
        ("=?utf-8?Q?caf=C3=A9 and more?= x", "café and more x"),
        ("=?utf-8?B?Y2Fmw6k=?=", "café"),
        ("=?utf-8?B?Y2Fmw6k?=", "café"),
        ("=?iso-8859-1?Q?What?is=3F?=", "What?is?"),
        ("=?utf-8*en?Q?hi?=", "hi"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?Q??=", ""),
        ("=?no charset?Q?x?=", "=?no charset?Q?x?="),
        ("one\r\n\ttwo", "one two"),
        ("a\x00b\x07c", "abc"),
        ("\x1b$B:o=|\x1b(B", "削除"),
    ],
)
def test_field_is_decoded_as_far_as_it_goes(field: str, text: str) -> None:
    assert decode_field(field) == text


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("Doe, Ada <ada@a.example>", "Doe, Ada", "ada@a.example"),
        ("ada@a.example (Ada)", "Ada", "ada@a.example"),
        ("Desk: ada@a.example, bob@b.example;", "", "ada@a.example"),
        ("<@relay.example:ada@a.example>", "", "ada@a.example"),
        ("Ada <ada@a.example", "Ada", "ada@a.example"),
        ("Ada (x, y) <ada@a.example>", "Ada (x, y)", "ada@a.example"),
        ("<@one.example,@two.example:ada@a.example>", "", "ada@a.example"),
        ("Ada <ada(desk)@a.example>", "Ada", "ada@a.example"),
        ("Ada <ada @ a.example>", "Ada", "ada@a.example"),
        ('"ada d"@a.example', "", '"ada d"@a.example'),
        (r'"Ada \"D\" Doe" <ada@a.example>', 'Ada "D" Doe', "ada@a.example"),
        ("Ada @ Desk, Inc. <ada@a.example>", "Ada @ Desk, Inc.", "ada@a.example"),
        ("undisclosed-recipients:;", "undisclosed-recipients:;", None),
        ("", "", None),
    ],
)
def test_first_mailbox_is_found(field: str, name: str, address: str | None) -> None:
    assert mailbox_in(field) == (name, address)


@pytest.mark.parametrize(
    ("fields", "several"),
    [
        (["Ada <ada@a.example>, Eve <eve@e.example>"], True),
        (["eve@e.example, ada@a.example"], True),
        (["<eve@e.example> <ada@a.example>"], True),
        (["Desk: Ada <ada@a.example>, eve@e.example;"], True),
        (["ada@a.example", "eve@e.example"], True),
        (["Doe, Ada <ada@a.example>"], False),
        (["ada@a.example <ada@a.example>"], False),
        (['"ada@a.example, x" <ada@a.example>'], False),
        (["ada@a.example (once eve@e.example)"], False),
        (["Ada <ada@a.example>,"], False),
        ([], False),
    ],
)
def test_mailboxes_of_from_are_counted(fields: list[str], *, several: bool) -> None:
    assert names_several(fields) is several


@pytest.mark.parametrize(
    "field", ["=?a?q?x" * 9000, "=?a?q? " * 9000, "=?" * 30_000, ("=?a?q?" + "x " * 70) * 400]
)
def test_endless_words_stay_text(field: str) -> None:
    assert isinstance(decode_field(field), str)
