"""Churn from the history that runs keep: customers by account, what each account's fields were then, and what the history leaves open."""

from __future__ import annotations

from contextlib import closing

import pytest

from syncer.cli import setup
from syncer.core.churn import told
from syncer.runs.churn import Asked, of_proposal
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, MRR, PAIR
from syncer.specs.churn import ChurnPolicy
from syncer.specs.settings import Settings
from syncer.tools.engine import Engine
from syncer.tools.store import Store
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.tables import Table

MATCH = Table("identity.match", dict.fromkeys(("source", "source_id", "account_id", "rule"), "VARCHAR"))
AS_OF = when.epoch("2026-03-15")


@pytest.fixture
def run(tmp_path):
    return Run(Settings(), setup.project(tmp_path), Store(str(tmp_path / "state")), AS_OF, lambda *_: None)


def answer(run, history, *, segments=(), match=(), pairs=(), cells=()):
    """What is told of rows month, customer, currency, minor units, kind."""
    rows = [(month, customer, currency, minor, minor == 0, kind, 0) for month, customer, currency, minor, kind in history]
    with closing(Engine()) as engine:
        engine.fill(MRR, rows)
        engine.fill(MATCH, [("stripe", customer, account, "rule") for customer, account in match])
        engine.fill(PAIR, [("salesforce", "stripe", customer, account, "rule", 0) for customer, account in pairs])
        engine.fill(
            HISTORY, [("salesforce", account, key, when.epoch(day), value, None, "r", "written") for account, key, day, value in cells]
        )
        found = of_proposal(run, "salesforce", engine, Asked(ChurnPolicy(segments=segments)), [])
    return [told(period) for period in found.periods], list(found.problems)


def test_customers_of_an_account_are_one(run):
    history = [
        ("2026-01", "cus_1", "usd", 100, "run"), ("2026-01", "cus_2", "usd", 50, "run"), ("2026-01", "cus_3", "usd", 7, "run"),
        ("2026-01", "cus_4", "usd", 30, "run"), ("2026-02", "cus_1", "usd", 0, "run"), ("2026-02", "cus_2", "usd", 90, "run"),
        ("2026-02", "cus_4", "usd", 30, "run"),
    ]  # fmt: skip
    (period,), problems = answer(run, history, match=[("cus_1", "001"), ("cus_2", "001"), ("cus_4", "004")], pairs=[("cus_3", "004")])
    assert period["movements"] == {"001": ["contraction", 60], "004": ["contraction", 7]}, "a deleted customer stays with its account"
    assert (period["start"], period["end"], period["logo"]["start"], problems) == (187, 120, 2, [])


def test_a_customer_without_an_account_is_its_own(run):
    (period,), _ = answer(run, [("2026-01", "cus_9", "usd", 5, "run"), ("2026-02", "cus_8", "usd", 6, "run")])
    assert period["movements"] == {"cus_8": ["new", 6], "cus_9": ["churn", 5]}


def test_one_unknown_customer_makes_its_account_unknown(run):
    history = [("2026-01", "cus_1", "usd", 100, "run"), ("2026-02", "cus_1", "usd", 100, "run"), ("2026-02", "cus_2", "usd", None, "run")]
    (period,), _ = answer(run, history, match=[("cus_1", "001"), ("cus_2", "001")])
    assert (period["unknown"], period["start"], period["movements"]) == (1, 0, {})


def test_a_field_counts_as_it_was_at_the_start(run):
    history = [(month, customer, "usd", 100, "run") for month in ("2026-01", "2026-02") for customer in ("a", "b", "c")]
    cells = [
        ("a", "health_band", "2026-01-20", "healthy"),
        ("a", "health_band", "2026-02-01", "action"),
        ("b", "health_band", "2026-02-02", "caution"),
    ]
    cells += [("c", "health_band", "2026-01-01", "healthy"), ("c", "health_band", "2026-01-30", None), ("a", "plan", "2026-01-01", "Pro")]
    periods, _ = answer(run, history, segments=("health_band",), cells=cells)
    assert {period["band"]: period["start"] for period in periods if period["segment"] == "health_band"} == {"healthy": 100, "unknown": 200}


def test_history_says_what_it_leaves_open(run):
    history = [(month, "a", "usd", 100, kind) for month, kind in (("2026-01", "stripe_dates"), ("2026-02", "run"), ("2026-03", "run"))]
    _, problems = answer(run, history)
    assert problems == [
        "2026-01: worked out from the dates that Stripe keeps and today's amounts, as no run saw those months",
        "2026-03 is not over: it is as the last run saw it",
    ]


def test_a_segment_that_is_no_picklist_is_refused(run):
    with pytest.raises(UsageError, match="there is no segment health_bnd; did you mean health_band"):
        answer(run, [("2026-01", "a", "usd", 1, "run")], segments=("health_bnd",))


def test_without_history_the_sentence_says_what_to_do(run):
    with pytest.raises(UsageError, match="run syncer sync, or name a file of balances"):
        answer(run, [])
