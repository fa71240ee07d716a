"""SQL text for what engines do differently: every division and every cut of a number is written here and nowhere else.

A missing input gives a missing result, never an error and never 0. Every argument must stand closed in itself.
"""

from __future__ import annotations


def thousandths(amount: str) -> str:
    """A number with decimals as a whole number of thousandths (BIGINT), half away from zero."""
    return f"CAST(ROUND(CAST({amount} AS DECIMAL(25, 3)) * 1000, 0) AS BIGINT)"


def round_div(over: str, under: str) -> str:
    """The quotient of two whole numbers rounded half away from zero, of any signs; NULL when `under` is 0.

    `//` truncates toward zero on every engine, and `/` gives a float on some.
    """
    half = f"CASE WHEN ({over} < 0) = ({under} < 0) THEN {under} ELSE -{under} END"
    return f"CASE WHEN {under} <> 0 THEN (2 * {over} + {half}) // (2 * {under}) END"


def pct(over: str, under: str) -> str:
    """Whole percent of two whole numbers, rounded half away from zero; NULL when `under` is not above 0."""
    half = f"CASE WHEN {over} < 0 THEN -{under} ELSE {under} END"
    return f"CASE WHEN {under} > 0 THEN (200 * {over} + {half}) // (2 * {under}) END"


def clamp(value: str, low: str, high: str) -> str:
    """`value` between `low` and `high`. Not LEAST and GREATEST: they skip nulls on some engines and not on others."""
    return f"CASE WHEN {value} < {low} THEN {low} WHEN {value} > {high} THEN {high} ELSE {value} END"


def days_between(start: str, end: str) -> str:
    """Whole days from one date to another, negative when `end` is before `start`."""
    return f"DATE_DIFF('day', {start}, {end})"


def months_between(start: str, end: str) -> str:
    """Full months from one date to another: one more on each same day of the month. Negative when `end` is before `start`."""
    return f"CASE WHEN {start} <= {end} THEN {_full_months(start, end)} ELSE -{_full_months(end, start)} END"


def _full_months(start: str, end: str) -> str:
    months = " - ".join(f"(EXTRACT(YEAR FROM {date}) * 12 + EXTRACT(MONTH FROM {date}))" for date in (end, start))
    short = f"CASE WHEN EXTRACT(DAY FROM {end}) < EXTRACT(DAY FROM {start}) THEN 1 ELSE 0 END"
    return f"CAST({months} - {short} AS BIGINT)"


def month_start(date: str) -> str:
    """The first day of a date's month."""
    return f"CAST(DATE_TRUNC('month', {date}) AS DATE)"


def whole_text(value: str) -> str:
    """A whole number or a date as text: 1250, 2026-11-01."""
    return f"CAST({value} AS VARCHAR)"


def plain_text(number: str) -> str:
    """A number with decimals as text, without zeros at its end: 1250.5, 1250."""
    return f"RTRIM(RTRIM(CAST(CAST({number} AS DECIMAL(38, 9)) AS VARCHAR), '0'), '.')"


def url_encode(value: str) -> str:
    """A text as a part of a link: all but letters, digits and - _ . ~ in percent form."""
    return f"URL_ENCODE({value})"


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


def half_up(over: str, under: str | int) -> str:
    """The quotient of two whole numbers rounded half up; `over` is never below 0, `under` above it."""
    return f"((2 * {over} + {under}) // (2 * {under}))"
