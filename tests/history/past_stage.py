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

from syncer.runs.explain import explain
from syncer.sandbox.company import make_company

DAY = 86_400
FIRST, EMPTY = date(2026, 11, 1), date(2026, 11, 2)
EDITED = "Falcon Security"


@dataclass(frozen=True)
class Story:
    """`then`: what explain told of every account on the first day, right after its sync, by account and field."""

    stage: Stage
    alone: Mapping[str, None]
    then: Mapping[tuple[str, str], dict[str, Any]]
    edited: str


def told(stage: Stage, changes: Mapping[str, Any], accounts: list[str], on: date | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    with stage.run(dict(changes)) as run:
        every = [each for account_id in accounts for each in explain(run, "salesforce", account_id, None, on)]
    return {(each.account_id, each.field): msgspec.to_builtins(each) for each in every}


@contextmanager
def open_story(folder: Path) -> Iterator[Story]:
    with open_stage(folder, make_company(60, seed=3)) as stage:
        alone = stage.without("hubspot")
        stage.sync(alone)
        records = stage.crm("salesforce")
        edited = account(records, EDITED)
        then = told(stage, alone, [edited, min(records)])
        stage.later(DAY)
        stage.set_in_crm("salesforce", edited, {api_names("salesforce")["mrr"]: 40})
        stage.later(2 * DAY)
        stage.sync(alone)
        stage.later(DAY)
        yield Story(stage, alone, then, edited)
