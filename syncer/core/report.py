"""One self-contained HTML page about the latest runs: no script, no network, readable on a phone, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

import msgspec

from syncer.core.overview import Customer, Overview, PlanRevenue
from syncer.core.plan import Change, Held, Plan
from syncer.words import when
from syncer.words.money import money_text
from syncer.words.vendors import VENDOR_NAMES

SHOWN_CHANGES = 40
SHOWN_HELD = 60


class Chapter(msgspec.Struct, frozen=True):
    """One run of one CRM: its title for people, its plan, the customers after it, its numbers."""

    title: str
    plan: Plan
    overview: Overview
    numbers: Mapping[str, Any]


class Band(msgspec.Struct, frozen=True):
    """A health band as people read it."""

    name: str
    label: str
    label_ja: str | None


def render_report(chapters: Sequence[Chapter], bands: Sequence[Band], labels: Mapping[str, str]) -> str:
    """The page. Customers, plans and bands are those of the last chapter; changes those of the last chapter that has any but the first."""
    last = chapters[-1]
    news = next((chapter for chapter in reversed(chapters[1:]) if chapter.plan.changes), last)
    parts = [
        _tiles(last.overview, bands),
        _section("Monthly recurring revenue by plan", _revenue(last.overview.revenue), "MRR from Stripe, each currency for itself."),
        _section("Health", _bands(last.overview, bands), "Accounts by health band. How the score is made stands in mappings/health.yaml."),
        _section("Most at risk", _customers(last.overview.riskiest, bands), "The paying accounts with the lowest scores, and why."),
        _section("In best health", _customers(last.overview.best, bands), "Paying accounts with the highest scores."),
        _section("What changed", _changes(news.plan.changes, labels), f"{news.title}: each field old → new."),
        _section("Held back", _held(last.plan.held, labels), "Values that cannot be trusted: not written until someone decides."),
        _section("Runs", _runs(chapters), "In cells: one field of one account. Written, unchanged, held and rejected add up to wanted."),
    ]
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Customers, {when.iso(last.plan.as_of)[:10]}</title><style>{_style()}</style></head><body><main>"
        f"<h1>Customers</h1><p class='note'>As of {when.iso(last.plan.as_of).replace('T', ' ').replace('Z', ' UTC')}. "
        "Every figure here is also a field of the record in the CRM.</p>" + "".join(parts) + "</main></body></html>\n"
    )


def _style() -> str:
    return files(__package__).joinpath("report.css").read_text(encoding="utf-8")


def _tiles(overview: Overview, bands: Sequence[Band]) -> str:
    weakest = bands[-1]
    tiles = [("Accounts in the CRM", f"{overview.accounts:,}")]
    tiles += [(f"Matched in {source.capitalize()}", f"{count:,}") for source, count in overview.matched.items()]
    tiles += [("Ambiguous, held", f"{overview.ambiguous:,}"), (weakest.label, f"{overview.bands.get(weakest.name, 0):,}")]
    return "<dl class='tiles'>" + "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in tiles) + "</dl>"


def _section(title: str, body: str, note: str) -> str:
    return f"<section><h2>{escape(title)}</h2><p class='note'>{escape(note)}</p>{body}</section>"


def _revenue(revenue: Sequence[PlanRevenue]) -> str:
    if not revenue:
        return "<p>No account pays anything yet.</p>"
    found = []
    for currency, group in groupby(revenue, key=lambda row: row.currency):
        rows = list(group)
        total = sum((row.mrr for row in rows), Decimal(0))
        most = max(row.mrr for row in rows)
        bars = "".join(_bar(row.plan, row.mrr / most, money_text(row.mrr, currency), _accounts(row.accounts), "bar") for row in rows)
        total_text = f"{escape(currency.upper())} <small>{money_text(total, currency)} a month</small>"
        found.append(f"<h3>{total_text}</h3><table class='bars'><tbody>{bars}</tbody></table>")
    return "".join(found)


def _bands(overview: Overview, bands: Sequence[Band]) -> str:
    most = max([1, overview.unscored, *overview.bands.values()])
    rows = [
        _bar(
            f"{band.label}{f' · {band.label_ja}' if band.label_ja else ''}",
            Decimal(overview.bands.get(band.name, 0)) / most,
            f"{overview.bands.get(band.name, 0):,}",
            "accounts",
            f"bar band{number}",
        )
        for number, band in enumerate(bands)
    ]
    unscored = Decimal(overview.unscored) / most
    rows.append(_bar("Not scored: too little measured", unscored, f"{overview.unscored:,}", "accounts", "bar none"))
    return f"<table class='bars'><tbody>{''.join(rows)}</tbody></table>"


def _bar(label: str, share: Decimal, value: str, unit: str, style: str) -> str:
    bar = f"<span class='{style}' style='width:{max(share * 100, Decimal(0)):.1f}%'></span>"
    return f"<tr><th scope='row'>{escape(label)}</th><td class='track'>{bar}</td><td class='figure'>{value} <small>{unit}</small></td></tr>"


def _customers(customers: Sequence[Customer], bands: Sequence[Band]) -> str:
    place = {band.name: (number, band.label) for number, band in enumerate(bands)}
    items = []
    for customer in customers:
        number, label = place.get(customer.band, (0, customer.band))
        currency = customer.currency or ""
        money = "" if customer.mrr is None else f"{money_text(customer.mrr, currency)} {escape(currency.upper())} a month"
        items.append(
            f"<li><span class='score band{number}' title='{escape(label)}'>{customer.score}</span>"
            f"<div><strong>{escape(customer.name)}</strong> <small>{money}</small><p>{escape(customer.reasons)}</p></div></li>"
        )
    return f"<ol class='people'>{''.join(items)}</ol>" if items else "<p>No account has a score yet.</p>"


def _changes(changes: Sequence[Change], labels: Mapping[str, str]) -> str:
    if not changes:
        return "<p>Nothing.</p>"
    rows = []
    for change in changes[:SHOWN_CHANGES]:
        for number, cell in enumerate(change.cells):
            name = f"<th scope='rowgroup' rowspan='{len(change.cells)}'>{escape(change.name)}</th>" if number == 0 else ""
            field = escape(labels.get(cell.field, cell.field))
            arrow = "<td aria-label='becomes'>→</td>"
            rows.append(f"<tr>{name}<td>{field}</td><td>{_cell(cell.old)}</td>{arrow}<td>{_cell(cell.new)}</td></tr>")
    more = f"<p class='note'>… and {len(changes) - SHOWN_CHANGES:,} more accounts.</p>" if len(changes) > SHOWN_CHANGES else ""
    head = "<thead><tr><th>Account</th><th>Field</th><th>Was</th><th></th><th>Is now</th></tr></thead>"
    return f"<div class='wide'><table>{head}<tbody>{''.join(rows)}</tbody></table></div>{more}"


def _held(held: Sequence[Held], labels: Mapping[str, str]) -> str:
    if not held:
        return "<p>Nothing.</p>"
    rows = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th><td>{escape(row.reason)}</td>"
        f"<td>{escape(_some([labels.get(key, key) for key in row.fields]))}</td></tr>"
        for row in held[:SHOWN_HELD]
    )
    more = f"<p class='note'>… and {len(held) - SHOWN_HELD:,} more.</p>" if len(held) > SHOWN_HELD else ""
    head = "<thead><tr><th>Account</th><th>Why</th><th>Fields</th></tr></thead>"
    return f"<div class='wide'><table>{head}<tbody>{rows}</tbody></table></div>{more}"


def _runs(chapters: Iterable[Chapter]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(chapter.title)}</th><td>{VENDOR_NAMES.get(chapter.plan.crm, chapter.plan.crm)}</td>"
        + "".join(f"<td class='figure'>{chapter.numbers[name]:,}</td>" for name in ("wanted", "written", "unchanged", "held", "rejected"))
        + f"<td>{escape(', '.join(f'{vendor} {count}' for vendor, count in chapter.numbers['calls'].items()))}</td></tr>"
        for chapter in chapters
    )
    head = "".join(f"<th>{name}</th>" for name in ("Run", "CRM", "Wanted", "Written", "Unchanged", "Held", "Rejected", "Calls"))
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _cell(text: str | None) -> str:
    return "<em>empty</em>" if text is None else escape(text)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"
