"""One trial: random customers under one policy, their MRR by the models and by the oracle, and where the two differ.

`SYNCER_SEED=7` replays trial 7 alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

from oracle import Books, half_up
from random_books import AS_OF, OVERRIDE_KEY, Tables, make_books
from warehouse import open_warehouse, records

from syncer.core.compose import customer_query, item_query
from syncer.specs.mrr_policy import PRESETS, MrrPolicy

VALUES: dict[str, tuple[Any, ...]] = {
    "count_statuses": (
        ("active", "past_due"), ("active", "past_due"), ("active",), ("active", "past_due", "trialing"), ("past_due",),
        ("active", "past_due", "unpaid", "paused", "canceled", "incomplete", "incomplete_expired"),
    ),
    "past_due": ("include", "include_until_days:30", "include_until_days:7", "exclude", "include_until_days:0"),
    "trialing": ("exclude", "include"),
    "discounts": ("forever+repeating", "forever+repeating", "forever", "all", "none"),
    "metered": ("exclude", "trailing_3m_average"),
    "scheduled_cancel": ("count_until_end", "count_until_end", "drop_at_request"),
    "pause_collection": ("by_behavior", "count", "zero"),
    "year_factor": ("1/12",),
    "month_factor": ("1",),
    "week_factor": ("52/12", "365/84", "4.345", "4.33", "4"),
    "day_factor": ("365/12", "30.437", "30"),
    "inclusive_tax": ("strip", "keep"),
    "zero_quantity_first_tier_flat": ("charge", "skip"),
    "reporting_currency": (None, "usd", "jpy", "bhd"),
    "override_key": (None, OVERRIDE_KEY),
}  # fmt: skip
UNKNOWN = "unknown"
TOO_LONG = "too many digits"
BITS = 80
"""The models hold what 128 bits do not. Numbers on the way to it that are shorter than this, told by the oracle, are no excuse."""


@dataclass(frozen=True)
class Difference:
    """What the models and the oracle say of one customer, by currency and by item."""

    customer_id: str
    told: dict[str | None, Any]
    expected: dict[str | None, Any]


@dataclass
class Outcome:
    """How a trial went. Figures are those of customer x currency."""

    differences: list[Difference] = field(default_factory=list)
    customers: int = 0
    counted: int = 0
    unknown: int = 0
    too_long: int = 0


@dataclass(frozen=True)
class Trial:
    """Trials 0 to 4 are the presets; after them every value of every switch comes along soon, in random company."""

    number: int
    customers: int

    @cached_property
    def switches(self) -> dict[str, Any]:
        if self.number < len(PRESETS):
            return dict(PRESETS[sorted(PRESETS)[self.number]])
        return {name: self.turn(name, values) for name, values in VALUES.items()}

    @cached_property
    def past(self) -> bool:
        return self.number >= len(PRESETS) and self.turn("past", (False, False, True))

    def turn(self, name: str, values: tuple[Any, ...]) -> Any:
        """Each value once in every round of as many trials as there are values, in a new order each round."""
        each_round, place = divmod(self.number, len(values))
        return Random(f"{name} {each_round}").sample(values, len(values))[place]

    @cached_property
    def tables(self) -> Tables:
        return make_books(self.number, self.customers)

    def run(self) -> Outcome:
        return compare(self.tables, self.switches, past=self.past)


def compare(tables: Tables, switches: Mapping[str, Any], *, past: bool) -> Outcome:
    """What the models and the oracle say of every customer in the tables."""
    con, policy, books = open_warehouse(tables), MrrPolicy.model_validate(switches), Books(tables, AS_OF, switches, past=past)
    rows, lines = (by_customer(records(con, ask(policy, past=past), as_of=AS_OF)) for ask in (customer_query, item_query))
    outcome = Outcome(customers=len(books.customers))
    for customer_id in books.customers:
        told, expected = {row["currency"]: figures(row) for row in rows[customer_id]}, expect(books, customer_id, rows[customer_id])
        told |= {row["item_id"]: amounts(row) for row in lines.get(customer_id, ()) if row["counted"] and told[row["currency"]] != UNKNOWN}
        outcome.counted += sum(row["counted"] and row["held"] is None for row in rows[customer_id])
        outcome.unknown += sum(row["held"] is not None for row in rows[customer_id])
        outcome.too_long += sum(TOO_LONG in (row["held"] or row["reporting_held"] or "") for row in rows[customer_id])
        if told != expected:
            outcome.differences.append(Difference(customer_id, told, expected))
    return outcome


def figures(row: Mapping[str, Any]) -> Any:
    """(has counted items, MRR, in minor units, ARR in minor units, MRR in the reporting currency, in minor units), or why not so."""
    if row["held"] is not None:
        empty = all(row[name] is None for name in ("mrr_n", "mrr_minor", "arr_minor", "reporting_n", "reporting_minor"))
        return UNKNOWN if empty else row["held"]
    exact, reporting = Fraction(row["mrr_n"], row["mrr_d"]), fraction(row, "reporting")
    return row["counted"], exact, row["mrr_minor"], row["arr_minor"], reporting, row["reporting_minor"]


def amounts(row: Mapping[str, Any]) -> Any:
    return tuple(fraction(row, name) for name in ("amount", "left", "monthly"))


def fraction(row: Mapping[str, Any], name: str) -> Fraction | None:
    return None if row[f"{name}_n"] is None else Fraction(row[f"{name}_n"], row[f"{name}_d"])


def expect(books: Books, customer_id: str, rows: list[Mapping[str, Any]]) -> dict[str | None, Any]:
    """Likewise by the oracle, but for what the models rightly hold as too long; a 0 of whatever currency where nothing counts."""
    totals, quote = books.totals(customer_id), books.policy["reporting_currency"]
    if not totals:
        return {rows[0]["currency"]: (False, 0, 0, 0, *((0, 0) if quote else (None, None)))}
    too_long = {row["currency"] for row in rows if TOO_LONG in (row["held"] or "") and books.longest(customer_id, row["currency"]) >= BITS}
    not_converted = {row["currency"] for row in rows if TOO_LONG in (row["reporting_held"] or "")}
    expected: dict[str | None, Any] = {}
    for currency, mrr in totals.items():
        if mrr is None or currency in too_long:
            expected[currency] = UNKNOWN
            continue
        reporting = books.reporting(currency, mrr) if quote else None
        if currency in not_converted and max(mrr.numerator, mrr.denominator).bit_length() >= BITS:
            reporting = None
        expected[currency] = True, mrr, half_up(mrr), half_up(12 * mrr), reporting, None if reporting is None else half_up(reporting)
    for subscription in books.subscriptions.get(customer_id, []):
        if expected.get(subscription["currency"], UNKNOWN) != UNKNOWN:
            expected |= {line.item_id: (line.amount, line.left, line.monthly) for line in books.lines(subscription)}
    return expected


def by_customer(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(row)
    return found
