"""The command line: parses, calls one run, prints one rendered value, returns a code. Results on stdout, talk on stderr."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

import click

from syncer.words.errors import FileProblems, SyncerError

COMMANDS = {
    "apply": "carry_out",
    "check": "check",
    "churn": "churn",
    "completion": "completion",
    "demo": "demo",
    "doctor": "doctor",
    "explain": "look_back",
    "facts": "facts",
    "init": "init",
    "match": "match",
    "mrr": "revenue",
    "plan": "plan",
    "pull": "jobs",
    "report": "report",
    "runs": "past",
    "sandbox": "stand_ins",
    "schema": "schema",
    "score": "jobs",
    "sync": "jobs",
    "try": "try_out",
    "undo": "carry_out",
}
"""Each command and the module of this package that holds it, imported when the command is used: what is not asked for costs no time."""


class Commands(click.Group):
    """The commands by name, from their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        attribute = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        found: click.Command = getattr(import_module(f"{__name__}.{COMMANDS[cmd_name]}"), attribute)
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"there is no command {args[0]}{_near(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


def _near(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (only for a typing error)

    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; syncer --help lists them"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="syncer", message="%(version)s")
@click.option("--trace", is_flag=True, help="Show where in the code an unexpected failure happened.")
def app(*, trace: bool) -> None:
    """Keeps your CRM current: Stripe, Mixpanel and Zendesk into fields of Salesforce and HubSpot.

    \b
    Try it without any account:    syncer demo
    Check what you wrote:          syncer check
    See what a sync would change:  syncer plan
    Bring the CRM up to date:      syncer sync
    Check the revenue figures:     syncer mrr, syncer mrr reconcile, syncer churn

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 written files have problems, 4 limits exceeded, 5 plan stale, 6 some rows rejected,
    7 more to do, 8 another run is at work, 10 a plan has changes (plan --exit-code), 11 credential refused, 12 vendor unreachable,
    13 the CRM lacks a field.
    """
    del trace  # read by `main`, which sees every failure


def _terminated(*_: object) -> None:
    """A scheduler's stop: leave by the ordinary way out, so that the lease is given back."""
    raise SystemExit(143)


def main() -> None:
    """Run the command line and exit with its code; an error is one sentence on stderr."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = app.main(prog_name="syncer", standalone_mode=False)
    except FileProblems as error:
        click.echo(f"{error}\nsyncer: {error.count}; mend what is listed and run this again", err=True)
        code = error.exit_code
    except SyncerError as error:
        click.echo(f"syncer: {error}", err=True)
        code = error.exit_code
    except click.exceptions.Abort:
        click.echo("syncer: stopped", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except Exception as error:
        if "--trace" in sys.argv:
            raise
        click.echo(f"syncer: unexpected {type(error).__name__}: {error}. This is a defect; `syncer --trace …` shows where", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
