"""Every known bomb is read or refused by the parsers' own bounds, within what one mail may take."""

from collections.abc import Iterator

import pytest

from daemon.pool import DOCUMENTS_LOST, Pool, TooExpensive, WorkerDied
from daemon.pool_messages import Limits
from parsers.bounds import Unreadable
from parsers.knowledge import Knowledge
from tests.support.bombs import BOMBS, LIKE_ANOTHER
from tests.support.reports import RECEIVED

# Less than a mail may take, so that no reader comes near that unnoticed.
MEMORY_BYTES = 200 * 1024 * 1024


@pytest.fixture(scope="module")
def pool(knowledge: Knowledge) -> Iterator[Pool]:
    made = Pool(size=1, knowledge=lambda: knowledge, limits=Limits(memory_bytes=MEMORY_BYTES))
    yield made
    made.close()


def what_it_took(pool: Pool, raw: bytes) -> str | None:
    """What the backstop had to take away, if the parsers' own bounds did not hold."""
    try:
        report = pool.read(raw, RECEIVED)
    except (TooExpensive, WorkerDied) as failure:
        return str(failure)
    except Unreadable:
        return None
    return DOCUMENTS_LOST if DOCUMENTS_LOST in report.flags else None


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.soak if name in LIKE_ANOTHER else ()) for name in BOMBS]
)
def test_a_bomb_is_read_or_refused_within_the_limits_of_one_mail(pool: Pool, name: str) -> None:
    assert what_it_took(pool, BOMBS[name]()) is None
