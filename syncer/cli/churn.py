"""`syncer churn`: movements of recurring revenue and churn, from a file of balances without any network, or from the state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from syncer.cli import churn_tables, figures, setup, terminal
from syncer.cli.options import as_json
from syncer.core.churn import told
from syncer.runs import churn as runs
from syncer.runs.churn import Asked, Told
from syncer.runs.run import Run
from syncer.specs.churn import ChurnPolicy, churn_policy_of
from syncer.words.errors import UsageError


@click.command(short_help="Tell movements, churn and retention.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from", "since", metavar="MONTH", help="The month at whose end to begin, with --to; else every pair of neighbouring months."
)
@click.option("--to", "until", metavar="MONTH", help="The month at whose end to stop.")
@click.option(
    "--segment", "segments", metavar="NAME", multiple=True, help="Also by contract_size, tenure, a column of FILE or a picklist of the CRM."
)
@figures.switches
@click.option("--rates", type=click.Path(path_type=Path), metavar="CSV", help="Exchange rates (day,currency,quote,rate) to convert by.")
@click.option("--crm", type=click.Choice(["salesforce", "hubspot"]), help="Whose accounts, without FILE; the first that is set up.")
@as_json
def churn(  # noqa: PLR0913  (an option each)
    *,
    file: Path | None,
    since: str | None,
    until: str | None,
    segments: Sequence[str],
    switches: Sequence[str],
    rates: Path | None,
    crm: str | None,
    as_json: bool,
) -> None:
    """Tell how recurring revenue moved from month-end to month-end: new, expansion, contraction, churn, reactivation, and the rates.

    FILE holds balances, month,account,currency,mrr_minor: 0 where an account paid nothing, empty where nobody knows. Nothing
    is sent anywhere. Without FILE the history in the state is told, under the switches of mappings/monthly_metric.yaml.
    Switches: reactivation_window_days, net_churn_includes_reactivation, free_plan_is_churn, denominator,
    reporting_currency, contract_size, tenure.

    \b
    Examples:  syncer churn balances.csv
               syncer churn balances.csv --from 2025-12 --to 2026-06 --segment contract_size --segment tenure
               syncer churn balances.csv --set reporting_currency=usd --rates rates.csv --json
    """
    changed, between = figures.set_switches(switches), (_month("--from", since), _month("--to", until))
    if file:
        policy = churn_policy_of(changed, tuple(segments))
        found = runs.of_file(file, Asked(policy, *between, movements=as_json), rates)
    else:
        run, chosen = _run(crm)
        policy = churn_policy_of(changed, tuple(segments), _written(run))
        found = runs.of_store(run, chosen, Asked(policy, *between, movements=as_json), rates)
    for problem in found.problems:
        click.echo(f"syncer: {problem}", err=True)
    if as_json:
        click.echo(_json(policy, found))
    else:
        churn_tables.show(terminal.out(), policy, found.periods)


def _run(crm: str | None) -> tuple[Run, str]:
    """A run over the state, and the CRM to tell accounts by."""
    run = setup.run(lambda *_: None)
    chosen = crm or next(iter(run.settings.crms), None)
    if chosen is None:
        raise UsageError("no CRM is set up to tell accounts by: add a salesforce: or hubspot: section to syncer.yaml, or name a file")
    return run, chosen


def _written(run: Run) -> ChurnPolicy:
    """The policy of what a sync writes of each month; which segments are told is asked here."""
    written = run.project.monthly.policy if run.project.monthly else ChurnPolicy()
    return written.model_copy(update={"segments": ()})


def _month(option: str, text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"{option} {text} is no month; write it as 2026-11")
    return text


def _json(policy: ChurnPolicy, found: Told) -> bytes:
    about = {"switches": policy.told(), "problems": list(found.problems), "periods": [told(period) for period in found.periods]}
    return msgspec.json.Encoder(decimal_format="number").encode(about)
