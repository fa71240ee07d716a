"""CSV as Bulk 2.0 takes and gives it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class UnreadableCsvError(ValueError):
    """Why the whole upload cannot be read, in Salesforce's words."""


def read_csv(data: bytes, delimiter: str, line_ending: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows. UnreadableCsvError fails the job: other line endings than told, rows of other length."""
    alien = b"\r" in data if line_ending == "LF" else data.count(b"\n") != data.count(b"\r\n")
    if alien:
        raise UnreadableCsvError(f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {line_ending}")
    try:
        text = io.StringIO(data.decode(), newline="")
        rows = [row for row in csv.reader(text, delimiter=DELIMITERS[delimiter], strict=True) if row]
    except UnicodeDecodeError as fault:
        raise UnreadableCsvError("ClientInputError : Input is not UTF-8") from fault
    except csv.Error as fault:
        raise UnreadableCsvError(f"InvalidBatch : Failed to parse CSV: {fault}") from fault
    if not rows:
        raise UnreadableCsvError("InvalidBatch : No header row")
    header, *lines = rows
    for number, line in enumerate(lines, 1):
        if len(line) != len(header):
            raise UnreadableCsvError(f"InvalidBatch : The row has {len(line)} columns, the header {len(header)}, at record {number}")
    return header, lines


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str, line_ending: str) -> bytes:
    """All cells quoted, None an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITERS[delimiter], lineterminator=LINE_ENDINGS[line_ending], quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
