"""Decisions of people about matches: `mappings/matches.csv` of the project folder, lines that are only ever added.

    decision,source,source_id,crm,account_id,who,when,why
    confirm,stripe,cus_Na6dX7aXxi11N4,salesforce,0018d00000AbCdEAAX,ann,2026-11-01T09:00:00Z,two accounts share the domain

confirm: the object belongs to the account. reject: not to that account, or to none where no account stands. forget: as if nobody had
decided. Of each object the later line wins.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import msgspec

from syncer.specs.account import CRMS, SOURCES
from syncer.specs.csv_table import DELIMITERS, CsvRow, read_csv
from syncer.specs.reader import load_text
from syncer.specs.wording import did_you_mean
from syncer.words import when
from syncer.words.errors import Problem
from syncer.words.ids import salesforce_id

FILE = "mappings/matches.csv"
COLUMNS = ("decision", "source", "source_id", "crm", "account_id", "who", "when", "why")
OPTIONAL = ("who", "when", "why")
DECISIONS = ("confirm", "reject", "forget")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula; such a cell is written behind a ' and read without it."""


class Decision(msgspec.Struct, frozen=True):
    """One line: `account_id` is the long form of a Salesforce id or a HubSpot number, None for no account."""

    decision: str
    source: str
    source_id: str
    crm: str
    account_id: str | None
    who: str = ""
    when: str = ""
    why: str = ""


def load_matches(project: Path) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a project folder in the order of the file, and every problem of it; none when it has no such file."""
    path = project / FILE
    return read_matches(path) if path.exists() else ([], [])


def read_matches(path: Path, name: str = FILE) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a file that people know by this name, and every problem of it."""
    columns = {column: (column,) for column in COLUMNS if column not in OPTIONAL}
    rows, problems = read_csv(path, columns, {column: (column,) for column in OPTIONAL})
    problems = [Problem(name, problem.line, problem.column, problem.text) for problem in problems]
    places = Places(path)
    decisions = []
    for row in rows:
        said = faults(row)
        problems += [Problem(name, row.line, places.column(row, column), text) for column, text in said]
        if not said:
            decisions.append(_decision(row))
    return decisions, sorted(problems)


def _decision(row: CsvRow) -> Decision:
    values = {column: unquoted(row.values.get(column, "")) for column in COLUMNS}
    kind, source, crm = (values[column].lower() for column in ("decision", "source", "crm"))
    account = None if kind == "forget" else crm_id(crm, values["account_id"])
    return Decision(kind, source, values["source_id"], crm, account, *(values[column] for column in OPTIONAL))


def crm_id(crm: str, text: str) -> str | None:
    """The record id in its one form, None for an empty text."""
    return (salesforce_id(text) if crm == "salesforce" else text) or None


def faults(row: CsvRow) -> list[tuple[str, str]]:
    """The column and the sentence of everything that is wrong with a line."""
    values = {column: unquoted(row.values.get(column, "")) for column in COLUMNS}
    kind, crm = values["decision"].lower(), values["crm"].lower()
    said = [
        *_one_of("decision", values["decision"], DECISIONS),
        *_one_of("source", values["source"], SOURCES),
        *_one_of("crm", values["crm"], CRMS),
    ]
    if text := source_id_fault(values["source"].lower(), values["source_id"]):
        said.append(("source_id", text))
    if kind == "confirm" and not values["account_id"]:
        said.append(("account_id", "confirm needs an account; write its id, or `reject` for none"))
    elif values["account_id"] and (text := account_id_fault(crm, values["account_id"])):
        said.append(("account_id", text))
    if values["when"] and not _is_instant(values["when"]):
        said.append(("when", f"{values['when']} is not a time; write it as 2026-11-01T09:00:00Z, or leave it empty"))
    return said


def _one_of(column: str, text: str, known: tuple[str, ...]) -> list[tuple[str, str]]:
    if text.lower() in known:
        return []
    wanted = f"{', '.join(known[:-1])} or {known[-1]}"
    near = did_you_mean(text, known) if text else ""
    hint = near if "did you mean" in near else f"; write {wanted}"
    return [(column, f"{text or 'an empty cell'} is not a {column.replace('crm', 'CRM')}{hint}")]


OTHER_STRIPE = {
    "sub_": "subscription",
    "si_": "subscription item",
    "in_": "invoice",
    "price_": "price",
    "prod_": "product",
    "acct_": "account",
}


def source_id_fault(source: str, text: str) -> str | None:
    """What is wrong with the id of a source's object."""
    if not text:
        return "an empty cell is no id; write the id of the source's record"
    if source == "stripe" and text.startswith(tuple(OTHER_STRIPE)):
        kind = next(kind for prefix, kind in OTHER_STRIPE.items() if text.startswith(prefix))
        return f"{text} is a Stripe {kind}; write the id of its customer, cus_…"
    if source == "zendesk" and not text.isdecimal():
        return f"{text} is not a Zendesk organization; write its number, as in the address of its page"
    return None


def account_id_fault(crm: str, text: str) -> str | None:
    """What is wrong with the id of a CRM's record."""
    if crm == "hubspot" and not text.isdecimal():
        return f"{text} is not a HubSpot company; write its record ID, a number"
    if crm == "salesforce" and not re.fullmatch("[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?", text):
        return f"{text} is not a Salesforce id; write its 15 or 18 letters and digits"
    if crm == "salesforce" and salesforce_id(salesforce_id(text)[:15]) != salesforce_id(text):
        return f"{text} is not a Salesforce id: its last three characters do not fit the others; copy it again"
    return None


def _is_instant(text: str) -> bool:
    try:
        return when.epoch(text) is not None
    except ValueError:
        return False


class Places:
    """Where the cells of a file begin, for problems. Read only once there is one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] | None = None

    def column(self, row: CsvRow, name: str) -> int:
        """The column, from 1, at which the cell under a header begins on the row's first line."""
        if self._lines is None:
            self._lines = load_text(self._path)[0].splitlines()
        header, line = next(filter(str.strip, self._lines)), self._lines[row.line - 1]
        delimiter = delimiter_of(header)
        headers = next(csv.reader([header], delimiter=delimiter))
        number = next((place for place, text in enumerate(headers) if text.strip() == row.headers.get(name)), 0)
        quoted, cell = False, 0
        for place, char in enumerate(line, 1):
            if cell == number:
                return place
            quoted ^= char == '"'
            cell += char == delimiter and not quoted
        return len(line) + 1 if cell == number else 1


def delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def added_lines(before: str, decisions: list[Decision]) -> str:
    """What to put at the end of a file with this text so that it holds these decisions too, in the columns that it has."""
    header = next(filter(str.strip, before.splitlines()), "").removeprefix("\ufeff")
    delimiter = delimiter_of(header) if header else ","
    columns = [cell.strip().lower() for cell in next(csv.reader([header], delimiter=delimiter))] if header else list(COLUMNS)
    text = io.StringIO()
    if before and not before.endswith("\n"):
        text.write("\n")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", delimiter=delimiter, lineterminator="\n")
    if not header:
        writer.writeheader()
    for decision in decisions:
        cells = {name: value or "" for name, value in msgspec.structs.asdict(decision).items()}
        writer.writerow({name: f"'{value}" if value.startswith(FORMULA) else value for name, value in cells.items()})
    return text.getvalue()
