"""Monthly metrics into a CRM: a record for each month, segment, band and currency, in an object of its own.

A month that is over is written once, and again where its figures change; the running month as it stands, not yet `closed`. Where nothing
has changed that figures are made of, nothing is worked out. What the CRM accepted is kept, so a run in which no figure moved asks the CRM
nothing. When one did, the records of the keys in question are read first, so that a lost state costs no needless write.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from syncer.core.churn import KEY, WHOLE, Key, Period
from syncer.core.monthly import Monthly, Record, deserted
from syncer.crm.port import Crm, KeyedRows, ObjectAbsent, Outcome, Update
from syncer.crm.rate_tables import RATE_TABLES
from syncer.runs.churn import Asked, of_proposal
from syncer.runs.lacking import Demand, lacking
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, METRIC, MRR, PAIR
from syncer.specs.churn import CONTRACT_SIZE, TENURE
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words import when
from syncer.words.errors import MissingCrmField, SyncerError
from syncer.words.tables import Page

FILE = "monthly_metric.yaml"
TOO_ALIKE = "not sent: another band differs from this one only in capitals, and the CRM takes both keys for one; rename the value"
Values = Mapping[str, str | None]


@dataclass
class MetricsResult:
    """What became of a CRM's records: `wanted` = `written` + `unchanged` + `held` + `rejected`.

    `errors` are the CRM's words by key. `notice` says why nothing was written where the CRM has no such object; all that would have been
    is `held` then.
    """

    wanted: int = 0
    written: int = 0
    unchanged: int = 0
    held: int = 0
    rejected: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None


def write_metrics(run: Run, crm: Crm, engine: Engine, intake: Intake) -> MetricsResult:
    """What became of the records of all months that are known, over the engine of this CRM's proposal.

    MissingCrmField, before anything is sent, when the CRM's object lacks a field or does not let it be written.
    """
    monthly = run.project.monthly
    name = monthly.specs.object.in_crm(crm.name) if monthly else None
    if monthly is None or not name or not monthly.fields_in(crm.name) or "stripe" not in run.settings.sources:
        return MetricsResult()
    mark, origin = f"metrics.{crm.name}", _origin(run, monthly, intake)
    last = intake.manifest.marks.get(mark) or {}
    if last.get("of") == origin:
        return MetricsResult(wanted=last["records"], unchanged=last["records"])
    books = _Books(run, crm.name, monthly, engine, intake)
    records = books.wanted(engine)
    changed = {record.key: record for record in records if books.differs(record)}
    result = MetricsResult(wanted=len(records), unchanged=len(records) - len(changed))
    if changed:
        _write_to(crm, name, books, changed, result)
    if result.wanted == result.written + result.unchanged:
        intake.mark(mark, {"of": origin, "records": result.wanted})
    intake.flush()
    return result


def _origin(run: Run, monthly: Monthly, intake: Intake) -> str:
    """What the figures are made of, as a hash: equal ones make equal records."""
    policy, tables = monthly.policy, intake.manifest.tables
    names = [MRR.name, PAIR.name]
    names += [HISTORY.name] if {*policy.segments} - {CONTRACT_SIZE, TENURE} else []
    names += [table.name for table in RATE_TABLES.values()] if policy.reporting_currency else []
    parts = [part.path for name in names if name in tables for part in tables[name].parts]
    written = (monthly.specs.model_dump_json(), monthly.mapping.model_dump_json(), repr(run.project.rates))
    return hashlib.sha256(msgspec.json.encode((when.month(run.as_of), parts, written))).hexdigest()


def _write_to(crm: Crm, name: str, books: _Books, changed: Mapping[str, Record], result: MetricsResult) -> None:
    """Open the CRM's object and write to it; a notice where there is none."""
    specs = books.monthly.specs
    try:
        rows = crm.keyed(name, specs.key.in_crm(crm.name) or "")
    except ObjectAbsent as absent:
        mend = f"create it as field_specs/{FILE} says, or take its {crm.name} name out of that file"
        result.held, result.notice = len(changed), f"{absent}, so monthly metrics are not written there; {mend}"
        return
    if faults := lacking(f"{crm.name} {name}", Demand(FILE, (), books.monthly.fields_in(crm.name)), rows.fields):
        raise MissingCrmField("; ".join(faults) + ". No monthly metric was written")
    _write(books, changed, rows, result)


