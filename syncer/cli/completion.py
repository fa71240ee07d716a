"""`syncer completion`, and what is offered where a name of the project's own is due: fields, facts, runs. Nothing is said of what is wrong
with the files: a half-typed line is no place for it."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from syncer.words.errors import SyncerError

SHELLS: dict[str, tuple[type[ShellComplete], str]] = {
    "bash": (BashComplete, "~/.bashrc"),
    "zsh": (ZshComplete, "~/.zshrc"),
    "fish": (FishComplete, "~/.config/fish/completions/syncer.fish"),
}
LATEST_RUNS = 30


@click.command(short_help="Complete commands with the Tab key.")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(*, shell: str) -> None:
    """Print what makes the Tab key complete commands, options, fields, facts and runs in bash, zsh or fish.

    \b
    Examples:  syncer completion bash >> ~/.bashrc
               syncer completion zsh >> ~/.zshrc
               syncer completion fish > ~/.config/fish/completions/syncer.fish
    """
    kind, place = SHELLS[shell]
    click.echo(kind(click.Group(), {}, "syncer", "_SYNCER_COMPLETE").source())
    click.echo(f"It counts in shells that start from now on, once it stands in {place}", err=True)


def fields(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Mapped fields with their labels."""
    from syncer.runs.written import project  # noqa: PLC0415  (only when Tab is pressed)
    from syncer.specs import settings  # noqa: PLC0415

    try:
        mapped = project(settings.load(Path.cwd()).project).fields
    except (SyncerError, OSError):
        return []
    return [CompletionItem(field.key, help=field.spec.label) for field in mapped if field.key.startswith(begun)]


def facts(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Facts that expressions may use."""
    from syncer.runs.written import project  # noqa: PLC0415
    from syncer.specs import settings  # noqa: PLC0415

    try:
        columns = project(settings.load(Path.cwd()).project).catalogue.columns()
    except (SyncerError, OSError):
        return []
    return [CompletionItem(name) for name in columns if name.startswith(begun)]


def runs(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem]:
    """The latest runs, newest first."""
    from syncer.cli import setup  # noqa: PLC0415
    from syncer.runs.past import past_runs  # noqa: PLC0415

    try:
        past = past_runs(setup.run(lambda *_: None), LATEST_RUNS)
    except (SyncerError, OSError):
        return []
    latest = dict.fromkeys(run.run for run in past)
    return [CompletionItem(name) for name in latest if name.startswith(begun)]
