"""What holds of MRR whatever the figures are."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from oracle import by, one
from random_books import AS_OF, make_books
from stripe_json import SHAPES, rows_of, write_files
from warehouse import TABLES, open_warehouse, records

from syncer.connectors.stripe_files import read_files
from syncer.core.compose import customer_query
from syncer.specs.mrr_policy import MrrPolicy

MORE_RULES = {"metered": "trailing_3m_average", "discounts": "all", "override_key": "mrr", "trialing": "include"}
POLICIES = [{}, MORE_RULES]


def mrr_of(tables, switches):
    """Exact MRR by customer and currency; None where it is held."""
    rows = records(open_warehouse(tables), customer_query(MrrPolicy.model_validate(switches)), as_of=AS_OF)
    counted = [row for row in rows if row["counted"] or row["held"]]
    return {
        (row["customer_id"], row["currency"]): None if row["mrr_n"] is None else Fraction(row["mrr_n"], row["mrr_d"]) for row in counted
    }


@pytest.fixture(scope="module")
def books():
    """A random account, and its MRR under each policy."""
    tables = make_books(90, 250)
    return tables, [mrr_of(tables, switches) for switches in POLICIES]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_the_api_in_pages_of_any_size_order_and_number_tells_the_same(books, shape, tmp_path):
    tables, expected = books
    given = read_files(write_files(tmp_path, tables, shape, Random(shape)))
    rows = rows_of(given.rows, TABLES)
    assert [mrr_of(rows, switches) for switches in POLICIES] == expected


def test_rows_in_any_order_tell_the_same(books):
    tables, expected = books
    dice = Random(1)
    mixed = {table: dice.sample(rows, len(rows)) for table, rows in tables.items()}
    assert [mrr_of(mixed, switches) for switches in POLICIES] == expected


def test_customers_do_not_touch_each_other(books):
    tables, expected = books
    halves = [{**tables, "stripe.customer": tables["stripe.customer"][begin::2]} for begin in (0, 1)]
    for half in halves:
        kept = {row["id"] for row in half["stripe.customer"]}
        half["stripe.subscription"] = [row for row in tables["stripe.subscription"] if row["customer_id"] in kept]
    for switches, whole in zip(POLICIES, expected, strict=True):
        first, second = (mrr_of(half, switches) for half in halves)
        assert not set(first) & set(second)
        assert {**first, **second} == whole


def test_mrr_of_disjoint_subscriptions_adds_up(books):
    """Each subscription moves to a customer of its own, who is like the one that it had."""
    tables, expected = books
    apart = {**tables, "stripe.customer": [], "stripe.customer_discount": []}
    customers, discounts = one(tables, "stripe.customer"), by(tables, "stripe.customer_discount", "customer_id")
    owners = {f"of {row['id']}": row["customer_id"] for row in tables["stripe.subscription"]}
    apart["stripe.subscription"] = [{**row, "customer_id": f"of {row['id']}"} for row in tables["stripe.subscription"]]
    for alone, owner in owners.items():
        apart["stripe.customer"].append({**customers[owner], "id": alone})
        apart["stripe.customer_discount"] += [{**row, "customer_id": alone} for row in discounts.get(owner, ())]
    for switches, whole in zip(POLICIES, expected, strict=True):
        sums = {}
        for (alone, currency), mrr in mrr_of(apart, switches).items():
            so_far = sums.get((owners[alone], currency), 0)
            sums[owners[alone], currency] = None if mrr is None or so_far is None else so_far + mrr
        assert sums == whole


RHYTHMS = {1: ("month", 1), 6: ("month", 6), 12: ("year", 1), 24: ("year", 2)}
"""Months in a period, and how a price says it."""
SCHEMES = ("flat", "packages of one", "one tier", "one volume tier", "tiers of one price", "volume tiers of one price")


def test_one_price_in_other_words_is_the_same_mrr():
    dice, tables, expected = Random(2), defaultdict(list), {}
    for number in range(100):
        amount, quantity = Decimal(dice.randrange(1, 10**7)).scaleb(-dice.choice((0, 0, 2, 6))), dice.randrange(0, 300)
        percent = Decimal(dice.randrange(0, 1001)) / 10
        tables["stripe.coupon"].append({"id": f"co_{number}", "percent_off": percent, "duration": "forever"})
        for months, words in product(RHYTHMS, SCHEMES):
            key = f"{number} {months} {words}"
            sell(tables, key, quantity)
            interval, count = RHYTHMS[months]
            price = {"id": key, "currency": "usd", "recurring_interval": interval, "interval_count": count}
            tables["stripe.price"].append(price | scheme(words, months * amount))
            tables["stripe.price_tier"] += tiers(key, words, months * amount, dice)
            discount = {"id": "di", "coupon_id": f"co_{number}", "item_id": dice.choice((key, None)), "position": 0}
            tables["stripe.subscription_discount"].append({"subscription_id": key, **discount})
            expected[key, "usd"] = quantity * Fraction(amount) * (100 - Fraction(percent)) / 100
    assert mrr_of(tables, {}) == expected


def sell(tables, key, quantity):
    """A customer with a subscription to so many of a price, all of them called `key`."""
    tables["stripe.customer"].append({"id": key})
    about = {"status": "active", "currency": "usd", "start_date": 0, "items_complete": True}
    tables["stripe.subscription"].append({"id": key, "customer_id": key, **about})
    tables["stripe.subscription_item"].append({"id": key, "subscription_id": key, "price_id": key, "quantity": quantity})


def scheme(words, amount):
    if "tier" in words:
        return {"billing_scheme": "tiered", "tiers_mode": "volume" if "volume" in words else "graduated"}
    return {"billing_scheme": "per_unit", "unit_amount": amount, "divide_by": 1 if "packages" in words else None, "round_up": True}


def tiers(key, words, amount, dice):
    ends = [*sorted(dice.sample(range(1, 300), 3)), None] if "tiers" in words else [None]
    rows = [{"price_id": key, "position": place, "up_to": end, "unit_amount": amount} for place, end in enumerate(ends)]
    return rows if "tier" in words else []


LONG = [(1, 1), (1, 20), (10**4, 20), (10**6 + 1, 1000), (10**8 + 1, 1000), (10**9, 200)]
"""Amounts and numbers of items."""


@pytest.mark.parametrize(("amount", "items"), LONG)
def test_no_customers_numbers_stop_the_others(amount, items):
    """Up to five discounts of eight digits each, on many items: known or held, but the query comes to its end."""
    tables = defaultdict(list, {"stripe.coupon": [{"id": "third", "percent_off": Decimal("33.333333"), "duration": "forever"}]})
    tables["stripe.price"] = [{"id": "day", "currency": "usd", "unit_amount": amount, "recurring_interval": "day", "interval_count": 1}]
    for discounts in range(6):
        key = f"{discounts} discounts"
        tables["stripe.customer"].append({"id": key})
        about = {"status": "active", "currency": "usd", "start_date": 0, "items_complete": True}
        tables["stripe.subscription"].append({"id": key, "customer_id": key, **about})
        sold = {"subscription_id": key, "price_id": "day", "quantity": 1}
        tables["stripe.subscription_item"] += [{"id": f"{key} {number}", **sold} for number in range(items)]
        discount = {"subscription_id": key, "item_id": None, "coupon_id": "third"}
        tables["stripe.subscription_discount"] += [{"id": str(place), "position": place, **discount} for place in range(discounts)]
    told = mrr_of(tables, {"day_factor": "30.437"})
    each = {f"{n} discounts": items * amount * Fraction("30.437") * Fraction("0.66666667") ** n for n in range(6)}
    assert all(mrr in (each[key], None) for (key, _), mrr in told.items())
    assert [told[f"{n} discounts", "usd"] for n in range(3)] == [each[f"{n} discounts"] for n in range(3)]
