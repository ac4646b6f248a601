import pytest

from parsers.smime import Envelope, Protection, open_envelope


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no structure",
        b"\x30\x80" * 500,
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80" + b"\x04\x00" * 200,
        b"-----BEGIN PKCS7-----\n!\n-----END PKCS7-----",
    ],
)
def test_damaged_structure_is_unknown(data: bytes) -> None:
    assert open_envelope(data) == Envelope(protection=Protection.UNKNOWN)
