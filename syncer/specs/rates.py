"""Exchange rates that ops write: a dated table beside the mapping, `mappings/rates.csv`.

    day,currency,quote,rate
    2026-10-31,eur,usd,1.0850

From that day on, 1 major unit of `currency` is `rate` major units of `quote`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from syncer.specs.csv_table import CsvRow, read_csv
from syncer.specs.shipped import place
from syncer.words.errors import Problem
from syncer.words.money import KNOWN

FILE = "rates.csv"
COLUMNS = ("day", "currency", "quote", "rate")


class Rate(NamedTuple):
    """A row of `money.rate`: codes in lower case, the rate above 0 with up to 12 decimals."""

    currency: str
    quote: str
    day: date
    rate: Decimal


def load_rates(project: Path, named: str) -> tuple[list[Rate], list[Problem]]:
    """The rates that a mapping's `rates: named` means, and every problem of the file; none when it names no file.

    `rates.csv` need not be there; a file of another name must.
    """
    name = f"mappings/{named}"
    path = place(project, name)
    if not named.endswith(".csv") or (named == FILE and not path.exists()):
        return [], []
    return read_rates(path, name)


def read_rates(path: Path, name: str) -> tuple[list[Rate], list[Problem]]:
    """The rates of a file that people know by this name, and every problem of it."""
    rows, problems = read_csv(path, {column: (column,) for column in COLUMNS})
    problems = [Problem(name, problem.line, problem.column, problem.text) for problem in problems]
    first: dict[tuple[str, str, date], int] = {}
    rates = []
    for row in rows:
        said, rate = _faults(row), None
        if not said:
            rate = Rate(
                row.values["currency"].lower(),
                row.values["quote"].lower(),
                date.fromisoformat(row.values["day"]),
                Decimal(row.values["rate"]),
            )
            if first.setdefault(rate[:3], row.line) != row.line:
                said = [f"the rate of {rate.currency} in {rate.quote} for {rate.day} stands on line {first[rate[:3]]} already; keep one"]
        problems += [Problem(name, row.line, 1, text) for text in said]
        if rate is not None:
            rates.append(rate)
    return rates, sorted(problems)


def _faults(row: CsvRow) -> list[str]:
    day, currency, quote, rate = (row.values[column] for column in COLUMNS)
    said = [
        f"{code or 'an empty cell'} is not a currency code; write one such as usd"
        for code in (currency, quote)
        if code.lower() not in KNOWN
    ]
    if not _is_day(day):
        said.append(f"{day or 'an empty cell'} is not a day; write it as 2026-10-31")
    if not re.fullmatch("[0-9]{1,12}([.][0-9]{1,12})?", rate) or Decimal(rate) == 0:
        said.append(f"{rate or 'an empty cell'} is not a rate; write a number above 0 such as 1.0850, with up to 12 digits on either side")
    if currency and currency.lower() == quote.lower():
        said.append(f"a rate of {currency} in itself is 1 and need not be written; remove the line")
    return said


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
