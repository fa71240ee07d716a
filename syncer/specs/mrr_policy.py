"""What counts as MRR, as ops write it: `mrr_policy` in a mapping, `--preset` and `--set` on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from syncer.specs.reader import Spec
from syncer.specs.switches import switched
from syncer.specs.wording import did_you_mean
from syncer.words.money import KNOWN

STATUSES = ("incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused")

PRESETS: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "stripe_dashboard": {"discounts": "forever", "scheduled_cancel": "drop_at_request", "pause_collection": "count"},
    "profitwell": {"discounts": "all", "metered": "trailing_3m_average", "pause_collection": "zero"},
    "baremetrics": {"discounts": "all", "past_due": "include_until_days:30"},
    "list_price": {"discounts": "none", "week_factor": "4.33", "day_factor": "30"},
}
"""Switches by the name of whose figure they come near to; a switch written beside a preset wins."""


def _statuses(value: Any) -> Any:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not names or any(name not in STATUSES for name in names):
        raise ValueError(f"write a list of Stripe's statuses, such as [active, past_due]; there are {', '.join(STATUSES)}")
    return tuple(sorted(set(names)))


def _past_due(value: Any) -> Any:
    if not re.fullmatch(r"include|exclude|include_until_days:\d{1,4}", str(value)):
        raise ValueError("write include, exclude or include_until_days: and a number of days, such as include_until_days:30")
    return str(value)


def currency_code(value: Any) -> Any:
    if value in (None, "none"):
        return None
    if str(value).lower() not in KNOWN:
        raise ValueError("write a currency code such as usd, or none for one MRR per currency")
    return str(value).lower()


def _text(value: Any) -> Any:
    """Factors may be written as numbers."""
    return str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def _factor(*values: str) -> Any:
    return Annotated[Literal[values], BeforeValidator(_text)]


class MrrPolicy(Spec):
    """The switches of MRR with their defaults; models/DECISIONS.md has the reasons.

    `override_key` names a key of a subscription's metadata: `include` and `exclude` there win over every other rule, an amount
    in major units is that subscription's MRR.
    """

    count_statuses: Annotated[tuple[str, ...], BeforeValidator(_statuses)] = ("active", "past_due")
    past_due: Annotated[str, BeforeValidator(_past_due)] = "include"
    trialing: Literal["exclude", "include"] = "exclude"
    discounts: Literal["forever+repeating", "none", "forever", "all"] = "forever+repeating"
    metered: Literal["exclude", "trailing_3m_average"] = "exclude"
    scheduled_cancel: Literal["count_until_end", "drop_at_request"] = "count_until_end"
    pause_collection: Literal["by_behavior", "count", "zero"] = "by_behavior"
    year_factor: _factor("1/12") = "1/12"  # type: ignore[valid-type]
    month_factor: _factor("1") = "1"  # type: ignore[valid-type]
    week_factor: _factor("52/12", "365/84", "4.345", "4.33", "4") = "52/12"  # type: ignore[valid-type]
    day_factor: _factor("365/12", "30.437", "30") = "365/12"  # type: ignore[valid-type]
    inclusive_tax: Literal["strip", "keep"] = "strip"
    zero_quantity_first_tier_flat: Literal["charge", "skip"] = "charge"
    reporting_currency: Annotated[str | None, BeforeValidator(currency_code)] = None
    override_key: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, value: Any) -> Any:
        """`preset: NAME` stands for that preset's switches."""
        if not isinstance(value, Mapping) or "preset" not in value:
            return value
        written = dict(value)
        name = written.pop("preset")
        if name not in PRESETS:
            raise ValueError(f"there is no preset {name}{did_you_mean(str(name), PRESETS)}; there are {', '.join(PRESETS)}")
        return {**PRESETS[name], **written}

    def told(self) -> dict[str, Any]:
        """Every switch with its value, as written."""
        return {**self.model_dump(), "count_statuses": list(self.count_statuses), "reporting_currency": self.reporting_currency or "none"}


def policy_of(preset: str | None, switches: Mapping[str, str], base: MrrPolicy | None = None) -> MrrPolicy:
    """The policy of a preset (else of `base`) with these switches changed. UsageError names the first that cannot be."""
    ground = {"preset": preset} if preset is not None else (base or MrrPolicy()).model_dump()
    return switched(MrrPolicy, ground, switches, "mrr policy")
