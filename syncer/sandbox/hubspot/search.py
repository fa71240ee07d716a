"""POST …/{type}/search: filters, one sort, at most 10,000 results to page through."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call

from .portal import Portal, body_of
from .records import Record, Records
from .refusals import Refusal
from .values import EPOCH, moment

LARGEST_PAGE = 200
LAST_RESULT = 10_000
LARGEST_BODY = 3_000
GROUPS, FILTERS_PER_GROUP, FILTERS = 5, 6, 18

Test = Callable[[Mapping[str, str]], bool]


def comparable(kind: str, text: str) -> Any:
    """A value as its type is ordered: numbers by size, days and instants by time, text without regard to case."""
    if kind in ("date", "datetime"):
        when = moment(text)
        if when is None:
            raise Refusal(400, f"There was a problem with the request. {text} is no date.")
        return (when - EPOCH).total_seconds()
    if kind == "number":
        try:
            return float(text)
        except ValueError as wrong:
            raise Refusal(400, f"There was a problem with the request. {text} is no number.") from wrong
    return text.casefold()


def tokens(pattern: str) -> re.Pattern[str]:
    """The words of a CONTAINS_TOKEN value, `*` standing for the rest of a word."""
    return re.compile(r"(?<!\w)" + re.escape(pattern.casefold()).replace(r"\*", r"\w*") + r"(?!\w)")


def one_filter(records: Records, given: Mapping[str, Any]) -> Test:
    name, operator = given.get("propertyName", ""), given.get("operator", "")
    definition = records.definitions.get(name)
    if definition is None:
        raise Refusal(400, f'There was a problem with the request. Property "{name}" does not exist.')
    if operator == "HAS_PROPERTY":
        return lambda values: name in values
    if operator == "NOT_HAS_PROPERTY":
        return lambda values: name not in values
    matches = _matcher(str(definition["type"]), operator, given)
    return lambda values: name in values and matches(values[name])


def _matcher(kind: str, operator: str, given: Mapping[str, Any]) -> Callable[[str], bool]:
    """A test of one value that is set; a property without a value passes none of these."""

    def key(text: Any) -> Any:
        return comparable(kind, str(text))

    if operator in ("IN", "NOT_IN"):
        if not isinstance(given.get("values"), list):
            raise Refusal(400, f"There was a problem with the request. {operator} needs values.")
        chosen = {key(value) for value in given["values"]}
        return (lambda text: key(text) in chosen) if operator == "IN" else (lambda text: key(text) not in chosen)
    if given.get("value") is None:
        raise Refusal(400, f"There was a problem with the request. {operator} needs a value.")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        pattern = tokens(str(given["value"]))
        return lambda text: bool(pattern.search(text.casefold())) == (operator == "CONTAINS_TOKEN")
    low = key(given["value"])
    if operator == "BETWEEN":
        if given.get("highValue") is None:
            raise Refusal(400, "There was a problem with the request. BETWEEN needs a highValue.")
        high = key(given["highValue"])
        return lambda text: bool(low <= key(text) <= high)
    comparisons: dict[str, Callable[[str], bool]] = {
        "EQ": lambda text: bool(key(text) == low),
        "NEQ": lambda text: bool(key(text) != low),
        "GT": lambda text: bool(key(text) > low),
        "GTE": lambda text: bool(key(text) >= low),
        "LT": lambda text: bool(key(text) < low),
        "LTE": lambda text: bool(key(text) <= low),
    }
    if operator not in comparisons:
        raise Refusal(400, f"There was a problem with the request. There is no operator {operator}.")
    return comparisons[operator]


def filters_of(records: Records, body: Mapping[str, Any]) -> Test:
    """Groups are alternatives, the filters of a group must all hold."""
    groups = [group.get("filters") or [] for group in body.get("filterGroups") or []]
    if len(groups) > GROUPS or any(len(group) > FILTERS_PER_GROUP for group in groups) or sum(map(len, groups)) > FILTERS:
        text = f"at most {GROUPS} filterGroups of {FILTERS_PER_GROUP} filters, {FILTERS} in all"
        raise Refusal(400, f"There was a problem with the request. Too many filters: {text}.")
    tests = [[one_filter(records, given) for given in group] for group in groups]
    if len(tests) == 1 and len(tests[0]) == 1:
        return tests[0][0]
    return lambda values: not tests or any(all(test(values) for test in group) for group in tests)


def query_of(records: Records, words: str | None) -> Test:
    if not words:
        return lambda _: True
    wanted = words.casefold()
    return lambda values: any(wanted in values.get(name, "").casefold() for name in records.kind.searched)


def read_sort(given: Any) -> tuple[str, bool]:
    """Property and whether downwards, of `{"propertyName", "direction"}` or the short forms "name" and "-name"."""
    if isinstance(given, str):
        return given.removeprefix("-"), given.startswith("-")
    return given.get("propertyName", ""), given.get("direction") == "DESCENDING"


def sorted_by(records: Records, found: list[Record], sorts: list[Any]) -> list[Record]:
    """In the order of the one sort allowed; records without a value come last."""
    if len(sorts) > 1:
        raise Refusal(400, "There was a problem with the request. Only one sort is allowed.")
    if not sorts:
        return found
    name, down = read_sort(sorts[0])
    if name not in records.definitions:
        raise Refusal(400, f'There was a problem with the request. Property "{name}" does not exist.')
    kind = records.definitions[name]["type"]
    valued = [record for record in found if name in record.values]
    valued.sort(key=lambda record: comparable(kind, record.values[name]), reverse=down)
    return valued + [record for record in found if name not in record.values]


class Search:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def answer(self, call: Call) -> Answer:
        records, body = self.portal.of(call.args["type"]), body_of(call)
        if len(call.body) > LARGEST_BODY:
            raise Refusal(400, f"There was a problem with the request. The body has more than {LARGEST_BODY} characters.")
        limit, after = int(body.get("limit") or 10), str(body.get("after") or 0)
        if not 0 < limit <= LARGEST_PAGE or not after.isdecimal():
            raise Refusal(400, f"There was a problem with the request. limit is at most {LARGEST_PAGE}, after a number.")
        start = int(after)
        if start + limit > LAST_RESULT:
            raise Refusal(400, f"There was a problem with the request. The maximum number of results is {LAST_RESULT}.")
        matches, mentions = filters_of(records, body), query_of(records, body.get("query"))
        found = [record for record in records.living() if matches(record.values) and mentions(record.values)]
        page = sorted_by(records, found, body.get("sorts") or [])[start : start + limit]
        names = records.names_to_show(body.get("properties") or [])
        answer: dict[str, Any] = {"total": len(found), "results": [records.show(record, names) for record in page]}
        if start + limit < len(found):
            answer["paging"] = {"next": {"after": str(start + limit)}}
        return Answer(answer, rows=len(page))
