"""Movements and churn told a second time, in plain Python with exact fractions, account by account. Knows no SQL and shares no code."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

DECIMALS = {"usd": 2, "eur": 2, "jpy": 0, "kwd": 3}
KINDS = ("new", "expansion", "contraction", "churn", "reactivation")
DEFAULT = {
    "reactivation_window_days": None, "net_churn_includes_reactivation": False, "free_plan_is_churn": True, "denominator": "start",
    "reporting_currency": None, "contract_size": {"default": [100, 1000, 10000], "jpy": [10000, 100000, 1000000]}, "tenure": [3, 12, 24],
}  # fmt: skip


class Line(NamedTuple):
    """A row of the sheet; `minor` is None where nobody knows."""

    month: str
    account: str
    currency: str
    minor: int | None
    region: str


class Rate(NamedTuple):
    """A major unit of the currency in major units of the reporting currency, from that day on."""

    currency: str
    day: date
    rate: Fraction


@dataclass
class Sum:
    """One line of the answer."""

    start: Fraction = Fraction(0)
    end: Fraction = Fraction(0)
    fx: Fraction = Fraction(0)
    kept: Fraction = Fraction(0)
    by_kind: dict[str, Fraction] = field(default_factory=lambda: dict.fromkeys(KINDS, Fraction(0)))
    paying: int = 0
    churned: int = 0
    newcomers: int = 0
    unknown: int = 0
    movements: dict[str, list[Any]] = field(default_factory=dict)


class Held(Exception):
    """Nobody knows."""


@dataclass
class Sheet:
    """All balances, and what is asked of them."""

    lines: Sequence[Line]
    policy: Mapping[str, Any]
    rates: Sequence[Rate] = ()
    segments: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.policy = {**DEFAULT, **self.policy}
        self.months = sorted({line.month for line in self.lines})
        self.index = {}
        for line in self.lines:
            self.index.setdefault((line.account, self.book(line.currency)), {}).setdefault(line.month, []).append(line)
        self.region = {(line.month, line.account): line.region for line in self.lines}

    def book(self, currency: str) -> str:
        return self.policy["reporting_currency"] or currency

    def told(self, periods: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], Sum]:
        """Sums by from, to, currency, segment, band."""
        found: dict[tuple[str, ...], Sum] = {}
        for since, until in periods:
            for (account, currency), by_month in self.index.items():
                if since in by_month or until in by_month:
                    for segment in ("all", *self.segments):
                        self.add(found, (since, until), (account, currency), segment)
        return found

    def add(self, found: dict[tuple[str, ...], Sum], period: tuple[str, str], who: tuple[str, str], segment: str) -> None:
        (since, until), (account, currency) = period, who
        lines = self.index[account, currency]
        before, after = lines.get(since, []), lines.get(until, [])
        kind, amount = self.movement(lines, since, until)
        band = self.band(segment, account, currency, before, since)
        if kind is None and not pays(before) and (segment != "all" or not any(line.minor is None for line in before + after)):
            return
        total = found.setdefault((since, until, currency, segment, band), Sum())
        if kind == "unknown":
            total.unknown += 1
            return
        start, even, end = self.worth(before, since), self.worth(after, since), self.worth(after, until)
        total.start += start
        total.end += end
        total.fx += end - even
        total.kept += min(start, even)
        total.paying += start > 0
        total.churned += kind == "churn"
        total.newcomers += kind == "new"
        if kind is not None:
            total.by_kind[kind] += amount
            total.movements[account] = [kind, amount]

    def movement(self, lines: Mapping[str, list[Line]], since: str, until: str) -> tuple[str | None, Fraction]:
        """Kind and amount of one account; None for one that did not move."""
        before, after = lines.get(since, []), lines.get(until, [])
        try:
            start = self.worth(before, since)
            change = self.worth(after, since) - start
            self.worth(after, until)
        except Held:
            return "unknown", Fraction(0)
        if change == 0:
            return None, Fraction(0)
        if start > 0 and not pays(after):
            left = any(line.minor == 0 for line in after) and not self.policy["free_plan_is_churn"]
            return ("contraction" if left else "churn"), -change
        if start > 0:
            return ("expansion" if change > 0 else "contraction"), abs(change)
        return self.arrival(lines, before, since, until), change

    def arrival(self, lines: Mapping[str, list[Line]], before: list[Line], since: str, until: str) -> str:
        """Who did not pay and pays now."""
        paid = [month for month in lines if month <= since and pays(lines[month])]
        if not paid:
            hidden = any(line.minor is None for month in lines if month <= since for line in lines[month])
            return "unknown" if hidden else "new"
        if before and not self.policy["free_plan_is_churn"]:
            return "expansion"
        window = self.policy["reactivation_window_days"]
        if window is not None:
            known = (month for month in self.months if not any(line.minor is None for line in lines.get(month, [])))
            gone = min(month for month in known if max(paid) < month <= since)
            if (last_day(until) - last_day(gone)).days > window:
                return "new"
        return "reactivation"

    def worth(self, lines: Iterable[Line], month: str) -> Fraction:
        """Minor units of the books at the rates of a month's end."""
        total = Fraction(0)
        for line in lines:
            if line.minor is None:
                raise Held
            if line.minor:
                total += line.minor * self.factor(line.currency, month)
        return total

    def factor(self, currency: str, month: str) -> Fraction:
        target = self.policy["reporting_currency"]
        if target in (None, currency):
            return Fraction(1)
        dated = [rate for rate in self.rates if rate.currency == currency and rate.day <= last_day(month)]
        if not dated:
            raise Held
        return max(dated, key=lambda rate: rate.day).rate * 10 ** DECIMALS[target] / 10 ** DECIMALS[currency]

    def band(self, segment: str, account: str, currency: str, before: list[Line], since: str) -> str | None:
        if segment == "all":
            return None
        try:
            start = self.worth(before, since)
        except Held:
            start = None
        if segment == "region":
            nobody = "none" if start == 0 else "unknown"
            return self.region.get((since, account)) or nobody
        if not start:
            return "unknown" if start is None else "none"
        if segment == "tenure":
            first = min(month for month, lines in self.index[account, currency].items() if pays(lines))
            return label(self.policy["tenure"], Fraction(months(since) - months(first)))
        sizes = self.policy["contract_size"]
        return label(sizes.get(currency, sizes["default"]), start / 10 ** DECIMALS[currency])

    def rates_of(self, total: Sum) -> dict[str, Fraction | None]:
        kinds = total.by_kind
        lost, base = kinds["churn"] + kinds["contraction"], total.start
        wider = self.policy["denominator"] == "start+new"
        below = base + (kinds["new"] if wider else 0)
        back = kinds["reactivation"] if self.policy["net_churn_includes_reactivation"] else 0
        return {
            "logo": over(Fraction(total.churned), total.paying + (total.newcomers if wider else 0)),
            "gross": over(lost, below),
            "net": over(lost - kinds["expansion"] - back, below),
            "nrr": over(base - lost + kinds["expansion"], base),
            "grr": over(total.kept, base),
            "quick_ratio": over(kinds["new"] + kinds["expansion"], lost),
        }


def pays(lines: Iterable[Line]) -> bool:
    return any(line.minor for line in lines)


def over(n: Fraction, d: Fraction | int) -> Fraction | None:
    return Fraction(n) / d if d else None


def months(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def label(edges: Sequence[int], value: Fraction) -> str:
    low = 0
    for edge in edges:
        if value < edge:
            return f"{low}-{edge}"
        low = edge
    return f"{low}+"
