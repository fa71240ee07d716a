"""MRR of a Stripe account's customers, from files or from the state, by the very models of a sync."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

from syncer.connectors.stripe_files import read_files
from syncer.connectors.stripe_tables import TABLES
from syncer.core.compose import compose, customer_query, item_query, mrr_macros
from syncer.core.mrr import CustomerMrr, CustomerStatement, ItemMrr, Reporting, SubscriptionMrr, Terms, statements
from syncer.core.rates import toward
from syncer.runs.rates import bind_rates
from syncer.runs.run import Run
from syncer.specs.mrr_policy import MrrPolicy
from syncer.specs.rates import Rate
from syncer.tools.engine import Engine
from syncer.words.money import RATE


class Books(AbstractContextManager["Books"]):
    """What a Stripe account holds, bound once and computed as often as asked.

    with Books.of_files(["subscriptions.json"]) as books:
        books.customers(policy_of(None, {"trialing": "include"}), as_of)
    """

    def __init__(self, engine: Engine, rates: Sequence[Rate], notes: Sequence[str] = ()) -> None:
        self._engine = engine
        self._rates = rates
        self.notes = notes

    @classmethod
    def of_files(cls, files: Iterable[Path | str]) -> Books:
        """The Stripe objects of JSON files, `-` for stdin; `notes` say what they leave open. FileProblems with everything that is wrong."""
        given = read_files(str(file) for file in files)
        engine = Engine()
        for table in TABLES:
            engine.fill(table, given.rows.get(table.name, ()))
        return cls(engine, given.rates, given.notes)

    @classmethod
    def of_store(cls, run: Run) -> Books:
        """The Stripe account as last read into the state."""
        engine = Engine(run.store)
        engine.bind(run.tables(), run.stored())
        return cls(engine, bind_rates(run, engine))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.close()

    def customers(self, policy: MrrPolicy, as_of: int, *, past: bool = False) -> list[CustomerMrr]:
        """Each customer's MRR per currency, by customer and currency. One query: cheap to ask under many policies.

        `past`: status as Stripe's own dates tell it for an `as_of` in the past.
        """
        reporting = policy.reporting_currency
        self._engine.fill(RATE, [*self._rates, *(toward(self._rates, reporting) if reporting else ())])
        rows = self._asked(customer_query(policy, past=past), CUSTOMER, as_of)
        return sorted((_customer(*row) for row in rows), key=lambda each: (each.customer, each.currency or ""))

    def statements(self, policy: MrrPolicy, as_of: int) -> list[CustomerStatement]:
        """The same with plans, subscriptions and items. SyncerError when the items do not add up to the totals exactly."""
        terms = {price: Terms(*about) for price, *about in self._engine.rows(TERMS)}
        items: dict[str, list[ItemMrr]] = defaultdict(list)
        for subscription, *item in self._asked(item_query(policy), ITEM, as_of):
            items[subscription].append(_item(item, terms))
        subscriptions: dict[str, list[SubscriptionMrr]] = defaultdict(list)
        for customer, *about in self._asked(compose("stripe_subscription", mrr_macros(policy)), SUBSCRIPTION, as_of):
            subscriptions[customer].append(SubscriptionMrr(*[*about, items[about[0]]]))
        return statements(self.customers(policy, as_of), subscriptions)

    def _asked(self, query: str, columns: str, as_of: int) -> list[tuple[Any, ...]]:
        return self._engine.rows(f"SELECT {columns} FROM ({query})", {"as_of": as_of})


CUSTOMER = (
    "customer_id, currency, mrr_n, mrr_d, mrr_minor, counted, held, "
    "reporting_currency, reporting_n, reporting_d, reporting_minor, rate, rate_day, reporting_held"
)
ITEM = (
    "subscription_id, item_id, price_id, product_name, quantity, currency, recurring_interval, interval_count, metered, "
    "amount_n, amount_d, left_n, left_d, monthly_n, monthly_d, counted, why_not, held"
)
TERMS = "SELECT id, unit_amount, tiers_mode, divide_by FROM stripe.price"
SUBSCRIPTION = "customer_id, subscription_id, status, currency, why_not, held"


def _customer(customer: str, currency: str | None, n: int | None, d: int | None, minor: int | None, *about: Any) -> CustomerMrr:
    counted, unknown, *reporting = about
    return CustomerMrr(customer, currency, _fraction(n, d), minor, counted, unknown, _reporting(*reporting))


def _reporting(currency: str | None, n: int | None, d: int | None, minor: int | None, *about: Any) -> Reporting | None:
    rate, day, unknown = about
    return None if currency is None else Reporting(currency, _fraction(n, d), minor, rate, day, unknown)


def _item(row: Sequence[Any], terms: Mapping[str, Terms]) -> ItemMrr:
    *about, amount_n, amount_d, left_n, left_d, monthly_n, monthly_d, counted, why_not, unknown = row
    amounts = _fraction(amount_n, amount_d), _fraction(left_n, left_d), _fraction(monthly_n, monthly_d)
    return ItemMrr(*[*about, *amounts, counted, why_not, unknown, terms.get(about[1])])


def _fraction(n: int | None, d: int | None) -> Fraction | None:
    return None if n is None or d is None else Fraction(n, d)
