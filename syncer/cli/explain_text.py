"""An explanation in a terminal: folds at its width, text from outside made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syncer.core.explain import Contribution, Explanation, Fact, Source, Undecided, Written
from syncer.core.mrr_told import major_text
from syncer.core.plan_words import harmless, value_text
from syncer.words.vendors import VENDOR_NAMES

KINDS = {"number": "number", "money": "number", "yes/no": "checkbox"}
"""Kinds of facts as the types of fields that read alike."""
LINES = 6
"""Of a field's past."""
INDENT = 15
HEADING = "in the CRM"
GAP = 2
SHORT = 28
STATES = {"held": "held back", "change": "will change", "other": "not as computed"}
"""Columns of a value in a list of fields."""
EMPTY = Text("empty", style="dim")


def show_fields(console: Console, told: Sequence[Explanation]) -> None:
    """Every field of an account in a line: value, what becomes of it, and what it is made of."""
    _show_head(console, told[0], Text(harmless(told[0].account), style="bold"))
    rows = [(each.field, _value(each.in_crm, each), STATES.get(each.state, ""), harmless(each.expression)) for each in told]
    fields, values, states = (max(cell_len(str(row[place])) for row in rows) for place in range(3))
    values = max(len(HEADING), min(SHORT, values))
    left = max(console.width - fields - values - states - 3 * GAP, len("comes from"))
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    table.add_column("field", no_wrap=True, width=fields)
    table.add_column(HEADING, no_wrap=True, overflow="ellipsis", width=values)
    table.add_column("", no_wrap=True, style="yellow", width=states)
    table.add_column("comes from", no_wrap=True, overflow="ellipsis", style="dim", max_width=left)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(Text(f"\nsyncer explain {told[0].account_id} FIELD{_on(told[0])} tells all of one", style="dim"))


def show(console: Console, told: Explanation) -> None:
    """All that is behind one value."""
    _show_head(console, told, Text.assemble((told.label, "bold"), " of ", (harmless(told.account), "bold")))
    console.print(Padding(Text(harmless(told.help), style="dim"), (0, 0, 0, 2)))
    _say(console, "in the CRM", _standing(told))
    if told.held:
        _say(console, "held because", Text(harmless(told.held), style="yellow"))
    _show_undecided(console, told.undecided)
    _say(console, "comes from", Text.assemble(harmless(told.expression), "  ", (told.place, "dim")))
    if not told.contributions:
        _show_facts(console, told.facts)
    _show_items(console, told.items)
    _show_contributions(console, told)
    _show_sources(console, told.objects)
    _show_past(console, told)


def _show_head(console: Console, told: Explanation, title: Text) -> None:
    console.print()
    if told.on:
        title.append(f"  on {told.on.at[:10]}", style="bold cyan")
    console.print(Text.assemble(title, "  ", (f"{VENDOR_NAMES[told.crm]} {told.account_id}", "dim")))
    if told.link:
        console.print(Text(f"  {told.link}", style="dim"), soft_wrap=True)
    if told.on:
        note = f"{told.on.note}. " if told.on.note else ""
        files = f"as run {told.on.run} saw it at {told.on.at}, by the written files of then ({told.on.definition})"
        console.print(Padding(Text(f"{note[:1].upper()}{note[1:]}{files[:1].upper()}{files[1:]}.", style="cyan"), (0, 0, 0, 2)))


def _standing(told: Explanation) -> Text:
    said = {
        "unchanged": "as computed",
        "change": f"the next sync writes {_value(told.computed, told)}",
        "absent": "nothing to write",
        "held": "held back",
        "other": f"computed was {_value(told.computed, told)}",
    }
    value = _value(told.in_crm, told)
    value.stylize("bold")
    return Text.assemble(value, f"  ({said[told.state]})")


def _show_undecided(console: Console, undecided: Iterable[Undecided]) -> None:
    for found in undecided:
        name = f"  {harmless(found.name)}" if found.name else ""
        _say(console, "undecided", Text(f"{VENDOR_NAMES[found.source]} {harmless(found.id)}{name}"))
        if found.link:
            console.print(Text(" " * INDENT + found.link, style="dim"), soft_wrap=True)
        for each in found.candidates:
            console.print(Padding(Text(f"if it is {harmless(each.account or each.account_id)}:"), (0, 0, 0, INDENT)))
            console.print(Text(f"{' ' * (INDENT + 2)}{harmless(each.command)}", style="bold"), soft_wrap=True)


