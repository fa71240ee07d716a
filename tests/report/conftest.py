from __future__ import annotations

import pytest
from happenings import a_month
from stage import open_stage

from syncer.sandbox.company import make_company


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    with open_stage(tmp_path_factory.mktemp("report"), make_company(40, seed=3)) as stage:
        yield a_month(stage)
