"""What a change of the written files does to values: the same stored state, seen once by the files of before and once by those of now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec

from syncer.core.against import Difference, Edit, Row, difference, edits
from syncer.core.cells import MappedField, unit_query
from syncer.core.project import Project
from syncer.runs import history
from syncer.runs.propose import Proposal, proposing
from syncer.runs.run import Run
from syncer.runs.tables import FACT
from syncer.runs.written import project
from syncer.tools.engine import Engine
from syncer.words import when
from syncer.words.errors import UsageError
from syncer.words.tables import Table
from syncer.words.vendors import VENDOR_NAMES

LAST = "last"
BEFORE = "before"


class Against(msgspec.Struct, frozen=True):
    """What today's files do to one CRM's values against those of the last sync, or of a folder (`against`). `as_of` and `run` are the last
    sync's; `accounts` is how many records were looked at; `fields` are those that differ, in the order of the mapping."""

    crm: str
    against: str
    as_of: str
    run: str | None
    accounts: int
    edits: list[Edit]
    fields: list[Difference]


def against(run: Run, what: str) -> list[Against]:
    """One per CRM. Nothing is asked of anybody: both see what was last read, at the instant of the last sync, so that nothing but the files
    differs. UsageError when there was no sync yet, or when the folder is none; FileProblems when its files do not load."""
    if not run.settings.crms:
        raise UsageError("no CRM is set up: add a salesforce: or hubspot: section to syncer.yaml")
    return [_of_crm(run, crm, what) for crm in run.settings.crms]


def _of_crm(run: Run, crm: str, what: str) -> Against:
    kept = history.slices(run.store.latest(), crm)
    if not kept:
        raise UsageError(f"there was no sync of {VENDOR_NAMES[crm]} yet, so nothing to compare with; run `syncer sync` first")
    with closing(Engine(run.store)) as engine:
        engine.bind([FACT], history.only(run.store.latest(), FACT.name, kept[-1].name))
        [(instant, by)] = engine.rows(f"SELECT instant, run FROM {FACT.name} LIMIT 1") or [(run.as_of, None)]
    before = replace(run, project=_before(run, what, kept[-1].digest), as_of=instant)
    after = replace(run, as_of=instant)
    changed = _edits(before.project, after.project)
    accounts, fields = _differences(before, after, crm) if changed else (0, [])
    return Against(crm, what, when.iso(instant), by, accounts, changed, fields)


def _before(run: Run, what: str, digest: str) -> Project:
    if what == LAST:
        return history.project_with(run, digest)
    if not Path(what).is_dir():
        raise UsageError(f"--against {what}: there is no such folder; write last, or a folder with mappings/ or field_specs/ in it")
    return project(Path(what))


def _edits(before: Project, after: Project) -> list[Edit]:
    found = edits(before.texts, after.texts)
    if before.matches != after.matches:
        counts = [f"{len(each.matches):,} decisions" for each in (before, after)]
        found.append(Edit("mappings/matches.csv", "lines", "mappings/matches.csv:1", *counts))
    return found


def _differences(before: Run, after: Run, crm: str) -> tuple[int, list[Difference]]:
    with proposing(before, crm) as old:
        columns = ["account_id", *(f"{field.key}{part}" for field in old.fields for part in ("", "__hold"))]
        select = ", ".join(f'CAST("{column}" AS VARCHAR)' for column in columns)
        rows, gone = old.engine.rows(f"SELECT {select} FROM cells"), list(old.fields)
    with proposing(after, crm) as new:
        new.engine.fill(Table(BEFORE, dict.fromkeys(columns, "VARCHAR"), key=()), rows)
        return new.plan.accounts, list(_each(new, {field.key: field for field in gone}))


def _each(new: Proposal, earlier: dict[str, MappedField]) -> Iterator[Difference]:
    """The fields that differ. One that only one of the two writes is told of as such."""
    for field in new.fields:
        own = f'CAST(c."{field.key}" AS VARCHAR), '
        old, held_before = (f'b."{field.key}"', f'b."{field.key}__hold"') if field.key in earlier else ("NULL", "NULL")
        unit = unit_query(field, new.currencies)
        rows = new.engine.rows(
            f'SELECT c.account_id, c.account_name, {old}, {own}{held_before}, c."{field.key}__hold", {unit} '
            f"FROM cells AS c LEFT JOIN {BEFORE} AS b USING (account_id) "
            f'WHERE {old} IS DISTINCT FROM CAST(c."{field.key}" AS VARCHAR) OR ({held_before} IS NULL) <> (c."{field.key}__hold" IS NULL)'
        )
        told = difference(field, "kept" if field.key in earlier else "added", (Row(*row) for row in rows))
        if told.accounts or told.held or told.released or told.status == "added":
            yield told
    now = {field.key for field in new.fields}
    yield from (difference(field, "removed", ()) for key, field in earlier.items() if key not in now)
