"""The tables of all shared scripts, packed into a file: making them takes longer than reading many mails.

The file names the langdetect whose profiles it was made from. Where another one is installed, the tables
are made from that one's. Whoever changes how they are made writes the file anew:

    python -m parsers.language_pack
"""

import json
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from itertools import count
from pathlib import Path

from parsers.language_scripts import Script
from parsers.language_tables import FIELD_BYTES, Table

FILE = Path(__file__).with_name("language_tables.bin")
_LENGTH_BYTES = 4
_AFTER_VERSION = b"\n"


@cache
def tables() -> Mapping[Script, Table]:
    """What the runs of letters of each shared script say about its languages."""
    return loaded(FILE.read_bytes(), version("langdetect"))


def loaded(stored: bytes, langdetect: str) -> Mapping[Script, Table]:
    """The tables of this version of langdetect: the stored ones if they are its, or else made now."""
    made_from, _, rest = stored.partition(_AFTER_VERSION)
    if made_from.decode() == langdetect:
        return unpacked(rest)
    from parsers.language_spellings import make_tables  # noqa: PLC0415 - hardly ever needed

    return make_tables()


def stored(each: Mapping[Script, Table], langdetect: str) -> bytes:
    """What `loaded` loads."""
    return langdetect.encode() + _AFTER_VERSION + packed(each)


def packed(each: Mapping[Script, Table]) -> bytes:
    """Compressed: the length of the headings, the headings as JSON, then all scores in order."""
    headings = [
        {
            "script": script,
            "languages": table.languages,
            "penalties": table.penalties,
            "runs": sorted(table.runs),
        }
        for script, table in each.items()
    ]
    heading = json.dumps(headings, ensure_ascii=False).encode()
    scores = (
        table.runs[run].to_bytes(FIELD_BYTES * len(table.languages), "little")
        for table in each.values()
        for run in sorted(table.runs)
    )
    return zlib.compress(b"".join([len(heading).to_bytes(_LENGTH_BYTES, "little"), heading, *scores]), 9)


def unpacked(data: bytes) -> dict[Script, Table]:
    """What `packed` has packed."""
    plain = zlib.decompress(data)
    start = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "little")
    found = {}
    for heading in json.loads(plain[_LENGTH_BYTES:start]):
        width = FIELD_BYTES * len(heading["languages"])
        found[Script(heading["script"])] = Table(
            languages=tuple(heading["languages"]),
            penalties=tuple(heading["penalties"]),
            runs={
                run: int.from_bytes(plain[at : at + width], "little")
                for run, at in zip(heading["runs"], count(start, width), strict=False)
            },
        )
        start += width * len(heading["runs"])
    return found


if __name__ == "__main__":
    from parsers.language_spellings import make_tables

    FILE.write_bytes(stored(make_tables(), version("langdetect")))
