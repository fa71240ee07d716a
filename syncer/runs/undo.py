"""The way back from a run, from the values that stood in the CRM before it: planned from the history and what the CRM holds now."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import msgspec

from syncer.core.plan import Plan, moved, summary
from syncer.core.plan_file import Cost, WrittenPlan
from syncer.core.undo import Wrote, undoing
from syncer.crm.port import Crm
from syncer.runs.apply import Applied, apply, target
from syncer.runs.connect import crms
from syncer.runs.mirror import read_mirror
from syncer.runs.past import DONE, PARTLY, failure_kept, past_runs
from syncer.runs.propose import planned
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, RUN, mirror
from syncer.specs.wording import did_you_mean
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words.errors import StalePlan, UsageError
from syncer.words.tables import Page

KNOWN_RUNS = 200


def plan_undo(run: Run, of: str) -> list[WrittenPlan]:
    """A plan back for each CRM that the run `of` wrote to. UsageError when it wrote nothing, or its CRM is not set up."""
    wrote_to = _written_by(run, of)
    targets = {name: crm for name, crm in crms(run.settings, run.calls).items() if name in wrote_to}
    if missing := wrote_to - targets.keys():
        raise UsageError(f"run {of} wrote to {' and '.join(sorted(missing))}, which is not set up; add its section to syncer.yaml")
    with run.writing() as intake:
        return [_written(run, crm, _plan(run, crm, of, intake), of) for crm in targets.values()]


def apply_undo(run: Run, approved: Sequence[WrittenPlan]) -> list[tuple[Applied, dict[str, Any]]]:
    """Carry out the plans back: what became of each, and it in numbers. StalePlan, before anything is written, when a fresh one differs."""
    targets = crms(run.settings, run.calls)
    if missing := {written.plan.crm for written in approved} - targets.keys():
        raise UsageError(f"the plan is for {' and '.join(sorted(missing))}, which is not set up; add its section to syncer.yaml")
    crms_in_plan = [written.plan.crm for written in approved]
    with run.writing() as intake, failure_kept(run, intake, crms_in_plan) as unfinished:
        fresh = [(written, _plan(run, targets[written.plan.crm], written.of or "", intake)) for written in approved]
        if said := [difference for written, plan in fresh if (difference := moved(written.plan, plan))]:
            again = f"Plan again with syncer undo {approved[0].of}, read it, and apply the new plan"
            raise StalePlan(f"{'; '.join(said)}. Nothing was written. {again}")
        done = []
        for written, plan in fresh:
            done.append(_carry_out(run, targets[plan.crm], plan, written.of, intake))
            unfinished.discard(plan.crm)
        return done


def _carry_out(run: Run, crm: Crm, plan: Plan, of: str | None, intake: Intake) -> tuple[Applied, dict[str, Any]]:
    described = crm.describe()
    with closing(Engine(run.store)) as engine:
        engine.bind(run.tables(), run.stored())
        applied = apply(plan, target(run, crm, described, plan, engine), intake, run.id, run.watch)
    calls = {vendor: count for vendor, count in _calls(run).items() if vendor == crm.name}
    numbers = {"run": run.id, **summary(plan, applied.written, applied.rejected, calls), "undone": of}
    row = (run.id, crm.name, run.started, run.as_of, PARTLY if applied.rejected else DONE, msgspec.json.encode(numbers).decode())
    intake.add(f"history.{crm.name}", Page({RUN.name: [row]}, {}))
    intake.flush()
    return applied, numbers


def _plan(run: Run, crm: Crm, of: str, intake: Intake) -> Plan:
    """The plan back as of now: what changed in the CRM is read first."""
    read_mirror(crm, run.mirrored(crm.name), intake, run.as_of, run.watch)
    with closing(Engine(run.store)) as engine:
        engine.bind(run.tables(), run.stored())
        wrote = _wrote(run, crm.name, of, engine)
    fields = [(field, planned(field, run.project.mapping.fields[field.key].value)) for field in run.project.fields_in(crm.name)]
    return undoing(crm.name, run.as_of, of, wrote, fields)


def _wrote(run: Run, crm: str, of: str, engine: Engine) -> list[Wrote]:
    """The cells that the run wrote, with what the CRM holds now."""
    names = {field.key: field.spec.in_crm(crm) or "" for field in run.project.fields_in(crm)}
    now = " ".join(f"WHEN '{key}' THEN r.\"{name}\"" for key, name in names.items())
    rows = engine.rows(
        f"SELECT h.account_id, CASE WHEN r.id IS NOT NULL THEN COALESCE(r.name, '') END, h.field, h.old, h.value, CASE h.field {now} END "
        f"FROM {HISTORY.name} AS h LEFT JOIN {mirror(crm, run.mirrored(crm)).name} AS r ON r.id = h.account_id AND NOT r.deleted "
        "WHERE h.crm = $crm AND h.run = $run AND h.kind = 'written'",
        {"crm": crm, "run": of},
    )
    if unmapped := sorted({row[2] for row in rows} - names.keys()):
        said = f"run {of} wrote {', '.join(unmapped)}, which no mapping names any more, so where it stands in {crm} is not known"
        raise UsageError(f"{said}; map it again for the way back")
    return [Wrote(*row) for row in rows]


def _written_by(run: Run, of: str) -> set[str]:
    """The CRMs that the run wrote to. UsageError when there are none."""
    with closing(Engine(run.store)) as engine:
        engine.bind([HISTORY], run.store.latest())
        found = {
            row[0] for row in engine.rows(f"SELECT DISTINCT crm FROM {HISTORY.name} WHERE run = $run AND kind = 'written'", {"run": of})
        }
    if not found:
        known = {past.run for past in past_runs(run, KNOWN_RUNS)}
        said = f"run {of} wrote no value" if of in known else f"there is no run {of}{did_you_mean(of, known)}"
        raise UsageError(f"{said}; syncer runs lists the runs with what they wrote")
    return found


def _written(run: Run, crm: Crm, plan: Plan, of: str) -> WrittenPlan:
    calls = crm.look_calls + crm.write_calls(len(plan.changes)) if plan.changes else 0
    cost = Cost(_calls(run).get(crm.name, 0), calls, crm.quota())
    return WrittenPlan(plan, run.id, "undo", of, forecast={crm.name: cost})


def _calls(run: Run) -> dict[str, int]:
    return {vendor.lower(): count for vendor, count in run.calls.by_vendor().items()}
