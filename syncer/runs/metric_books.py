"""The monthly metrics of one CRM: what they should be, what the CRM holds as far as the state knows, and what is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from syncer.core.churn import KEY, WHOLE, Key
from syncer.core.monthly import Monthly, Record, deserted
from syncer.crm.rate_tables import RATE_TABLES
from syncer.runs.churn import Asked, of_proposal
from syncer.runs.run import Run
from syncer.runs.tables import HISTORY, METRIC, MRR, PAIR
from syncer.specs.churn import CONTRACT_SIZE, TENURE
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words import when
from syncer.words.tables import Page

Values = Mapping[str, str | None]


class Books:
    """Over the engine of the CRM's proposal. A mark of the state says that it has begun to write, and when it was last through.

    Where the CRM holds records although the state has not begun, an earlier state was lost. What can be told of the past without it is less
    than what its runs saw. So months that are closed in the CRM stand as they are, and the running one until it is over.
    """

    def __init__(self, run: Run, crm: str, monthly: Monthly, engine: Engine, intake: Intake) -> None:
        found = engine.rows(f"SELECT key, {', '.join(KEY)}, cells FROM {METRIC.name} WHERE crm = '{crm}'")
        self._periods: dict[str, Key] = {row[0]: tuple(row[1:6]) for row in found}
        self._cells: dict[str, Values] = {row[0]: msgspec.json.decode(row[6]) for row in found}
        self._run, self._crm, self._monthly = run, crm, monthly
        self._engine, self._intake = engine, intake
        self._day, self._running = when.day(run.as_of).isoformat(), when.month(run.as_of)
        self._name = f"metrics.{crm}"
        kept = intake.manifest.marks.get(self._name) or {}
        self.begun = bool(kept)
        order = _hash(monthly.policy.told(), monthly.order(crm))
        self._mark: dict[str, Any] = kept if kept.get("order") == order else {"order": order}

    @property
    def through(self) -> int | None:
        """How many records need no look, as there was one today, or nothing has changed since that they are made of; else None."""
        if self._day == self._mark.get("day") or self._origin() == self._mark.get("origin"):
            return int(self._mark["records"])
        return None

    def wanted(self) -> list[Record]:
        """A record for each month, segment, band and currency; of zeros where the CRM holds a band that nobody is in any more."""
        months = sorted(month for (month,) in self._engine.rows(f"SELECT DISTINCT month FROM {MRR.name}"))
        if len(months) < 2:
            return []
        told = of_proposal(self._run, self._crm, self._engine, Asked(self._monthly.policy, movements=False)).periods
        periods = [period for period in told if period.to_month == when.months_later(period.from_month, 1)]
        records = [self._monthly.record(self._crm, period, self._running) for period in periods]
        living, segments = {record.key for record in records}, {WHOLE, *self._monthly.policy.segments}
        left = [key for name, key in self._periods.items() if name not in living and key[1] in months[1:] and key[3] in segments]
        return records + [self._monthly.record(self._crm, deserted(key), self._running) for key in left]

    def knows(self, key: str) -> bool:
        """Whether the state tells what the CRM holds under this key."""
        return key in self._cells

    def difference(self, record: Record, there: Values | None) -> Values:
        """What the CRM's record does not say so yet; `there` is how it was read, None when it was not or is not there."""
        old = there or self._cells.get(record.key) or {}
        return {name: text for name, text in record.values.items() if text != old.get(name)}

    def begin(self, records: Mapping[str, Record], there: Mapping[str, Values]) -> None:
        """Remember, before anything is written, which months the CRM holds already."""
        closed = self._monthly.name_of("closed", self._crm)
        found = {records[key].period.to_month: "open" for key in there}
        found |= {records[key].period.to_month: "closed" for key, values in there.items() if closed and values[closed] == "true"}
        self._mark |= {state: sorted(month for month in found if found[month] == state) for state in ("closed", "open")}
        self._intake.mark(self._name, self._mark)
        self._intake.flush()

    def stands(self, record: Record) -> bool:
        """Whether the record is of a month that is left as the CRM has it."""
        month = record.period.to_month
        return month in self._mark.get("closed", ()) or (month == self._running and month in self._mark.get("open", ()))

    def keep(self, records: Iterable[Record]) -> None:
        """Remember that the CRM holds these records."""
        rows = [
            (self._crm, record.key, *record.period.key, msgspec.json.encode(record.values).decode(), self._run.as_of, self._run.id)
            for record in records
        ]
        self._intake.add(self._name, Page({METRIC.name: rows}, {}))

    def tell(self, done: int, of: int) -> None:
        self._run.watch(f"{self._crm} months", done, of)

    def finish(self, records: int) -> None:
        """Remember that all of so many records are as they should be."""
        self._intake.mark(self._name, {**self._mark, "day": self._day, "origin": self._origin(), "records": records})
        self._intake.flush()

    def _origin(self) -> str:
        """What the figures are made of: equal ones make equal records."""
        policy, tables = self._monthly.policy, self._intake.manifest.tables
        names = [MRR.name, PAIR.name]
        names += [HISTORY.name] if {*policy.segments} - {CONTRACT_SIZE, TENURE} else []
        names += [table.name for table in RATE_TABLES.values()] if policy.reporting_currency else []
        parts = [part.path for name in names if name in tables for part in tables[name].parts]
        return _hash(self._running, parts, repr(self._run.project.rates))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
