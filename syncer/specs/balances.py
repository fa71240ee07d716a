"""Balances that people export, `month,account,currency,mrr_minor`: a row per month-end, account and currency; 0 is paid nothing, an empty
amount is not known. Further columns can be segments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from syncer.specs.churn import CONTRACT_SIZE, TENURE
from syncer.specs.csv_table import CsvRow, each_row
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem
from syncer.words.money import KNOWN

COLUMNS = ("month", "account", "currency", "mrr_minor")
MOST_PROBLEMS = 50

_CELLS = itemgetter(*COLUMNS)

Balance = tuple[str, str, str, int | None, bool]
"""month, account, currency in lower case, minor units (None: not known), free: it is on the list of the month and pays nothing."""


@dataclass
class Balances:
    """`rows` of churn.balance, `segments` of churn.segment: month, account, segment, band."""

    rows: list[Balance] = field(default_factory=list)
    segments: list[tuple[str, str, str, str]] = field(default_factory=list)


def read_balances(path: Path, segments: Sequence[str] = ()) -> tuple[Balances, list[Problem]]:
    """The balances of a file with these of its columns as segments, and the first of its problems, in order."""
    reading = _Reading([name for name in segments if name not in (CONTRACT_SIZE, TENURE)])
    problems: list[Problem] = []
    required, optional = {name: (name,) for name in COLUMNS}, {name: (name,) for name in reading.segments}
    for found in each_row(path, required, optional, keep_others=bool(optional)):
        if isinstance(found, Problem):
            problems.append(found)
        elif said := reading.take(found):
            problems += [Problem(str(path), found.line, 1, text) for text in said]
        else:
            continue
        if len(problems) >= MOST_PROBLEMS or reading.broken:
            break
    return reading.balances, sorted(problems)


class _Reading:
    """Takes row after row; remembers what stood where, to see what is written twice."""

    def __init__(self, segments: Sequence[str]) -> None:
        self.segments = segments
        self.balances = Balances()
        self.broken = False
        self._names: dict[str, str] = {}
        self._lines: dict[tuple[str, str], dict[str, int]] = {}
        self._bands: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)

    def take(self, row: CsvRow) -> list[str]:
        """What is wrong with the row; nothing when it was taken."""
        month, account, code, amount = _CELLS(row.values)
        code = code.lower()
        lines = self._lines.get((month, code))
        # a month and a currency that stood together before need no second look: files have millions of rows
        if lines is None or not account or not _is_amount(amount):
            said = [text for text in (_month(month), _account(account), _currency(code), _amount(amount)) if text]
            if said:
                return said
            lines = self._lines.setdefault((month, code), {})
        # one text for the same name in many rows
        account = self._names.setdefault(account, account)
        first = lines.setdefault(account, row.line)
        if first != row.line:
            return [f"{account} has a balance of {month} in {code} on line {first} already; keep one"]
        if self.segments and (said := self._columns(row) or self._place(row, month, account)):
            return said
        minor = int(amount) if amount else None
        self.balances.rows.append((month, account, code, minor, minor == 0))
        return []

    def _columns(self, row: CsvRow) -> list[str]:
        missing = [name for name in self.segments if name not in row.values]
        if not missing:
            return []
        self.broken = True
        others = [name for name in row.values if name not in COLUMNS]
        return [f"there is no segment {name}{did_you_mean(name, (CONTRACT_SIZE, TENURE, *others))}" for name in missing]

    def _place(self, row: CsvRow, month: str, account: str) -> list[str]:
        said = []
        for name in self.segments:
            band, bands = row.values[name], self._bands[month, name]
            if account not in bands:
                bands[account] = band
                self.balances.segments.append((month, account, name, band))
            elif bands[account] != band:
                told = f"{bands[account] or 'empty'} on another line of {month}, and {band or 'empty'} here"
                said.append(f"the column {name} of {account} is {told}; write the same on both")
        return said


def _month(month: str) -> str | None:
    if re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", month):
        return None
    return f"{month or 'an empty cell'} is not a month; write it as 2026-11"


def _account(account: str) -> str | None:
    return None if account else "the account is empty; write its name or id"


def _currency(code: str) -> str | None:
    if code in KNOWN:
        return None
    near = did_you_mean(code, KNOWN) if len(code) == 3 and code.isalpha() else ""
    return f"{code or 'an empty cell'} is not a currency code{near or '; write three letters such as usd'}"


def _is_amount(amount: str) -> bool:
    return not amount or (amount.isdigit() and amount.isascii() and len(amount) <= 15)


def _amount(amount: str) -> str | None:
    if _is_amount(amount):
        return None
    if re.fullmatch(r"-\d+", amount):
        return f"{amount} is below 0, which no recurring revenue is; write what the account pays, 0 or more"
    wanted = "write 1250 for 12.50 and 0 for nothing, and leave the cell empty where nobody knows"
    return f"{amount} is not a whole number of minor units; {wanted}"
