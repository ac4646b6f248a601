import pytest

from parsers.compressed_rtf import decompressed

HEADER = b"\x00\x00\x00\x00\x00\x00\x00\x00%s\x00\x00\x00\x00"
COMPRESSED, STORED = HEADER % b"LZFu", HEADER % b"MELA"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # The first example of MS-OXRTFCP, section 4.1.1.
        (
            bytes.fromhex(
                "2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423"
                "20af32068656c090020627705b06c647d0a800fa0"
            ),
            rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n",
        ),
        (STORED + rb"{\rtf1 a}", rb"{\rtf1 a}"),
        (COMPRESSED + b"\x00abcdefgh\x00ij", b"abcdefghij"),
        (COMPRESSED + b"\x00abcdefgh\x01\x00", b"abcdefgh"),  # cut inside a reference
        (COMPRESSED, b""),
        (HEADER % b"????", None),
        (b"LZFu", None),
    ],
)
def test_rtf_is_restored_as_far_as_it_goes(data: bytes, text: bytes | None) -> None:
    assert decompressed(data, 1000) == text


def test_text_stays_within_its_limit() -> None:
    repeating = COMPRESSED + b"\xff" + b"\x00\x0f" * 8 + (b"\xff" + b"\x00\x0f" * 8) * 1000
    found = decompressed(repeating, 500)
    assert found is not None
    assert 500 <= len(found) < 700
