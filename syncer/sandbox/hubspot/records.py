"""The records of one object type: kept by id, by unique values, and in the order of their ids."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .definitions import ObjectType, starting, starting_groups
from .refusals import PORTAL_ID, Refusal, invalid_values
from .values import InvalidValue, appended, as_instant, as_text, canonical, iso

FIRST_ID = 100_000_001
MERGED = "hs_merged_object_ids"

Values = dict[str, str | None]
"""Checked values by property; None empties."""


@dataclass(slots=True)
class Record:
    """`values` holds only what is set, as text."""

    id: int
    values: dict[str, str]
    archived_at: str | None = None


class Records:
    """One object type of the portal: its property definitions and its records."""

    def __init__(self, kind: ObjectType, now: float) -> None:
        self.kind = kind
        self.definitions = starting(kind, iso(now))
        self.groups = starting_groups(kind)
        self._records: dict[int, Record] = {}
        self._living: list[int] = []
        self._archived: list[int] = []
        self._next = FIRST_ID
        self._unique: dict[str, dict[str, int]] = {}
        self._index_unique()

    def _index_unique(self) -> None:
        names = [name for name, definition in self.definitions.items() if definition["hasUniqueValue"]]
        self._unique = {name: {} for name in names}
        for record in self._records.values():
            self._remember(record)

    def define(self, definitions: Iterable[Mapping[str, Any]]) -> None:
        self.definitions |= {definition["name"]: dict(definition) for definition in definitions}
        self._index_unique()

    def forget_property(self, name: str) -> None:
        self.definitions.pop(name, None)
        for record in self._records.values():
            record.values.pop(name, None)
        self._index_unique()

    def load(self, given: Iterable[Mapping[str, Any]], now: float) -> None:
        """Put records as they are, unchecked; what has no dates gets now."""
        stamp = iso(now)
        for each in given:
            values = {name: as_text(value) for name, value in each.get("properties", {}).items() if value not in (None, "")}
            record = Record(int(each["id"]), values)
            values["hs_object_id"] = str(record.id)
            values[self.kind.created] = as_instant(values.get(self.kind.created) or each.get("createdAt")) or stamp
            values[self.kind.modified] = as_instant(values.get(self.kind.modified) or each.get("updatedAt")) or stamp
            record.archived_at = (each.get("archivedAt") or stamp) if each.get("archived") else None
            self._forget(self._records.get(record.id))
            self._records[record.id] = record
            self._remember(record)
        self._next = max(self._next, 1 + max(self._records, default=0))
        self._living = sorted(number for number, record in self._records.items() if not record.archived_at)
        self._archived = sorted(number for number, record in self._records.items() if record.archived_at)

    def _remember(self, record: Record) -> None:
        for name, index in self._unique.items():
            if name in record.values:
                index[record.values[name].casefold()] = record.id

    def _forget(self, record: Record | None, names: Iterable[str] | None = None) -> None:
        for name in self._unique if names is None else names:
            if record and name in self._unique and name in record.values:
                self._unique[name].pop(record.values[name].casefold(), None)

    def living(self) -> Iterator[Record]:
        """In the order of their ids."""
        return (self._records[number] for number in self._living)

    def __len__(self) -> int:
        return len(self._living)

    def page(self, after: int, limit: int, *, archived: bool) -> tuple[list[Record], int | None]:
        """Up to `limit` records from the id `after` on, and the id the next page begins with."""
        order = self._archived if archived else self._living
        start = bisect_left(order, after)
        following = order[start + limit] if start + limit < len(order) else None
        return [self._records[number] for number in order[start : start + limit]], following

    def find(self, record_id: str, by: str | None = None, *, archived: bool = False) -> Record | None:
        """The record with an id, or with a value of the unique property `by`."""
        number = self.unique_index(by).get(record_id.casefold()) if by else (int(record_id) if record_id.isdecimal() else None)
        record = self._records.get(number) if number is not None else None
        return record if record and bool(record.archived_at) == archived else None

    def unique_index(self, name: str) -> dict[str, int]:
        if name not in self._unique:
            text = f"Unable to perform update/upsert by non-unique {self.kind.type_id} property {name}"
            raise Refusal(400, f"{text} in portal ID {PORTAL_ID}")
        return self._unique[name]

    def _checked(self, name: str, value: Any) -> str | None:
        definition = self.definitions.get(name)
        if definition is None:
            raise InvalidValue("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if definition["modificationMetadata"]["readOnlyValue"]:
            raise InvalidValue("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
        return canonical(value, definition)

    def checked(self, rows: Iterable[Mapping[str, Any]]) -> list[Values]:
        """Rows of values as they will be kept. One wrong value or unknown name refuses all rows, as the vendor does."""
        problems: dict[tuple[str, str, str], None] = {}
        kept: list[Values] = []
        for row in rows:
            values: Values = {}
            for name, value in row.items():
                try:
                    values[name] = self._checked(name, value)
                except InvalidValue as wrong:
                    problems[name, wrong.code, str(wrong)] = None
            kept.append(values)
        if problems:
            raise invalid_values(list(problems))
        return kept

    def missing(self, values: Values) -> list[str]:
        return [name for name in self.kind.required if values.get(name) is None]

    def taken(self, values: Values, by_other_than: Record | None = None) -> int | None:
        """The living record that already has one of these unique values."""
        for name, index in self._unique.items():
            holder = self._records.get(index.get((values.get(name) or "").casefold(), -1))
            if holder and not holder.archived_at and holder is not by_other_than:
                return holder.id
        return None

    def create(self, values: Values, now: float) -> Record:
        number, self._next = self._next, self._next + 1
        record = Record(number, {"hs_object_id": str(number), self.kind.created: iso(now)})
        self._records[number] = record
        insort(self._living, number)
        self.write(record, values, now)
        return record

    def write(self, record: Record, values: Values, now: float) -> None:
        """Set checked values; the record counts as modified even when nothing differs."""
        self._forget(record, values)
        for name, text in values.items():
            if text is None:
                record.values.pop(name, None)
            else:
                several = self.definitions[name]["fieldType"] == "checkbox"
                record.values[name] = appended(record.values.get(name), text) if several else text
        record.values[self.kind.modified] = iso(now)
        self._remember(record)

    def archive(self, record: Record, now: float) -> None:
        record.archived_at = iso(now)
        del self._living[bisect_left(self._living, record.id)]
        insort(self._archived, record.id)

    def merge(self, primary: Record, other: Record, now: float) -> Record:
        """A new record in the place of two; `hs_merged_object_ids` names both and those that went into them."""
        gone = [str(primary.id), str(other.id)]
        gone += [each for record in (primary, other) for each in record.values.get(MERGED, "").split(";") if each]
        for record in (primary, other):
            self._forget(record)
            del self._records[record.id]
            del self._living[bisect_left(self._living, record.id)]
        merged = self.create({}, now)
        own = {name: merged.values[name] for name in ("hs_object_id", self.kind.modified)}
        merged.values = {**other.values, **primary.values, **own, MERGED: ";".join(gone)}
        self._remember(merged)
        return merged

    def names_to_show(self, asked: Sequence[str]) -> list[str]:
        """Asked properties that exist (unknown ones are passed over in silence) and those always shown."""
        names = [name for name in (asked or self.kind.shown) if name in self.definitions]
        return list(dict.fromkeys([*names, *self.kind.always]))

    def show(self, record: Record, names: Sequence[str]) -> dict[str, Any]:
        """A record as the API answers it; a property without a value is null."""
        values = record.values
        shown: dict[str, Any] = {
            "id": values["hs_object_id"],
            "properties": {name: values.get(name) for name in names},
            "createdAt": values[self.kind.created],
            "updatedAt": values[self.kind.modified],
            "archived": record.archived_at is not None,
            "url": f"https://app.hubspot.com/contacts/{PORTAL_ID}/record/{self.kind.type_id}/{record.id}",
        }
        if record.archived_at:
            shown["archivedAt"] = record.archived_at
        return shown
