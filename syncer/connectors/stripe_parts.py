"""What stands inside Stripe's objects, in each of the three shapes that its API has had:

before 2025-03-31     `discount` (one, its coupon inside), billing periods on the subscription, `plan` for price
2025-03-31.basil      `discounts` (ids, or objects where expanded), periods on the items
2025-09-30.clover     the coupon moves to `discount.source.coupon`
(https://docs.stripe.com/changelog). What stands where a version has it not is simply absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from syncer.words.tables import Row

T = TypeVar("T")
Rows = dict[str, list[Row]]


class Listing(Struct, Generic[T]):
    """One page of a list: newest first, `has_more` says whether another follows."""

    data: list[T]
    has_more: bool = False


def no_page() -> Listing[Any]:
    return Listing([])


class Reference(Struct):
    """An object of which only its id matters here."""

    id: str


Named = str | Reference | None
"""An id, or the object where it is expanded or was always inside."""


class Source(Struct):
    coupon: Named = None


class Discount(Struct):
    """Very old ones have no id of their own."""

    id: str = ""
    coupon: Named = None
    source: Source = field(default_factory=Source)
    start: int | None = None
    end: int | None = None

    @property
    def coupon_id(self) -> str:
        """Without a coupon the discount's id says so, and no coupon will be found: unknown, not nothing."""
        return id_of(self.coupon) or id_of(self.source.coupon) or f"of {self.id}"

    @property
    def values(self) -> tuple[str, str, int | None, int | None]:
        """Id, coupon id, start, end."""
        return self.id or f"with {self.coupon_id}", self.coupon_id, self.start, self.end


class TaxRate(Struct):
    id: str
    percentage: Decimal | None = None
    inclusive: bool | None = None

    @property
    def values(self) -> tuple[str, Decimal | None, bool | None]:
        return self.id, self.percentage, self.inclusive


def each_once(one: str | Discount | None, several: Sequence[str | Discount] | None) -> list[Discount]:
    """The discounts in their order. Between 2020 and 2025 `discount` tells one of `discounts` again, often the only one told in full;
    of one that is an id only, nothing else is known.
    """
    given = [*(several or ()), *([one] if one else [])]
    told = {discount.id: discount for discount in given if isinstance(discount, Discount)}
    ids = dict.fromkeys(discount.id if isinstance(discount, Discount) else discount for discount in given)
    return [told.get(discount_id) or Discount(discount_id) for discount_id in ids]


def tax_rates(given: Sequence[str | TaxRate] | None) -> list[TaxRate]:
    return [rate if isinstance(rate, TaxRate) else TaxRate(rate) for rate in given or ()]


def id_of(thing: Named) -> str | None:
    return thing.id if isinstance(thing, Reference) else thing


def lower(code: str | None) -> str | None:
    """A currency code as Stripe writes it; people write it in capitals."""
    return code and code.lower()


def exact(fine: Decimal | None, whole: int | None) -> Decimal | None:
    """An amount in minor units: the `_decimal` text where there is one, as it has the fractions."""
    return fine if fine is not None or whole is None else Decimal(whole)
