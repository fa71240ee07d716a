"""The small part of Mixpanel's expressions that the stand-in understands: `properties["plan"] == "pro" and
properties["seats"] > 5` (https://developer.mixpanel.com/reference/segmentation-expressions).
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Keep = Callable[[Mapping[str, Any]], bool]
"""Whether a record's properties fit."""

_PROPERTY = r'(?:properties|user)\["(?P<name>[^"]+)"\]'
_LITERAL = r'(?P<value>"[^"]*"|-?\d+(?:\.\d+)?|true|false)'
_COMPARISON = re.compile(rf"\(?\s*{_PROPERTY}\s*(?P<sign>==|!=|>=|<=|>|<)\s*{_LITERAL}\s*\)?")
_DEFINED = re.compile(rf"\(?\s*defined\s*\(\s*{_PROPERTY}\s*\)\s*\)?")
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def compile_where(text: str) -> Keep:
    """ValueError naming the part that is not understood."""
    keeps = [_one(part.strip()) for part in re.split(r"\s+and\s+", text.strip())]
    return lambda properties: all(keep(properties) for keep in keeps)


def _one(part: str) -> Keep:
    if found := _DEFINED.fullmatch(part):
        name = found["name"]
        return lambda properties: properties.get(name) is not None
    if not (found := _COMPARISON.fullmatch(part)):
        raise ValueError(f"Unable to parse expression: {part}")
    return _compared(found["name"], _SIGNS[found["sign"]], json.loads(found["value"]))


def _compared(name: str, compare: Callable[[Any, Any], bool], value: Any) -> Keep:
    def keep(properties: Mapping[str, Any]) -> bool:
        has = properties.get(name)
        if compare in (operator.eq, operator.ne):
            return compare(has, value)
        alike = isinstance(has, str) if isinstance(value, str) else isinstance(has, (int, float))
        return alike and compare(has, value)

    return keep
