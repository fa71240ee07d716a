"""Stripe's objects out of JSON trees: found by their `object` key wherever they stand, and told once however often they are there.

An object that stands inside another is taken out and its id left in its place, so that a price in an item and the same price in a
list are one. What one telling of an object lacks another gives; tellings that contradict each other are problems, as nobody can say
which one holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from syncer.connectors.stripe_billing import Item
from syncer.connectors.stripe_parts import Discount, TaxRate
from syncer.connectors.stripe_records import KINDS

Tree = Any
"""Decoded JSON: dict, list, str, int, bool, None, and Decimal for every number with a point."""

RECORDS: Mapping[str, Any] = {
    **{kind.name: kind.record for kind in KINDS.values()},
    "subscription_item": Item,
    "discount": Discount,
    "tax_rate": TaxRate,
}
NOT_READ = {"email", "delinquent", "active", "livemode", "created", "current_period_start", "current_period_end"}
"""No figure of MRR rests on these, so files may differ in them; an invoice's creation stands for its due date."""
READ = {kind: {field.encode_name for field in msgspec.structs.fields(record)} - NOT_READ for kind, record in RECORDS.items()}
READ["customer"] -= {"name", "metadata"}
READ["invoice"] |= {"created"}
READ["subscription_item"] |= {"subscription", "deleted"}

STANDS_AT = {
    "customer": "customer", "subscriptions": "subscription", "items": "subscription_item", "price": "price", "plan": "price",
    "product": "product", "coupon": "coupon", "discount": "discount", "discounts": "discount", "tax_rates": "tax_rate",
    "default_tax_rates": "tax_rate", "latest_invoice": "invoice",
}  # fmt: skip
"""What an object without an `object` key is, by the key that it stands at inside a Stripe object."""

MAY_LACK_ID = ("discount", "invoice")
"""Discounts of old API versions, and previews of the next invoice."""

NOT_NOW = ("pending_update", "phases")
"""What a subscription may become one day, in objects that look like its present."""

MAY_BE_BLANK = ("tiers", "applies_to", "name", "nickname")
"""Null says nothing here: Stripe leaves some out unless they are asked for, and names are often left empty."""


_encoder = msgspec.json.Encoder(decimal_format="number")


class Contradiction(Exception):
    """Two tellings of one value: the way to it, and both."""

    def __init__(self, path: str, one: Tree, other: Tree) -> None:
        self.path, self.one, self.other = path, one, other


class Fault(NamedTuple):
    """What is wrong in a file, with the object of that id."""

    file: str
    id: str
    text: str


class Told:
    """One object as all files together tell it: its keys, and for each key the file that said it first."""

    def __init__(self, kind: str, id: str) -> None:  # noqa: A002  (Stripe's word)
        self.kind, self.id = kind, id
        self.values: dict[str, Tree] = {}
        self.files: dict[str, str] = {}
        self.clashes: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def add(self, file: str, values: Mapping[str, Tree]) -> None:
        """Another telling. What clashes is remembered by its path: each file and what it says."""
        for key, value in values.items():
            if key not in self.values:
                self.values[key], self.files[key] = value, file
                continue
            try:
                self.values[key] = _together(key, self.values[key], value)
            except Contradiction as clash:
                self.clashes[clash.path] |= {(self.files[key], shown(clash.one)), (file, shown(clash.other))}

    @property
    def page(self) -> dict[str, Tree] | None:
        """A subscription's list of items: `data` is ids; None when none came."""
        items: Tree = self.values.get("items")
        return items if _is_page(items) and all(isinstance(each, str) for each in items["data"]) else None

    def fault(self, key: str, text: str) -> Fault:
        """What is wrong with it, in the file that told the key."""
        return Fault(self.files.get(key, next(iter(self.files.values()))), self.id, f"{self.kind} {self.id}: {text}")


