"""Someone else's MRR per customer, as Stripe, ChartMogul and others export it: an id, perhaps a currency, an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from syncer.specs.amounts import Mark, decimal_marks, parse_amount
from syncer.specs.csv_table import CsvRow, read_csv
from syncer.words.errors import Problem
from syncer.words.money import KNOWN, THREE_DECIMAL

Unit = Literal["minor", "major"]

IDS = ("external id", "customer external id", "stripe id", "stripe customer id", "customer id", "customer", "subscriber id", "id")
AMOUNTS = (
    "mrr", "amount", "monthly recurring revenue", "current mrr", "customer mrr", "mrr (???)", "amount (???)", "mrr ???", "mrr in ???",
    "monthly recurring revenue (???)",
    "mrr minor", "amount minor", "mrr cents", "amount cents", "mrr (cents)", "mrr in cents", "* minor", "* cents",
)  # fmt: skip
COLUMNS = {"id": IDS, "mrr": AMOUNTS}
CURRENCIES = {"currency": ("currency", "currency code", "iso currency", "mrr currency")}


@dataclass(frozen=True, slots=True)
class TheirRow:
    """A line of an export. `currency` in lower case, None where the file does not say it; `amount` in the export's unit, None if empty."""

    line: int
    customer: str
    currency: str | None
    amount: Fraction | None


@dataclass(frozen=True, slots=True)
class Export:
    """A file's rows, the unit that they are read in, and the headers of ids and amounts as written."""

    file: str
    rows: Sequence[TheirRow]
    unit: Unit
    header: str
    id_header: str


def read_theirs(path: Path, unit: Unit | None = None, currency: str | None = None) -> tuple[Export, list[Problem]]:
    """The export of a file and every problem in it.

    Amounts are minor units where the header says so (`mrr_minor`, `mrr_cents`), else major; `unit` and `currency` win over
    the header. A currency in a column of its own wins over both.
    """
    rows, problems = read_csv(path, COLUMNS, CURRENCIES)
    header = rows[0].headers["mrr"] if rows else ""
    told = unit or ("minor" if re.search(r"(minor|cents)\W*$", header.lower()) else "major")
    mark, undecided = _mark([row.values["mrr"] for row in rows])
    read = []
    for row in rows:
        try:
            read.append(_row(row, mark, undecided=undecided, default=currency or _currency_of(header)))
        except ValueError as error:
            problems.append(Problem(str(path), row.line, 1, str(error)))
    return Export(str(path), read, told, header, rows[0].headers["id"] if rows else ""), sorted(problems)


def _row(row: CsvRow, mark: Mark, *, undecided: bool, default: str | None) -> TheirRow:
    customer, cell = row.values["id"], row.values["mrr"]
    currency = row.values.get("currency", "").lower() or default
    if not customer:
        raise ValueError(f"the {row.headers['id']} is empty; write the customer's id")
    if currency is not None and currency not in KNOWN:
        raise ValueError(f"{currency!r} is no currency that we know; write a code such as usd")
    if undecided and re.fullmatch(r"\D*\d{1,3}\.\d{3}\D*", cell) and currency not in THREE_DECIMAL:
        raise ValueError(f"{cell!r} may have thousands or decimals, and no other amount of the file tells; write 1234 or 1.23")
    return TheirRow(row.line, customer, currency, parse_amount(cell, mark))


def _mark(cells: Sequence[str]) -> tuple[Mark, bool]:
    """The file's decimal mark, and whether nothing proves it; where cells prove both, the point, so that the others are problems."""
    proven = decimal_marks(cells)
    return ("," if proven == {","} else "."), not proven


def _currency_of(header: str) -> str | None:
    """`MRR (USD)` and `mrr_usd` say the currency of every row."""
    said = re.search(r"[(\s_]([a-z]{3})\)?$", header.lower())
    return said[1] if said and said[1] in KNOWN else None
