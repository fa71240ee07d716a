"""Date literals: `LAST_N_DAYS:7` and its kin as the days they span. Weeks begin on Sunday, days are UTC."""

from __future__ import annotations

from datetime import date, timedelta

_UNIT = {"DAYS": "DAY", "WEEKS": "WEEK", "MONTHS": "MONTH", "QUARTERS": "QUARTER", "YEARS": "YEAR"}


def days_of(name: str, count: int | None, today: date) -> tuple[date, date] | None:
    """The first day and the day after the last; None when a literal lacks its `:n` or has one too many.

    days_of("LAST_N_DAYS", 7, date(2026, 11, 8)) == (date(2026, 11, 1), date(2026, 11, 9))     # today is in it
    days_of("LAST_MONTH", None, date(2026, 11, 8)) == (date(2026, 10, 1), date(2026, 11, 1))
    """
    words = name.split("_")
    if ("N" in words) != (count is not None):
        return None
    if len(words) == 1:
        first = today + timedelta(days={"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}[name])
        return first, first + timedelta(days=1)
    if name.endswith("90_DAYS"):
        words, count = [words[0], "N", "DAYS"], 90
    if words[0] == "N":
        unit, back = _UNIT[words[1]], -(count or 0)
        return _start(unit, today, back), _start(unit, today, back + 1)
    if count is None:
        shift = {"LAST": -1, "THIS": 0, "NEXT": 1}[words[0]]
        return _start(words[1], today, shift), _start(words[1], today, shift + 1)
    unit = _UNIT[words[2]]
    if words[0] == "NEXT":
        return _start(unit, today, 1), _start(unit, today, count + 1)
    # The last n days run on to now; the last n weeks, months … end before the present one.
    return _start(unit, today, -count), _start(unit, today, 1 if unit == "DAY" else 0)


def _start(unit: str, today: date, shift: int) -> date:
    """The first day of today's unit, moved by whole units."""
    if unit == "DAY":
        return today + timedelta(days=shift)
    if unit == "WEEK":
        return today - timedelta(days=today.isoweekday() % 7) + timedelta(weeks=shift)
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    number = (today.year * 12 + today.month - 1) // months * months + shift * months
    return date(number // 12, number % 12 + 1, 1)
