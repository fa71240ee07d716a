"""What the models read is what the connectors fill."""

from __future__ import annotations

import pytest
from warehouse import TABLES

from syncer import connectors


@pytest.mark.parametrize("table", connectors.TABLES, ids=lambda table: table.name)
def test_a_connectors_table_is_the_one_that_models_are_tested_on(table):
    filled = {name: kind.replace(" ", "") for name, kind in table.columns.items()}
    assert filled == TABLES[table.name]
