"""Matches as a terminal shows them: counts by rule, what is open with what is at stake first, and what a decision came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from syncer.cli.terminal import plain
from syncer.core.identity import BEFORE, DECIDED
from syncer.core.match_view import Account, Matches, Object, SourceMatches
from syncer.runs.decide import Decided, Effect
from syncer.runs.match_one import AccountMatches, ObjectMatch
from syncer.specs.matches import FILE, Decision
from syncer.words.money import money_text
from syncer.words.vendors import VENDOR_NAMES

SHOWN = 8
WIDE = 100
"""Columns from which on samples have room beside the rules."""


def show_matches(console: Console, found: Matches, *, everything: bool) -> None:
    """One CRM: how each source is matched, then what needs somebody."""
    shown = None if everything else SHOWN
    console.print()
    console.rule(f"[bold]{VENDOR_NAMES[found.crm]}[/]", align="left")
    console.print(f"[bold]{found.accounts:,}[/] accounts  [dim]as read {_when(found.read_at)}[/]")
    for source in found.sources:
        _show_source(console, source)
    _heading(console, "Ambiguous", len(found.ambiguous), "they fit several accounts; nothing of them is written until you decide")
    for each in found.ambiguous[:shown]:
        _show_object(console, each)
        console.print(f"      [dim]syncer match confirm {plain(_typed(each))} ACCOUNT[/]")
    _more(console, len(found.ambiguous), shown)
    _heading(console, "Unmatched", len(found.unmatched), "they fit no account; names that are alike are only a hint")
    for each in found.unmatched[:shown]:
        _show_object(console, each)
    _more(console, len(found.unmatched), shown)
    if found.unmatched:
        console.print("      [dim]syncer match confirm SOURCE_ID ACCOUNT[/]")
    _heading(console, "Accounts without any source", found.accounts_without_source, "")
    for account in found.without_source[:shown]:
        console.print(f"  [bold]{plain(account.name)}[/]  [dim]{account.id}[/]")
    _more(console, found.accounts_without_source, shown)
    _heading(console, "Decisions that do nothing any more", len(found.void), "")
    for void in found.void[:shown]:
        console.print(f"  [yellow]{void.source} {plain(void.id)}[/]: {plain(void.reason)}")
    _more(console, len(found.void), shown)


def _when(read_at: Mapping[str, str]) -> str:
    """One instant where all are the same, otherwise each with its vendor."""
    if len(set(read_at.values())) == 1:
        return next(iter(read_at.values()))
    return " · ".join(f"{name} {at}" for name, at in read_at.items())


def _show_source(console: Console, source: SourceMatches) -> None:
    console.print(f"\n[bold]{VENDOR_NAMES[source.source]}[/]  {source.objects:,} records")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", min_width=8)
    table.add_column(justify="right")
    table.add_column()
    if console.width >= WIDE:
        table.add_column(style="dim", overflow="ellipsis", no_wrap=True)
    for rule in source.matched:
        name = f"[green]{plain(_rule(rule.rule))}[/]"
        cells = (f"{rule.objects:,}", f"{rule.share_pct} %", name, plain(", ".join(rule.sample)))
        table.add_row(*cells[: len(table.columns)])
    for what, count, style in (
        ("ambiguous, held", source.ambiguous, "yellow"),
        ("unmatched", source.unmatched, "yellow"),
        ("rejected", source.rejected, "dim"),
    ):
        if count:
            table.add_row(f"{count:,}", "", f"[{style}]{what}[/]")
    console.print(table)


def _rule(name: str) -> str:
    """A rule as the mapping has it: `domain = domain` of `stripe.domain = crm.domain`."""
    left, found, right = name.partition(" crm.")
    if name == DECIDED:
        return "decided by a person"
    if not found or right.startswith(BEFORE):
        return "where it was before"
    return f"{left.partition('.')[2]} {right}"


def _heading(console: Console, title: str, count: int, meaning: str) -> None:
    if count:
        console.print(f"\n[bold]{title}[/]: {count:,}" + (f"  [dim]{meaning}[/]" if meaning else ""))


def _line(console: Console, indent: int, text: str) -> None:
    """A line that folds under its own beginning."""
    console.print(Padding(text, (0, 0, 0, indent), expand=False))


def _more(console: Console, count: int, shown: int | None) -> None:
    if shown is not None and count > shown:
        console.print(f"  … and {count - shown:,} more; --all lists them", style="dim")


def _typed(found: Object) -> str:
    """How a command names the object; one with other than plain characters is not made easy to paste."""
    return found.named if found.named.replace(":", "").replace("_", "").replace("-", "").replace(".", "").isalnum() else "OBJECT"


def _show_object(console: Console, found: Object) -> None:
    about = " · ".join(_about(found))
    _line(console, 2, f"[bold]{plain(found.name or 'without a name')}[/]  {plain(found.named)}  [dim]{plain(about)}[/]")
    for account in found.accounts:
        _line(console, 6, _account(account))


def _about(found: Object) -> Iterator[str]:
    yield from found.domains
    if found.mrr is not None and found.currency:
        yield f"{money_text(found.mrr, found.currency)} {found.currency.upper()} a month"
    if found.users is not None:
        yield _many(found.users, "active person", "active people")
    if found.tickets is not None:
        yield _many(found.tickets, "open ticket")


def _account(account: Account) -> str:
    named = f"{plain(account.name or 'without a name')}  [dim]{account.id}[/]"
    if account.likeness_pct is not None:
        return f"[dim]perhaps[/] {named}  [dim]{account.likeness_pct} % alike[/]"
    if account.rule is None:
        return named
    return f"{named}  [dim]by {plain(_compared(account))}[/]"


def _compared(account: Account) -> str:
    """The rule, and what it found on both sides: `domain = domain: acme.com`, `domain ~ domain: eu.acme.com ~ acme.com`."""
    rule, own, theirs = _rule(account.rule or ""), account.source_value, account.crm_value
    if own is None or theirs is None or (account.rule or "").partition("crm.")[2].startswith(BEFORE):
        return rule
    return f"{rule}: {own}" if own == theirs else f"{rule}: {own} {'~' if '~' in rule else '='} {theirs}"


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def show_object(console: Console, told: ObjectMatch) -> None:
    """One source record: where it belongs and why, what it can be found by, what was decided."""
    found = told.object
    console.print(f"\n[bold]{plain(found.name or 'without a name')}[/]  {VENDOR_NAMES[found.source]} {plain(found.id)}  [dim]{told.crm}[/]")
    console.print(f"  [dim]{plain(' · '.join(_about(found)))}[/]")
    words = {"match": "belongs to", "held": "may belong to", "unmatched": "belongs to no account yet", "rejected": "belongs to no account"}
    console.print(f"  {words[told.kind]}")
    for account in found.accounts:
        _line(console, 4, _account(account))
    if told.kind == "held":
        console.print(f"  [dim]decide: syncer match confirm {plain(_typed(found))} ACCOUNT[/]")
    if told.other_rules:
        console.print("  other rules find")
        for account in told.other_rules:
            _line(console, 4, _account(account))
    for key, values in told.keys.items():
        console.print(f"  [dim]{plain(key):<24}[/] {plain(', '.join(values))}")
    _show_decisions(console, told.decisions)


def show_account(console: Console, told: AccountMatches) -> None:
    """One account: what belongs to it, and what might."""
    console.print(f"\n[bold]{plain(told.account.name)}[/]  {VENDOR_NAMES[told.crm]} [dim]{told.account.id}[/]")
    for title, objects in (("belongs to it", told.objects), ("may belong to it, as to others", told.held)):
        for found in objects:
            why = plain(_compared(found.accounts[0]))
            _line(console, 2, f"{title}: [bold]{plain(found.name)}[/]  {plain(found.named)}  [dim]by {why}[/]")
    if not told.objects and not told.held:
        console.print("  no record of any source belongs to it")
    for key, values in told.keys.items():
        console.print(f"  [dim]{plain(key):<24}[/] {plain(', '.join(values))}")
    _show_decisions(console, told.decisions)


def _show_decisions(console: Console, decisions: Sequence[Decision]) -> None:
    for made in decisions:
        whom = f"{made.decision} {made.account_id or ''}".strip()
        why = f": {made.why}" if made.why else ""
        console.print(f"  [dim]{plain(made.when)}[/]  {plain(made.who)}  {plain(whom)}{plain(why)}")


VERBS = {"confirm": "belongs to", "reject": "does not belong to", "forget": "is matched by the rules again"}


def show_decided(console: Console, decided: Decided) -> None:
    """What was written, what the next sync makes of it, and the way back."""
    [kind] = {line.decision for line in decided.lines}
    found = decided.object
    nobody = "" if kind == "forget" else " any account"
    account = f" {plain(decided.account.name)} [dim]{decided.account.id}[/]" if decided.account else nobody
    crms = " and ".join(VENDOR_NAMES[line.crm] for line in decided.lines)
    console.print(f"[bold]{plain(found.name or found.id)}[/] ({found.source} {plain(found.id)}) {VERBS[kind]}{account}  [dim]in {crms}[/]")
    for effect in decided.effects:
        _line(console, 2, _effect(effect))
    if not decided.effects:
        console.print("  The next sync changes no account by this.")
    console.print(f"  [dim]Written to {FILE}; the scheduled job needs that file too.[/]")
    if kind != "forget":
        console.print(f"  [dim]To take it back: syncer match forget {plain(_typed(found))}[/]")


def _effect(effect: Effect) -> str:
    held = f"; {_many(effect.held, 'field')} of it stay held back" if effect.held else ""
    writes = f"writes {_many(effect.writes, 'field')}" if effect.writes else "writes nothing"
    return f"The next sync {writes} of {plain(effect.account.name)} [dim]{effect.account.id}[/]{held}."
