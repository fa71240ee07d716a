"""The scheduled job: pull, compare, guard, write, remember. Effects happen here in order; what they are is computed below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import msgspec

from syncer.core.identity import DECIDED
from syncer.core.overview import Overview
from syncer.core.plan import Plan, moved, over_limits, summary, with_reasons
from syncer.core.plan_file import Cost, WrittenPlan
from syncer.crm.port import Crm, CrmField
from syncer.runs import history
from syncer.runs.apply import Applied, apply, target
from syncer.runs.connect import connectors, crms
from syncer.runs.lacking import Demand, lacking
from syncer.runs.metrics import MetricsResult, write_metrics
from syncer.runs.mirror import read_mirror
from syncer.runs.past import DONE, PARTLY, failure_kept
from syncer.runs.propose import Proposal, proposing
from syncer.runs.pull import pull
from syncer.runs.rates import read_rates
from syncer.runs.run import Run
from syncer.runs.snapshots import close_months, keep_month
from syncer.runs.tables import HISTORY, PAIR, RUN
from syncer.runs.why import why
from syncer.tools.intake import Intake
from syncer.words.errors import LimitExceeded, MissingCrmField, StalePlan, SyncerError, UsageError
from syncer.words.tables import Page

KEPT_ERRORS = 50
"""Of a CRM that rejects everything, the history needs no more than a taste."""


@dataclass(frozen=True)
class Result:
    """One CRM after a run: the plan, what became of it (None for a plan alone), what became of the monthly metrics (None too when only
    scores were written), the customers at a glance, the run in numbers, the limits that a sync would not pass, and the costs by vendor."""

    plan: Plan
    applied: Applied | None
    metrics: MetricsResult | None
    overview: Overview
    numbers: Mapping[str, Any]
    refused: Sequence[str]
    forecast: Mapping[str, Cost]

    @property
    def written(self) -> WrittenPlan:
        """The plan as it travels."""
        return WrittenPlan(self.plan, str(self.numbers["run"]), refused=tuple(self.refused), forecast=dict(self.forecast))

    @property
    def errors(self) -> dict[str, str]:
        """What the CRM said of each record that it rejected, by its id or a monthly metric's key."""
        return {**(self.applied.errors if self.applied else {}), **(self.metrics.errors if self.metrics else {})}


def pull_sources(run: Run) -> dict[str, int]:
    """Bring the store up to date with the sources; rows read by source."""
    with run.writing() as intake:
        return _pull(run, intake)


def plan(run: Run, *, pulls: bool = True) -> list[Result]:
    """What a sync would do to each CRM now. Nothing is written to any CRM."""
    return _run(run, pulls=pulls, writes=False, only=None)


def plan_offline(run: Run) -> list[Result]:
    """The same from the state alone: no vendor is asked and nothing is stored. UsageError for a CRM of which nothing is stored."""
    targets = crms(run.settings, run.calls)
    _demand(targets)
    marks = run.store.latest().marks
    if unread := [name for name in targets if f"mirror.{name}" not in marks]:
        raise UsageError(f"nothing of {' and '.join(unread)} is stored yet; run syncer plan once without --offline")
    results = []
    for name, crm in targets.items():
        with proposing(run, name) as proposal:
            forecast, refused = _forecast(crm, proposal.plan, {}, applies=bool(proposal.plan.changes)), over_limits(proposal.plan)
            results.append(_result(run, proposal, applied=None, metrics=None, calls={}, refused=refused, forecast=forecast))
    return results


def sync_as_approved(run: Run, approved: Mapping[str, Plan]) -> list[Result]:
    """A sync that writes nothing unless it would write exactly what these plans say, by CRM. StalePlan says what differs."""
    return _run(run, pulls=True, writes=True, only=None, approved=approved)


def sync(run: Run) -> list[Result]:
    """Pull, then bring every CRM up to date. Nothing is written anywhere if any CRM lacks a field or a limit is passed."""
    return _run(run, pulls=True, writes=True, only=None)


def score(run: Run) -> list[Result]:
    """Score again from what is stored and write only the fields that come from the health score."""
    only = frozenset(field.key for field in run.project.fields if field.rests_on_health)
    return _run(run, pulls=False, writes=True, only=only)


def _demand(targets: Mapping[str, Crm]) -> None:
    if not targets:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml, or try `syncer demo`")