class Objects:
    """All objects by kind and id; `nameless` are those without an id (file, kind), `unfinished` the lists whose last page is missing."""

    def __init__(self) -> None:
        self.told: dict[str, dict[str, Told]] = {kind: {} for kind in RECORDS}
        self.nameless: list[tuple[str, str]] = []
        self._pages: dict[str, bool] = {}
        self._found = 0

    def add(self, file: str, tree: Tree) -> int:
        """Take in what a file holds; how many Stripe objects that were, lists included."""
        before = self._found
        self._take(file, tree, None, inside=False)
        return self._found - before

    def __iter__(self) -> Iterator[Told]:
        return (told for by_id in self.told.values() for told in by_id.values())

    @property
    def unfinished(self) -> list[str]:
        return sorted(url for url, ended in self._pages.items() if not ended)

    def _take(self, file: str, value: Tree, kind: str | None, *, inside: bool) -> Tree:
        """The value with an id in the place of each object. `kind`: what it is unless it says so itself; `inside` a Stripe object."""
        if isinstance(value, list):
            return [self._take(file, each, kind, inside=inside) for each in value]
        if not isinstance(value, dict):
            return value
        named = value.get("object")
        self._found += isinstance(named, str)
        if named == "list":
            return self._take_page(file, value, kind, inside=inside)
        if named == "event":  # tells of the past, in the words of another API version
            return value
        if isinstance(named, str):
            kind, inside = named, True
        known = STANDS_AT if inside else {}
        if kind == "subscription":
            value = _with_ids(value)
        values = {
            key: each if key == "metadata" else self._take(file, each, known.get(key), inside=inside)
            for key, each in value.items()
            if key not in NOT_NOW
        }
        kind = "price" if kind == "plan" else kind
        return self._keep(file, kind, values) if kind is not None and kind in RECORDS else values

    def _take_page(self, file: str, page: dict[str, Tree], kind: str | None, *, inside: bool) -> Tree:
        url = page.get("url")
        if isinstance(url, str) and (kind == "subscription" or not inside):
            self._pages[url] = self._pages.get(url, False) or not page.get("has_more")
        return {**page, "data": self._take(file, page.get("data"), kind, inside=inside)}

    def _keep(self, file: str, kind: str, values: dict[str, Tree]) -> Tree:
        name = values.get("id")
        if not isinstance(name, str):
            if "object" in values and kind not in MAY_LACK_ID:
                self.nameless.append((file, kind))
            return values
        said = {key: _plain(key, values[key]) for key in READ[kind] & values.keys() if key not in MAY_BE_BLANK or values[key] is not None}
        self.told[kind].setdefault(name, Told(kind, name)).add(file, said)
        return name


def _with_ids(subscription: dict[str, Tree]) -> dict[str, Tree]:
    """Items, and the prices in them, that have no id get one by their place: files written by hand leave it out."""
    page, name = subscription.get("items"), subscription.get("id")
    if not isinstance(page, dict) or not isinstance(items := page.get("data"), list) or not isinstance(name, str):
        return subscription
    named = []
    for number, item in enumerate(items):
        if not isinstance(item, dict):
            named.append(item)
            continue
        own = {"id": f"{name}.{number}", **item}
        prices = {key: {"id": f"{own['id']}.{key}", **item[key]} for key in ("price", "plan") if isinstance(item.get(key), dict)}
        named.append({**own, **prices})
    return {**subscription, "items": {**page, "data": named}}


def shown(value: Tree) -> str:
    """A value as a person finds it in the file, never a long one."""
    text = _encoder.encode(value).decode()
    return text if len(text) <= 40 else f"{text[:37]}…"


def _plain(key: str, value: Tree) -> Tree:
    """One spelling for values that have several: exact amounts are numbers, the last tier ends at null, codes are in lower case."""
    if isinstance(value, dict):
        return value if key == "metadata" else {inner: _plain(inner, each) for inner, each in value.items()}
    if isinstance(value, list):
        return [_plain(key, each) for each in value]
    if isinstance(value, str) and key.endswith("_decimal"):
        try:
            return Decimal(value)
        except InvalidOperation:
            return value
    if key == "up_to" and value == "inf":
        return None
    return value.lower() if key == "currency" and isinstance(value, str) else value


def _together(path: str, one: Tree, other: Tree) -> Tree:
    if path == "deleted":
        return bool(one or other)
    if _is_page(one) and _is_page(other):
        return _pages_together(path, one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _together(f"{path}.{key}", one[key], other[key]) for key in one.keys() & other.keys()}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_together(path, mine, theirs) for mine, theirs in zip(one, other, strict=True)]
    if one != other:
        raise Contradiction(path, one, other)
    return one


def _is_page(value: Tree) -> bool:
    """A list of ids, or of things with ids."""
    data = value.get("data") if isinstance(value, dict) else None
    return isinstance(data, list) and all(isinstance(_id(each), str) for each in data)


def _id(thing: Tree) -> Tree:
    return thing.get("id") if isinstance(thing, dict) else thing


def _pages_together(path: str, one: Mapping[str, Tree], other: Mapping[str, Tree]) -> Tree:
    """Lists in whatever order and pages; one that is whole must hold all."""
    mine, theirs = ({_id(each): each for each in page["data"]} for page in (one, other))
    every = {**mine, **theirs, **{name: _together(path, mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}}
    whole = [held for held, page in ((mine, one), (theirs, other)) if not page.get("has_more")]
    if any(len(held) < len(every) for held in whole):
        raise Contradiction(path, sorted(mine), sorted(theirs))
    return {**one, "data": [every[name] for name in sorted(every)], "has_more": not whole}
