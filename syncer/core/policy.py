"""What each switch of the MRR policy means in SQL: the macros that the Stripe models call."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncer.specs.mrr_policy import MrrPolicy

DAY = 86_400

DURATIONS = {
    "none": (),
    "forever": ("forever",),
    "forever+repeating": ("forever", "repeating"),
    "all": ("forever", "repeating", "once"),
}
PAUSES = {"by_behavior": "COALESCE((behavior), 'keep_as_draft') = 'keep_as_draft'", "count": "TRUE", "zero": "(behavior) IS NULL"}
CANCELS = {
    "count_until_end": "FALSE",
    "drop_at_request": "((ends) IS NOT NULL OR COALESCE((at_period_end), FALSE)) AND COALESCE((asked), 0) <= AS_OF()",
}
FACTORS = {
    "1": Fraction(1),
    "1/12": Fraction(1, 12),
    "52/12": Fraction(52, 12),
    "365/84": Fraction(365, 84),
    "4.345": Fraction("4.345"),
    "4.33": Fraction("4.33"),
    "4": Fraction(4),
    "365/12": Fraction(365, 12),
    "30.437": Fraction("30.437"),
    "30": Fraction(30),
}
STATUS_THEN = (
    "CASE WHEN (ended) <= AS_OF() THEN 'canceled' WHEN (trial_end) > AS_OF() THEN 'trialing' "
    "WHEN (status) = 'canceled' AND (ended) IS NOT NULL THEN 'active' ELSE (status) END"
)
"""What Stripe's own dates tell of the status at an instant in the past; the other statuses leave no date behind."""


def policy_macros(policy: MrrPolicy, *, past: bool = False) -> dict[str, str]:
    """Signature → SQL of every macro that the switches decide; `past` reads a status off its dates."""
    days = policy.past_due.partition(":")[2]
    return {
        "STATUS_AT(status, trial_end, ended)": STATUS_THEN if past else "(status)",
        "STATUS_COUNTS(status)": f"COALESCE({_among('status', _statuses(policy))}, FALSE)",
        "OVERDUE_MATTERS()": "TRUE" if days else "FALSE",
        "OVERDUE_SECONDS()": str(int(days or 0) * DAY),
        "DISCOUNTS_MATTER()": "FALSE" if policy.discounts == "none" else "TRUE",
        "DISCOUNT_COUNTS(duration)": _among("duration", DURATIONS[policy.discounts]),
        "DISCOUNT_HAS_BEGUN(starts)": "COALESCE((starts), 0) <= AS_OF()" if past else "TRUE",
        "METERED_COUNTS()": "FALSE" if policy.metered == "exclude" else "TRUE",
        "CANCEL_DROPS(ends, at_period_end, asked)": CANCELS[policy.scheduled_cancel],
        "PAUSE_COUNTS(behavior)": PAUSES[policy.pause_collection],
        "TAX_IS_STRIPPED()": "TRUE" if policy.inclusive_tax == "strip" else "FALSE",
        "FLAT_FROM()": "0" if policy.zero_quantity_first_tier_flat == "charge" else "1",
        "REPORTING()": _text(policy.reporting_currency),
        "OVERRIDE_KEY()": _text(policy.override_key),
        **_factors(policy),
    }


def _statuses(policy: MrrPolicy) -> list[str]:
    counted = {*policy.count_statuses, *(["trialing"] if policy.trialing == "include" else [])}
    return sorted(counted - ({"past_due"} if policy.past_due == "exclude" else set()))


def _factors(policy: MrrPolicy) -> dict[str, str]:
    """Months in a unit of time as a fraction. All have twelve times the same denominator where they can, so that sums need no other."""
    factors = {
        "month": FACTORS[policy.month_factor],
        "year": FACTORS[policy.year_factor],
        "week": FACTORS[policy.week_factor],
        "day": FACTORS[policy.day_factor],
    }
    scaled = {unit: _over_twelve(factor) for unit, factor in factors.items()}
    cases = [" ".join(f"WHEN '{unit}' THEN {pair[place]}" for unit, pair in scaled.items()) for place in (0, 1)]
    return {"MONTHS_N(unit)": f"CASE (unit) {cases[0]} END", "MONTHS_D(unit)": f"CASE (unit) {cases[1]} END"}


def _over_twelve(factor: Fraction) -> tuple[int, int]:
    twelfths = factor * 12
    return (twelfths.numerator, 12) if twelfths.denominator == 1 else (factor.numerator, factor.denominator)


def _among(name: str, values: tuple[str, ...] | list[str]) -> str:
    return f"({name}) IN ({', '.join(map(_text, values))})" if values else "FALSE"


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else "'" + value.replace("'", "''") + "'"
