"""The SQL models and an independent Python oracle agree, to the last digit, on random customers under every switch of the policy."""

from __future__ import annotations

import os

import pytest
from minimise import Story, minimise, rows_about, write
from oracle import Books, half_up
from random_books import AS_OF
from test_cases import check
from trial import BITS, TOO_LONG, VALUES, Trial
from warehouse import open_warehouse, records

from syncer.core.compose import facts_query

CUSTOMERS = 800
TRIALS = [int(os.environ["SYNCER_SEED"])] if "SYNCER_SEED" in os.environ else range(25)


@pytest.mark.parametrize("number", TRIALS)
def test_mrr_of_random_customers_is_exact(number):
    trial = Trial(number, CUSTOMERS)
    outcome = trial.run()
    if outcome.differences:
        first = outcome.differences[0]
        pytest.fail(
            f"{len(outcome.differences)} of {CUSTOMERS} customers differ, {first.customer_id} for one.\n"
            f"The models say {first.told}\nThe oracle says {first.expected}\n"
            f"The same in few rows, ready for tests/models/cases: {minimise(trial, first)}\n"
            f"Replay: SYNCER_SEED={number} scripts/test tests/models/test_random_mrr.py"
        )
    assert outcome.counted > CUSTOMERS / 8, "too few customers count"
    assert 0 < outcome.unknown < outcome.counted / 2, "the trial should hold some customers, and not most"
    assert outcome.too_long < CUSTOMERS / 100, "too many are held for their digits"


def test_trials_try_every_value_of_every_switch():
    tried = [Trial(number, 0).switches for number in range(5, 25)]
    for name, values in VALUES.items():
        assert {switches[name] for switches in tried} == set(values)
    assert {Trial(number, 0).past for number in range(5, 25)} == {False, True}


def test_facts_of_an_account_are_those_of_its_customer():
    trial = Trial(1, CUSTOMERS)
    books = Books(trial.tables, AS_OF)
    living = [row["id"] for row in trial.tables["stripe.customer"] if not row["deleted"]]
    accounts = [{"id": customer_id, "name": customer_id} for customer_id in living]
    matches = [{"source": "stripe", "source_id": customer_id, "account_id": customer_id, "rule": "test"} for customer_id in books.customers]
    con = open_warehouse({**trial.tables, "crm.account": accounts, "identity.match": matches})
    links = {"mixpanel_group_url_base": None, "zendesk_url_base": None}
    told = {row["account_id"]: row for row in records(con, facts_query(), as_of=AS_OF, month_before="2026-12", **links)}
    for customer_id in living:
        totals, held = books.totals(customer_id), told[customer_id]["stripe__mrr_held"]
        known = None not in totals.values() and len(totals) < 2
        if TOO_LONG in (held or ""):
            known = max(books.longest(customer_id, currency) for currency in totals) < BITS
        assert (held is None) == known, customer_id
        assert told[customer_id]["stripe__mrr_minor"] == (half_up(sum(totals.values())) if known else None), customer_id


def test_a_customer_of_a_trial_can_become_a_case():
    trial = Trial(8, 40)
    chosen = [key for key in Books(trial.tables, AS_OF).customers if Books(trial.tables, AS_OF, trial.switches).totals(key)][:3]
    for customer_id in chosen:
        check(write(Story(rows_about(trial.tables, customer_id), trial.switches, trial.past), customer_id))
