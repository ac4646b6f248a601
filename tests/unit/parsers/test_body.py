from parsers.body import Body, read_body
from parsers.html_text import MAX_DEPTH, html_to_text
from parsers.message import parse_message


def body(head: str, content: str) -> Body:
    return read_body(parse_message(f"{head}\n\n{content}".encode()).root)


def alternatives(plain: str, html: str) -> str:
    parts = f"--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
    return body("Content-Type: multipart/alternative; boundary=b", parts).text


def test_link_targets_stand_next_to_their_text() -> None:
    page = '<p>See <a href="https://clipora.example/live/123456">here</a> now</p>'
    assert html_to_text(page) == "See here <https://clipora.example/live/123456> now"


def test_target_that_is_the_text_is_not_repeated() -> None:
    assert html_to_text('<a href="https://a.example/">https://a.example/</a>') == "https://a.example/"


def test_hidden_text_is_dropped() -> None:
    page = '<p>seen<span style="display: none">unseen</span></p><div hidden>unseen</div><style>unseen</style>'
    assert html_to_text(page) == "seen"


def test_quotes_are_marked() -> None:
    assert html_to_text("answer<blockquote>old<br>older</blockquote>") == "answer\n> old\n> older"


def test_tables_are_read_row_by_row() -> None:
    page = "<table><tr><td>1</td><td><p>first</p></td></tr><tr><td>2</td><td>second</td></tr></table>"
    assert html_to_text(page) == "1 | first\n2 | second"


def test_page_nested_too_deeply_is_stripped_of_its_tags() -> None:
    page = "<div>" * (MAX_DEPTH + 1) + "text<script>code</script>"
    assert html_to_text(page).split() == ["text"]


def test_stub_alternative_gives_way_to_the_fuller_one() -> None:
    assert alternatives("See the HTML.", "<p>The whole message with all of its words.</p>").startswith(
        "The whole"
    )


def test_full_plain_alternative_is_taken() -> None:
    assert alternatives("The same words.", "<p>The same words.</p>") == "The same words."


def test_flowed_paragraphs_are_joined() -> None:
    assert body("Content-Type: text/plain; format=flowed", "one \ntwo\n> quoted \nthree").text == (
        "one two\n> quoted \nthree"
    )


def test_text_of_an_attached_file_is_not_the_message() -> None:
    parts = "--b\n\nshown\n--b\nContent-Disposition: attachment; filename=a.txt\n\nfile\n--b--\n"
    assert body("Content-Type: multipart/mixed; boundary=b", parts).text.strip() == "shown"


def test_clear_signature_is_taken_off() -> None:
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\ntext\n- -- dash\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    assert body("Content-Type: text/plain", signed) == Body(text="text\n-- dash")


def test_encrypted_mail_is_recognised() -> None:
    assert body("Content-Type: multipart/encrypted; boundary=b", "--b\n\nx\n--b--\n").encrypted
    assert body("Content-Type: text/plain", "-----BEGIN PGP MESSAGE-----\n\nabc").encrypted


def test_invisible_characters_are_removed() -> None:
    assert body("Content-Type: text/plain; charset=utf-8", "a\u200bb\u00ad\u202ec\u00a0d").text == "abc d"
