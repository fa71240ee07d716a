"""How a table of records is declared: by the connector that fills it, for the store that keeps it and the engine that reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Sequence[Any]
"""Values in the order of the columns. Instants are whole epoch seconds, days `datetime.date`, money `Decimal` or whole minor units."""


@dataclass(frozen=True)
class Table:
    """A relation of the store.

    `columns`   name → SQL type (VARCHAR, BIGINT, BOOLEAN, DATE, DECIMAL(p,s)), in row order.
    `key`       the columns that name a record: the newest row of a key wins.
    `parent`    for rows that belong to a record of another table: that table's name. The first column here is the parent's key; the
                rows of a parent's newest page are the only ones that count, so a list that became empty is empty.
    `partition` for tables that are replaced by slices (a day of events): the column that names the slice.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ("id",)
    parent: str | None = None
    partition: str | None = None


@dataclass(frozen=True)
class Page:
    """What one or a few vendor answers hold: rows by table name, and the cursor to go on from once these rows are stored.

    Records and the rows that belong to them are always on the same page.
    `replaced`  slices of partitioned tables that this page states whole: {"mixpanel.event_day": ["2026-11-01", …]}; a slice
                without rows becomes empty.
    `begins`    tables of which a full sweep begins with this page; `completes` ends it: rows stored before the sweep began are
                then gone. A sweep that is cut off leaves the old rows in place, newer ones win.
    """

    rows: Mapping[str, Sequence[Row]]
    cursor: Mapping[str, Any]
    replaced: Mapping[str, Sequence[str]] = field(default_factory=dict)
    begins: Sequence[str] = ()
    completes: Sequence[str] = ()
