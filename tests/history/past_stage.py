"""A company over five days: a sync, a person's edit, a sync three days later, then another day without any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from stage import Stage, account, api_names, open_stage

from syncer.core.plan import Plan
from syncer.runs import sync as runs
from syncer.runs.explain import explain
from syncer.runs.propose import proposing
from syncer.runs.why import why
from syncer.sandbox.company import make_company

DAY = 86_400
FIRST, EMPTY = date(2026, 11, 1), date(2026, 11, 2)
EDITED = "Falcon Security"


REWRITTEN = (
    ("seats: stripe.seats\n", "seats: stripe.seats * 2\n"),
    ("{value: stripe.plan, on_missing: clear}", '{value: "CASE WHEN stripe.seats > 9999999 THEN stripe.plan END", on_missing: clear}'),
    ("# How a record of a source", "mrr_policy: {discounts: none}\n\n# How a record of a source"),
)
Reasons = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Story:
    """`then`: what explain told of two accounts on the first day, by account and field. `reasons`: of a plan before the first sync, before
    the second, and then with rewritten files too; `planned` is the second one."""

    stage: Stage
    alone: Mapping[str, None]
    then: Mapping[tuple[str, str], dict[str, Any]]
    edited: str
    reasons: Mapping[str, Reasons]
    planned: Plan


def told(stage: Stage, changes: Mapping[str, Any], accounts: list[str], on: date | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    with stage.run(dict(changes)) as run:
        every = [each for account_id in accounts for each in explain(run, "salesforce", account_id, None, on)]
    return {(each.account_id, each.field): msgspec.to_builtins(each) for each in every}


def reasons(stage: Stage, changes: Mapping[str, Any]) -> Reasons:
    """Of a plan from what is stored."""
    with stage.run(dict(changes)) as run, proposing(run, "salesforce") as proposal:
        found = why(run, proposal)
        assert found.keys() == {(change.id, cell.field) for change in proposal.plan.changes for cell in change.cells}
        return found


@contextmanager
def open_story(folder: Path) -> Iterator[Story]:
    with open_stage(folder, make_company(60, seed=3)) as stage:
        alone = stage.without("hubspot")
        found = {}
        with stage.run(alone) as run:
            runs.plan(run)
        found["first"] = reasons(stage, alone)
        stage.sync(alone)
        records = stage.crm("salesforce")
        edited = account(records, EDITED)
        then = told(stage, alone, [edited, min(records)])
        stage.later(DAY)
        stage.set_in_crm("salesforce", edited, {api_names("salesforce")["mrr"]: 40})
        stage.later(2 * DAY)
        with stage.run(alone) as run:
            [planned] = runs.plan(run)
        found["later"] = reasons(stage, alone)
        rewritten = stage.write_file("mappings/account.yaml", *REWRITTEN)
        stage.write_file("mappings/health.yaml", ("        weight: 35\n", "        weight: 45\n"))
        found["rewritten"] = reasons(stage, {**alone, **rewritten})
        stage.sync(alone)
        stage.later(DAY)
        yield Story(stage, alone, then, edited, found, planned.plan)
