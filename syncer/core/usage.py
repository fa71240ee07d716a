"""Usage measures: what ops want counted of an account's events, as facts and as one model that computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncer.core import macros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncer.specs.usage import Measure

MODEL = "usage"
SOURCE = "mixpanel.event_day"
DAY = "day of the project's zone"

COUNTS: dict[str, tuple[str, str, str]] = {
    "people": ("COALESCE(COUNT(DISTINCT {user_id}), 0)", "people", "people with {events}"),
    "events": ("CAST(COALESCE(SUM({events}), 0) AS BIGINT)", "events", "how often {events} happened"),
    "days": ("COALESCE(COUNT(DISTINCT {day}), 0)", "days", "days with {events}"),
    "features": ("COALESCE(COUNT(DISTINCT {event}), 0)", "events", "different events among {events}"),
    "first_day": ("MIN({day})", DAY, "first day with {events}"),
    "last_day": ("MAX({day})", DAY, "last day with {events}"),
}
"""What `count:` may be: its SQL over the rows that count, its unit, and how it reads."""


UNKNOWN: dict[str, Any] = {
    "type": "BIGINT",
    "unit": "plain number",
    "source": SOURCE,
    "held_by": ("mixpanel__held",),
    "meaning": "a measure with a fault",
}
"""The entry of a measure that cannot be read."""


def entry(measure: Measure) -> dict[str, Any]:
    """The measure as the catalogue lists a fact."""
    return {
        "type": "DATE" if measure.count.endswith("_day") else "BIGINT",
        "unit": COUNTS[measure.count][1],
        "source": SOURCE,
        "held_by": ("mixpanel__held",),
        "meaning": measure.meaning or told(measure),
    }


def told(measure: Measure) -> str:
    """How it is counted, in words: `people with Report Exported or Dashboard Shared on the last 30 whole days`."""
    events = _joined(measure.named, "or") or "any event"
    but = f" but {_joined(measure.excluded, 'and')}" if measure.excluded else ""
    surface = f" on {_joined(measure.surfaces, 'or')}" if measure.surfaces else ""
    window = f"last {measure.days} whole days" if measure.days > 1 else "last whole day"
    before = f" before the last {measure.before}" if measure.before else ""
    return f"{COUNTS[measure.count][2].format(events=events + but)}{surface}, {window}{before}"


def usage_model(measures: Mapping[str, Measure]) -> tuple[str, str]:
    """The model of these measures: a row per account with a matched group, a column `mixpanel__<name>` each.

    As in models/mixpanel/account.sql, days are whole ones before today and a person in several groups of an account is one person.
    A matched account without such an event has 0, and no day.
    """
    columns = ", ".join(f"{_counted(measure)} AS mixpanel__{name}" for name, measure in measures.items())
    furthest = max(measure.reach for measure in measures.values())
    return MODEL, (
        f"SELECT o.account_id, {columns} FROM (SELECT DISTINCT account_id FROM mixpanel_owner) AS o "
        f"LEFT JOIN mixpanel_used AS u ON u.account_id = o.account_id AND DAY_IN_LAST(u.day, {furthest}) GROUP BY o.account_id"
    )


def _counted(measure: Measure) -> str:
    """The aggregate over those rows that the measure is about."""
    rows = " AND ".join(_conditions(measure))
    columns = {name: f"CASE WHEN {rows} THEN u.{name} END" for name in ("user_id", "events", "day", "event")}
    return COUNTS[measure.count][0].format(**columns)


def _conditions(measure: Measure) -> list[str]:
    found = [f"DAY_IN_LAST(u.day, {measure.reach})"]
    if measure.before:
        found.append(f"NOT DAY_IN_LAST(u.day, {measure.before})")
    if measure.named:
        found.append(_among(measure.named))
    if measure.excluded:
        found.append(f"NOT {_among(measure.excluded)}")
    if measure.surfaces:
        found.append(f"u.surface IN ({', '.join(map(macros.text, measure.surfaces))})")
    return found


def _among(events: Sequence[str]) -> str:
    """Is the event one of these, or does it begin as one that ends in *?"""
    whole = [macros.text(event) for event in events if not event.endswith("*")]
    begun = [event[:-1] for event in events if event.endswith("*")]
    tests = [f"u.event IN ({', '.join(whole)})"] if whole else []
    tests += [f"SUBSTRING(u.event, 1, {len(begin)}) = {macros.text(begin)}" for begin in begun]
    return f"({' OR '.join(tests)})"


def _joined(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
