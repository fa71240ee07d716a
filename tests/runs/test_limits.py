"""A change of too many values at once is refused, and nothing is written to any CRM."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from stage import open_stage, writes

from syncer.sandbox.company import make_company
from syncer.words.errors import LimitExceeded

AMOUNTS = ("unit_amount_decimal", "flat_amount_decimal")


def doubled(price):
    """The price, or a tier of one, twice as high."""
    higher = {**price, "unit_amount": None} | {name: str(2 * Decimal(price[name])) for name in AMOUNTS if price.get(name)}
    return {**higher, "tiers": [doubled(tier) for tier in price["tiers"]]} if "tiers" in price else higher


def written(result, field):
    """What the plan writes to the field, by record."""
    return {change.id: cell.new for change in result.plan.changes for cell in change.cells if cell.field == field}


def test_a_change_of_most_values_is_refused_with_its_share_until_the_limit_is_raised(tmp_path):
    records = make_company(60, seed=3)
    with open_stage(tmp_path, records) as stage:
        first = stage.sync()
        stage.world.load({"stripe": {"prices": [doubled(price) for price in records["stripe"]["prices"]]}})
        stage.forget()

        with stage.listening() as calls, pytest.raises(LimitExceeded) as refused:
            stage.sync()

        assert writes(calls) == []
        sentences = str(refused.value).split("\n")
        for (crm, field), sentence in zip(product(first, ("mrr", "arr")), sentences, strict=True):
            having = [Decimal(value) for value in written(first[crm], field).values()]
            paying = sum(value > 0 for value in having)
            share = f"{paying} of {len(having)} values of {field} ({Decimal(100 * paying) / len(having):.0f} %) would be replaced"
            assert sentence.startswith(f"{crm}: {share}, over the limit of 30% (mappings/account.yaml:")
            assert "nothing was written" in sentence

        raised = stage.write_file(
            "mappings/account.yaml",
            ("  mrr: stripe.mrr\n", "  mrr: {value: stripe.mrr, limit: 100%}\n"),
            ("  arr: stripe.arr\n", "  arr: {value: stripe.arr, limit: 100%}\n"),
        )
        for crm, result in stage.sync(raised).items():
            old, new = written(first[crm], "mrr"), written(result, "mrr")
            assert len(new) == sum(Decimal(value) > 0 for value in old.values())
            assert all(Decimal(value) > Decimal(old[record]) for record, value in new.items())
