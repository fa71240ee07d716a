"""Amounts as people and programs write them into a table: `1,234.50`, `$1,234.50`, `1 234,50`, `(5.00)`, `¥10,000`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

Mark = Literal[".", ","]

SIGN = "[$\u20ac\u00a3\u00a5\u20a9\u20b9\u20bd\u20ba\u20ab\u20b4\u20aa\u20a6\u20b1\u0e3f]?"
AROUND = re.compile(rf"^[A-Za-z]{{0,3}}\s*{SIGN}\s*|\s*{SIGN}\s*[A-Za-z]{{0,3}}$")
"""A currency before or behind: `US$`, `€`, `USD`."""
GROUPS = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3})")
"""Blanks and apostrophes between thousands; `\\s` knows the narrow and the unbreakable blank too."""


def decimal_marks(cells: Iterable[str]) -> set[Mark]:
    """Which of `.` and `,` some cell proves to be the decimal mark: `1,5` and `1.234,00` prove the comma, `1,234` proves nothing."""
    proven: set[Mark] = set()
    for cell in cells:
        bare = _bare(cell)[0]
        points, commas = bare.count("."), bare.count(",")
        if points and commas:
            proven.add("." if bare.rfind(".") > bare.rfind(",") else ",")
        elif points + commas == 1 and not re.fullmatch(r"\d{1,3}[.,]\d{3}", bare):
            proven.add("." if points else ",")
        elif points > 1 or commas > 1:
            proven.add("," if points else ".")
    return proven


def parse_amount(cell: str, mark: Mark = ".") -> Fraction | None:
    """The number that a cell holds, None for an empty one. ValueError with the reason when it is no amount."""
    bare, negative = _bare(cell)
    if not bare:
        if re.search(r"\w", cell):
            raise ValueError(f"{cell!r} is not an amount")
        return None
    thousands = "," if mark == "." else "."
    whole = rf"\d+|\d{{1,3}}({re.escape(thousands)}\d{{2,3}})*{re.escape(thousands)}\d{{3}}"
    if not re.fullmatch(rf"({whole})?({re.escape(mark)}\d*)?", bare) or not any(char.isdecimal() for char in bare):
        raise ValueError(f"{cell!r} is not an amount; write it like 1234{mark}50")
    amount = Fraction(bare.replace(thousands, "").replace(mark, ".").rstrip("."))
    return -amount if negative else amount


def _bare(cell: str) -> tuple[str, bool]:
    """Digits and marks alone, and whether the amount is below 0: `-5`, `-$5`, `$-5` and `(5)` are."""
    text = cell.strip().replace("\u2212", "-")
    negative = text.startswith("(") and text.endswith(")")
    text = AROUND.sub("", text[1:-1] if negative else text)
    if text.startswith(("-", "+")):
        negative, text = negative or text[0] == "-", AROUND.sub("", text[1:])
    return GROUPS.sub("", text), negative
