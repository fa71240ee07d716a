"""Values that do not go together or cannot be, in a sentence: what each is, and what to write instead."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncer.core import units
from syncer.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncer.core.walk import Part

NUMBER = re.compile(r"-?\d+(\.\d+)?")
COMPARED = ("=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN")
VERBS = {"+": "+ adds {0} to {1}", "-": "- takes {1} from {0}", **{sign: f"{sign} compares {{0}} with {{1}}" for sign in COMPARED}}


def mixed(what: str, sides: Sequence[tuple[str, Part]]) -> str:
    """`sides`: the two values as they are written. `what`: the operator or function that they meet in."""
    one, other = (f"{units.shown(part.kind, part.unit)} ({written})" for written, part in sides)
    verb = VERBS.get(what, f"{what} mixes {{0}} and {{1}}")
    return f"{verb.format(one, other)}; {_instead(what, *(part for _, part in sides))}"


def _instead(what: str, one: Part, other: Part) -> str:
    kinds, families = {one.kind, other.kind}, {one.family, other.family}
    if Kind.TEXT in kinds and Kind.BOOL not in kinds:
        return _beside_text(*sorted((one, other), key=lambda part: part.kind is not Kind.TEXT))
    cases = (
        (Kind.BOOL in kinds, "join two comparisons with AND" if what in COMPARED else "yes/no goes with yes/no only"),
        (Kind.DATE in kinds, "DAYS_BETWEEN(from, to) makes days of two dates"),
        (kinds == {Kind.MONEY}, "use money in one currency"),
        (Kind.MONEY in kinds and units.COUNT in families, "money by a count is ROUND_DIV(money, count) or money * count"),
        (families == {"days", "months"}, "count both with DAYS_BETWEEN, or both with MONTHS_BETWEEN"),
        (families == {units.COUNT, "percent"}, "make the count a percentage with PCT(part, whole)"),
        (what in COMPARED, "compare it with its like or with a plain number"),
    )
    return next((said for holds, said in cases if holds), "give each a field of its own")


def _beside_text(text: Part, value: Part) -> str:
    if value.kind is Kind.DATE and text.literal:
        return "a day is written like '2026-11-01'"
    if value.literal:
        return f"write '{value.sql}' in quotes"
    number = text.sql.strip("'")
    return f"write {number} without quotes" if NUMBER.fullmatch(number) else "TEXT(value) makes a text of a number or a date"


def nearest(value: str, options: Sequence[str]) -> str:
    """`did you mean 'VIP'?`, or what there is."""
    by_small = {option.lower(): option for option in options}
    near = get_close_matches(value.lower(), list(by_small), n=1)
    return f"did you mean '{by_small[near[0]]}'?" if near else f"there are {', '.join(options[:20])}"
