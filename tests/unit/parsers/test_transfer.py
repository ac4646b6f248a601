from binascii import b2a_uu

import pytest

from parsers.transfer import decoded, has_yenc, split_inline_files


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        (b"SGVsbG8", "base64", b"Hello"),
        (b"SGVs\r\nbG8=\r\n", "BASE64", b"Hello"),
        (b"SGVsbG8=SGVsbG8=", "base64", b"HelloHello"),
        (b"SGVsbG8gd29ybGQhX", "base64", b"Hello world!"),
        (b"SGVsbG8=\n--\nmailing list, footer", "base64", b"Hello"),
        (b"Hello, this is prose.", "base64", b"Hello, this is prose."),
        (b"a=3Db=\r\nc=ZZ", "Quoted-Printable; x", b"a=bc=ZZ"),
        (b"a=20=  \r\nb", "quoted-printable", b"a b"),
        (b"as is", "8bit", b"as is"),
        (b"as is", "x-unheard-of", b"as is"),
        (b"", "base64", b""),
    ],
)
def test_transfer_encoding_is_undone_as_far_as_it_goes(
    content: bytes, encoding: str, expected: bytes
) -> None:
    assert decoded(content, encoding) == expected


def test_files_in_the_text_are_taken_out() -> None:
    content = b"before\nbegin 644 a.txt\n" + b2a_uu(b"one") + b"`\nend\nafter\n"
    text, files = split_inline_files(content)
    assert text == b"before\n\nafter\n"
    assert [(file.name, file.content) for file in files] == [(b"a.txt", b"one")]


@pytest.mark.parametrize(
    "prose", [b"begin 644 the story\nand go on\n", b"We begin 644 things\n", b"begin 644 x\n"]
)
def test_prose_that_begins_is_no_file(prose: bytes) -> None:
    assert split_inline_files(prose) == (prose, ())


def test_yenc_needs_its_header_line() -> None:
    assert has_yenc(b"x\n=ybegin line=128 size=5 name=a\nabc")
    assert not has_yenc(b"about =ybegin lines")
