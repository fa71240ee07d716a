"""The SQL models and an independent Python oracle agree on the MRR of thousands of random customers."""

from __future__ import annotations

import os

import pytest
from oracle import Books, Unknown
from random_books import AS_OF, make_books
from warehouse import open_warehouse, records

from syncer.core.compose import facts_query, item_query

CUSTOMERS = 1500
SEEDS = [int(os.environ["SYNCER_SEED"])] if "SYNCER_SEED" in os.environ else [1, 2, 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_mrr_of_random_customers_is_exact(seed):
    tables = make_books(seed, CUSTOMERS)
    books = Books(tables, AS_OF)
    living = [row["id"] for row in tables["stripe.customer"] if not row["deleted"]]
    accounts = [{"id": customer_id, "name": customer_id} for customer_id in living]
    matches = [{"source": "stripe", "source_id": customer_id, "account_id": customer_id, "rule": "test"} for customer_id in books.customers]
    con = open_warehouse({**tables, "crm.account": accounts, "identity.match": matches})
    links = {"mixpanel_group_url_base": None, "zendesk_url_base": None}
    facts = {row["account_id"]: row for row in records(con, facts_query(), as_of=AS_OF, **links)}
    held = 0
    for customer_id in living:
        fact = facts[customer_id]
        try:
            expected = books.mrr(customer_id)
        except Unknown:
            expected, held = (None, None), held + 1
        minor = _minor(fact["stripe__arr"], fact["stripe__currency"])
        assert (fact["stripe__mrr_minor"], minor) == expected, f"{customer_id}; replay with SYNCER_SEED={seed}"
        assert (fact["stripe__mrr_held"] is None) == (expected[0] is not None), customer_id
    assert 0 < held < len(living) / 4, "the trial should hold some customers, and not most"
    _items_add_up(con, facts)


def _items_add_up(con, facts):
    totals = {}
    for item in records(con, item_query(), as_of=AS_OF):
        if item["counted"] and item["monthly"] is not None:
            totals[item["customer_id"]] = totals.get(item["customer_id"], 0) + item["monthly"]
    for customer_id, fact in facts.items():
        if fact["stripe__mrr_minor"] is not None:
            assert abs(totals.get(customer_id, 0) - fact["stripe__mrr_minor"]) <= 0.5


def _minor(major, currency):
    return None if major is None else int(major * {"jpy": 1, "bhd": 1000}.get(currency, 100))
