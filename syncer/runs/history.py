"""What runs keep so that any past day can be told: the written files once, and what was known of each account, as the last run of a day
saw it. Kept in slices, a part of the state each: one is read without the others, replaced whole, and dropped when it is old."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from syncer.core.cells import MappedField
from syncer.core.project import Project
from syncer.runs.run import Run
from syncer.runs.tables import DEFINITION, FACT
from syncer.runs.written import project_of
from syncer.specs.account import SOURCES
from syncer.tools.engine import Engine
from syncer.tools.store import Manifest
from syncer.words import when
from syncer.words.errors import FileProblems, UsageError
from syncer.words.tables import Page, Row

if TYPE_CHECKING:
    from syncer.runs.propose import Proposal

OF_RECORD = ("record__currency", "before__health_score")
"""What values rest on besides facts and `prev.` columns."""


class Slice(NamedTuple):
    """A day of one CRM's accounts, and the digest of the written files of the run that kept it."""

    crm: str
    day: date
    digest: str

    @property
    def name(self) -> str:
        return f"{self.crm}/{self.day}/{self.digest}"

    @classmethod
    def named(cls, name: str) -> Slice:
        crm, day, digest = name.split("/")
        return cls(crm, date.fromisoformat(day), digest)


@dataclass(frozen=True)
class Known:
    """What was known of an account: its name, facts that had a value, and the source objects that were matched: source, id, rule."""

    name: str
    facts: dict[str, str]
    objects: Sequence[tuple[str, str, str]]


def digest_of(project: Project) -> str:
    """Sixteen characters that change when any written file does."""
    return hashlib.sha256(msgspec.json.encode(sorted(project.texts.items()))).hexdigest()[:16]


def slices(manifest: Manifest, crm: str) -> list[Slice]:
    """The days that are kept of a CRM, the oldest first."""
    return sorted(found for found in _all(manifest) if found.crm == crm)


def page(run: Run, proposal: Proposal, manifest: Manifest) -> Page:
    """What this run has to keep of a CRM, and of what is kept already what goes: the day's earlier slice, days that are too old and
    written files that no day needs any more."""
    kept = Slice(proposal.crm, when.day(run.as_of), digest_of(run.project))
    oldest = kept.day - timedelta(days=run.settings.history_days)
    days = _all(manifest)
    gone = {found for found in days if found[:2] == kept[:2] or found.day <= oldest}
    stored = _partitions(manifest, DEFINITION.name)
    needed = {found.digest for found in days - gone} | {kept.digest}
    texts = [] if kept.digest in stored else [(kept.digest, *item) for item in run.project.texts.items()]
    return Page(
        {FACT.name: _rows(run, proposal, kept), DEFINITION.name: texts},
        {},
        replaced={
            FACT.name: [found.name for found in sorted(gone | {kept})],
            DEFINITION.name: sorted((stored - needed) | ({kept.digest} - stored)),
        },
    )


def known(run: Run, kept: Slice, accounts: Collection[str] | None = None) -> dict[str, Known]:
    """What was known on a day of these accounts, of all if None, by id."""
    engine = Engine(run.store)
    try:
        engine.bind([FACT], only(run.store.latest(), FACT.name, kept.name))
        some = "" if accounts is None else " WHERE account_id IN (SELECT UNNEST($accounts))"
        rows = engine.rows(f"SELECT account_id, name, facts, objects FROM {FACT.name}{some}", {"accounts": list(accounts or ())})
    finally:
        engine.close()
    decode = msgspec.json.decode
    return {row[0]: Known(row[1], decode(row[2]), [tuple(found) for found in decode(row[3] or "[]")]) for row in rows}


def texts_of(run: Run, digest: str) -> dict[str, str]:
    """The written files of that digest by name, as runs had them. UsageError when they are not kept any more."""
    engine = Engine(run.store)
    try:
        engine.bind([DEFINITION], only(run.store.latest(), DEFINITION.name, digest))
        texts = dict(engine.rows(f"SELECT file, text FROM {DEFINITION.name} ORDER BY file"))
    finally:
        engine.close()
    if not texts:
        raise UsageError(f"the written files {digest} are not kept any more; history_days in syncer.yaml says for how long they are")
    return texts


def project_with(run: Run, digest: str) -> Project:
    """The written files of that digest as a project, with today's decisions on matches. UsageError too when they do not load any more."""
    try:
        found = project_of(texts_of(run, digest))
    except FileProblems as problems:
        said = f"the written files {digest} of an earlier run do not load in this version of syncer"
        raise UsageError(f"{said}: {problems}") from None
    return replace(found, matches=run.project.matches)


def only(manifest: Manifest, table: str, partition: str) -> Manifest:
    """The manifest with nothing in it but one slice of one table."""
    state = manifest.tables.get(table)
    parts = [part for part in state.parts if part.partition == partition] if state else []
    return msgspec.structs.replace(manifest, tables={table: msgspec.structs.replace(state, parts=parts)} if state else {})


def facts_text(run: Run, fields: Sequence[MappedField], columns: Collection[str]) -> str:
    """The SQL of the JSON text of what is kept, over a table with these `columns`: every value as text, so that no number is a float."""
    pairs = ", ".join(f"'{column.replace('__', '.', 1)}': CAST(\"{column}\" AS VARCHAR)" for column in _kept_columns(run, fields, columns))
    return f"CAST(json_merge_patch('{{}}', to_json({{{pairs}}})) AS VARCHAR)"


def _kept_columns(run: Run, fields: Sequence[MappedField], columns: Collection[str]) -> list[str]:
    """The columns that values of these fields rest on: facts, what held them back, earlier values."""
    health = run.project.health.columns
    used = {name for field in fields for name in (*field.expression.columns, *(health if field.rests_on_health else ()))}
    before = {f"prev.{field.key}" for field in fields if field.expression.columns == {"health.band"}}
    names = {name.replace(".", "__", 1) for name in used | before if "." in name}
    names |= {held for field in fields for held in field.held_by} | set(OF_RECORD)
    names |= {f"{source}__{part}" for source in SOURCES for part in ("held", "present")}
    return sorted(names & set(columns))


def _rows(run: Run, proposal: Proposal, kept: Slice) -> list[Row]:
    columns = proposal.engine.columns("SELECT * FROM base")
    text = facts_text(run, proposal.fields, columns)
    matched = (
        "SELECT account_id, CAST(to_json(LIST([source, source_id, rule] ORDER BY source, source_id)) AS VARCHAR) AS objects "
        "FROM identity.match GROUP BY account_id"
    )
    rows = proposal.engine.rows(
        f"SELECT b.account_id, b.account_name, {text}, m.objects FROM base AS b LEFT JOIN ({matched}) AS m USING (account_id) "
        "ORDER BY b.account_id"
    )
    begin = (kept.name, kept.crm)
    return [(*begin, account, name, kept.day, run.as_of, run.id, facts, objects) for account, name, facts, objects in rows]


def _all(manifest: Manifest) -> set[Slice]:
    return {Slice.named(name) for name in _partitions(manifest, FACT.name)}


def _partitions(manifest: Manifest, table: str) -> set[str]:
    state = manifest.tables.get(table)
    return {part.partition for part in state.parts if part.partition} if state else set()
