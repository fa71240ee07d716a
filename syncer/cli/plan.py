"""`syncer plan`: what a sync would write, on the screen, for a pull request, as a page, and as the file that `syncer apply` carries out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from syncer.cli import completion, setup, terminal
from syncer.cli.options import as_json
from syncer.core.plan_file import WrittenPlan, plan_json
from syncer.core.plan_view import View
from syncer.runs import sync as runs
from syncer.specs.wording import did_you_mean
from syncer.words.errors import UsageError

ENDINGS = {".json": "json", ".md": "markdown", ".html": "html"}
FORMS = ("text", "markdown", "json", "html")


def outs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command that makes plans `--out`, `--format` and `--json`; it gets `out` and `form`, which `tell` takes."""

    @wraps(command)
    def with_form(*, form: str, as_json: bool, **rest: Any) -> Any:
        return command(form="json" if as_json else form, **rest)

    out = click.option(
        "--out",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="Also write FILE.json (for `syncer apply`), FILE.md (for a pull request) or FILE.html (a page); may be repeated.",
        callback=_known_endings,
    )
    form = click.option("--format", "form", type=click.Choice(FORMS), default="text", help="The form on stdout; text when not said.")
    return out(form(as_json(with_form)))


def _known_endings(_: click.Context, __: click.Parameter, value: Sequence[Path]) -> Sequence[Path]:
    for path in value:
        if path.suffix not in ENDINGS:
            raise UsageError(f"--out {path}: the ending says the form; write one of {', '.join(ENDINGS)}")
    return value


@click.command(short_help="Show what a sync would write.")
@outs
@click.option("--account", metavar="NAME_OR_ID", help="Show only this account.")
@click.option("--field", metavar="KEY", shell_complete=completion.fields, help="Show only this field.")
@click.option("--exit-code", is_flag=True, help="Exit with 10 when there are changes.")
@click.option("--no-pull", is_flag=True, help="Plan from the sources as they were read last; the CRM is read.")
@click.option("--offline", is_flag=True, help="Plan from what is stored alone; nobody is asked.")
@click.option(
    "--against",
    metavar="last|FOLDER",
    help="Show what the written files change instead: against those of the last sync, or of another folder. Nobody is asked.",
)
def plan(  # noqa: PLR0913  (one for each option)
    *,
    out: Sequence[Path],
    form: str,
    account: str | None,
    field: str | None,
    exit_code: bool,
    no_pull: bool,
    offline: bool,
    against: str | None,
) -> int:
    """Show what a sync would write: by field, by account old → new with the reason, what would be emptied, what is held and why,
    limits, and calls. Writes nothing to a CRM.

    \b
    Example:  syncer plan
              syncer plan --out plan.json --out plan.html   # the file for `syncer apply`, and a page to read
              syncer plan --format markdown                 # for a pull request
              syncer plan --account "Acme" --field mrr      # only that
    """
    if against is not None:
        return _against(against, form, exit_code=exit_code, alone=not (out or account or field))
    with terminal.progress() as watch:
        run = setup.run(watch)
        if field is not None and field not in run.project.mapping.fields:
            raise UsageError(f"{field} is not a mapped field{did_you_mean(field, run.project.mapping.fields)}")
        results = runs.plan_offline(run) if offline else runs.plan(run, pulls=not no_pull)
    tell([result.written for result in results], out, form, language=run.settings.language, account=account, field=field)
    return 10 if exit_code and any(result.plan.changes for result in results) else 0


def _against(what: str, form: str, *, exit_code: bool, alone: bool) -> int:
    """What the written files change; 10 with `exit_code` when they change a value."""
    from syncer.cli.against import tell as tell_difference  # noqa: PLC0415  (only where it is asked for)
    from syncer.runs.against import against  # noqa: PLC0415

    if not alone:
        raise UsageError("--against compares files over all accounts and fields; leave out --out, --account and --field")
    results = against(setup.run(lambda *_: None), what)
    tell_difference(results, form)
    return 10 if exit_code and any(each.fields for each in results) else 0


def tell(  # noqa: PLR0913  (what is told, where to, and how much of it)
    plans: Sequence[WrittenPlan], out: Sequence[Path], form: str, *, language: str, account: str | None = None, field: str | None = None
) -> None:
    """The plans on stdout in a form, and in each file of `out` in that of its ending. An account and a field narrow what people read."""
    forms = [form, *(ENDINGS[path.suffix] for path in out)]
    if (account or field) and "json" in forms:
        raise UsageError(
            "--account and --field narrow what people read; as JSON a plan is always whole, since `syncer apply` carries it out"
        )
    kept = next((str(path) for path in out if path.suffix == ".json"), None)
    views = [View(written, language, account=account, field=field, kept=kept) for written in plans]
    for path in out:
        _write(path, _rendered(plans, views, ENDINGS[path.suffix]))
    if form != "text":
        click.echo(_rendered(plans, views, form), nl=False)
        return
    from syncer.cli.plan_text import show_plan  # noqa: PLC0415  (rich is slow to import)

    for view in views:
        show_plan(terminal.out(), view)


def _rendered(plans: Sequence[WrittenPlan], views: Sequence[View], form: str) -> bytes:
    if form == "json":
        return plan_json(plans)
    from syncer.core.plan_html import plan_html  # noqa: PLC0415
    from syncer.core.plan_markdown import plan_markdown  # noqa: PLC0415

    return (plan_markdown(views) if form == "markdown" else plan_html(views)).encode()


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name a file in a folder that is there") from None
    click.echo(f"Wrote {path}", err=True)
