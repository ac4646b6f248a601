import pytest

from parsers.message import MAX_BYTES, Unreadable, parse_message


def nested(levels: int) -> bytes:
    opening = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(levels)
    )
    return (opening + "Content-Type: text/plain\n\ninnermost\n").encode()


def test_words_cut_inside_a_character_are_joined_before_decoding() -> None:
    raw = b"Subject: =?utf-8?B?xLHFnw==?= =?utf-8?B?xLHFng==?=\n\n"
    assert (
        parse_message(raw.replace(b"xLHFnw==", b"xLE=").replace(b"xLHFng==", b"xZ8=")).first("subject")
        == "ış"
    )
    assert parse_message(b"Subject: =?utf-8?Q?a=C5?= =?utf-8?Q?=9F?=\n\n").first("subject") == "aş"


def test_raw_eight_bit_header_is_kept() -> None:
    assert parse_message("Subject: Frösche\n\n".encode()).first("subject") == "Frösche"
    assert parse_message("Subject: Frösche\n\n".encode("latin-1")).first("subject") == "Frösche"


def test_unknown_charset_in_a_header_does_not_raise() -> None:
    assert parse_message(b"Subject: =?x-nonsense?Q?caf=C3=A9?=\n\n").first("subject") == "café"


def test_address_in_a_display_name_is_not_the_sender() -> None:
    raw = b'From: "chief@media-office.example" <other@elsewhere.example>\n\n'
    assert parse_message(raw).sender_address == "other@elsewhere.example"


def test_encoded_display_name_cannot_pose_as_the_address() -> None:
    raw = b"From: =?utf-8?Q?chief=40media-office.example=2C?= <other@elsewhere.example>\n\n"
    message = parse_message(raw)
    assert message.sender_address == "other@elsewhere.example"
    assert message.sender_name == "chief@media-office.example,"


def test_first_of_two_mailboxes_is_the_sender_and_its_domain_is_lower_case() -> None:
    raw = b"From: Ada@Media-Office.EXAMPLE, Bob <bob@elsewhere.example>\n\n"
    assert parse_message(raw).sender_address == "Ada@media-office.example"


def test_missing_blank_line_starts_the_body() -> None:
    message = parse_message(b"Subject: x\nThis is already the body.\nSecond line.\n")
    assert "This is already the body." in message.root.text
    assert "MissingHeaderBodySeparatorDefect" in message.defects


def test_bare_line_feeds_and_nul_are_read() -> None:
    assert parse_message(b"Subject: a\x00b\n\none\ntwo").first("subject") == "ab"


def test_attached_message_is_kept_apart() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nouter\n--b\nContent-Type: message/rfc822\n\n"
        b"Subject: inner\n\ninner text\n--b--\n"
    )
    root = parse_message(raw).root
    assert [part.content_type for part in root.own_parts()] == [
        "multipart/mixed",
        "text/plain",
        "message/rfc822",
    ]
    (attached,) = root.attached_messages()
    assert attached.field("subject") == "inner"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''K%C3%B6ln.pdf", "Köln.pdf"),
        ("attachment; filename*0*=UTF-8''K%C3%B6; filename*1=ln.pdf", "Köln.pdf"),
        ('attachment; filename="=?utf-8?Q?K=C3=B6ln.pdf?="', "Köln.pdf"),
        ('attachment; filename="Köln.pdf"', "Köln.pdf"),
    ],
)
def test_file_names_are_decoded_in_every_form(header: str, name: str) -> None:
    raw = f"Content-Type: application/pdf\nContent-Disposition: {header}\n\nx".encode()
    assert parse_message(raw).root.name == name


def test_absurd_parameter_sections_do_not_raise() -> None:
    raw = b"Content-Disposition: attachment; filename*" + b"9" * 5000 + b"=x\n\nbody"
    assert parse_message(raw).root.disposition == "attachment"


def test_nesting_within_the_limit_is_read() -> None:
    assert any(part.text.strip() == "innermost" for part in parse_message(nested(30)).root.own_parts())


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"x" * (MAX_BYTES + 1), id="size"),
        pytest.param(b"X-A: b\n" * 50_000, id="header block"),
        pytest.param(b"Subject: " + b"x" * 70_000 + b"\n\n", id="field"),
        pytest.param(nested(60), id="depth"),
        pytest.param(nested(3000), id="depth beyond the parser"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1100, id="parts"),
        pytest.param(b"X: =?utf-8?Q?xxxxxxxxxxxx?=\n" * 3500 + b"\n", id="encoded words"),
    ],
)
def test_mail_out_of_bounds_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="by hand"):
        parse_message(raw)


@pytest.mark.parametrize("raw", [b"", b"\n", b"no header at all", bytes(range(256)) * 50])
def test_bytes_that_are_no_mail_are_read_without_an_error(raw: bytes) -> None:
    assert parse_message(raw).sender_address is None
