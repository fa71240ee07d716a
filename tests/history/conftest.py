import pytest
from past_stage import open_story


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    with open_story(tmp_path_factory.mktemp("past")) as opened:
        yield opened
