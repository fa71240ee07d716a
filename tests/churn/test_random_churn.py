"""The SQL models and an independent Python oracle agree, exactly, on random balances under every switch; and what must always hold."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import pairwise

import pytest
from plain_churn import KINDS, Sheet
from sheets import SEGMENTS, policy, rates, sheet, write_rates, write_sheet

from syncer.core.churn import told
from syncer.runs.churn import Asked, of_file
from syncer.specs.churn import ChurnPolicy

ACCOUNTS = 60
TRIALS = [int(os.environ["SYNCER_SEED"])] if "SYNCER_SEED" in os.environ else range(16)
AMOUNTS = ("start", *KINDS, "fx", "end")


def computed(folder, lines, switches, given=(), segments=SEGMENTS, *, between=(None, None)):
    """What the command tells, by from, to, currency, segment and band."""
    write_sheet(folder / "sheet.csv", lines)
    write_rates(folder / "rates.csv", switches["reporting_currency"], given)
    asked = Asked(ChurnPolicy(**switches, segments=segments), *between)
    answer = of_file(folder / "sheet.csv", asked, folder / "rates.csv")
    return {tuple(told(period)[name] for name in ("from", "to", "currency", "segment", "band")): told(period) for period in answer.periods}


def expected(of, totals):
    said = {}
    for key, total in totals.items():
        rates_of = of.rates_of(total)
        said[key] = {
            **dict(zip(("from", "to", "currency", "segment", "band"), key, strict=True)),
            **{name: amount(getattr(total, name)) for name in ("start", "end", "fx")},
            **{kind: amount(value) for kind, value in total.by_kind.items()},
            "unknown": total.unknown,
            "logo": {"start": total.paying, "churned": total.churned, "rate": ratio(rates_of.pop("logo"))},
            **{name: ratio(rate) for name, rate in rates_of.items()},
            "movements": {account: [kind, amount(value)] for account, (kind, value) in total.movements.items()},
        }
    return said


def without_decimals(period):
    plain = {name: value for name, value in period.items() if not name.endswith("_decimal")}
    return {**plain, "logo": {name: value for name, value in period["logo"].items() if name != "rate_decimal"}}


def amount(value):
    return int(value) if value.denominator == 1 else str(value)


def ratio(rate):
    return None if rate is None else f"{rate.numerator}/{rate.denominator}"


@pytest.mark.parametrize("number", TRIALS)
def test_random_balances_are_told_exactly(number, tmp_path):
    lines, switches = sheet(number, ACCOUNTS), policy(number)
    given = rates(number, switches["reporting_currency"])
    of = Sheet(lines, switches, given, SEGMENTS)
    jump = (of.months[0], of.months[-1])
    jumps = number % 4 == 3
    found = computed(tmp_path, lines, switches, given, between=jump if jumps else (None, None))
    wanted = expected(of, of.told([jump] if jumps else pairwise(of.months)))
    assert {key: without_decimals(period) for key, period in found.items()} == wanted
    for period in found.values():
        assert_it_balances(period)
    assert_segments_are_the_whole(found)


def assert_it_balances(period):
    gains = sum(Fraction(period[name]) for name in ("start", "new", "expansion", "reactivation", "fx"))
    assert gains - Fraction(period["contraction"]) - Fraction(period["churn"]) == Fraction(period["end"])


def assert_segments_are_the_whole(found):
    for (since, until, currency, segment, _), whole in found.items():
        if segment != "all":
            continue
        for name in SEGMENTS:
            bands = [period for key, period in found.items() if key[:4] == (since, until, currency, name)]
            assert sum(period["unknown"] for period in bands) == whole["unknown"]
            assert {account for period in bands for account in period["movements"]} == set(whole["movements"])
            for weight in AMOUNTS:
                assert sum(Fraction(period[weight]) for period in bands) == Fraction(whole[weight])


def test_the_order_of_lines_changes_nothing(tmp_path):
    lines, switches = sheet(3, ACCOUNTS), policy(3)
    given = rates(3, switches["reporting_currency"])
    assert computed(tmp_path, lines, switches, given) == computed(tmp_path, sorted(lines), switches, given[::-1])


def test_two_bases_of_accounts_add_up(tmp_path):
    lines, switches = sheet(5, ACCOUNTS), policy(5)
    given = rates(5, switches["reporting_currency"])
    months = sorted({line.month for line in lines})
    one = [line for line in lines if line.account < "acc 3"]
    other = [line for line in lines if line.account >= "acc 3"]
    for since, until in pairwise(months):
        both, *parts = (computed(tmp_path, part, switches, given, ("region",), between=(since, until)) for part in (lines, one, other))
        for key, whole in both.items():
            shares = [part[key] for part in parts if key in part]
            for weight in (*AMOUNTS, "unknown"):
                assert sum(Fraction(share[weight]) for share in shares) == Fraction(whole[weight])


def test_a_month_begins_as_the_one_before_ended(tmp_path):
    lines = [line for line in sheet(8, ACCOUNTS) if line.minor is not None]
    found = computed(tmp_path, lines, {**policy(8), "reporting_currency": None}, segments=())
    ends = {(until, currency): period["end"] for (_, until, currency, _, _), period in found.items()}
    begins = {(since, currency): period["start"] for (since, _, currency, _, _), period in found.items()}
    shared = ends.keys() & begins.keys()
    assert shared
    assert {key: ends[key] for key in shared} == {key: begins[key] for key in shared}
