from pathlib import Path

import pytest

from parsers.knowledge import Knowledge
from tests.support.corpus_run import LABELS, SAMPLE_MAILS, Partition
from tests.support.decided_corpus import decide_corpus, partition_by_matter
from tests.support.site import site


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return site(tmp_path_factory.mktemp("site")).knowledge


@pytest.fixture(scope="session")
def decided_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in which every corpus mail is decided and nothing is delivered; to be copied."""
    path = tmp_path_factory.mktemp("decided") / "mailwarden.db"
    decide_corpus(path)
    return path


@pytest.fixture(scope="session")
def undisturbed(decided_corpus: Path) -> Partition:
    """What every run over the corpus must come to, whatever happens to it."""
    return partition_by_matter(decided_corpus)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Partition:
    """What every run over the first mails of the corpus must come to."""
    path = tmp_path_factory.mktemp("sample") / "mailwarden.db"
    decide_corpus(path, LABELS[:SAMPLE_MAILS])
    return partition_by_matter(path)