def _show_facts(console: Console, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for fact in facts:
        value = EMPTY if fact.value is None else Text(value_text(harmless(fact.value), KINDS.get(fact.kind, fact.kind), fact.unit))
        table.add_row(Text(fact.name), value, Text(fact.meaning, style="dim"))
    console.print(Padding(table, (0, 0, 0, 4)))


def _show_items(console: Console, items: Iterable[dict[str, Any]]) -> None:
    for item in items:
        interval, count = item["recurring_interval"], item["interval_count"]
        every = interval if count in (None, 1) else f"{count} {interval}s"
        told = item["held"] or (None if item["counted"] else item["why_not"])
        name, subscription = Text(harmless(str(item["product_name"]))), Text(f"  {item['subscription_id']}", style="dim")
        if told:
            said = Text(f": not counted, {harmless(told)}")
            console.print(Padding(Text.assemble(name, subscription, said), (0, 0, 0, 4)))
            continue
        currency = item["currency"]
        discount = f" less {_money(item['discount'], currency)}" if item["discount"] else ""
        amounts = f"{_money(item['amount'], currency)}{discount} {currency.upper()} every {every}"
        said = Text(f" \u00d7 {item['quantity']}: {amounts} = {_money(item['monthly'], currency)} a month")
        console.print(Padding(Text.assemble(name, said, subscription), (0, 0, 0, 4)))


def _show_contributions(console: Console, told: Explanation) -> None:
    if not told.contributions:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right", no_wrap=True)
    for each in told.contributions:
        points = Text("") if each.contribution is None else Text.assemble(each.contribution, (f" of {each.most}", "dim"))
        measured = Text("not measured", style="dim") if each.measured is None else Text(harmless(each.measured))
        table.add_row(Text(each.part, style="dim"), Text(harmless(each.label)), measured, points)
    total = score_of(told.contributions)
    if total is not None:
        table.add_row("", Text("all together", style="bold"), "", Text.assemble((str(total), "bold"), (" points  ", "dim")))
    console.print(Padding(table, (0, 0, 0, 4)))
    console.print(Padding(Text(f"by the model {told.contributions[0].model}", style="dim"), (0, 0, 0, 4)))


def score_of(contributions: Iterable[Contribution]) -> Decimal | None:
    """The sum of the contributions as shown; None where there is no score."""
    points = [Decimal(each.contribution) for each in contributions if each.contribution is not None]
    return sum(points, Decimal(0)) if points else None


def _show_sources(console: Console, sources: Iterable[Source]) -> None:
    for found in sources:
        name = f"  {harmless(found.name)}" if found.name else ""
        rule = (f"  matched by {found.matched_by}", "dim")
        _say(console, "source", Text.assemble(f"{VENDOR_NAMES[found.source]} {harmless(found.id)}{name}", rule))
        if found.link:
            console.print(Text(" " * INDENT + found.link, style="dim"), soft_wrap=True)


def _show_past(console: Console, told: Explanation) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    for past in told.history[:LINES]:
        value = _value(past.value, told)
        change = value if past.kind == "seen" else Text.assemble(_value(past.old, told), " → ", value)
        table.add_row(past.at[:16].replace("T", " "), change, Text(_by(past)))
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(told.history) > LINES:
        console.print(Text(f"  … and {len(told.history) - LINES} earlier; --json has them all", style="dim"))


def _by(past: Written) -> str:
    """Who gave a cell its value."""
    if past.kind == "person":
        return f"changed in the CRM, found by run {past.run}" if past.run else "changed in the CRM since"
    files = f" by files {past.definition}" if past.definition else ""
    return f"{past.kind} by run {past.run}{files}"


def _on(told: Explanation) -> str:
    return f" --on {told.on.asked}" if told.on else ""


def _say(console: Console, label: str, text: Text) -> None:
    """A line with its label; what does not fit goes on under its own beginning."""
    grid = Table.grid(padding=0)
    grid.add_column(width=INDENT - 2, no_wrap=True)
    grid.add_column()
    grid.add_row(label, text)
    console.print(Padding(grid, (0, 0, 0, 2)))


def _value(text: str | None, told: Explanation) -> Text:
    return EMPTY.copy() if text is None else Text(value_text(harmless(text), told.type, told.unit))


def _money(minor: str | None, currency: str) -> str:
    """An exact amount of minor units in major ones."""
    return "unknown" if minor is None else major_text(Fraction(minor), currency)
