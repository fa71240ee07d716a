"""Exchange rates between any two currencies that the given ones connect, exact to the fraction."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.core.rates import standing_on, toward
from syncer.specs.rates import Rate

FIRST = date(2026, 10, 1)


def rate(currency, quote, text, day=0):
    return Rate(currency, quote, FIRST + timedelta(day), Decimal(text))


def value(factor):
    return factor and factor.value


RATES = [
    rate("eur", "usd", "1.08"),
    rate("jpy", "usd", "0.0066"),
    rate("usd", "brl", "5.4"),
    rate("eur", "usd", "1.10", day=5),
    rate("gbp", "chf", "1.13"),
]


@pytest.mark.parametrize(
    ("currency", "target", "day", "expected"),
    [
        ("usd", "usd", 0, Fraction(1)),
        ("eur", "usd", 0, Fraction("1.08")),
        ("eur", "usd", 4, Fraction("1.08")),
        ("eur", "usd", 5, Fraction("1.10")),
        ("eur", "usd", 900, Fraction("1.10")),
        ("eur", "usd", -1, None),
        ("usd", "eur", 0, 1 / Fraction("1.08")),
        ("eur", "jpy", 5, Fraction("1.10") / Fraction("0.0066")),
        ("eur", "brl", 5, Fraction("1.10") * Fraction("5.4")),
        ("gbp", "usd", 5, None),
        ("sek", "usd", 5, None),
    ],
)
def test_the_newest_rate_of_a_day_straight_back_or_through_a_third(currency, target, day, expected):
    assert value(standing_on(RATES, FIRST + timedelta(day)).factor(currency, target)) == expected


def test_the_day_of_a_factor_is_that_of_the_newest_rate_in_it():
    standing = standing_on(RATES, FIRST + timedelta(9))
    pairs = [("usd", "usd"), ("jpy", "usd"), ("usd", "eur"), ("eur", "jpy"), ("jpy", "brl")]
    assert [standing.factor(*pair).day for pair in pairs] == [None, FIRST, FIRST + timedelta(5), FIRST + timedelta(5), FIRST]


def test_a_given_rate_wins_over_one_that_follows_from_others():
    rates = [*RATES, rate("eur", "jpy", "160")]
    assert standing_on(rates, FIRST).factor("eur", "jpy") == (160, FIRST)
    assert standing_on(rates, FIRST).factor("jpy", "eur") == (Fraction(1, 160), FIRST)


def test_rates_of_one_currency_follow_from_the_others_from_the_day_that_they_hold():
    assert toward(RATES, "usd") == [rate("brl", "usd", "0.185185185185")]
    assert toward(RATES, "jpy") == [
        rate("brl", "jpy", "28.058361391695"),
        rate("eur", "jpy", "163.636363636364"),
        rate("usd", "jpy", "151.515151515152"),
        rate("eur", "jpy", "166.666666666667", day=5),
    ]
    assert toward([], "usd") == []


def test_a_rate_that_12_decimals_cannot_tell_is_none():
    assert toward([rate("usd", "zwg", "999999999999"), rate("eur", "usd", "0.000000000001")], "zwg") == [
        rate("eur", "zwg", "0.999999999999"),
    ]
    assert toward([rate("usd", "zwg", "4000000000000")], "usd") == []
    assert toward([rate("usd", "zwg", "0.000000000001")], "usd") == []


amounts = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(10) ** 6, places=4)


@given(st.dictionaries(st.sampled_from(["eur", "gbp", "jpy", "bhd"]), amounts, min_size=2), st.permutations(range(8)))
def test_ways_there_and_back_are_one_whatever_the_order_of_the_rates(quoted, order):
    rates = [Rate(code, "usd", FIRST, amount) for code, amount in quoted.items()]
    shuffled = [rates[place] for place in order if place < len(rates)]
    standing = standing_on(shuffled, FIRST)
    for one in quoted:
        for other in quoted:
            there, back = (value(standing.factor(*pair)) for pair in ((one, other), (other, one)))
            assert there == Fraction(quoted[one]) / Fraction(quoted[other])
            assert there * back == 1
