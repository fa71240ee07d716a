"""The part `mrr` of the bench: a made-up Stripe account, its MRR by the bare SQL and by the product from the same Parquet."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from bench import alone, cpu, peak_mb, tell

from syncer.connectors.stripe_tables import TABLES
from syncer.core.compose import customer_query
from syncer.tools.engine import Engine
from syncer.tools.store import Manifest, Part, Store, TableState
from syncer.words.money import RATE
from syncer.words.tables import Table

AS_OF = 1_800_000_000
PAGE = 100
TURNS = 5
PRICES = 20_000
MACROS = """
-- the same number for the same row and salt, on every machine
CREATE MACRO dice(i, salt, sides) AS CAST(hash(i * 1000 + salt) % sides AS BIGINT);
-- a price 6k + c is of currency c, and so is customer 6k + c
CREATE MACRO code(i) AS ['usd', 'usd', 'eur', 'gbp', 'jpy', 'bhd'][i % 6 + 1];
CREATE MACRO maybe(i, salt, sides, value) AS CASE WHEN dice(i, salt, sides) = 0 THEN value END;
"""

MADE = {
    "stripe.product": (500, "'prod_' || i AS id, 'Plan ' || i AS name"),
    "stripe.price": (
        PRICES,
        """'price_' || i AS id, 'prod_' || dice(i, 1, 500) AS product_id, code(i) AS currency,
        CASE WHEN dice(i, 2, 10) < 4 THEN 'tiered' ELSE 'per_unit' END AS billing_scheme,
        CASE WHEN dice(i, 2, 10) < 2 THEN 'graduated' WHEN dice(i, 2, 10) < 4 THEN 'volume' END AS tiers_mode,
        CASE WHEN dice(i, 2, 10) >= 4 THEN CAST(dice(i, 3, 50000) + dice(i, 4, 4) * 0.125 AS DECIMAL(30, 12)) END AS unit_amount,
        ['month', 'month', 'month', 'year', 'year', 'week', 'day'][dice(i, 5, 7) + 1] AS recurring_interval,
        [1, 1, 1, 1, 3, 6][dice(i, 6, 6) + 1] AS interval_count,
        CASE WHEN dice(i, 7, 30) = 0 THEN 'metered' ELSE 'licensed' END AS usage_type,
        CASE WHEN dice(i, 2, 10) = 4 THEN 10 END AS divide_by, CASE WHEN dice(i, 2, 10) = 4 THEN dice(i, 8, 2) = 0 END AS round_up""",
    ),
    "stripe.price_tier": (
        4 * PRICES,
        """'price_' || i // 4 AS price_id, i % 4 AS position, [10, 50, 250, NULL][i % 4 + 1] AS up_to,
        CAST(dice(i, 1, 5000) AS DECIMAL(30, 12)) AS unit_amount,
        maybe(i, 2, 3, CAST(dice(i, 3, 9000) AS DECIMAL(30, 12))) AS flat_amount""",
    ),
    "stripe.coupon": (
        1000,
        """'co_' || i AS id, CASE WHEN i % 2 = 0 THEN CAST(dice(i, 1, 1000) * 0.1 AS DECIMAL(12, 6)) END AS percent_off,
        CASE WHEN i % 2 = 1 THEN dice(i, 2, 5000) END AS amount_off, CASE WHEN i % 2 = 1 THEN 'usd' END AS currency,
        ['forever', 'forever', 'repeating', 'once'][dice(i, 3, 4) + 1] AS duration, FALSE AS deleted""",
    ),
    "stripe.coupon_product": (300, "'co_' || i * 3 AS coupon_id, 'prod_' || dice(i, 1, 500) AS product_id"),
    "stripe.customer": (
        1.0,
        """'cus_' || i AS id, 'Customer ' || i AS name, code(i) AS currency, dice(i, 1, 50) = 0 AS deleted, TRUE AS livemode""",
    ),
    "stripe.customer_discount": (0.031, "'cus_' || i * 32 AS customer_id, 'di_c' || i AS id, 'co_' || dice(i, 1, 1000) AS coupon_id"),
    "stripe.subscription": (
        1.1,
        """'sub_' || i AS id, 'cus_' || i % $customers AS customer_id,
        CASE WHEN dice(i, 1, 10) < 6 THEN 'active'
          ELSE ['past_due', 'trialing', 'canceled', 'unpaid'][dice(i, 1, 10) - 5] END AS status,
        code(i % $customers) AS currency, $as_of - dice(i, 2, 90000000) AS created, $as_of - dice(i, 2, 90000000) AS start_date,
        FALSE AS cancel_at_period_end, maybe(i, 3, 60, 'void') AS pause_behavior, TRUE AS items_complete, TRUE AS livemode""",
    ),
    "stripe.subscription_item": (
        1.6,
        """'sub_' || i % $subscriptions AS subscription_id, 'si_' || i AS id,
        'price_' || dice(i, 1, $prices // 6) * 6 + i % $subscriptions % $customers % 6 AS price_id, dice(i, 2, 60) AS quantity,
        $as_of - 1000000 AS current_period_start, $as_of + 1600000 AS current_period_end""",
    ),
    "stripe.subscription_discount": (
        0.15,
        """'sub_' || i * 7 AS subscription_id, CASE WHEN i % 5 = 0 THEN 'si_' || i * 7 END AS item_id, 0 AS position, 'di_' || i AS id,
        'co_' || dice(i, 1, 1000) AS coupon_id, maybe(i, 2, 4, $as_of + dice(i, 3, 9000000) - 1000000) AS ends""",
    ),
}
"""By table: how many rows, or how many to a customer, and what they hold; columns that are not named are empty."""


def make(folder: Path, customers: int) -> dict[str, int]:
    """A state in the folder with one Parquet part per table, as a first pull leaves it; how many rows each table has."""
    numbers = {"as_of": AS_OF, "customers": customers, "subscriptions": round(1.1 * customers), "prices": PRICES}
    manifest, con = Manifest(), duckdb.connect()
    con.execute(MACROS)
    for table in TABLES:
        if table.name not in MADE:
            continue
        many, columns = MADE[table.name]
        for name, number in numbers.items():
            columns = columns.replace(f"${name}", str(number))
        rows = many if isinstance(many, int) else round(many * customers)
        path = f"parts/{table.name}/made.parquet"
        (folder / path).parent.mkdir(parents=True)
        declared = ", ".join(f'"{name}" {kind}' for name, kind in table.columns.items())
        con.execute(f"CREATE OR REPLACE TABLE made ({declared}, _seq BIGINT)")
        con.execute(f"INSERT INTO made BY NAME SELECT {columns}, {_page(table)} AS _seq FROM range({rows}) AS r(i) ORDER BY _seq")
        con.execute(f"COPY made TO '{folder / path}' (FORMAT parquet, COMPRESSION zstd)")
        manifest.tables[table.name] = TableState([Part(path, rows, folded=True)])
    Store(str(folder)).commit(manifest)
    return {name: state.parts[0].rows for name, state in manifest.tables.items()}


def _page(table: Table) -> str:
    """The page that a row came with: its own number's, or its parent's."""
    return f"CAST(SPLIT_PART({next(iter(table.columns))}, '_', 2) AS BIGINT) // {PAGE}"


def bare(folder: Path) -> dict[str, float]:
    """The composed SQL over the Parquet files by DuckDB alone."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA stripe; CREATE SCHEMA money")
    for table in (*TABLES, RATE):
        nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in table.columns.items())
        path = folder / f"parts/{table.name}/made.parquet"
        select = f"SELECT * FROM '{path}'" if path.exists() else f"SELECT {nothing} WHERE FALSE"
        con.execute(f"CREATE VIEW {table.name} AS {select}")
    return _timed(lambda sql: con.execute(f"CREATE TABLE mrr AS {sql}", {"as_of": AS_OF}))


