import pytest

from parsers.knowledge import Knowledge
from tests.support.site import site


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return site(tmp_path_factory.mktemp("site")).knowledge
