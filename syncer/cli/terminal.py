"""What people see in a terminal: progress while it works, then tables and sentences. Colour and bars only where a person watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from syncer.core.overview import Customer
from syncer.core.plan import Plan
from syncer.runs.metrics import MetricsResult
from syncer.runs.pull import Watch
from syncer.runs.sync import Result
from syncer.words.money import money_text
from syncer.words.vendors import VENDOR_NAMES

BAND_STYLES = {"excellent": "green", "healthy": "green", "caution": "yellow", "action": "red"}
SHOWN_REJECTED = 8


def out() -> Console:
    """Where results go. Lines fold at the terminal's width; a pipe gets 100 columns."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    return Console(file=sys.stdout, highlight=False, width=width)


def talk() -> Console:
    """Where everything else goes."""
    return Console(file=sys.stderr, highlight=False)


class _Count(ProgressColumn):
    """`1,200 of 5,000`, or only how many where nobody knows the whole."""

    def render(self, task: Task) -> Text:
        whole = "" if task.total is None else f" of {int(task.total):,}"
        return Text(f"{int(task.completed):,}{whole}", style="progress.download")


@contextmanager
def progress() -> Iterator[Watch]:
    """Bars for what a run tells of, gone when it ends; nothing at all when stderr is not a terminal."""
    console = talk()
    columns = (SpinnerColumn(), TextColumn("{task.description:<18}"), BarColumn(bar_width=24), _Count(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def watch(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield watch


def show_result(console: Console, result: Result, *, customers: bool = True) -> None:
    """The story of one CRM: matched and held, what was written, who is at risk and who is best."""
    numbers, overview = result.numbers, result.overview
    console.print()
    console.rule(f"[bold]{VENDOR_NAMES[result.plan.crm]}[/]", align="left")
    verb = "would be written" if result.applied is None else "written"
    changed = sum(len(change.cells) for change in result.plan.changes) if result.applied is None else numbers["written"]
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_row("Accounts", _matched(result.plan))
    facts.add_row(
        "Fields",
        f"[bold]{changed:,}[/] {verb} on {len(result.plan.changes):,} accounts · {numbers['unchanged']:,} already right · "
        f"{numbers['held']:,} held back · {numbers['rejected']:,} rejected",
    )
    if result.metrics is not None and result.metrics.wanted:
        facts.add_row("Months", _months(result.metrics))
    facts.add_row("Calls", " · ".join(f"{vendor} {count}" for vendor, count in numbers["calls"].items()))
    console.print(facts)
    for notice in filter(None, (result.metrics and result.metrics.notice, numbers.get("notice"))):
        console.print(Padding(f"[yellow]{plain(notice)}[/]", (0, 0, 0, 2), expand=False))
    _show_rejected(console, result)
    if customers:
        _show_customers(console, "Most at risk", overview.riskiest)
        _show_customers(console, "In best health", overview.best)


def _matched(plan: Plan) -> str:
    parts = [f"{source} {count:,}" for source, count in plan.matched.items()]
    held = f" · [yellow]{plan.ambiguous} ambiguous, held[/]" if plan.ambiguous else ""
    return f"[bold]{plan.accounts:,}[/] in the CRM · matched: {' · '.join(parts)}{held}"


def _months(metrics: MetricsResult) -> str:
    return f"[bold]{metrics.written:,}[/] monthly metrics written · {metrics.unchanged:,} already right · {metrics.rejected:,} rejected"


def _show_rejected(console: Console, result: Result) -> None:
    errors = result.errors
    for record, error in list(errors.items())[:SHOWN_REJECTED]:
        console.print(f"  [red]rejected[/] {record}: {plain(error)}")


def _show_customers(console: Console, title: str, customers: Sequence[Customer]) -> None:
    if not customers:
        return
    console.print(f"\n[bold]{title}[/]")
    for customer in customers:
        style = BAND_STYLES.get(customer.band, "")
        currency = customer.currency or ""
        money = "" if customer.mrr is None else f"{money_text(customer.mrr, currency)} {currency.upper()} a month"
        console.print(f"  [{style}]{customer.score:>5}[/]  [bold]{plain(customer.name)}[/]  [dim]{money}[/]")
        console.print(Padding(plain(customer.reasons), (0, 0, 0, 9), expand=False))


def plain(text: str) -> str:
    """Text from outside as it is: rich's brackets mean nothing in it, control characters are shown as �."""
    clean = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    return clean.replace("[", "\\[")
