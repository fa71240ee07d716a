"""What the made-up company sells: products, prices of every shape in four currencies, coupons.

Amounts are written here in US cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from syncer.sandbox.shapes import Record, stripe

CURRENCIES = {"usd": Decimal(1), "eur": Decimal("0.9"), "jpy": Decimal("1.5"), "bhd": Decimal("3.76")}
"""Minor units for a US cent: yen have no decimals, fils are thousandths."""

Tiers = tuple[tuple[int | None, str, str | None], ...]
"""(up to and including, cents each, cents flat)."""


@dataclass(frozen=True)
class Plan:
    """One price. `units` of it are bought per seat; 0 means one for all."""

    key: str
    product: str
    interval: str = "month"
    count: int = 1
    unit: str | None = None
    units: int = 0
    tiers_mode: str | None = None
    tiers: Tiers = ()
    divide_by: int | None = None
    round_to: str = "up"
    metered: bool = False

    def quantity(self, seats: int) -> int | None:
        """How many a customer with so many seats buys; None where it is metered."""
        if self.metered:
            return None
        return self.units * seats + (seats % 7 if self.units > 1 else 0) if self.units else 1


_SEATS: Tiers = ((10, "3000", None), (50, "2400", None), (None, "1900", None))
_BLOCKS: Tiers = ((5, "0", "9900"), (25, "1800", "9900"), (100, "1500", None), (None, "1200", None))
_VOLUME: Tiers = ((20, "2500", None), (100, "2000", None), (None, "1500", "5000"))
_CALLS: Tiers = ((10_000, "0", None), (1_000_000, "0.5", None), (None, "0.12", None))

PLANS = (
    Plan("free", "Free", unit="0"),
    Plan("starter", "Starter", unit="4900"),
    Plan("starter_year", "Starter", "year", unit="49000"),
    Plan("starter_week", "Starter", "week", unit="1400"),
    Plan("team", "Team", unit="1900", units=1),
    Plan("team_year", "Team", "year", unit="18900", units=1),
    Plan("team_quarter", "Team", "month", 3, unit="5400", units=1),
    Plan("business", "Business", units=1, tiers_mode="graduated", tiers=_SEATS),
    Plan("business_year", "Business", "year", units=1, tiers_mode="graduated", tiers=_BLOCKS),
    Plan("scale", "Scale", units=1, tiers_mode="volume", tiers=_VOLUME),
    Plan("scale_half", "Scale", "month", 6, units=1, tiers_mode="volume", tiers=_VOLUME),
    Plan("contacts", "Contacts", unit="1500", units=130, divide_by=1000, round_to="up"),
    Plan("messages", "Messages", unit="900", units=60, divide_by=500, round_to="down"),
    Plan("events", "Event stream", unit="0.25", units=900),
    Plan("api", "API calls", tiers_mode="graduated", tiers=_CALLS, metered=True),
    Plan("storage", "Storage", unit="23", metered=True),
    Plan("support", "Priority support", "month", 3, unit="75000"),
    Plan("support_year", "Priority support", "year", unit="270000"),
    Plan("sandbox_day", "Burst sandbox", "day", unit="300"),
    *(
        Plan(f"addon_{number}", f"Add-on: {name}", unit=str(500 + 250 * number))
        for number, name in enumerate(
            (
                "Audit log",
                "Single sign-on",
                "Custom domain",
                "Data residency",
                "Backups",
                "Sandboxes",
                "Branding",
                "Forecasts",
                "Translations",
                "Webhooks",
                "Mobile",
                "Roles",
            )
        )
    ),
)
BY_KEY = {plan.key: plan for plan in PLANS}


@dataclass(frozen=True)
class Offer:
    """One coupon; `off` cents where it is an amount, `only` the products it applies to. A `withdrawn` one was deleted in
    Stripe: whoever has it keeps it."""

    key: str
    name: str
    duration: str
    percent: float | None = None
    off: str | None = None
    months: int | None = None
    only: tuple[str, ...] = ()
    withdrawn: bool = False


OFFERS = (
    Offer("partner", "Partner 20 %", "forever", percent=20),
    Offer("ngo", "Non-profit 33.33 %", "forever", percent=33.33, withdrawn=True),
    Offer("launch", "Half a year at 12.5 % off", "repeating", percent=12.5, months=6),
    Offer("welcome", "First invoice at half price", "once", percent=50),
    Offer("loyal", "Loyalty credit", "forever", off="1000"),
    Offer("settle", "Settlement credit", "repeating", off="2500", months=3),
    Offer("team_only", "Team 15 %", "forever", percent=15, only=("Team", "Business")),
)
OFFER_BY_KEY = {offer.key: offer for offer in OFFERS}


def price_id(plan: Plan, currency: str) -> str:
    return f"price_{plan.key}_{currency}"


def product_id(name: str) -> str:
    return "prod_" + "".join(char for char in name if char.isalnum())


def coupon_id(offer: Offer, currency: str) -> str:
    """An amount has a currency, a percentage none."""
    return f"{offer.key}_{currency}" if offer.off else offer.key


def catalog_records(created: int) -> dict[str, list[Record]]:
    names = list(dict.fromkeys(plan.product for plan in PLANS))
    return {
        "products": [stripe.product(product_id(name), name, created) for name in names],
        "prices": [_price(plan, currency, created) for plan in PLANS for currency in CURRENCIES],
        "coupons": [_coupon(offer, currency, created) for offer in OFFERS for currency in (CURRENCIES if offer.off else ["usd"])],
    }


def minor(cents: str, currency: str) -> Decimal:
    """The amount in a currency's minor units: whole ones for whole cents (fils end in 0), else as fine as it is."""
    amount = Decimal(cents) * CURRENCIES[currency]
    if Decimal(cents) % 1:
        return amount
    return round(amount / 10) * Decimal(10) if currency == "bhd" else Decimal(round(amount))


def _price(plan: Plan, currency: str, created: int) -> Record:
    tiers = [stripe.tier(up_to, minor(unit, currency), None if flat is None else minor(flat, currency)) for up_to, unit, flat in plan.tiers]
    every = f"every {plan.count} {plan.interval}s" if plan.count > 1 else f"per {plan.interval}"
    return stripe.price(
        price_id(plan, currency),
        product_id(plan.product),
        currency,
        created,
        nickname=f"{plan.product}, {every}",
        interval=plan.interval,
        interval_count=plan.count,
        unit=None if plan.unit is None else minor(plan.unit, currency),
        tiers_mode=plan.tiers_mode,
        tiers=tiers,
        meter=f"mtr_test_{plan.key}" if plan.metered else None,
        divide_by=plan.divide_by,
        round_to=plan.round_to,
    )


def _coupon(offer: Offer, currency: str, created: int) -> Record:
    coupon = stripe.coupon(
        coupon_id(offer, currency),
        offer.name,
        created,
        duration=offer.duration,
        months=offer.months,
        percent=offer.percent,
        amount=int(minor(offer.off, currency)) if offer.off else None,
        currency=currency if offer.off else None,
        products=[product_id(name) for name in offer.only],
    )
    return coupon | {"deleted": True} if offer.withdrawn else coupon
