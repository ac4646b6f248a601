import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.fields import NAME_LIMIT, file_name

TOKEN = "1a2b3c4d5e6f"


@pytest.mark.parametrize(
    ("name", "attached"),
    [
        ("letter.pdf", "letter-1a2b3c4d.pdf"),
        ("Karar İlamı.PDF", "Karar İlamı-1a2b3c4d.PDF"),
        ("archive.tar.gz", "archive.tar-1a2b3c4d.gz"),
        ("README", "README-1a2b3c4d"),
        ("../../etc/passwd", "_.._etc_passwd-1a2b3c4d"),
        ("C:\\orders\\8812.doc", "C__orders_8812-1a2b3c4d.doc"),
        ("a\r\nb\x00\u202efdp.exe", "a bfdp-1a2b3c4d.exe"),
        ("", "file-1a2b3c4d"),
        ("..", "file-1a2b3c4d"),
        (".pdf", "file-1a2b3c4d.pdf"),
        ("e\u0301tat.pdf", "\u00e9tat-1a2b3c4d.pdf"),
        ("x" * 300 + ".pdf", "x" * 136 + "…-1a2b3c4d.pdf"),
        ("see 1.Ordinary sentence that is no suffix", "see 1.Ordinary sentence that is no suffix-1a2b3c4d"),
    ],
)
def test_a_name_stays_readable_and_fit_for_jira(name: str, attached: str) -> None:
    assert file_name(name, TOKEN) == attached


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_plain_one(name: str) -> None:
    attached = file_name(name, TOKEN)
    assert len(attached.encode("utf-16-le")) // 2 <= NAME_LIMIT
    assert not set(attached) & set('\\/"%:$?*<>|\r\n\0')
    assert "-1a2b3c4d" in attached
    assert file_name(name, TOKEN) == attached