def _run(run: Run, *, pulls: bool, writes: bool, only: frozenset[str] | None, approved: Mapping[str, Plan] | None = None) -> list[Result]:
    targets = crms(run.settings, run.calls)
    _demand(targets)
    with run.writing() as intake, failure_kept(run, intake, list(targets), writes=writes) as unfinished, ExitStack() as open_engines:
        described = {name: _described(run, crm) for name, crm in targets.items()}
        if pulls:
            _pull(run, intake)
        if pulls and writes:
            keep_month(run, intake)
        read_rates(run, targets, intake)
        results: list[Result] = []
        proposals: list[Proposal] = []
        for name, crm in targets.items():
            read_mirror(crm, run.mirrored(name), intake, run.as_of, run.watch)
            proposals.append(open_engines.enter_context(proposing(run, name, only)))
        if approved is not None:
            _demand_as_approved(approved, {proposal.crm: proposal.plan for proposal in proposals})
        refused = {proposal.crm: over_limits(proposal.plan) for proposal in proposals}
        if writes and any(refused.values()):
            raise LimitExceeded("\n".join(sentence for sentences in refused.values() for sentence in sentences))
        counted: dict[str, int] = {}
        unfit: list[str] = []
        for proposal in proposals:
            applied = _apply(run, targets[proposal.crm], described[proposal.crm], proposal, intake) if writes else None
            metrics = _metrics(run, targets[proposal.crm], proposal, intake, unfit) if pulls and writes else None
            calls = _calls_since(run, counted, proposal.crm, list(targets))
            forecast = _forecast(targets[proposal.crm], proposal.plan, calls, applies=any(each.plan.changes for each in proposals))
            result = _result(run, proposal, applied=applied, metrics=metrics, calls=calls, refused=refused[proposal.crm], forecast=forecast)
            results.append(result)
            if writes:
                _remember(run, proposal, result, intake)
                unfinished.discard(proposal.crm)
        intake.compact()
    if unfit:
        raise MissingCrmField("\n".join(unfit))
    return results


def _demand_as_approved(approved: Mapping[str, Plan], fresh: Mapping[str, Plan]) -> None:
    if approved.keys() != fresh.keys():
        which = f"the plan is for {' and '.join(approved)}, and {' and '.join(fresh)} are set up"
        raise StalePlan(f"{which}; nothing was written. Plan again, read it, and apply the new plan")
    if said := [difference for crm, plan in approved.items() if (difference := moved(plan, fresh[crm]))]:
        raise StalePlan(f"{'; '.join(said)}. Nothing was written. Plan again, read it, and apply the new plan")


def _pull(run: Run, intake: Intake) -> dict[str, int]:
    """Rows read by source. What months that are over ended with is worked out at once, so that a plan sees what a sync would."""
    rows = pull(connectors(run.settings, run.calls, run.project.catalogue.reach), intake, run.as_of, run.watch)
    close_months(run, intake)
    return rows


def _described(run: Run, crm: Crm) -> Mapping[str, CrmField]:
    """The CRM's fields. MissingCrmField names every one that the mapping needs and the CRM does not show, let us write or have room for."""
    described = crm.describe()
    written = {field.spec.in_crm(crm.name) or "": field.spec for field in run.project.fields_in(crm.name)}
    if faults := lacking(crm.name, Demand("account.yaml", run.mirrored(crm.name), written), described):
        raise MissingCrmField("; ".join(faults) + ". Nothing was written")
    return described


def _apply(run: Run, crm: Crm, described: Mapping[str, CrmField], proposal: Proposal, intake: Intake) -> Applied:
    return apply(proposal.plan, target(run, crm, described, proposal.plan, proposal.engine), intake, run.id, run.watch)


def _metrics(run: Run, crm: Crm, proposal: Proposal, intake: Intake, unfit: list[str]) -> MetricsResult:
    """What became of the monthly metrics. An object that lacks what is to be written is told of in `unfit`, when all else is done."""
    try:
        return write_metrics(run, crm, proposal.engine, intake)
    except MissingCrmField as lacks:
        unfit.append(str(lacks))
        return MetricsResult(notice=str(lacks))


def _calls_since(run: Run, counted: dict[str, int], crm: str, targets: list[str]) -> dict[str, int]:
    """Calls not yet told in an earlier result, other CRMs' left for theirs; the first result carries the sources'."""
    now = {vendor.lower(): count for vendor, count in run.calls.by_vendor().items()}
    fresh = {vendor: count - counted.get(vendor, 0) for vendor, count in now.items() if vendor not in targets or vendor == crm}
    counted.update({vendor: now[vendor] for vendor in fresh})
    return {vendor: count for vendor, count in sorted(fresh.items()) if count}


