"""Converting money in SQL: the same figure as exact fractions give, or none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.core.conversion import FACTOR, REPORTING, Currencies, converted, factor_rows, joined, unconverted
from syncer.core.rates import Factor

MANY = Currencies("usd", by_record=True, lacking="of 2026-11-01 or before; add one")
DAY = date(2026, 10, 31)


def told(amounts, factor, scale):
    """Value and reason for each amount of dollars in a record of yen."""
    columns = ", ".join(f"{name} {kind}" for name, kind in FACTOR.columns.items())
    chosen, joins = joined([REPORTING], MANY)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE SCHEMA money; CREATE TABLE {FACTOR.name} ({columns}); CREATE TABLE row (own DECIMAL(38,9))")
        for row in factor_rows({("usd", "jpy"): Factor(factor, DAY)} if factor else {}):
            connection.execute(f"INSERT INTO {FACTOR.name} VALUES (?, ?, ?, ?, ?, ?)", list(row))
        connection.executemany("INSERT INTO row VALUES (?)", [[amount] for amount in amounts])
        rows = f"SELECT own, record__currency, {', '.join(chosen)} FROM (SELECT own, 'jpy' AS record__currency FROM row){joins}"
        value, reason = converted("own", REPORTING, scale), unconverted("own", REPORTING, "MRR", scale, MANY)
        return connection.execute(f"SELECT {value}, {reason} FROM ({rows})").fetchall()


def half_up(value, scale):
    units = abs(value) * 10**scale
    rounded = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return Decimal(rounded if value >= 0 else -rounded).scaleb(-scale)


amounts = st.decimals(min_value=Decimal(-(10**15)), max_value=Decimal(10**15), places=3)
rates = st.decimals(min_value=Decimal("0.000001"), max_value=Decimal(10**6), places=6)


@settings(max_examples=30, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=6), rates, rates, st.integers(0, 6))
def test_a_value_is_exact_to_the_last_digit_of_the_field_or_held(numbers, one, other, scale):
    factor = Fraction(one) / Fraction(other)
    for number, (value, reason) in zip(numbers, told(numbers, factor, scale), strict=True):
        exact = half_up(Fraction(number) * factor, scale)
        if reason is None:
            assert value == exact
        else:
            assert value is None
            assert reason == "MRR has too many digits in JPY"
            assert abs(exact) >= Decimal(10) ** (18 - scale) or abs(Fraction(number)) * 10**9 * 2 * factor.numerator > 2**126


@pytest.mark.parametrize(
    ("amount", "factor", "scale", "expected"),
    [
        ("0.005", "1", 2, "0.01"),
        ("-0.005", "1", 2, "-0.01"),
        ("0.0049", "1", 2, "0.00"),
        ("100", "3/2", 0, "150"),
        ("1", "1/2", 0, "1"),
        ("1", "1/3", 9, "0.333333333"),
        ("999999999999999", "1", 3, "999999999999999.000"),
        ("999999999999999", "2", 3, None),
        ("0", "1/340282366920938463463374607431768211456", 3, "0.000"),
        ("1", "1/340282366920938463463374607431768211456", 3, None),
    ],
)
def test_edges(amount, factor, scale, expected):
    [(value, reason)] = told([Decimal(amount)], Fraction(factor), scale)
    assert value == (None if expected is None else Decimal(expected))
    assert reason == ("MRR has too many digits in JPY" if expected is None else None)


def test_without_a_rate_only_nothing_can_be_told():
    assert told([Decimal(0), Decimal("0.001"), None], None, 3) == [
        (0, None),
        (None, "there is no rate from USD to JPY of 2026-11-01 or before; add one"),
        (None, None),
    ]
