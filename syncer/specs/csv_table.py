"""Reads a CSV file that people exported somewhere: rows by column out, and *all* problems, each with its place.

    rows, problems = read_csv(path, {"id": ("customer id", "id")}, optional={"currency": ("currency",)})

Cells may be set apart by commas, semicolons or tabs and quoted. Every cell is text, whatever it looks like: what begins
with `=` is no formula here, what looks like a number no number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from syncer.specs.reader import load_text
from syncer.specs.wording import did_you_mean
from syncer.words.errors import Problem

DELIMITERS = (",", ";", "\t")
MOST_PROBLEMS = 50


class CsvRow(NamedTuple):
    """One row: the line of the file that it begins on, and its stripped cells by column.

    `headers` says under which header of the file each column was found. With `keep_others`, cells of further columns
    stand under their headers as written.
    """

    line: int
    values: dict[str, str]
    headers: Mapping[str, str]


def read_csv(
    path: Path, required: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]] | None = None, *, keep_others: bool = False
) -> tuple[list[CsvRow], list[Problem]]:
    """The rows that are not blank, and every problem in the order of the file; no rows when a column is missing.

    Columns are given with the headers that they may have, the best first: case does not matter, nor whether words are
    set apart by blanks, `_` or `-`, and `?` stands for any letter. An optional column that is not there is not in `values`.
    """
    rows: list[CsvRow] = []
    problems: list[Problem] = []
    for found in each_row(path, required, optional, keep_others=keep_others):
        if isinstance(found, CsvRow):
            rows.append(found)
        else:
            problems.append(found)
    return rows, problems


def each_row(
    path: Path, required: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]] | None = None, *, keep_others: bool = False
) -> Iterator[CsvRow | Problem]:
    """What `read_csv` returns, one by one: for files of millions of rows, which need not all be held."""
    text, problem = load_text(path)
    if problem is not None:
        yield problem
        return
    records = _records(str(path), text)
    line, cells, problem = next(records, (1, [], Problem(str(path), 1, 1, "the file is empty; it needs a line of headers")))
    if problem is not None:
        yield problem
        return
    headers = [cell.strip() for cell in cells]
    found, problems = _columns(str(path), line, headers, required, optional or {})
    yield from problems
    if problems:
        return
    if keep_others:
        others = (place for place, header in enumerate(headers) if header and place not in found.values())
        found |= {headers[place]: place for place in others}
    yield from _rows(str(path), records, headers, found)


def _rows(
    file: str, records: Iterator[tuple[int, list[str], Problem | None]], headers: list[str], found: Mapping[str, int]
) -> Iterator[CsvRow | Problem]:
    names = {column: headers[place] for column, place in found.items()}
    told = 0
    for line, cells, fault in records:
        problem = fault or (None if len(cells) == len(headers) else _ragged(file, line, cells, headers))
        if problem is None:
            yield CsvRow(line, {column: cells[place].strip() for column, place in found.items()}, names)
            continue
        told += 1
        if told > MOST_PROBLEMS:
            yield Problem(file, line, 1, f"there may be more after these {MOST_PROBLEMS}; mend them first")
            return
        yield problem


def _records(file: str, text: str) -> Iterator[tuple[int, list[str], Problem | None]]:
    """Line and cells of each record that is not blank; a record that cannot be read is the last, with its problem."""
    first = re.sub(r'"[^"]*"', "", text.lstrip()).partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells, None
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, [], Problem(file, line, 1, _broken(str(error)))


def _broken(words: str) -> str:
    if "end of data" in words:
        return "a quote is opened on this line and never closed"
    if "expected after" in words:
        return "text follows a closing quote; write a quote inside a quoted cell twice"
    return f"this line cannot be read as CSV: {words}"


def _ragged(file: str, line: int, cells: list[str], headers: list[str]) -> Problem | None:
    if len(cells) >= len(headers) and not any(cell.strip() for cell in cells[len(headers) :]):
        return None
    counts = f"the line of headers has {len(headers)} cells and this line {len(cells)}"
    return Problem(file, line, 1, f"{counts}; quote a cell that holds the separator")


def _columns(
    file: str, line: int, headers: list[str], required: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], list[Problem]]:
    """The place of each column, from 0."""
    known = [_plain(header) for header in headers]
    found: dict[str, int] = {}
    problems = []
    for column, spellings in {**required, **optional}.items():
        places = _places(known, spellings)
        if len(places) > 1:
            problems.append(Problem(file, line, 1, f"the header {headers[places[0]]} stands here {len(places)} times; keep one"))
        elif places:
            found[column] = places[0]
        elif column in required:
            problems.append(Problem(file, line, 1, _missing(column, spellings, headers)))
    return found, problems


def _places(known: list[str], spellings: Sequence[str]) -> list[int]:
    for spelling in map(_plain, spellings):
        if places := [place for place, header in enumerate(known) if fnmatchcase(header, spelling)]:
            return places
    return []


def _missing(column: str, spellings: Sequence[str], headers: list[str]) -> str:
    present = [header for header in headers if header]
    near = did_you_mean(column, [header.lower() for header in present])
    meant = near if "did you mean" in near else ";"
    also = [spelling for spelling in spellings if spelling != column][:3]
    others = f" (or {', '.join(also)})" if also else ""
    return f"there is no column {column}{others}{meant} the file has {', '.join(present)}"


def _plain(header: str) -> str:
    return re.sub(r"[\s_-]+", " ", header).strip().lower()
