"""What counts as MRR: each switch with the values it can take and the SQL macros that a value brings along."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from syncer.words.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCHES: Mapping[str, Mapping[object, Mapping[str, str]]] = {
    "count_statuses": {("active", "past_due"): {"STATUS_COUNTS(status)": "(status) IN ('active', 'past_due')"}},
    "past_due": {"include": {}},
    "trialing": {"exclude": {}},
    "discounts": {"forever+repeating": {"DISCOUNT_COUNTS(duration)": "(duration) IN ('forever', 'repeating')"}},
    "metered": {"exclude": {}},
    "scheduled_cancel": {"count_until_end": {}},
    "pause_collection": {"by_behavior": {"PAUSE_COUNTS(behavior)": "COALESCE((behavior), 'keep_as_draft') = 'keep_as_draft'"}},
    "week_factor": {"52/12": {"WEEKLY(amount, n)": "ROUND_DIV(52 * (amount), 12 * (n))"}},
    "day_factor": {"365/12": {"DAILY(amount, n)": "ROUND_DIV(365 * (amount), 12 * (n))"}},
}


@dataclass(frozen=True)
class MrrPolicy:
    """The switches of MRR with their defaults; DECISIONS.md has the reasons."""

    count_statuses: tuple[str, ...] = ("active", "past_due")
    past_due: str = "include"
    trialing: str = "exclude"
    discounts: str = "forever+repeating"
    metered: str = "exclude"
    scheduled_cancel: str = "count_until_end"
    pause_collection: str = "by_behavior"
    week_factor: str = "52/12"
    day_factor: str = "365/12"

    def macros(self) -> dict[str, str]:
        """Signature → SQL of every macro that the switches decide. UsageError for a value that no switch has."""
        chosen: dict[str, str] = {}
        for switch in fields(self):
            value, known = getattr(self, switch.name), SWITCHES[switch.name]
            if value not in known:
                supported = " or ".join(_plain(one) for one in known)
                raise UsageError(f"mrr_policy: {switch.name} {_plain(value)} is not supported; write {supported}.")
            chosen.update(known[value])
        return chosen


def _plain(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
