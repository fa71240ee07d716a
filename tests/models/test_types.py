"""No figure passes through a float, not even on the way: the types of all columns and expressions in DuckDB's own plans."""

from __future__ import annotations

import re

import pytest
from trial import Trial
from warehouse import open_warehouse

from syncer.core.compose import customer_query, facts_query, item_query
from syncer.specs.mrr_policy import MrrPolicy

EXACT = {"BIGINT", "BOOLEAN", "DATE", "DECIMAL", "HUGEINT", "INTEGER", "VARCHAR"}
NO_VALUES = {"ANY", "INVALID", "LIST", "NULL"}
"""What a plan writes for an argument of any type, for what has no type, and for the order in an aggregate."""
LITERALS = {"as_of": "1800000000", "month_before": "'2026-12'", "mixpanel_group_url_base": "NULL", "zendesk_url_base": "NULL"}


def types_in(query):
    for name, value in LITERALS.items():
        query = query.replace(f"${name}", value)
    ((plan,),) = open_warehouse({}).execute("SELECT json_serialize_plan(?)", [query]).fetchall()
    assert plan.startswith('{"error":false'), plan[:500]
    return set(re.findall(r'"id":"([A-Z_]+)"', plan))


@pytest.mark.parametrize("number", [1, 8, 11])
@pytest.mark.parametrize("query", [customer_query, item_query, facts_query])
def test_no_step_to_mrr_is_inexact(query, number):
    policy = MrrPolicy.model_validate(Trial(number, 0).switches)
    assert types_in(query(policy)) - NO_VALUES <= EXACT


@pytest.mark.parametrize("inexact", ["SELECT CAST(a / 2 AS BIGINT) FROM range(3) AS t(a)", "SELECT AVG(a) FROM range(3) AS t(a)"])
def test_a_float_on_the_way_is_seen(inexact):
    assert "DOUBLE" in types_in(inexact)
