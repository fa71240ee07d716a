"""From objects as files tell them to the connector's records and rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from syncer.connectors.stripe_billing import Customer
from syncer.connectors.stripe_faults import faults_of, in_words
from syncer.connectors.stripe_objects import RECORDS, Fault, Objects, Told, Tree
from syncer.connectors.stripe_parts import Rows, id_of
from syncer.connectors.stripe_records import KINDS

INSIDE = {"discount": "discount", "discounts": "discount", "tax_rates": "tax_rate", "default_tax_rates": "tax_rate"}
"""What is told by its id at these keys, and is needed whole."""


def rows_of(objects: Objects) -> tuple[Rows, list[Fault]]:
    """The rows of all objects by table, and everything that is wrong; with a fault the rows are not all there."""
    records = _Records(objects)
    made = {kind: records.all_of(kind) for kind in KINDS}
    known = objects.told["customer"]
    buyers = {id_of(subscription.customer): None for subscription in made["subscription"]}
    made["customer"] += [Customer(buyer) for buyer in buyers if buyer and buyer not in known]
    rows: Rows = defaultdict(list)
    for kind in KINDS.values():
        for table, more in kind.rows_of(made[kind.name]).items():
            rows[table] += more
    return dict(rows), [*faults_of(objects), *records.faults]


class _Records:
    """Records of objects, what stands inside them made first."""

    def __init__(self, objects: Objects) -> None:
        self._told = objects.told
        self._inner: dict[str, dict[str, Any]] = {}
        self._members: dict[str, set[str]] = defaultdict(set)
        self.faults: list[Fault] = []
        for kind in ("tax_rate", "discount", "subscription_item"):
            self._inner[kind] = {told.id: self._made(told, self._filled(told.values)) for told in objects.told[kind].values()}
        for told in objects.told["subscription_item"].values():
            if not told.values.get("deleted"):
                self._members[str(told.values.get("subscription"))].add(told.id)

    def all_of(self, kind: str) -> list[Any]:
        """The records of a kind, by id."""
        told = sorted(self._told[kind].values(), key=lambda each: each.id)
        made = [self._made(each, self._with_items(each) if kind == "subscription" else self._filled(each.values)) for each in told]
        return [record for record in made if record is not None]

    def _with_items(self, told: Told) -> dict[str, Tree]:
        """A subscription and its items. Where no list of them came, some may be missing."""
        if "items" in told.values and told.page is None:
            return self._filled(told.values)  # whatever that is, the record says what it should be
        page = told.page or {"data": [], "has_more": "plan" not in told.values}
        items = [self._inner["subscription_item"].get(each) for each in sorted({*page["data"], *self._members[told.id]})]
        return {**self._filled(told.values), "items": {**page, "data": [item for item in items if item is not None]}}

    def _filled(self, values: Mapping[str, Tree]) -> dict[str, Tree]:
        """The object with what it only names put inside, as far as it is known."""
        return {key: self._found(INSIDE[key], value) if key in INSIDE else value for key, value in values.items()}

    def _found(self, kind: str, value: Tree) -> Tree:
        if isinstance(value, list):
            return [self._found(kind, each) for each in value]
        return (self._inner[kind].get(value) or value) if isinstance(value, str) else value

    def _made(self, told: Told, values: Mapping[str, Tree]) -> Any:
        try:
            return msgspec.convert(values, RECORDS[told.kind])
        except msgspec.ValidationError as error:
            key, text = in_words(str(error), values)
            self.faults.append(told.fault(key, text))
            return None
