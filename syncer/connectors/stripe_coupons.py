"""Deleted coupons whose discounts go on: Stripe's list leaves them out and a GET is answered 404; only who has such a discount can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from syncer.connectors.stripe_billing import Customer, Subscription
from syncer.connectors.stripe_parts import Discount, Listing, Reference, Rows
from syncer.connectors.stripe_prices import Coupon
from syncer.connectors.stripe_records import KINDS
from syncer.tools.http import Http


class _Source(Struct):
    coupon: Coupon | None = None


class _Discount(Struct):
    source: _Source


class _Holder(Struct):
    """A customer has one discount, subscriptions and items have several."""

    discount: _Discount | None = None
    discounts: list[_Discount] = []

    def coupon(self, coupon_id: str) -> Coupon | None:
        given = [*self.discounts, *([self.discount] if self.discount else [])]
        return next((each.source.coupon for each in given if each.source.coupon and each.source.coupon.id == coupon_id), None)


@dataclass(frozen=True)
class _Held:
    """A discount's coupon, and where its terms can be read: at most four levels may be expanded."""

    coupon_id: str
    path: str
    expand: str


class DeletedCoupons:
    """Finds the deleted coupons among the discounts of listed customers and subscriptions.

    One call for each; before the first, the coupons that are not deleted are listed. A coupon made after that is taken for a deleted one
    until its own event is read, which the same pull does.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known: set[str] | None = None

    def rows(self, records: Iterable[Any]) -> Rows:
        """Rows of those that these records are the first to mention."""
        found = []
        for held in _held_by(records):
            if self._known is None:
                self._known = set(self._listed())
            if held.coupon_id not in self._known:
                self._known.add(held.coupon_id)
                found += self._read(held)
        return KINDS["coupon"].rows_of(found)

    def _listed(self) -> Iterator[str]:
        page = Listing([Reference("")], has_more=True)
        after: list[tuple[str, str]] = []
        while page.has_more:
            page = self._http.get("/v1/coupons", [("limit", "100"), *after], into=Listing[Reference])
            yield from (coupon.id for coupon in page.data)
            after = [("starting_after", page.data[-1].id)] if page.data else []

    def _read(self, held: _Held) -> list[Coupon]:
        """The coupon as its holder shows it; nothing when the holder is gone, or the discount is over by now."""
        reply = self._http.request("GET", held.path, params=[("expand[]", held.expand)], accept=(404,), into=_Holder)
        coupon = reply.value.coupon(held.coupon_id) if reply.value else None
        if coupon:
            coupon.deleted = True
        return [coupon] if coupon else []


def _held_by(records: Iterable[Any]) -> Iterator[_Held]:
    for record in records:
        if isinstance(record, Customer):
            yield from _each(record.own_discounts, f"/v1/customers/{record.id}", "discount")
        elif isinstance(record, Subscription):
            yield from _each(record.own_discounts, f"/v1/subscriptions/{record.id}", "discounts")
            for item in record.sold:
                yield from _each(item.own_discounts, f"/v1/subscription_items/{item.id}", "discounts")


def _each(discounts: Iterable[Discount], path: str, where: str) -> Iterator[_Held]:
    return (_Held(discount.coupon_id, path, f"{where}.source.coupon.applies_to") for discount in discounts)
