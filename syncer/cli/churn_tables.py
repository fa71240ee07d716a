"""Movements and churn as people read them: per currency the months down, then the rates, then the last month by segment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from rich.console import Console
from rich.table import Table

from syncer.cli.terminal import plain
from syncer.core.churn import AMOUNTS, WHOLE, Period, decimals
from syncer.specs.churn import ChurnPolicy
from syncer.words.money import exponent

MINUS, NOTHING = "\u2212", "\u2013"
SIGNS = {"new": "+", "expansion": "+", "reactivation": "+", "contraction": MINUS, "churn": MINUS}
LONG = {name: name for name in AMOUNTS}
SHORT = {**LONG, "expansion": "expand", "contraction": "contract", "reactivation": "return"}
BAR = 16
GAP = 2

Amount = Callable[[Fraction, str], str]


def show(console: Console, policy: ChurnPolicy, periods: Sequence[Period]) -> None:
    """Every currency, one after the other."""
    if not periods:
        console.print("Nobody paid anything at either end of these months.")
    for currency in sorted({period.currency for period in periods}):
        own = [period for period in periods if period.currency == currency]
        whole = [period for period in own if period.segment == WHOLE]
        _show_movements(console, currency, whole)
        _show_rates(console, whole)
        for segment in policy.segments:
            _show_segment(console, segment, [period for period in own if period.segment == segment])
    changed = {name: value for name, value in policy.told().items() if value != ChurnPolicy().told()[name] and name != "segments"}
    if changed:
        console.print(f"With {plain(', '.join(f'{name} {value}' for name, value in changed.items()))}", style="dim")


def _show_movements(console: Console, currency: str, periods: Sequence[Period]) -> None:
    shown = [name for name in AMOUNTS if name != "fx" or any(period.fx for period in periods)]
    for headings, amount, unit in FORMS:
        rows = [[_label(period), *(_signed(period, name, amount) for name in shown)] for period in periods]
        wide = _width([["", *(headings[name] for name in shown)], *rows])
        said = unit
        if wide <= console.width:
            break
    console.print(f"\n[bold]{currency.upper()}[/] a month, from one month's end to the next{said}")
    table = _table(["month", *(headings[name] for name in shown)])
    largest = max(period.end for period in periods)
    bars = len(periods) > 1 and largest > 0 and wide + GAP + BAR <= console.width
    if bars:
        table.add_column("")
    for row, period in zip(rows, periods, strict=True):
        table.add_row(*row, *([_bar(period.end / largest)] if bars else []))
    console.print(table)


def _show_rates(console: Console, periods: Sequence[Period]) -> None:
    unknown = any(period.unknown for period in periods)
    table = _table(["month", "churned", "logo churn", "gross", "net", "NRR", "GRR", "quick ratio", *(["unknown"] if unknown else [])])
    for period in periods:
        quick = NOTHING if period.quick_ratio is None else f"{decimals(period.quick_ratio, 2)}"
        rates = (period.logo.rate, period.gross, period.net, period.nrr, period.grr)
        apart = [f"[yellow]{period.unknown:,}[/]" if period.unknown else NOTHING] if unknown else []
        table.add_row(_label(period), _churned(period), *map(_percent, rates), quick, *apart)
    console.print()
    console.print(table)
    if unknown:
        console.print("unknown: accounts not known at both ends, which are in no figure", style="dim")


def _show_segment(console: Console, segment: str, periods: Sequence[Period]) -> None:
    """The latest period alone, as a table that people can take in."""
    last = max((period.to_month for period in periods), default="")
    table = _table([segment, "start", "end", "churned", "gross", "net", "NRR", "GRR"])
    rows = [period for period in periods if period.to_month == last]
    for period in rows:
        amounts = (_whole(period.start, period.currency), _whole(period.end, period.currency))
        rates = map(_percent, (period.gross, period.net, period.nrr, period.grr))
        table.add_row(plain(period.band or ""), *amounts, _churned(period), *rates)
    if rows:
        more = "; every month is in --json" if len(periods) > len(rows) else ""
        console.print(f"\n[bold]By {plain(segment)}[/] at the start, {_label(rows[0])}  [dim]whole units{more}[/]")
        console.print(table)


def _table(headings: Iterable[str]) -> Table:
    table = Table(box=None, padding=(0, GAP, 0, 0), header_style="dim", pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=True)
    return table


def _width(rows: Sequence[Sequence[str]]) -> int:
    return sum(max(len(cell) for cell in column) + GAP for column in zip(*rows, strict=True))


def _label(period: Period) -> str:
    """The month that the period ends with; both ends where they are not neighbours."""
    year, month = map(int, period.from_month.split("-"))
    following = f"{year + month // 12:04}-{month % 12 + 1:02}"
    return period.to_month if period.to_month == following else f"{period.from_month} to {period.to_month}"


def _signed(period: Period, name: str, amount: Amount) -> str:
    value: Fraction = getattr(period, name)
    if not value and name not in ("start", "end"):
        return NOTHING
    sign = SIGNS.get(name) or (MINUS if value < 0 else "+" if name == "fx" else "")
    return sign + amount(abs(value), period.currency)


def _full(minor: Fraction, currency: str) -> str:
    """Major units with the currency's own decimals."""
    places = exponent(currency)
    return f"{decimals(minor / 10**places, places):,}"


def _whole(minor: Fraction, currency: str) -> str:
    return f"{decimals(minor / 10 ** exponent(currency), 0):,}"


def _thousands(minor: Fraction, currency: str) -> str:
    return f"{decimals(minor / 10 ** (exponent(currency) + 3), 0):,}"


def _percent(rate: Fraction | None) -> str:
    if rate is None:
        return NOTHING
    shown: Decimal = decimals(rate * 100, 1)
    return f"{shown}%".replace("-", MINUS)


def _churned(period: Period) -> str:
    return f"{period.logo.churned:,} of {period.logo.start:,}"


def _bar(share: Fraction) -> str:
    eighths = int(share * BAR * 8)
    return ("█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8]).strip().ljust(BAR)


FORMS: Sequence[tuple[Mapping[str, str], Amount, str]] = (
    (LONG, _full, ""),
    (SHORT, _full, ""),
    (SHORT, _whole, ", whole units"),
    (SHORT, _thousands, ", thousands"),
)
"""Ways to write a table, the fullest first: the first that fits is taken."""
