"""A stage to which nothing is ever written; tests that write open one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stage import Stage, open_stage

from syncer.sandbox.company import make_company


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Six accounts that nothing is ever written to."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(6, seed=3)) as opened:
        yield opened
