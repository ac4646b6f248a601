import pytest

from parsers.parameters import read_parameters


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ("attachment; filename=a b.pdf", "a b.pdf"),
        ('attachment; filename="unterminated.pdf', "unterminated.pdf"),
        ("attachment filename=a.pdf", "a.pdf"),
        ("attachment; filename*=UTF-8''K%C3%B6ln.pdf; filename=x.pdf", "Köln.pdf"),
        ("attachment; filename=x.pdf; filename*=UTF-8''K%C3%B6ln.pdf", "Köln.pdf"),
        ("attachment; filename*=%C3%B6.pdf", "ö.pdf"),
        ("attachment; filename*=iso-8859-1'de'%F6.pdf", "ö.pdf"),
        ("attachment; filename*1=b.pdf; filename*0=a", "ab.pdf"),
        ('attachment; filename*0="=?utf-8?B?S8O2"; filename*1="bG4ucGRm?="', "Köln.pdf"),
        ("attachment; filename==?utf-8?Q?K=C3=B6ln.pdf?=", "Köln.pdf"),
        ('attachment; filename="say \\"hi\\".pdf"', 'say "hi".pdf'),
        ("attachment; filename=one.pdf; filename=two.pdf", "one.pdf"),
        ("attachment", ""),
    ],
)
def test_file_name_is_read_in_every_form(field: str, name: str) -> None:
    assert read_parameters(field).get("filename") == name


def test_value_is_the_word_before_the_parameters() -> None:
    assert read_parameters(' Text/HTML ; charset="utf-8"').value == "text/html"
    assert read_parameters("").value == ""
