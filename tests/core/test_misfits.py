"""What an expression has written out and its field cannot hold, is named where it stands."""

from __future__ import annotations

import pytest

from syncer.core.expressions import Expression, check
from syncer.core.kinds import Column, Kind
from syncer.core.misfits import misfits
from syncer.core.walk import Fault
from syncer.specs.account import FieldSpec

COLUMNS = {
    "mrr": Column(Kind.MONEY),
    "seats": Column(Kind.NUMBER),
    "plan": Column(Kind.TEXT),
    "day": Column(Kind.DATE),
    "late": Column(Kind.BOOL),
}
CASES = {
    "CASE WHEN mrr > 1 THEN 'VIP' ELSE 'Standard' END": ({"type": "picklist", "options": ("VIP", "Standard")}, []),
    "CASE WHEN mrr > 1 THEN 'Vip' ELSE 'none' END": (
        {"type": "picklist", "options": ("VIP", "Standard")},
        [
            Fault(23, "f: 'Vip' is not among its options; did you mean 'VIP'?"),
            Fault(34, "f: 'none' is not among its options; there are VIP, Standard"),
        ],
    ),
    "CASE WHEN plan = 'Vip' THEN ' VIP ' ELSE '' END": ({"type": "picklist", "options": ("VIP",)}, []),
    "COALESCE(UPPER('vip'), LOWER('STANDARD'))": (
        {"type": "picklist", "options": ("VIP", "Standard")},
        [Fault(29, "f: 'standard' is not among its options; did you mean 'Standard'?")],
    ),
    "COALESCE(plan, NULLIF('a', plan))": (
        {"type": "picklist", "options": ("b",)},
        [Fault(22, "f: 'a' is not among its options; there are b")],
    ),
    "COALESCE(plan, 'other')": ({"type": "picklist", "open": True}, []),
    "COALESCE(plan, 'unknown')": (
        {"type": "text", "length": 3},
        [Fault(15, "f: 'unknown' has 7 characters, and the field keeps 3; shorten it, or write a larger length in its spec")],
    ),
    "CONCAT(plan, 'unknown')": ({"type": "text", "length": 3}, []),
    "SUBSTRING('unknown', 1, 3)": ({"type": "text", "length": 3}, []),
    "COALESCE(plan, 'http://example.com')": (
        {"type": "url"},
        [Fault(15, "f: 'http://example.com' is no https link; a url field takes links that begin with https://")],
    ),
    "COALESCE(plan, 'https://example.com')": ({"type": "url"}, []),
    "CASE WHEN seats > 1.55 THEN 0.5 ELSE -1.25 END": (
        {"type": "number"},
        [
            Fault(28, "f: 0.5 would be rounded, because the field keeps no decimals; write scale: 1 in its spec, or another number"),
            Fault(38, "f: -1.25 would be rounded, because the field keeps no decimals; write scale: 2 in its spec, or another number"),
        ],
    ),
    "COALESCE(seats, 0.50)": ({"type": "number", "scale": 1}, []),
    "CLAMP(seats, 0.25, ABS(-0.75))": (
        {"type": "currency", "scale": 1},
        [
            Fault(13, "f: 0.25 would be rounded, because the field keeps 1 decimals; write scale: 2 in its spec, or another number"),
            Fault(24, "f: 0.75 would be rounded, because the field keeps 1 decimals; write scale: 2 in its spec, or another number"),
        ],
    ),
    "ROUND(0.5)": ({"type": "number"}, []),
    "COALESCE(seats, 1000000000)": (
        {"type": "number", "scale": 9},
        [Fault(16, "f: 1000000000 is too large; beside its decimals the field has room for 9 digits")],
    ),
    "COALESCE(seats, 999999999)": ({"type": "number", "scale": 9}, []),
    "mrr": (
        {"type": "text"},
        [Fault(0, "f is a text field and takes text, but this expression gives money; TEXT(value) makes a text of it")],
    ),
    "late": ({"type": "text"}, [Fault(0, "f is a text field and takes text, but this expression gives yes/no")]),
    "day": ({"type": "number"}, [Fault(0, "f is a number field and takes money or number, but this expression gives date")]),
}


@pytest.mark.parametrize("text", CASES)
def test_a_written_value_that_does_not_fit_is_named(text: str) -> None:
    spec, said = CASES[text]
    expression = check(text, COLUMNS)
    assert isinstance(expression, Expression), expression
    assert misfits("f", FieldSpec(label="F", help="F.", **spec), expression) == said