def _result(  # noqa: PLR0913  (the parts of a result)
    run: Run,
    proposal: Proposal,
    *,
    applied: Applied | None,
    metrics: MetricsResult | None,
    calls: Mapping[str, int],
    refused: Sequence[str],
    forecast: Mapping[str, Cost],
) -> Result:
    written, rejected = (applied.written, applied.rejected) if applied else (0, 0)
    numbers = {"run": run.id, **summary(proposal.plan, written, rejected, calls), "monthly_metrics": metrics and metrics.numbers()}
    numbers["definition"] = history.digest_of(run.project)
    numbers["quota"] = {vendor: cost.quota for vendor, cost in forecast.items() if cost.quota}
    if notice := proposal.notice():
        numbers["notice"] = notice
    accounted = numbers["written"] + numbers["unchanged"] + numbers["held"] + numbers["rejected"]
    if applied is not None and accounted != numbers["wanted"]:
        said = f"{numbers['wanted']} values were wanted but {accounted} are accounted for"
        raise SyncerError(f"{proposal.crm}: {said}; this is a defect of syncer, please report it")
    told = with_reasons(proposal.plan, why(run, proposal)) if applied is None else proposal.plan
    return Result(told, applied, metrics, proposal.overview(run.project.health.bands_in_order()), numbers, refused, forecast)


def _forecast(crm: Crm, plan: Plan, spent: Mapping[str, int], *, applies: bool) -> dict[str, Cost]:
    """What was spent, and what carrying it out takes at most where there is anything to: everything is asked again for what changed
    meanwhile, then written."""
    coming = {**spent, crm.name: crm.look_calls + crm.write_calls(len(plan.changes))}
    return {
        vendor: Cost(spent.get(vendor, 0), coming[vendor] if applies else 0, crm.quota() if vendor == crm.name else None)
        for vendor in sorted(coming)
    }


def _remember(run: Run, proposal: Proposal, result: Result, intake: Intake) -> None:
    """The history of this run: its numbers, values that stood in the CRM before history began, and what was known of each account."""
    seen = [(proposal.crm, account, field, run.as_of, value, None, run.id, "seen") for account, field, value in _unknown_cells(proposal)]
    partly = result.numbers["rejected"] or (result.metrics and result.metrics.rejected)
    numbers = {**result.numbers, "errors": dict(list(result.errors.items())[:KEPT_ERRORS])}
    numbers["rejected_records"] = len(result.errors)
    row = (run.id, proposal.crm, run.started, run.as_of, PARTLY if partly else DONE, msgspec.json.encode(numbers).decode())
    pairs = _new_pairs(proposal, run.as_of)
    intake.add(f"history.{proposal.crm}", Page({HISTORY.name: seen, PAIR.name: pairs, RUN.name: [row]}, {}))
    intake.add(f"facts.{proposal.crm}", history.page(run, proposal, intake.manifest))
    intake.flush()


def _unknown_cells(proposal: Proposal) -> list[tuple[Any, ...]]:
    """Unchanged values of which history knows nothing yet: account, field, value."""
    unchanged = " UNION ALL ".join(
        f"SELECT account_id, '{field.key}' AS field, CAST(\"{field.key}\" AS VARCHAR) AS value "
        f"FROM cells WHERE \"{field.key}__state\" = 'unchanged'"
        for field in proposal.fields
    )
    known = f"SELECT account_id, field FROM {HISTORY.name} WHERE crm = '{proposal.crm}'"
    return proposal.engine.rows(f"SELECT * FROM ({unchanged}) ANTI JOIN ({known}) USING (account_id, field) WHERE value IS NOT NULL")


def _new_pairs(proposal: Proposal, as_of: int) -> list[tuple[Any, ...]]:
    """Matches that the pairs do not know yet, or know otherwise; those that people decided on stand in their own file."""
    return proposal.engine.rows(
        f"SELECT '{proposal.crm}', m.source, m.source_id, m.account_id, m.rule, {as_of} FROM identity.match AS m "
        f"LEFT JOIN {PAIR.name} AS p ON p.crm = '{proposal.crm}' AND p.source = m.source AND p.source_id = m.source_id "
        f"WHERE p.account_id IS DISTINCT FROM m.account_id AND m.rule <> '{DECIDED}'"
    )
