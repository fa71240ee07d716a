"""What counts as MRR, as ops write it: `mrr_policy` in a mapping, `--preset` and `--set` on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from syncer.specs.reader import Spec
from syncer.specs.switches import switched
from syncer.specs.wording import did_you_mean
from syncer.words.money import KNOWN

Status = Literal["incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"]
STATUSES: tuple[str, ...] = get_args(Status)

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


Currency = Annotated[
    str | None,
    BeforeValidator(currency_code),
    WithJsonSchema({"type": ["string", "null"], "pattern": "^([A-Za-z]{3}|none)$", "examples": ["usd"]}),
]


def _text(value: Any) -> Any:
    """Factors may be written as numbers."""
    return str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def _factor(*values: str) -> Any:
    return Annotated[Literal[values], BeforeValidator(_text)]


def _with_preset(schema: dict[str, Any]) -> None:
    preset = {
        "enum": list(PRESETS),
        "description": "Switches by the name of whose figure they come near to; a switch written beside it wins.",
    }
    schema["properties"] = {"preset": preset, **schema["properties"]}


class MrrPolicy(Spec):
    """The switches of MRR with their defaults; models/DECISIONS.md has the reasons.

    `override_key` names a key of a subscription's metadata: `include` and `exclude` there win over every other rule, an amount
    in major units is that subscription's MRR.
    """

    model_config = ConfigDict(json_schema_extra=_with_preset)

    count_statuses: Annotated[tuple[str, ...], BeforeValidator(_statuses, json_schema_input_type=tuple[Status, ...])] = Field(
        default=("active", "past_due"), description="Statuses of subscriptions that count.", examples=[["active", "past_due"]]
    )
    past_due: Annotated[str, BeforeValidator(_past_due)] = Field(
        default="include",
        description="Past-due subscriptions: include, exclude or include_until_days:30.",
        examples=["include_until_days:30"],
    )
    trialing: Literal["exclude", "include"] = Field(default="exclude", description="Subscriptions in their trial.")
    discounts: Literal["forever+repeating", "none", "forever", "all"] = Field(
        default="forever+repeating", description="Which discounts are taken off; all: once too."
    )
    metered: Literal["exclude", "trailing_3m_average"] = Field(default="exclude", description="Prices by usage.")
    scheduled_cancel: Literal["count_until_end", "drop_at_request"] = Field(
        default="count_until_end", description="Subscriptions that are set to end."
    )
    pause_collection: Literal["by_behavior", "count", "zero"] = Field(
        default="by_behavior", description="Subscriptions whose payment is paused."
    )
    year_factor: _factor("1/12") = Field(default="1/12", description="A year as months.")  # type: ignore[valid-type]
    month_factor: _factor("1") = Field(default="1", description="A month as months.")  # type: ignore[valid-type]
    week_factor: _factor("52/12", "365/84", "4.345", "4.33", "4") = Field(default="52/12", description="Weeks of a month.")  # type: ignore[valid-type]
    day_factor: _factor("365/12", "30.437", "30") = Field(default="365/12", description="Days of a month.")  # type: ignore[valid-type]
    inclusive_tax: Literal["strip", "keep"] = Field(default="strip", description="Tax within prices, where the rate is known.")
    zero_quantity_first_tier_flat: Literal["charge", "skip"] = Field(
        default="charge", description="The flat fee of a first tier at quantity 0."
    )
    reporting_currency: Currency = Field(
        default=None, description="The currency that MRR is also told in; none: each in its own.", examples=["usd"]
    )
    override_key: str | None = Field(
        default=None, description="Key of a subscription's metadata that says include, exclude or an amount a month.", examples=["mrr"]
    )

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, value: Any) -> Any:
        """`preset: NAME` stands for that preset's switches."""
        if not isinstance(value, Mapping) or "preset" not in value:
            return value
        written = dict(value)
        name = written.pop("preset")
        if name not in PRESETS:
            raise ValueError(f"there is no preset {name}{did_you_mean(str(name), PRESETS)}")
        return {**PRESETS[name], **written}

    def told(self) -> dict[str, Any]:
        """Every switch with its value, as written."""
        return {**self.model_dump(), "count_statuses": list(self.count_statuses), "reporting_currency": self.reporting_currency or "none"}


def policy_of(preset: str | None, switches: Mapping[str, str], base: MrrPolicy | None = None) -> MrrPolicy:
    """The policy of a preset (else of `base`) with these switches changed. UsageError names the first that cannot be."""
    ground = {"preset": preset} if preset is not None else (base or MrrPolicy()).model_dump()
    return switched(MrrPolicy, ground, switches, "mrr policy")
