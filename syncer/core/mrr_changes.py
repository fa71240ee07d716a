"""What others may do differently with the same subscriptions: each switch at its other values, another instant, and both together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncer.specs.mrr_policy import PRESETS, MrrPolicy, policy_of
from syncer.words.when import day, epoch, iso

ALTERNATIVES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "trialing": (
        "trial",
        {"include": "they count subscriptions on trial", "exclude": "they leave out subscriptions on trial"},
    ),
    "discounts": (
        "coupon",
        {
            "none": "they take off no discount",
            "forever": "they take off only coupons that last forever",
            "forever+repeating": "they take off forever and repeating coupons, and none that count once",
            "all": "they take off coupons that count once, too",
        },
    ),
    "past_due": (
        "past_due",
        {
            "exclude": "they leave out subscriptions that are past due",
            "include": "they count subscriptions that are past due",
            **{f"include_until_days:{days}": f"they count a subscription that is past due for {days} days" for days in (7, 14, 30, 60)},
        },
    ),
    "count_statuses": (
        "statuses",
        {
            "active past_due": "they count active and past due subscriptions",
            "active past_due unpaid": "they count unpaid subscriptions",
            "active past_due paused": "they count paused subscriptions",
        },
    ),
    "metered": (
        "metered",
        {
            "trailing_3m_average": "they count metered use, as the mean of the last 3 closed periods",
            "exclude": "they leave out metered use",
        },
    ),
    "inclusive_tax": ("tax", {"keep": "they leave tax in that prices include", "strip": "they take out tax that prices include"}),
    "week_factor": (
        "factor",
        {weeks: f"a month has {weeks} weeks for them" for weeks in ("52/12", "365/84", "4.345", "4.33", "4")},
    ),
    "day_factor": ("factor", {days: f"a month has {days} days for them" for days in ("365/12", "30.437", "30")}),
    "scheduled_cancel": (
        "scheduled_cancel",
        {
            "drop_at_request": "they drop a subscription when its cancellation is asked for",
            "count_until_end": "they count a subscription until it ends, though its cancellation was asked for",
        },
    ),
    "pause_collection": (
        "pause",
        {
            "count": "they count subscriptions whose collection is paused",
            "zero": "they leave out subscriptions whose collection is paused",
            "by_behavior": "they count subscriptions whose collection is paused while drafts are kept",
        },
    ),
    "zero_quantity_first_tier_flat": (
        "zero_quantity",
        {"skip": "they charge no flat fee for a quantity of 0", "charge": "they charge the first tier's flat fee for a quantity of 0"},
    ),
}
"""Per switch the cause that it stands for, and what it means that they have it at another value than we."""


@dataclass(frozen=True)
class Change:
    """Another way to come to a figure: switches at other values, perhaps at another instant."""

    cause: str
    what: str
    switches: tuple[tuple[str, str], ...] = ()
    instant: int | None = None

    @property
    def size(self) -> int:
        """How much has to be believed: each switch, the instant, and rounding, count one."""
        return max(1, len(self.switches) + (self.instant is not None))

    @property
    def in_preset(self) -> bool:
        return any(set(self.switches) <= set(preset.items()) for preset in PRESETS.values())

    def told(self) -> dict[str, str]:
        """The switches by name, `as_of` among them."""
        return dict(self.switches) | ({} if self.instant is None else {"as_of": iso(self.instant)})

    def options(self) -> str:
        """How the command line says it: `--set trialing=include`."""
        asked = [f"--set '{name}={value}'" if " " in value else f"--set {name}={value}" for name, value in self.switches]
        return " ".join(asked + ([] if self.instant is None else [f"--as-of {iso(self.instant)}"]))

    def policy(self, base: MrrPolicy) -> MrrPolicy:
        return policy_of(None, dict(self.switches), base)

    def fits_with(self, other: Change) -> bool:
        """Whether both can hold at once: no switch at two values, no two instants."""
        shared = dict(self.switches).keys() & dict(other.switches).keys()
        return not shared and (self.instant is None or other.instant is None)


def single_changes(policy: MrrPolicy, as_of: int) -> list[Change]:
    """Each switch at each value that the policy does not have, then the same policy at earlier instants."""
    return [*_switched(policy), *_earlier(as_of)]


def preset_changes(policy: MrrPolicy, singles: Iterable[Change]) -> list[Change]:
    """What makes the policy a preset, where that takes more than one switch."""
    by_switch = {change.switches[0]: change for change in singles if change.switches}
    made = []
    for name in PRESETS:
        wanted, ours = policy_of(name, {}).told(), policy.told()
        parts = [by_switch.get((switch, str(wanted[switch]))) for switch in ALTERNATIVES if wanted[switch] != ours[switch]]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts) > 1:
            made.append(together(known))
    return made


def together(changes: Iterable[Change]) -> Change:
    """Changes that fit with one another, as one."""
    parts = list(changes)
    instants = [part.instant for part in parts if part.instant is not None]
    return Change(
        cause=" + ".join(dict.fromkeys(part.cause for part in parts)),
        what="; ".join(part.what for part in parts),
        switches=tuple(switch for part in parts for switch in part.switches),
        instant=instants[0] if instants else None,
    )


def _switched(policy: MrrPolicy) -> Iterator[Change]:
    for switch, (cause, values) in ALTERNATIVES.items():
        for value, what in values.items():
            change = Change(cause, what, ((switch, value),))
            if change.policy(policy) != policy:
                yield change


def _earlier(as_of: int) -> Iterator[Change]:
    day_start = as_of - as_of % 86_400
    month_start = epoch(f"{day(as_of):%Y-%m}-01")
    moments = {
        as_of - 3_600: "an hour before ours",
        as_of - 5 * 3_600: "5 hours before ours",
        as_of - 86_400: "a day before ours",
        day_start: "the start of the day",
        month_start: "the start of the month",
        month_start - 1: "the end of last month",
    }
    for instant, name in moments.items():
        if instant < as_of:
            yield Change("timing", f"their figure is of {iso(instant)}, {name}", instant=instant)
