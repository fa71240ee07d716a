"""One self-contained HTML page about the latest runs: no script, no network, readable on a phone, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from itertools import groupby
from typing import Any

import msgspec

from syncer.core.overview import Customer, Overview, PlanRevenue
from syncer.core.plan import Change, Held, Plan
from syncer.words import when
from syncer.words.money import exponent

CRM_NAMES = {"salesforce": "Salesforce", "hubspot": "HubSpot"}
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
        _section("Most at risk", _customers(last.overview.riskiest, bands), "Paying accounts with the lowest scores, and what pulls them down."),
        _section("In best health", _customers(last.overview.best, bands), "Paying accounts with the highest scores."),
        _section("What changed", _changes(news.plan.changes, labels), f"{news.title}: each field old → new."),
        _section("Held back", _held(last.plan.held, labels), "Values that cannot be trusted yet. Nothing of this is written until someone decides."),
        _section("Runs", _runs(chapters), "Numbers of cells (one field of one account). Written, unchanged, held and rejected add up to wanted."),
    ]
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Customers, {when.iso(last.plan.as_of)[:10]}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Customers</h1><p class='note'>As of {when.iso(last.plan.as_of).replace('T', ' ').replace('Z', ' UTC')}. "
        "Every figure here is also a field of the record in the CRM.</p>" + "".join(parts) + "</main></body></html>\n"
    )


def _tiles(overview: Overview, bands: Sequence[Band]) -> str:
    weakest = bands[-1]
    tiles = [("Accounts in the CRM", f"{overview.accounts:,}")]
    tiles += [(f"Matched in {source.capitalize()}", f"{count:,}") for source, count in overview.matched.items()]
    tiles += [("Ambiguous, held", f"{sum(overview.ambiguous.values()):,}"), (weakest.label, f"{overview.bands.get(weakest.name, 0):,}")]
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
        _bar(f"{band.label}{f' · {band.label_ja}' if band.label_ja else ''}", Decimal(overview.bands.get(band.name, 0)) / most,
             f"{overview.bands.get(band.name, 0):,}", "accounts", f"bar band{number}")
        for number, band in enumerate(bands)
    ]
    rows.append(_bar("Not scored: too little measured", Decimal(overview.unscored) / most, f"{overview.unscored:,}", "accounts", "bar none"))
    return f"<table class='bars'><tbody>{''.join(rows)}</tbody></table>"


def _bar(label: str, share: Decimal, value: str, unit: str, style: str) -> str:
    return (
        f"<tr><th scope='row'>{escape(label)}</th><td class='track'><span class='{style}' style='width:{max(share * 100, Decimal(0)):.1f}%'></span></td>"
        f"<td class='figure'>{value} <small>{unit}</small></td></tr>"
    )


def _customers(customers: Sequence[Customer], bands: Sequence[Band]) -> str:
    place = {band.name: (number, band.label) for number, band in enumerate(bands)}
    items = []
    for customer in customers:
        number, label = place.get(customer.band, (0, customer.band))
        currency = customer.currency or ""
        money = "" if customer.mrr is None else f"{money_text(customer.mrr, currency)} {escape(currency.upper())} a month"
        items.append(
            f"<li><span class='score band{number}' title='{escape(label)}'>{customer.score}</span><div><strong>{escape(customer.name)}</strong> "
            f"<small>{money}</small><p>{escape(customer.reasons)}</p></div></li>"
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
            rows.append(f"<tr>{name}<td>{field}</td><td>{_cell(cell.old)}</td><td aria-label='becomes'>→</td><td>{_cell(cell.new)}</td></tr>")
    more = f"<p class='note'>… and {len(changes) - SHOWN_CHANGES:,} more accounts.</p>" if len(changes) > SHOWN_CHANGES else ""
    head = "<thead><tr><th>Account</th><th>Field</th><th>Was</th><th></th><th>Is now</th></tr></thead>"
    return f"<div class='wide'><table>{head}<tbody>{''.join(rows)}</tbody></table></div>{more}"


def _held(held: Sequence[Held], labels: Mapping[str, str]) -> str:
    if not held:
        return "<p>Nothing.</p>"
    rows = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th><td>{escape(row.reason)}</td><td>{escape(_some([labels.get(key, key) for key in row.fields]))}</td></tr>"
        for row in held[:SHOWN_HELD]
    )
    more = f"<p class='note'>… and {len(held) - SHOWN_HELD:,} more.</p>" if len(held) > SHOWN_HELD else ""
    return f"<div class='wide'><table><thead><tr><th>Account</th><th>Why</th><th>Fields</th></tr></thead><tbody>{rows}</tbody></table></div>{more}"


def _runs(chapters: Iterable[Chapter]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(chapter.title)}</th><td>{CRM_NAMES.get(chapter.plan.crm, chapter.plan.crm)}</td>"
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


def money_text(amount: Decimal, currency: str) -> str:
    """An amount in major units as people write it: with the currency's own decimals, none when they are zero."""
    decimals = 0 if amount == amount.to_integral_value() else exponent(currency)
    return f"{amount:,.{decimals}f}"


STYLE = """
:root{--ink:#1c2330;--soft:#5b6675;--line:#dfe3ea;--page:#fff;--tile:#f5f7fa;--bar:#3b6fd4;--b0:#1a7f4b;--b1:#5fa03a;--b2:#c98a06;--b3:#c43d3d}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#9aa5b4;--line:#333c49;--page:#151a21;--tile:#1e252f;--bar:#6d9bf1;--b0:#3fb37a;--b1:#86c060;--b2:#e0a93a;--b3:#e66a6a}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"Hiragino Sans","Noto Sans JP",sans-serif}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{margin:0;font-size:1.9rem}h2{margin:2.4rem 0 0;font-size:1.25rem}h3{margin:1.2rem 0 .3rem;font-size:1rem}
.note,small{color:var(--soft)}.note{margin:.1rem 0 .8rem;font-size:.92rem}small{font-weight:400}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.7rem;margin:1.4rem 0 0}.tiles div{background:var(--tile);border-radius:.5rem;padding:.7rem .9rem}
.tiles dt{color:var(--soft);font-size:.85rem}.tiles dd{margin:0;font-size:1.6rem;font-weight:600}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}thead th{color:var(--soft);font-weight:500}
.wide{overflow-x:auto}.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.bars th{font-weight:400;width:34%}.bars td,.bars th{border:0;padding:.2rem .7rem .2rem 0;vertical-align:middle}.bars .figure{width:1%}
.track span{display:block;height:1.05rem;min-width:2px;border-radius:.2rem;background:var(--bar)}.track .band0{background:var(--b0)}.track .band1{background:var(--b1)}.track .band2{background:var(--b2)}.track .band3{background:var(--b3)}.track .none{background:var(--line)}
.people{list-style:none;margin:0;padding:0}.people li{display:flex;gap:.9rem;padding:.6rem 0;border-bottom:1px solid var(--line)}.people p{margin:.1rem 0 0}
.score{flex:0 0 3.6rem;height:2rem;line-height:2rem;text-align:center;border-radius:.4rem;color:#fff;font-weight:600;font-variant-numeric:tabular-nums;background:var(--b0)}
.score.band1{background:var(--b1)}.score.band2{background:var(--b2)}.score.band3{background:var(--b3)}em{color:var(--soft)}
@media print{body{font-size:11pt}section{break-inside:avoid}.track span,.score{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
