"""CSV files read into typed rows; every unreadable cell is reported with its file and line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Parser = Callable[[str], Any]

_MOST_PROBLEMS = 20


class BadData(ValueError):
    """One sentence per problem, each beginning with `file:line:`."""

    def __init__(self, problems: list[str]) -> None:
        shown = problems[:_MOST_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown)} more problems like these")
        super().__init__("\n".join(shown))


def text(cell: str) -> str:
    if not cell:
        raise ValueError("is empty")
    return cell


def flag(cell: str) -> bool:
    if cell not in ("True", "False"):
        raise ValueError("is neither True nor False")
    return cell == "True"


def count(cell: str) -> int:
    if not cell.isdecimal():
        raise ValueError("is not a whole number from 0 up")
    return int(cell)


def positive(cell: str) -> int:
    if count(cell) == 0:
        raise ValueError("is 0")
    return int(cell)


def cents(cell: str) -> int:
    """An amount of dollars in whole cents."""
    try:
        amount = Decimal(cell) * 100
    except InvalidOperation:
        raise ValueError("is not an amount") from None
    if not amount.is_finite() or amount < 0 or amount != int(amount):
        raise ValueError("is not an amount in whole cents from 0 up")
    return int(amount)


def moment(cell: str) -> int:
    """Epoch seconds of a day or of a day and time in UTC."""
    try:
        return int(datetime.fromisoformat(cell).replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise ValueError("is not a day like 2024-12-31") from None


def one_of(*choices: str) -> Parser:
    def parse(cell: str) -> str:
        if cell not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return cell

    return parse


def optional(parse: Parser) -> Parser:
    return lambda cell: parse(cell) if cell else None


def read_table(folder: Path, name: str, columns: Mapping[str, Parser], problems: list[str]) -> list[Row]:
    """The rows of the folder's one file `*NAME.csv`, each with its `line`; what cannot be read is added to the
    problems.

    BadData where there is no such file, more than one, or a column is missing.
    """
    found = sorted(folder.glob(f"*{name}.csv"))
    if len(found) != 1:
        reason = f"two files end in {name}.csv" if found else f"no file that ends in {name}.csv"
        raise BadData([f"{folder}: {reason}; --data wants a folder with RavenStack's CSV files"])
    with found[0].open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        present = reader.fieldnames or ["none"]
        missing = [column for column in columns if column not in present]
        if missing:
            raise BadData([f"{found[0]}:1: the column {missing[0]} is missing; the file has {', '.join(present)}"])
        return [_parse_row(cells, f"{found[0]}:{reader.line_num}", columns, problems) for cells in reader]


def _parse_row(cells: Mapping[str, str], place: str, columns: Mapping[str, Parser], problems: list[str]) -> Row:
    row: Row = {"place": place}
    for column, parse in columns.items():
        try:
            row[column] = parse(cells[column].strip())
        except ValueError as error:
            problems.append(f"{place}: {column} {cells[column]!r} {error}")
    return row
