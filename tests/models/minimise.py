"""The least that still tells the models and the oracle apart, as a folder to be put under cases/."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
from oracle import Books
from random_books import AS_OF, Tables
from ruamel.yaml import YAML
from test_cases import completed
from trial import UNKNOWN, Difference, Trial, compare

Row = dict[str, Any]
Rows = list[tuple[str, Row]]
KEPT = re.compile(r"id|key|currency|position|quote|day|(customer|owner|subscription|subscription_item|item|price|coupon|invoice)_id")
"""Columns that tie rows together or tell them apart."""


@dataclass
class Story:
    """Rows, of which columns that are the defaults' may be left out, and a policy."""

    rows: Rows
    switches: dict[str, Any]
    past: bool

    def tables(self) -> Tables:
        tables: Tables = {}
        for table, row in self.rows:
            tables.setdefault(table, []).append(row)
        return tables

    def difference(self, customer_id: str) -> Difference | None:
        tables = completed(self.tables())
        found = compare(tables, self.switches, past=self.past).differences
        return next((one for one in found if one.customer_id == customer_id), None)


def minimise(trial: Trial, difference: Difference) -> Path:
    """The folder of a case, written for the test to find, in which one customer is still told in two ways."""
    story, kind = Story(rows_about(trial.tables, difference.customer_id), dict(trial.switches), trial.past), kind_of(difference)

    def differs(rows: Rows, switches: dict[str, Any]) -> bool:
        try:
            found = Story(rows, switches, story.past).difference(difference.customer_id)
        except (duckdb.Error, ArithmeticError, LookupError, TypeError, ValueError):
            return False
        return found is not None and kind_of(found) == kind

    for name in list(story.switches):
        fewer = {switch: value for switch, value in story.switches.items() if switch != name}
        story.switches = fewer if differs(story.rows, fewer) else story.switches
    story.rows = fewest(story.rows, lambda rows: differs(rows, story.switches))
    story.rows = plainest(story.rows, lambda rows: differs(rows, story.switches))
    story.rows = fewest(story.rows, lambda rows: differs(rows, story.switches))
    return write(story, difference.customer_id)


def kind_of(difference: Difference) -> tuple[bool, bool]:
    """Who of the two says that nothing is known. A smaller story is about the same only where that stays."""
    return UNKNOWN in difference.told.values(), UNKNOWN in difference.expected.values()


def rows_about(tables: Tables, customer_id: str) -> Rows:
    """The customer's own rows, and of the others those that they name."""
    number = customer_id.removeprefix("cus_")
    others = re.compile(rf"(cus|sub|si)_(?!{number}(_|$))\d")
    rows = [(table, row) for table, content in tables.items() for row in content if not any(map(others.match, texts(row)))]
    named = {text for _, row in rows if any(number in text.split("_") for text in texts(row)) for text in texts(row)}
    return [(table, row) for table, row in rows if table == "money.rate" or named & set(texts(row))]


def texts(row: Row) -> list[str]:
    return [value for value in row.values() if isinstance(value, str)]


def fewest(rows: Rows, differs: Callable[[Rows], bool]) -> Rows:
    """Without every run of rows, the longest first, that is not needed."""
    size = len(rows) // 2
    while size:
        begin = 0
        while begin < len(rows):
            fewer = rows[:begin] + rows[begin + size :]
            if differs(fewer):
                rows = fewer
            else:
                begin += size
        size //= 2
    return rows


def plainest(rows: Rows, differs: Callable[[Rows], bool]) -> Rows:
    """With the default, nothing or a round number in every column that may have it."""
    for place, (table, row) in enumerate(rows):
        for column in [column for column in row if not KEPT.fullmatch(column)]:
            for value in ("default", None, 1, 10, 100, 1000):
                plainer = {name: inner for name, inner in row.items() if name != column} if value == "default" else {**row, column: value}
                tried = [*rows[:place], (table, plainer), *rows[place + 1 :]]
                if row[column] != value and differs(tried):
                    rows, row = tried, plainer  # noqa: PLW2901
                    break
    return rows


def written(amount: Fraction | None) -> int | str | None:
    if amount is None:
        return None
    return int(amount) if amount.denominator == 1 else str(amount)


def write(story: Story, customer_id: str) -> Path:
    """input.yaml and expected.yaml as test_cases.py reads them; expected is what the oracle says."""
    folder, tables = Path(tempfile.mkdtemp(prefix="syncer-case-")), completed(story.tables())
    books = Books(tables, AS_OF, story.switches, past=story.past)
    totals = {currency: written(mrr) for currency, mrr in books.totals(customer_id).items()}
    given: dict[str, Any] = {"as_of": datetime.fromtimestamp(AS_OF, UTC).replace(tzinfo=None).isoformat()}
    told = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in story.switches.items() if value is not None}
    if told:
        given["policy"] = told
    if story.past:
        given["past"] = True
    yaml = YAML()
    yaml.representer.add_representer(Decimal, lambda dumper, value: dumper.represent_str(str(value)))
    yaml.dump(given | story.tables(), folder / "input.yaml")
    yaml.dump({"customers": {customer_id: totals}}, folder / "expected.yaml")
    return folder
