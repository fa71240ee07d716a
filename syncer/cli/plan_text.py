"""A plan in a terminal: folds at its width, colour only where a person watches, text from outside made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syncer.core.plan_view import AMBIGUOUS, Account, HeldGroup, Line, View
from syncer.core.plan_words import counted, harmless

WIDE = 120
"""From this many columns on, reason and mapping stand in columns of their own."""
WIDEST = 150
"""Columns, past which an eye loses its line."""
LABEL = 30
LONG_TEXT = 60
SHOWN_LINES = 60
SHOWN_ACCOUNTS = 12
SHOWN_OF_ACCOUNT = 12
SHOWN_CLEARED = 20
SHOWN_HELD = 8
WHOLE = " (`syncer plan --out plan.html` shows all)"


def show_plan(console: Console, view: View) -> None:
    """The whole plan of one CRM."""
    console.print()
    console.rule(Text(harmless(view.title), style="bold"), align="left")
    show_facts(console, view.facts)
    for sentence in view.written.refused:
        console.print()
        console.print(Text.assemble(("A sync would be refused. ", "bold red"), harmless(sentence)))
    _show_fields(console, view)
    _show_cleared(console, view)
    show_changes(console, view.changes, everything=view.narrowed, hint=WHOLE)
    show_held(console, view.held)
    for sentence in view.next_steps:
        console.print()
        console.print(Text.assemble(("Next  ", "bold"), *_commands(sentence)))


def show_facts(console: Console, facts: Iterable[tuple[str, Text | str]]) -> None:
    """Name and text, a line each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, text in facts:
        table.add_row(name, Text(harmless(text)) if isinstance(text, str) else text)
    console.print(table)


def _show_fields(console: Console, view: View) -> None:
    if not view.rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("field", overflow="fold")
    for name in ("fill", "replace", "clear", "held", "right", "of limit"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in view.rows:
        count = row.count
        fill, replace, clear, held, right = (
            f"{number:,}" if number else "·" for number in (count.filled, count.replaced, count.cleared, count.held, count.unchanged)
        )
        cleared = Text(clear, style="red" if count.cleared else "")
        allowed = Text(row.allowed, style="red" if row.over else "dim")
        table.add_row(Text(harmless(row.label)), fill, replace, cleared, held, right, allowed)
    console.print(Padding(table, (1, 0, 0, 0), expand=False))
    if view.quiet:
        console.print(f"{counted(view.quiet, 'more field')}: nothing to write", style="dim")


def _show_cleared(console: Console, view: View) -> None:
    if not view.cleared:
        return
    console.print(f"\n[bold red]Would be emptied[/]  {counted(view.emptied, 'value')}")
    for group in view.cleared:
        console.print(Text.assemble("  ", (harmless(group.label), "bold"), "  ", (group.place, "dim")))
        shown = group.lines if view.narrowed else group.lines[:SHOWN_CLEARED]
        table = Table.grid(padding=(0, 2, 0, 0))
        for number, ratio in enumerate((None, None, 1)):
            table.add_column(ratio=ratio, overflow="fold", max_width=LABEL if number == 0 else None)
        for name, line in shown:
            table.add_row(Text(harmless(name)), _change(line), Text(harmless(line.reason), style="dim"))
        console.print(Padding(table, (0, 0, 0, 4), expand=False))
        _more(console, len(group.lines) - len(shown), WHOLE)


def show_changes(console: Console, accounts: Sequence[Account], *, everything: bool = False, hint: str = "") -> None:
    """Accounts with each field old → new, as many as a person reads, or `everything`; `hint` says how to see more."""
    shown, lines = 0, 0
    for account in accounts:
        if not everything and (shown == SHOWN_ACCOUNTS or lines >= SHOWN_LINES):
            break
        _show_account(console, account, everything=everything)
        shown, lines = shown + 1, lines + min(len(account.lines), SHOWN_OF_ACCOUNT)
    _more(console, len(accounts) - shown, hint)


def _more(console: Console, count: int, hint: str) -> None:
    if count > 0:
        console.print(f"\n… and {counted(count, 'more account')}{hint}", style="dim")


def _show_account(console: Console, account: Account, *, everything: bool) -> None:
    console.print(Text.assemble("\n", (harmless(account.name), "bold"), "  ", (harmless(account.id), "dim")))
    shown = account.lines if everything or len(account.lines) <= SHOWN_OF_ACCOUNT + 2 else account.lines[:SHOWN_OF_ACCOUNT]
    label = min(max(cell_len(harmless(line.label)) for line in shown), LABEL)
    wide = console.width >= WIDE
    table = Table.grid(padding=(0, 2, 0, 0), expand=wide)
    table.width = min(console.width - 2, WIDEST) if wide else None
    table.add_column(width=label, overflow="fold")
    for ratio in (5, 4) if wide else (None,):
        table.add_column(ratio=ratio, overflow="fold")
    for line in shown:
        table.add_row(Text(harmless(line.label)), *_told(line, None if wide else console.width - label - 6))
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(shown) < len(account.lines):
        console.print(f"  … and {counted(len(account.lines) - len(shown), 'more field')}", style="dim")


def _told(line: Line, room: int | None) -> list[Text]:
    """What becomes of the value, why, and where it is mapped: three columns, or one of as many lines as it takes in `room`."""
    change, reason, place = _change(line), Text(harmless(line.reason), style="dim"), Text(line.field.place, style="dim")
    if room is None:
        return [change, reason, place]
    both = Text(" · ", style="dim").join(part for part in (reason, place) if part.plain)
    left = 0 if "\n" in change.plain else room - cell_len(change.plain) - 2
    if cell_len(both.plain) <= left:
        return [Text.assemble(change, "  ", both)]
    if cell_len(place.plain) <= left:
        return [Text.assemble(change, "  ", place, "\n", reason)]
    return [Text.assemble(change, "\n", both)]


def _change(line: Line) -> Text:
    """`old → new (+difference)`; a long text on lines of its own."""
    old = Text(harmless(line.old)) if line.old is not None else Text("empty", style="dim")
    new = Text(harmless(line.new), style="green") if line.new is not None else Text("empty", style="red")
    if cell_len(old.plain) + cell_len(new.plain) > LONG_TEXT and line.old is not None:
        old.stylize("dim")
        return Text.assemble(old, "\n→ ", new)
    return Text.assemble(old, " → ", new, (f"  ({line.delta})" if line.delta else "", "dim"))


def show_held(console: Console, groups: Sequence[HeldGroup]) -> None:
    """What is held and why, by reason, and what to do."""
    if not groups:
        return
    accounts = len({record for group in groups for record in group.accounts})
    console.print(f"\n[bold]Held back[/]  on {counted(accounts, 'account')}: the CRM keeps what it has until the cause is mended")
    for group in groups[:SHOWN_HELD]:
        console.print(Padding(Text(harmless(group.reason)), (0, 0, 0, 2), expand=False))
        console.print(Padding(Text(harmless(group.about), style="dim"), (0, 0, 0, 4), expand=False))
    if len(groups) > SHOWN_HELD:
        console.print(f"  … and {counted(len(groups) - SHOWN_HELD, 'more reason')}", style="dim")
    if any(group.ambiguous for group in groups):
        console.print(Padding(Text.assemble(*_commands(AMBIGUOUS)), (0, 0, 0, 2), expand=False))


def _commands(sentence: str) -> Iterable[tuple[str, str]]:
    """The sentence with what stands in backticks in bold."""
    return [(f"`{part}`" if odd % 2 else part, "bold" if odd % 2 else "") for odd, part in enumerate(sentence.split("`"))]
