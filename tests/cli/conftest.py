"""A stage that everything was synced to once; tests that change anything open one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stage import Stage, open_stage

from syncer.sandbox.company import make_company


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """20 accounts after a first sync."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(20, seed=3)) as opened:
        opened.sync()
        yield opened


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Six accounts that nothing is ever written to."""
    with open_stage(tmp_path_factory.mktemp("stage"), make_company(6, seed=3)) as opened:
        yield opened
