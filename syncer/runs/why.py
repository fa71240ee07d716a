"""Why the cells of a plan change: a person in the CRM, the written files, the facts, or time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import msgspec

from syncer.core.against import edits
from syncer.core.cells import MappedField, any_change
from syncer.core.explain import in_order
from syncer.core.health import Health
from syncer.core.plan import Cell, canonical
from syncer.runs import history
from syncer.runs.history import Known
from syncer.runs.propose import Proposal
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY

TOLD = 3
LONGEST = 40
NOTHING = "nothing"
PREFIXES = ("health.", "prev.")


class Last(NamedTuple):
    """What history has last of a cell: its value, the run, and whether it was `written` by it or `seen`."""

    value: str | None
    run: str
    kind: str


@dataclass(frozen=True)
class Rewritten:
    """What was rewritten since the last sync: fields, measures of use, and whether health, and the keys of the mapping for all fields."""

    fields: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    health: bool = False
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Field:
    """What the value of a field rests on: facts, the most important first, and columns that can hold it back."""

    mapped: MappedField
    text: str
    health: Health

    @cached_property
    def facts(self) -> list[str]:
        own = [name for name in self.mapped.expression.columns if "." in name and not name.startswith(PREFIXES)]
        return list(dict.fromkeys([*in_order(own, self.text), *(_by_weight(self.health) if self.rests_on_health else ())]))

    @cached_property
    def holds(self) -> list[str]:
        columns = [f"{source}__held" for source in self.sources]
        return [column.replace("__", ".", 1) for column in (*columns, *self.mapped.held_by)]

    @cached_property
    def used(self) -> frozenset[str]:
        return self.mapped.expression.columns | {self.mapped.key}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        return self.mapped.sources

    @cached_property
    def rests_on_health(self) -> bool:
        return self.mapped.rests_on_health

    @cached_property
    def moves_with_time(self) -> bool:
        """Does the value change by itself, as days since something do?"""
        measures = [each.expression for model in self.health.models for each in model.measures] if self.rests_on_health else []
        return any(re.search(r"\btoday\b|health__change_30d", each.sql) for each in (self.mapped.expression, *measures))


@dataclass
class _Judge:
    """Finds the reason of one cell after the other."""

    now: Mapping[str, dict[str, str]]
    before: Mapping[str, Known]
    last: Mapping[tuple[str, str], Last]
    rewritten: Rewritten
    fields: Mapping[str, _Field]
    _moved: dict[str, dict[str, tuple[str | None, str | None]]] = field(default_factory=dict)

    def reason(self, account: str, cell: Cell) -> str:
        last, about = self.last.get((account, cell.field)), self.fields[cell.field]
        if last and not _same(last.value, cell.old):
            verb = "wrote" if last.kind == "written" else "saw"
            return f"changed in the CRM since run {last.run}, which {verb} {_told(last.value)}"
        if account not in self.before:
            return "first value"
        causes = list(self._causes(account, about))
        if not causes:
            causes = [
                "time passed" if about.moves_with_time else "an exchange rate" if about.mapped.converts_from else "not written before"
            ]
            causes = causes if last or cell.old else ["first value"]
        said = "; ".join(causes)
        return f"no value any more: {said}" if cell.new is None else said

    def _causes(self, account: str, about: _Field) -> Iterator[str]:
        moved = self._moves(account)
        facts = [name for name in about.facts if name in moved]
        if about.used & self.rewritten.fields or self.rewritten.facts & set(about.facts):
            yield "mapping changed"
        elif self.rewritten.health and about.rests_on_health:
            yield "health model changed"
        elif self.rewritten.whole and facts:
            yield f"{' and '.join(self.rewritten.whole)} changed"
        if any(moved.get(name, (None, None))[0] for name in about.holds):
            yield "no longer held back"
        links = [source for source in about.sources if f"{source}.present" in moved]
        yield from (f"{'matched' if moved[f'{source}.present'][1] == 'true' else 'no longer matched'} in {source}" for source in links)
        yield from _listed((name, *moved[name]) for name in facts if name.partition(".")[0] not in links)
        if "record.currency" in moved and about.mapped.spec.type == "currency":
            yield from _listed([("record.currency", *moved["record.currency"])])

    def _moves(self, account: str) -> dict[str, tuple[str | None, str | None]]:
        """The facts of an account that are not what they were."""
        if account not in self._moved:
            now, before = self.now[account], self.before[account].facts
            differing = {name for name, _ in now.items() ^ before.items()}
            self._moved[account] = {name: (before.get(name), now.get(name)) for name in differing}
        return self._moved[account]


def why(run: Run, proposal: Proposal) -> dict[tuple[str, str], str]:
    """The reason of each cell that the plan changes, by record id and field; short, for people."""
    accounts = [change.id for change in proposal.plan.changes]
    if not accounts:
        return {}
    kept = history.slices(run.store.latest(), proposal.crm)
    before = history.known(run, kept[-1], accounts) if kept else {}
    judge = _Judge(
        _facts_now(run, proposal),
        before,
        _last_written(proposal),
        _rewritten(run, kept[-1].digest) if kept else Rewritten(),
        {mapped.key: _Field(mapped, run.project.mapping.fields[mapped.key].value, run.project.health) for mapped in proposal.fields},
    )
    return {(change.id, cell.field): judge.reason(change.id, cell) for change in proposal.plan.changes for cell in change.cells}


def _facts_now(run: Run, proposal: Proposal) -> dict[str, dict[str, str]]:
    text = history.facts_text(run, proposal.fields, proposal.engine.columns("SELECT * FROM base"))
    rows = proposal.engine.rows(f"SELECT account_id, {text} FROM cells WHERE {any_change(proposal.fields)}")
    return {account: msgspec.json.decode(facts) for account, facts in rows}


def _last_written(proposal: Proposal) -> dict[tuple[str, str], Last]:
    changed = f"SELECT account_id FROM cells WHERE {any_change(proposal.fields)}"
    newest = ", ".join(f"ARG_MAX({column}, instant)" for column in ("COALESCE(value, '')", "run", "kind"))
    rows = proposal.engine.rows(
        f"SELECT account_id, field, {newest} FROM {HISTORY.name} "
        f"WHERE crm = $crm AND field IN (SELECT UNNEST($fields)) AND account_id IN ({changed}) GROUP BY ALL",
        {"crm": proposal.crm, "fields": [count.field for count in proposal.plan.counts if count.changed]},
    )
    return {(account, name): Last(value or None, by, kind) for account, name, value, by, kind in rows}


def _rewritten(run: Run, digest: str) -> Rewritten:
    """What differs between the written files of a digest and those of this run."""
    if digest == history.digest_of(run.project):
        return Rewritten()
    found = edits(history.texts_of(run, digest), run.project.texts)
    mapping = [edit.path for edit in found if edit.file == "mappings/account.yaml"]
    specs = {edit.path[0] for edit in found if edit.file == "field_specs/account.yaml"}
    measures = {f"mixpanel.{edit.path[0]}" for edit in found if edit.file == "mappings/usage.yaml"}
    return Rewritten(
        frozenset({path[1] for path in mapping if path[0] == "fields" and len(path) > 1 and path[2:3] != ("limit",)} | specs),
        frozenset(measures),
        any(edit.file == "mappings/health.yaml" for edit in found),
        tuple(dict.fromkeys(path[0] for path in mapping if path[0] in ("mrr_policy", "match", "rates", "crm"))),
    )


def _by_weight(health: Health) -> list[str]:
    """The facts of the health models, those with the most weight first."""
    weights: dict[str, int] = {}
    for model in health.models:
        for name in model.when.columns if model.when else ():
            weights.setdefault(name, 0)
        for each in model.measures:
            for name in each.expression.columns:
                weights[name] = max(weights.get(name, 0), each.share)
    return sorted(weights, key=lambda name: (-weights[name], name))


def _listed(moves: Iterable[tuple[str, str | None, str | None]]) -> Iterator[str]:
    """The first few as one text."""
    told: Sequence[str] = [f"{name} {_told(old)} → {_told(new)}" for name, old, new in moves]
    if told:
        yield ", ".join(told[:TOLD]) + (f" and {len(told) - TOLD} more" if len(told) > TOLD else "")


def _told(value: str | None) -> str:
    text = canonical(value) or NOTHING
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _same(one: str | None, other: str | None) -> bool:
    return (canonical(one) or "").strip() == (canonical(other) or "").strip()
