"""Exports as others write them: units, currencies, ids, and every way in which one is wrong. Nothing is guessed silently."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from syncer.core.their_figures import Key, id_warning, theirs_of, unit_warning
from syncer.specs.amounts import decimal_marks, parse_amount
from syncer.specs.their_mrr import Export, read_theirs

OURS: dict[Key, Fraction | None] = {
    ("cus_1", "usd"): Fraction(4_900),
    ("cus_2", "usd"): Fraction(4_900),
    ("cus_3", "jpy"): Fraction(10_000),
}


def written(folder: Path, content: str) -> Path:
    path = folder / "theirs.csv"
    path.write_text(content, encoding="utf-8")
    return path


def read(folder: Path, content: str, **said: str) -> Export:
    export, problems = read_theirs(written(folder, content), **said)
    assert problems == []
    return export


AMOUNTS = {
    "1,234.50": "1234.5", "$1,234.50": "1234.5", "(5.00)": "-5", "1 234,50": "1234.5", "1\u202f234,50 \u20ac": "1234.5",
    "\u00a510,000": "10000", "-$5": "-5", "$-5": "-5", "US$ 5": "5", "5.00 usd": "5", "1.234,50": "1234.5", "1'234.50": "1234.5",
    "1,00,000.25": "100000.25", "-0.00": "0",
    ".5": "0.5", "0": "0", "1,234": "1234", "33.333333": "33.333333", "": None, "  ": None, "-": None,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "amount"), AMOUNTS.items())
def test_amounts(cell, amount):
    mark = "," if decimal_marks([cell]) == {","} else "."
    assert parse_amount(cell, mark) == (None if amount is None else Fraction(amount))


@pytest.mark.parametrize("cell", ["12 apples", "n/a", "1e3", "1,2,3", "=1+1", "--5", "1 23", "USD", "1,23.45", "\u221e", "NaN"])
def test_what_is_no_amount(cell):
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(cell)


def test_one_cell_tells_the_decimal_mark_of_the_file(tmp_path):
    export = read(tmp_path, "id;mrr\ncus_1;1.234\ncus_2;12,50\n")
    assert [row.amount for row in export.rows] == [1_234, Fraction("12.5")]


UNITS = [
    ("mrr_cents", "4900", "minor", None),
    ("MRR", "49.00", "major", None),
    ("MRR (USD)", "$49.00", "major", None),
    ("Monthly Recurring Revenue", '"49,00 $"', "major", None),
    ("mrr", "4900", "major", "in minor units 2 would. If that is what it holds, say --unit minor"),
    ("amount_minor", "49.00", "minor", "in major units 2 would. If that is what it holds, say --unit major"),
]


@pytest.mark.parametrize(("header", "cell", "unit", "warning"), UNITS, ids=[f"{header} {cell}" for header, cell, *_ in UNITS])
def test_units(tmp_path, header, cell, unit, warning):
    content = f"id,currency,{header}\ncus_1,USD,{cell}\ncus_2,USD,{cell}\ncus_3,JPY,10000\n"
    export = read(tmp_path, content)
    assert export.unit == unit
    theirs, faults = theirs_of(export, OURS)
    assert faults == []
    assert theirs[("cus_3", "jpy")] == 10_000
    assert (theirs[("cus_1", "usd")] == 4_900) == (warning is None)
    assert (warning or "") in (unit_warning(export, OURS) or "")
    assert (unit_warning(export, OURS) is None) == (warning is None)
    if warning:
        again = read(tmp_path, content, unit=warning.rpartition(" ")[2])
        assert theirs_of(again, OURS)[0][("cus_1", "usd")] == 4_900
        assert unit_warning(again, OURS) is None


CURRENCIES = {
    "a column": ("id,Currency,mrr\ncus_1,EUR,1\n", {}, "eur"),
    "the header": ("id,MRR (EUR)\ncus_1,1\n", {}, "eur"),
    "an option": ("id,mrr\ncus_1,1\n", {"currency": "eur"}, "eur"),
    "what the customer pays here": ("id,mrr\ncus_3,1\n", {}, "jpy"),
    "an empty cell": ("id,currency,mrr\ncus_3,,1\n", {}, "jpy"),
}


@pytest.mark.parametrize(("content", "said", "currency"), CURRENCIES.values(), ids=CURRENCIES)
def test_where_the_currency_comes_from(tmp_path, content, said, currency):
    theirs, faults = theirs_of(read(tmp_path, content, **said), OURS)
    assert faults == []
    assert {key[1] for key in theirs} == {currency}


FAULTS = {
    "amounts": (
        "id,currency,mrr\ncus_1,usd,12 apples\n,usd,1\ncus_2,dollars,1\n",
        [
            "2:1: '12 apples' is not an amount; write it like 1234.50",
            "3:1: the id is empty; write the customer's id",
            "4:1: 'dollars' is no currency that we know; write a code such as usd",
        ],
    ),
    "both decimal marks": (
        'id,mrr\ncus_1,"1.234,50"\ncus_2,"1,234.50"\n',
        ["2:1: '1.234,50' is not an amount; write it like 1234.50"],
    ),
    "thousands or decimals": (
        "id,mrr\ncus_1,1.234\n",
        ["2:1: '1.234' may have thousands or decimals, and no other amount of the file tells; write 1234 or 1.23"],
    ),
    "no column": (
        "id,arr\ncus_1,1\n",
        ["1:1: there is no column mrr (or amount, monthly recurring revenue, current mrr); did you mean arr? the file has id, arr"],
    ),
}


@pytest.mark.parametrize(("content", "expected"), FAULTS.values(), ids=FAULTS)
def test_every_fault_has_its_line(tmp_path, content, expected):
    path = written(tmp_path, content)
    _, problems = read_theirs(path)
    assert [str(problem).removeprefix(f"{path}:") for problem in problems] == expected


def test_rows_that_fit_no_single_figure(tmp_path):
    ours = {**OURS, ("cus_1", "eur"): Fraction(2_000), ("cus_4", "eur"): Fraction(0)}
    export = read(tmp_path, "id,mrr\ncus_1,1\ncus_2,2\ncus_2,3\ncus_9,4\ncus_4,0\n")
    theirs, faults = theirs_of(export, ours)
    assert theirs == {("cus_2", "usd"): 200, ("cus_4", "eur"): 0}
    assert faults == [
        (2, "the figure of cus_1 may be in eur and usd; add a column currency, or say --currency"),
        (4, "cus_2 has a figure in usd on line 3 already; keep one"),
        (5, "the figure of cus_9 may be in eur and jpy and usd; add a column currency, or say --currency"),
    ]


def test_ids_of_another_kind_are_said(tmp_path):
    export = read(tmp_path, "Customer ID,MRR (USD)\nacme,49\nbeta,49\ncus_1,49\n")
    assert id_warning(export, OURS) == (
        "of 3 ids in the column Customer ID, 1 are customers of ours; the export must name customers by Stripe's ids (cus_…)"
    )
