"""A stage of one's own, for tests that change things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stage, open_stage

from syncer.sandbox.company import make_company


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """20 accounts; nothing was synced to them."""
    with open_stage(tmp_path, make_company(20, seed=3)) as opened:
        yield opened
