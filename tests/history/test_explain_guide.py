"""The keys of JSON stand in mappings/EXPLAIN.md, every one."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from syncer.core.against import Difference, Edit
from syncer.core.explain import Contribution, Day, Explanation, Fact, Source, Undecided, Written
from syncer.runs.against import Against

GUIDE = (Path(__file__).parents[2] / "mappings/EXPLAIN.md").read_text("utf-8")


@pytest.mark.parametrize("struct", [Explanation, Undecided, Fact, Source, Contribution, Written, Day, Against, Edit, Difference])
def test_every_key_is_told(struct):
    told = set(re.findall(r"`([a-z_]+)`", GUIDE.split("## As JSON")[1]))
    assert {field.encode_name for field in msgspec.structs.fields(struct)} <= told
