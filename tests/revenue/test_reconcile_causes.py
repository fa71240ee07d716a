"""Whatever switch others have at another value is found for every customer whom it concerns; what is simply wrong stays unexplained."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from random import Random

import plain_mrr
import pytest
from plain_mrr import AS_OF, DAY, Sub

from syncer.core.mrr import half_up
from syncer.core.reconcile import Ours, Rate, Reconciliation, reconcile
from syncer.specs.mrr_policy import PRESETS, MrrPolicy, policy_of

OTHERS = [
    {"trialing": "include"}, {"discounts": "none"}, {"discounts": "forever"}, {"discounts": "all"}, {"past_due": "exclude"},
    {"past_due": "include_until_days:30"}, {"metered": "trailing_3m_average"}, {"inclusive_tax": "keep"}, {"week_factor": "365/84"},
    {"week_factor": "4.33"}, {"week_factor": "4"}, {"day_factor": "30.437"}, {"day_factor": "30"}, {"scheduled_cancel": "drop_at_request"},
    {"pause_collection": "count"}, {"pause_collection": "zero"}, {"count_statuses": "active past_due unpaid"},
]  # fmt: skip
PAIRS = [
    {"trialing": "include", "discounts": "none"}, {"past_due": "exclude", "inclusive_tax": "keep"},
    {"week_factor": "4", "day_factor": "30"},
    {"discounts": "all", "metered": "trailing_3m_average"},
    {"pause_collection": "count", "week_factor": "4.33"},
]  # fmt: skip


def compare(subs: list[Sub], theirs: dict[tuple[str, str], Fraction], policy: MrrPolicy | None = None, **known) -> Reconciliation:
    policy = policy or MrrPolicy()
    ours = plain_mrr.mrr(subs, policy, AS_OF) | known.get("unknown", {})
    reasons = dict.fromkeys(known.get("unknown", {}), "a tiered price without its tiers")
    side = Ours(ours, reasons, known.get("parts", {}), known.get("rates", {}))
    found = reconcile(side, theirs, policy, AS_OF, lambda changed, at: plain_mrr.mrr(subs, changed, at) | known.get("unknown", {}))
    added_up = defaultdict(int)
    for cause in found.causes:
        for currency, amount in cause.sums_minor.items():
            added_up[currency] += amount
    whole = defaultdict(int)
    for key in ours.keys() | theirs.keys():
        if ours.get(key, 0) is not None:
            whole[key[1]] += half_up(theirs.get(key, Fraction(0))) - half_up(ours.get(key, Fraction(0)))
    assert {currency: amount for currency, amount in added_up.items() if amount} == {
        currency: amount for currency, amount in whole.items() if amount
    }
    return found


def figures(subs: list[Sub], switches: dict[str, str], as_of: int = AS_OF) -> dict[tuple[str, str], Fraction]:
    """An export: whole minor units, and nobody who pays nothing."""
    computed = plain_mrr.mrr(subs, policy_of(None, switches), as_of)
    return {key: Fraction(half_up(amount)) for key, amount in computed.items() if amount}


@pytest.mark.parametrize("switches", OTHERS, ids=str)
def test_the_switch_is_named_for_everyone_whom_it_concerns(switches):
    seed = OTHERS.index(switches)
    subs = plain_mrr.make(seed, 120)
    found = compare(subs, figures(subs, switches))
    assert found.differ > 0
    assert {tuple(one.switches.items()) for one in found.differences} == {tuple(switches.items())}
    assert found.closest.agree == found.agree + found.differ
    assert found.closest.switches == switches
    assert len(found.causes) == 1


@pytest.mark.parametrize("switches", PAIRS, ids=str)
def test_two_switches_are_named_one_by_one_and_together(switches):
    subs = plain_mrr.make(PAIRS.index(switches) + 100, 150)
    found = compare(subs, figures(subs, switches))
    named = [one for one in found.differences if set(one.switches.items()) <= set(switches.items())]
    assert {len(one.switches) for one in named} <= {1, 2}
    assert named == list(found.differences)
    assert found.closest.switches == switches


@pytest.mark.parametrize("seed", range(6))
def test_planted_errors_end_unexplained(seed):
    dice = Random(seed)
    switches = dice.choice(OTHERS)
    subs = plain_mrr.make(seed, 150)
    theirs = figures(subs, switches)
    wrong = dice.sample(sorted(theirs), 6)
    for key in wrong:
        theirs[key] += dice.choice((-1, 1)) * dice.randrange(777_777, 999_999)
    found = compare(subs, theirs)
    assert {(one.customer, one.currency) for one in found.differences if one.cause == "unexplained"} == set(wrong)
    assert {tuple(one.switches.items()) for one in found.differences if one.cause != "unexplained"} <= {tuple(switches.items())}


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "default"])
def test_a_preset_is_found_out(name):
    subs = plain_mrr.make(7, 150)
    found = compare(subs, figures(subs, dict(PRESETS[name])))
    assert "unexplained" not in {one.cause for one in found.differences}
    assert found.closest.switches == PRESETS[name]


@pytest.mark.parametrize(("back", "name"), [(3_600, "an hour"), (5 * 3_600, "5 hours"), (DAY, "a day")])
def test_an_export_of_an_earlier_hour_is_timing(back, name):
    subs = plain_mrr.make(11, 200)
    found = compare(subs, figures(subs, {}, AS_OF - back))
    assert {one.cause for one in found.differences} == {"timing"}
    assert {one.what for one in found.causes} == {found.causes[0].what}
    assert name in found.causes[0].what


def test_explanations_that_fit_equally_are_all_named():
    subs = [Sub("cus_1", "usd", 1_000, status="past_due", overdue_days=20), Sub("cus_2", "usd", 1_000, status="past_due", overdue_days=45)]
    only = compare(subs, {("cus_1", "usd"): Fraction(0), ("cus_2", "usd"): Fraction(1_000)}).differences[0]
    assert only.switches == {"past_due": "exclude"}  # no preset has any of the three, and cus_2 tells against each
    assert only.also == ["--set past_due=include_until_days:7", "--set past_due=include_until_days:14"]


def test_the_explanation_under_which_most_agree_wins():
    subs = [Sub("cus_1", "usd", 1_000, status="past_due", overdue_days=20), Sub("cus_2", "usd", 1_000, status="past_due", overdue_days=10)]
    only = compare(subs, {("cus_1", "usd"): Fraction(0), ("cus_2", "usd"): Fraction(1_000)}).differences[0]
    assert only.switches == {"past_due": "include_until_days:14"}
    assert only.also == ["--set past_due=exclude", "--set past_due=include_until_days:7"]


def test_who_is_on_one_side_only():
    subs = [Sub("cus_1", "usd", 1_000), Sub("cus_2", "usd", 0), Sub("cus_3", "usd", 500, status="canceled")]
    found = compare(subs, {("cus_9", "usd"): Fraction(700)})
    assert (found.agree, found.differ) == (2, 2)
    assert {(one.customer, one.cause, one.difference_minor) for one in found.differences} == {
        ("cus_1", "missing_there", -1_000),
        ("cus_9", "missing_here", 700),
    }


def test_what_we_do_not_know_is_not_in_the_sums():
    subs = [Sub("cus_1", "usd", 1_000), Sub("cus_2", "usd", 2_000)]
    found = compare(subs, {("cus_1", "usd"): Fraction(1_000), ("cus_2", "usd"): Fraction(2_000)}, unknown={("cus_2", "usd"): None})
    only = found.differences[0]
    assert (only.cause, only.ours_minor, only.theirs_minor, only.difference_minor) == ("unknown_here", None, 2_000, None)
    assert only.what == "a tiered price without its tiers"
    assert found.causes[0].sums == {}


def test_roundings():
    subs = [Sub("cus_1", "usd", 1_000, every="year"), *[Sub("cus_2", "usd", 1_006, every="year")] * 4]
    parts = {("cus_2", "usd"): [Fraction(1_006, 12)] * 4}
    found = compare(subs, {("cus_1", "usd"): Fraction(84), ("cus_2", "usd"): Fraction(336)}, parts=parts)
    assert {(one.customer, one.cause, one.difference_minor) for one in found.differences} == {
        ("cus_1", "rounding", 1),
        ("cus_2", "rounding", 1),
    }


RATES = {("eur", "usd"): Rate(Fraction(5, 4), date(2026, 11, 1))}


def test_the_same_figure_in_another_currency():
    subs = [Sub("cus_1", "eur", 4_000), Sub("cus_2", "usd", 5_000), Sub("cus_2", "eur", 4_000), Sub("cus_3", "eur", 1_000)]
    theirs = {("cus_1", "usd"): Fraction(5_020), ("cus_2", "usd"): Fraction(10_000), ("cus_3", "usd"): Fraction(9_900)}
    found = compare(subs, theirs, rates=RATES)
    assert {(one.customer, one.currency, one.cause) for one in found.differences} == {
        ("cus_1", "usd", "currency"),
        ("cus_1", "eur", "currency"),
        ("cus_2", "usd", "currency"),
        ("cus_2", "eur", "currency"),
        ("cus_3", "usd", "unexplained"),
        ("cus_3", "eur", "unexplained"),
    }
    assert {one.what for one in found.differences if one.customer == "cus_2"} == {
        "our 50.00 usd and 40.00 eur at 1.25 of 2026-11-01 come to 100.00 usd, and theirs is that within 1 %"
    }


def test_without_a_rate_the_currency_is_said():
    found = compare([Sub("cus_1", "eur", 4_000)], {("cus_1", "usd"): Fraction(5_000)})
    assert {one.what for one in found.differences} == {"they have it in usd, we in eur, and no rate from eur to usd is known"}
