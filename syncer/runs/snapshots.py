"""What each customer paid at the end of each month (`history.mrr`): as runs saw it, and before there were any, as Stripe's dates tell it.

A month that is over is closed once: with what the last run in it saw, else with what the dates of start, trial and end tell of its last
second, at today's amounts. A closed month stays; only one told by dates is told anew under another MRR policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import msgspec

from syncer.core.months import LISTED, MONTHS, listed_query, missing_query, side_by_side
from syncer.runs.run import Run
from syncer.runs.tables import MRR
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words import when
from syncer.words.money import RATE
from syncer.words.tables import Page, Table

MONTHS_BACK = 36
AT_ONCE = 100_000
"""Customers in one query, each counted once per month: they have to fit into memory."""
SEEN, DATED = "run", "stripe_dates"


def close_months(run: Run, intake: Intake) -> None:
    """Close the months before that of `as_of`, as far back as the first subscription and MONTHS_BACK.

    For every run that has just pulled, a plan too: as with what was pulled, this can be worked out again. That it is done is marked
    after the last row, so a run that is cut off does it again.
    """
    if "stripe" not in run.settings.sources:
        return
    mark = intake.manifest.marks.get(MRR.name) or {}
    last = when.months_later(when.month(run.as_of), -1)
    policy = run.project.mapping.mrr_policy.told()
    known = mark.get("policy") == policy
    if known and mark["closed"] >= last:
        return
    with closing(_bound(run)) as engine:
        since = when.months_later(mark["closed"], 1) if known else _first_month(run, engine)
        seen = {month for (month,) in engine.rows(f"SELECT DISTINCT month FROM {MRR.name} WHERE kind = '{SEEN}'")}
        back = [when.months_later(last, -count) for count in reversed(range(MONTHS_BACK))]
        _keep(run, intake, engine, {month: when.month_end(month) for month in back if since <= month and month not in seen}, DATED)
    intake.mark(MRR.name, {"closed": max(last, mark.get("closed", last)), "policy": policy})
    intake.flush()


def keep_month(run: Run, intake: Intake) -> None:
    """Keep the month of `as_of` as it is now, unless it is closed. For a run that pulled and will write: a plan may be trying a policy."""
    month = when.month(run.as_of)
    if "stripe" in run.settings.sources and month > intake.manifest.marks[MRR.name]["closed"]:
        with closing(_bound(run)) as engine:
            _keep(run, intake, engine, {month: run.as_of}, SEEN)
        intake.flush()


def _bound(run: Run) -> Engine:
    """An engine with the history, and Stripe's tables as `single.…`. No rates: history is in the customers' own currencies."""
    engine, stored = Engine(run.store), run.store.latest()
    stripe = {table.name: table for table in _stripe(run)}
    single = [replace(table, name=_single(name), parent=table.parent and _single(table.parent)) for name, table in stripe.items()]
    tables = {_single(name) if name in stripe else name: state for name, state in stored.tables.items()}
    engine.bind([MRR, *single], msgspec.structs.replace(stored, tables=tables))
    engine.fill(RATE, [])
    engine.fill(LISTED, [])
    return engine


def _stripe(run: Run) -> list[Table]:
    return [table for table in run.tables() if table.name.startswith("stripe.")]


def _single(name: str) -> str:
    return f"single.{name.partition('.')[2]}"


def _first_month(run: Run, engine: Engine) -> str:
    """The month in which the first subscription began, that of `as_of` when there is none."""
    [(first,)] = engine.rows("SELECT COALESCE(MIN(start_date), $as_of) FROM single.subscription", {"as_of": run.as_of})
    return when.month(first)


def _keep(run: Run, intake: Intake, engine: Engine, instants: Mapping[str, int], kind: str) -> None:
    """Store of these months, stated for these instants, what is not stored so already."""
    listed = listed_query(run.project.mapping.mrr_policy, past=kind == DATED)
    [(customers,)] = engine.rows("SELECT COUNT(*) FROM single.customer")
    months, step = sorted(instants), max(1, AT_ONCE // (customers + 1))
    for begin in range(0, len(months), step):
        some = months[begin : begin + step]
        as_of = instants[some[-1]]
        engine.fill(MONTHS, [(month, when.months_later(month, -1), as_of - instants[month]) for month in some])
        for table in (table for table in _stripe(run) if table.name in listed):
            # invoices are by far the most rows and matter to few policies: those read them as they lie
            lay = engine.define if table.name.startswith("stripe.invoice") else engine.compute
            lay(table.name, side_by_side(table, _single(table.name)))
        engine.compute("earlier", f"SELECT month, customer_id, currency FROM {LISTED.name}")
        engine.compute(LISTED.name, listed, {"as_of": as_of})
        rows = engine.rows(missing_query(MRR.name, "earlier"), {"kind": kind})
        intake.add(MRR.name, Page({MRR.name: [(*row, kind, run.as_of) for row in rows]}, {}))
        run.watch("months", begin + len(some), len(months))
