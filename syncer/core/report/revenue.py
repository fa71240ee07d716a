"""Monthly recurring revenue: what it was at the end of each month, what moved it, and what was kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import msgspec

from syncer.core.churn import GAINS, LOSSES, Period
from syncer.core.markup import Html, Node, tag
from syncer.core.overview import PlanRevenue
from syncer.core.report.chart import PATTERNS, Chart
from syncer.core.report.layout import (
    NOTHING,
    Column,
    bar,
    chapter,
    counted,
    folded,
    left_out,
    money,
    part,
    percent,
    share,
    table,
)
from syncer.words import when
from syncer.words.money import exponent, money_text

SHOWN_CURRENCIES = 4
SHOWN_PLANS = 12
KINDS = {
    "new": "New",
    "expansion": "Expansion (pays more)",
    "reactivation": "Reactivation (came back)",
    "contraction": "Contraction (pays less)",
    "churn": "Churn (left)",
}


class Revenue(msgspec.Struct, frozen=True):
    """The periods of all accounts together, month by month, of every currency; what their history leaves open; and MRR by plan now."""

    periods: Sequence[Period]
    problems: Sequence[str]
    plans: Sequence[PlanRevenue]

    def by_currency(self) -> list[list[Period]]:
        """The periods of each currency by month, the currency in which most accounts pay first."""
        ordered = sorted(self.periods, key=lambda period: (period.currency, period.to_month))
        each = [list(group) for _, group in groupby(ordered, key=lambda period: period.currency)]
        return sorted(each, key=lambda own: (-max(period.logo.start for period in own), own[0].currency))

    def html(self) -> Html:
        currencies = self.by_currency()
        said = "At the end of each month, and what moved it from one month to the next."
        if len(currencies) > 1:
            said += " Each currency for itself; reporting_currency in mappings/monthly_metric.yaml adds them up."
        body = [self._currency(own) for own in currencies[:SHOWN_CURRENCIES]]
        rest = [own[-1] for own in currencies[SHOWN_CURRENCIES:]]
        caveats = tag("ul", (tag("li", text) for text in self.problems), class_="caveats") if self.problems else None
        return chapter("revenue", "Monthly recurring revenue", said, PATTERNS, body, _others(rest), caveats)

    def _currency(self, own: Sequence[Period]) -> Html:
        currency, last = own[-1].currency, own[-1]
        code = currency.upper()
        charts = tag("div", _level(own, code), _moves(own, code), class_="charts")
        tables = (folded("Movements, month by month", _table(own)), folded("Churn and retention, month by month", _rates(own)))
        return part(f"{code}: {money(last.end, currency)} a month", tag("p", _sentence(last)), charts, tables, self._plans(currency))

    def _plans(self, currency: str) -> Node:
        plans = [row for row in self.plans if row.currency == currency]
        if not plans:
            return None
        whole = sum((row.mrr for row in plans), Decimal(0))
        rows = [
            (row.plan, f"{row.accounts:,}", money_text(row.mrr, currency), [percent(Fraction(row.mrr / whole)), bar(row.mrr / whole)])
            for row in plans[:SHOWN_PLANS]
        ]
        columns = (Column("Plan"), *(Column(text, figures=True) for text in ("Accounts", f"MRR, {currency.upper()}", "Share")))
        left = left_out(len(plans) - len(rows), "plan")
        return folded(
            "By plan, now",
            table(f"MRR by plan in {currency.upper()}, of accounts that Stripe customers were found for", columns, rows, left),
        )


def _sentence(last: Period) -> str:
    """The latest month in words."""
    gains = sum(getattr(last, name) for name in GAINS)
    losses = sum(getattr(last, name) for name in LOSSES)
    parts = [f"{money(value, last.currency)} {word}" for value, word in ((gains, "gained"), (losses, "lost")) if value]
    moved = " and ".join(parts) or "nothing gained or lost"
    left = f"{counted(last.logo.churned, 'account')} of {last.logo.start:,} left ({percent(last.logo.rate)})"
    kept = (
        f"; of what accounts paid at the start, {percent(last.nrr)} was kept with what they added (NRR), {percent(last.grr)} without (GRR)"
    )
    return f"{_label(last)}: {moved}; {left}{kept if last.nrr is not None else ''}."


def _level(own: Sequence[Period], code: str) -> Html:
    first = own[0]
    months = [first.from_month, *(period.to_month for period in own)]
    values = [first.start, *(period.end for period in own)]
    ends = [f"{money(values[at], first.currency)} at the end of {months[at]}" for at in (0, -1)]
    told = f"From {ends[0]} to {ends[1]}."
    stacks = [{"level": _major(value, first.currency)} for value in values]
    return Chart(f"mrr-{code}", f"MRR at the end of each month, {code}", told, months, stacks, {"level": "MRR"}).html()


def _moves(own: Sequence[Period], code: str) -> Html:
    stacks = [{name: _major(getattr(period, name), period.currency) * (-1 if name in LOSSES else 1) for name in KINDS} for period in own]
    totals = {name: sum((stack[name] for stack in stacks), Fraction(0)) for name in KINDS}
    units = 10 ** exponent(own[0].currency)
    told = "; ".join(f"{KINDS[name]} {money(totals[name] * units, own[0].currency, signed=True)}" for name in KINDS)
    months = [period.to_month for period in own]
    said = f"In all these months together: {told}. The table below has each month."
    return Chart(f"moves-{code}", f"What moved MRR in each month, {code}", said, months, stacks, KINDS).html()


def _rates(own: Sequence[Period]) -> Html:
    columns = (Column("Month"), *(Column(text, figures=True) for text in ("Left", "Logo churn", "Gross churn", "NRR", "GRR")))
    rows = [
        (
            _label(period),
            f"{period.logo.churned:,} of {period.logo.start:,}",
            percent(period.logo.rate),
            percent(period.gross),
            percent(period.nrr),
            percent(period.grr),
        )
        for period in reversed(own)
    ]
    return table(f"Churn and retention in {own[0].currency.upper()}", columns, rows)


def _table(own: Sequence[Period]) -> Html:
    with_rates = any(period.fx for period in own)
    names = [*KINDS, *(["fx"] if with_rates else []), "end"]
    titles = {**{kind: words.partition(" (")[0] for kind, words in KINDS.items()}, "fx": "Exchange rates", "end": "MRR at the end"}
    columns = (Column("Month"), *(Column(titles[name], figures=True) for name in names))
    rows = [(_label(period), *(_amount(period, name) for name in names)) for period in reversed(own)]
    return table(f"MRR movements in {own[0].currency.upper()}", columns, rows)


def _others(periods: Sequence[Period]) -> Node:
    if not periods:
        return None
    columns = (Column("Currency"), *(Column(text, figures=True) for text in ("MRR", "Accounts at the start", "Left", "NRR")))
    rows = [
        (
            period.currency.upper(),
            money(period.end, period.currency),
            f"{period.logo.start:,}",
            f"{period.logo.churned:,} ({share(period.logo.churned, period.logo.start)})",
            percent(period.nrr),
        )
        for period in periods
    ]
    return part("Other currencies", table("The latest month in the other currencies", columns, rows))


def _label(period: Period) -> str:
    """The month that the period ends with; both ends where they are not neighbours."""
    following = when.months_later(period.from_month, 1)
    return period.to_month if period.to_month == following else f"{period.from_month} to {period.to_month}"


def _major(minor: Fraction, currency: str) -> Fraction:
    return Fraction(minor, 10 ** exponent(currency))


def _amount(period: Period, name: str) -> str:
    value: Fraction = getattr(period, name)
    if not value and name != "end":
        return NOTHING
    own = -value if name in LOSSES else value
    return money(own, period.currency, signed=name != "end").rpartition(" ")[0]