class _Books:
    """The records of one CRM: what they should be, and what the CRM holds as far as the state knows and this run adds to it."""

    def __init__(self, run: Run, crm: str, monthly: Monthly, engine: Engine, intake: Intake) -> None:
        found = engine.rows(f"SELECT key, {', '.join(KEY)}, cells FROM {METRIC.name} WHERE crm = '{crm}'")
        self._periods: dict[str, Key] = {row[0]: tuple(row[1:6]) for row in found}
        self._cells: dict[str, Values] = {row[0]: msgspec.json.decode(row[6]) for row in found}
        self._run = run
        self._crm = crm
        self.monthly = monthly
        self._intake = intake

    def wanted(self, engine: Engine) -> list[Record]:
        """A record for each month, segment, band and currency; of zeros where the CRM holds a band that nobody is in any more."""
        months = sorted(month for (month,) in engine.rows(f"SELECT DISTINCT month FROM {MRR.name}"))
        if len(months) < 2:
            return []
        told = of_proposal(self._run, self._crm, engine, Asked(self.monthly.policy, movements=False)).periods
        records = [self._record(period) for period in told if period.to_month == when.months_later(period.from_month, 1)]
        living, segments = {record.key for record in records}, {WHOLE, *self.monthly.policy.segments}
        left = [key for name, key in self._periods.items() if name not in living and key[1] in months[1:] and key[3] in segments]
        return records + [self._record(deserted(key)) for key in left]

    def _record(self, period: Period) -> Record:
        return self.monthly.record(self._crm, period, when.month(self._run.as_of))

    def differs(self, record: Record) -> bool:
        known = self._cells.get(record.key)
        return known is None or any(name not in known or known[name] != text for name, text in record.values.items())

    def stands(self, changed: Mapping[str, Record], there: Mapping[str, Values]) -> set[str]:
        """Months that are closed in the CRM and of which the state knows nothing. It was lost then, and what can be told of the past
        without it is less than what runs saw, so those records stay as they are."""
        closed = self.monthly.name_of("closed", self._crm)
        known = {key[1] for key in self._periods.values()}
        return {changed[key].period.to_month for key, values in there.items() if closed and values[closed] == "true"} - known

    def keep(self, records: Iterable[Record]) -> None:
        rows = [
            (self._crm, record.key, *record.period.key, msgspec.json.encode(record.values).decode(), self._run.as_of, self._run.id)
            for record in records
        ]
        self._intake.add(f"metrics.{self._crm}", Page({METRIC.name: rows}, {}))

    def tell(self, done: int, of: int) -> None:
        self._run.watch(f"{self._crm} months", done, of)


def _write(books: _Books, changed: Mapping[str, Record], rows: KeyedRows, result: MetricsResult) -> None:
    """Send what the CRM does not hold yet. Each answered batch is kept before the next is sent."""
    there = rows.read(list(changed), list(next(iter(changed.values())).values))
    stands = books.stands(changed, there)
    updates = {key: _difference(record, there.get(key)) for key, record in changed.items() if record.period.to_month not in stands}
    updates = {key: values for key, values in updates.items() if values}
    books.keep(record for key, record in changed.items() if key not in updates)
    result.unchanged += len(changed) - len(updates)
    alike = _alike(updates)
    sent = (Update(key, values) for key, values in updates.items() if key not in alike)
    answered = 0
    for outcomes in chain([[Outcome(key, TOO_ALIKE) for key in alike]], rows.upsert(sent)):
        refused = {outcome.id: outcome.error for outcome in outcomes if outcome.error is not None}
        books.keep(changed[outcome.id] for outcome in outcomes if outcome.error is None)
        result.errors |= refused
        result.rejected += len(refused)
        result.written += len(outcomes) - len(refused)
        answered += len(outcomes)
        books.tell(answered, len(updates))
    if answered != len(updates):
        raise SyncerError(f"{len(updates)} monthly metrics were sent and {answered} were answered; run `syncer sync` again")


def _difference(record: Record, there: Values | None) -> Values:
    """What the CRM's record does not say so yet; an empty field of a new one is not sent."""
    old = there or {}
    return {name: text for name, text in record.values.items() if text != old.get(name)}


def _alike(keys: Collection[str]) -> set[str]:
    """Keys that differ in nothing but capitals, which the CRMs take for the same."""
    folded = Counter(key.casefold() for key in keys)
    return {key for key in keys if folded[key.casefold()] > 1}
