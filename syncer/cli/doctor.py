"""`syncer doctor`: proves each credential, right and setting, and says how to mend what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncer.cli import terminal
from syncer.cli.options import as_json
from syncer.runs.doctor import examine
from syncer.specs import settings
from syncer.words.findings import Finding
from syncer.words.vendors import VENDOR_NAMES

MARKS = {"fine": ("✓", "green"), "warning": ("!", "yellow"), "fault": ("✗", "red")}
THIS_MACHINE = "This machine"


@click.command(short_help="Prove credentials and rights.")
@as_json
def doctor(*, as_json: bool) -> int:
    """Prove what a run needs, before one starts: settings, files, state, and of each vendor the credential, every right, the clock, the
    time zone, the quota and the fields. Says how to mend each fault. Reads a little, writes nothing to any vendor, shows no secret.

    \b
    Example:  syncer doctor

    \b
    --json prints one object: findings (vendor, key, what, state, said, mend), faults, warnings.
    Exit code 0 without a fault (warnings may be there), 1 with one or more.
    """
    found = examine(settings.load_known(Path.cwd()), Path.cwd())
    faults, warnings = ([each for each in found if each.state == state] for state in ("fault", "warning"))
    if as_json:
        click.echo(msgspec.json.encode({"findings": found, "faults": len(faults), "warnings": len(warnings)}))
    else:
        _show(terminal.out(), found)
        click.echo(f"\n{_summary(len(faults), len(warnings))}")
    return 1 if faults else 0


def _show(console: Console, found: Sequence[Finding]) -> None:
    """Vendor by vendor; below each thing that is wrong, how to mend it."""
    marks = {state: (mark if _takes(mark) else state.upper(), style) for state, (mark, style) in MARKS.items()}
    for vendor in dict.fromkeys(finding.vendor for finding in found):
        console.print(f"\n[bold]{VENDOR_NAMES.get(vendor, THIS_MACHINE)}[/]")
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column()
        table.add_column(min_width=17, max_width=30)
        table.add_column(overflow="fold")
        for finding in (each for each in found if each.vendor == vendor):
            mark, style = marks[finding.state]
            said = Text(finding.said)
            if finding.mend:
                said.append(f"\nTo mend: {finding.mend}", style="bold")
            table.add_row(Text(mark, style=style), Text(finding.what), said)
        console.print(table)


def _takes(mark: str) -> bool:
    """Whether stdout can show the mark."""
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _summary(faults: int, warnings: int) -> str:
    counted = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((faults, "fault"), (warnings, "warning")) if count]
    if faults:
        return f"{' and '.join(counted)}. Mend the faults, then run syncer doctor again."
    return f"All that a run needs is there{f', with {counted[0]}' if counted else ''}. Next: syncer plan"
