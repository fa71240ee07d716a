"""User and group profiles: their updates, and the engage query that pages through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]

PAGE_SIZE = 1000
SESSIONS = 50
"""How many queries are remembered for their further pages."""


def _set(properties: Properties, value: Any) -> None:
    properties.update(value)


def _set_once(properties: Properties, value: Any) -> None:
    for name, one in value.items():
        properties.setdefault(name, one)


def _add(properties: Properties, value: Any) -> None:
    for name, one in value.items():
        has = properties.get(name, 0)
        if isinstance(has, (int, float)) and isinstance(one, (int, float)):  # anything else stays as it was
            properties[name] = has + one


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _append(properties: Properties, value: Any) -> None:
    for name, one in value.items():
        properties[name] = [*_listed(properties.get(name, [])), one]


def _union(properties: Properties, value: Any) -> None:
    for name, ones in value.items():
        kept = _listed(properties.get(name, []))
        properties[name] = [*kept, *(one for one in _listed(ones) if one not in kept)]


def _remove(properties: Properties, value: Any) -> None:
    for name, one in value.items():
        properties[name] = [kept for kept in _listed(properties.get(name, [])) if kept != one]


def _unset(properties: Properties, value: Any) -> None:
    for name in value:
        properties.pop(str(name), None)


OPERATIONS: Mapping[str, tuple[Callable[[Properties, Any], None], type]] = {
    "$set": (_set, dict),
    "$set_once": (_set_once, dict),
    "$add": (_add, dict),
    "$append": (_append, dict),
    "$union": (_union, dict),
    "$remove": (_remove, dict),
    "$unset": (_unset, list),
}


def fault_of(update: Any, names: Iterable[str]) -> str | None:
    """Why an update cannot be carried out: a name that is missing or empty, no operation, or one with a wrong value."""
    if not isinstance(update, dict):
        return "record is not an object"
    for name in names:
        if update.get(name) in (None, ""):
            return f"{name}, missing or empty"
    asked = [name for name in OPERATIONS if name in update]
    if not asked and "$delete" not in update:
        return "no update operation found"
    wrong = next((name for name in asked if not isinstance(update[name], OPERATIONS[name][1])), None)
    return f"{wrong}, value is of the wrong type" if wrong else None


@dataclass
class Query:
    """What an engage query asked for, with the ids that answer it."""

    ids: list[str]
    output: frozenset[str] | None


class Profiles:
    """Profiles by id, of users or of groups."""

    def __init__(self) -> None:
        self.by_id: dict[str, Properties] = {}

    def load(self, found: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        self.by_id.update((profile_id, dict(properties)) for profile_id, properties in found)

    def update(self, profile_id: str, update: Mapping[str, Any]) -> None:
        if "$delete" in update:
            self.by_id.pop(profile_id, None)
            return
        properties = self.by_id.setdefault(profile_id, {})
        for name, (change, _) in OPERATIONS.items():
            if name in update:
                change(properties, update[name])

    def select(self, ids: Iterable[str] | None, keep: Callable[[Properties], bool] | None) -> list[str]:
        """Ids in order; unknown ids only when they were asked for and nothing filters them."""
        chosen = sorted(self.by_id) if ids is None else sorted(set(ids))
        return [one for one in chosen if keep is None or (one in self.by_id and keep(self.by_id[one]))]

    def shown(self, query: Query, page: int, page_size: int) -> list[dict[str, Any]]:
        """A page of the query's answer with the profiles as they are now."""
        found = []
        for profile_id in query.ids[page * page_size : (page + 1) * page_size]:
            properties = self.by_id.get(profile_id, {})
            if query.output is not None:
                properties = {name: properties[name] for name in query.output if name in properties}
            found.append({"$distinct_id": profile_id, "$properties": properties})
        return found

    def count_properties(self) -> dict[str, dict[str, Any]]:
        counts: dict[str, dict[str, Any]] = {}
        for properties in self.by_id.values():
            for name, value in properties.items():
                counts.setdefault(name, {"count": 0, "type": _type_of(value)})["count"] += 1
        return counts


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "list" if isinstance(value, list) else "string"
