"""What a SOQL text says, as a tree of frozen values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Path:
    """A field, or a field behind references: `Owner.Name` is ("Owner", "Name"). `at` is its place in the text."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Function:
    """`count` to `avg` of a field (None in COUNT()), or `fields` of a group's name."""

    name: str
    argument: Path | None
    at: int


@dataclass(frozen=True)
class Item:
    what: Path | Function
    alias: str | None = None


@dataclass(frozen=True)
class Literal:
    """`kind`: string, number, boolean, null, date, datetime, or period (a date literal: its name and its n)."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Compare:
    """`operator`: = != < <= > >= like in, not in. `values` has one literal but for the two last."""

    path: Path
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Not:
    inside: Condition


@dataclass(frozen=True)
class Both:
    """All of them (`every`) or any."""

    parts: tuple[Condition, ...]
    every: bool


Condition = Compare | Not | Both


@dataclass(frozen=True)
class Order:
    what: Path | Function
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Query:
    text: str
    items: tuple[Item, ...]
    sobject: Path
    where: Condition | None
    groups: tuple[Path, ...]
    orders: tuple[Order, ...]
    limit: int | None
    offset: int
    all_rows: bool


def without_alias(query: Query, names: set[str]) -> Query:
    """`a.Name` of `FROM Account a`, and `Account.Name`, are just `Name`."""

    def path(old: Path) -> Path:
        return replace(old, parts=old.parts[1:]) if len(old.parts) > 1 and old.parts[0].lower() in names else old

    def what(old: Path | Function) -> Path | Function:
        if isinstance(old, Path):
            return path(old)
        return replace(old, argument=path(old.argument)) if old.argument else old

    def condition(old: Condition) -> Condition:
        if isinstance(old, Compare):
            return replace(old, path=path(old.path))
        if isinstance(old, Not):
            return Not(condition(old.inside))
        return Both(tuple(condition(part) for part in old.parts), old.every)

    return replace(
        query,
        items=tuple(replace(item, what=what(item.what)) for item in query.items),
        where=condition(query.where) if query.where else None,
        groups=tuple(path(group) for group in query.groups),
        orders=tuple(replace(order, what=what(order.what)) for order in query.orders),
    )