def product(folder: Path) -> dict[str, float]:
    """The same as a run does it."""
    store = Store(str(folder))
    engine = Engine(store)
    engine.bind((*TABLES, RATE), store.latest())
    return _timed(lambda sql: engine.compute("mrr", sql, {"as_of": AS_OF}))


def _timed(run: Callable[[str], object]) -> dict[str, float]:
    begun, used = time.perf_counter(), cpu()
    run(customer_query())
    return {"wall": time.perf_counter() - begun, "cpu": cpu() - used, "peak_mb": peak_mb()}


def mrr(customers: int) -> None:
    """Both ways in turn, each in a process of its own; of all turns the quickest counts, as others on the machine only add."""
    with tempfile.TemporaryDirectory(prefix="syncer-bench-") as folder:
        rows = alone(make, Path(folder), customers)
        turns = [(alone(bare, Path(folder)), alone(product, Path(folder))) for _ in range(TURNS)]
    sizes = {"customers": customers, "subscriptions": rows["stripe.subscription"], "items": rows["stripe.subscription_item"]}
    least = {}
    for place, name in enumerate(("bare", "product")):
        figures = [turn[place] for turn in turns]
        wall, used = (min(each[unit] for each in figures) for unit in ("wall", "cpu"))
        least[name] = {"wall": wall, "cpu": used}
        about = {"bare": "the composed SQL over Parquet by DuckDB alone", "product": "the same over the state, as a run does it"}[name]
        rest = {"us_each": round(used / customers * 1e6, 2), "wall": round(wall, 2), "peak_mb": max(each["peak_mb"] for each in figures)}
        tell(f"mrr.{name}", used, "s", f"CPU of {about}; composing is in it, start and imports are not", **sizes, turns=TURNS, **rest)
    for unit in ("wall", "cpu"):
        ratio = least["product"][unit] / least["bare"][unit]
        tell(f"mrr.ratio.{unit}", ratio, "times", "the product's time over the bare SQL's", customers=customers)
