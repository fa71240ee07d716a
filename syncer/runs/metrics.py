"""Monthly metrics into a CRM: a record for each month, segment, band and currency, in an object of its own.

Once a day, and at once when their files change: a month that is over is written once, and again where its figures change; the running
month as it stands, not yet `closed`. What the CRM accepted is kept, so it is asked nothing when no figure moved, and records that the state
does not know of are read before they are written: a lost state costs no needless write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain

from syncer.core.monthly import Monthly, Record
from syncer.crm.port import Crm, KeyedRows, ObjectAbsent, Outcome, Update
from syncer.runs.lacking import Demand, lacking
from syncer.runs.metric_books import Books, Values
from syncer.runs.run import Run
from syncer.tools.engine import Engine
from syncer.tools.intake import Intake
from syncer.words.errors import MissingCrmField, SyncerError

FILE = "monthly_metric.yaml"
TOO_ALIKE = "not sent: another band differs from this one only in capitals, and the CRM takes both keys for one; rename the value"


@dataclass
class MetricsResult:
    """What became of a CRM's records: `wanted` = `written` + `unchanged` + `rejected`.

    `errors` are the CRM's words by key. `notice` says why nothing is wanted of a CRM that has no such object.
    """

    wanted: int = 0
    written: int = 0
    unchanged: int = 0
    rejected: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None

    def numbers(self) -> dict[str, int | str | None]:
        """The counts and the notice."""
        return {name: getattr(self, name) for name in ("wanted", "written", "unchanged", "rejected", "notice")}


def write_metrics(run: Run, crm: Crm, engine: Engine, intake: Intake) -> MetricsResult:
    """What became of the records of all months that are known, over the engine of this CRM's proposal.

    MissingCrmField, before anything is sent, when the CRM's object lacks a field or does not let it be written.
    """
    monthly = run.project.monthly
    name = monthly.specs.object.in_crm(crm.name) if monthly else None
    if monthly is None or not name or not monthly.fields_in(crm.name) or "stripe" not in run.settings.sources:
        return MetricsResult()
    books = Books(run, crm.name, monthly, engine, intake)
    if books.through is not None:
        return MetricsResult(wanted=books.through, unchanged=books.through)
    try:
        return _bring_up_to_date(crm, name, monthly, books)
    except ObjectAbsent as absent:
        mend = f"create it as field_specs/{FILE} says, or take its {crm.name} name out of that file"
        return MetricsResult(notice=f"{absent}, so monthly metrics are not written there; {mend}")


def _bring_up_to_date(crm: Crm, name: str, monthly: Monthly, books: Books) -> MetricsResult:
    # an object that is not there is found out before anything is worked out
    rows = None if books.begun else _opened(crm, name, monthly)
    records = {record.key: record for record in books.wanted()}
    unknown = [key for key, record in records.items() if not books.knows(key) and not books.stands(record)]
    there: Mapping[str, Values] = {}
    if unknown:
        rows = rows or _opened(crm, name, monthly)
        there = rows.read(unknown, list(monthly.fields_in(crm.name)))
    if not books.begun:
        books.begin(records, there)
    found = {key: books.difference(record, there.get(key)) for key, record in records.items() if not books.stands(record)}
    updates = {key: values for key, values in found.items() if values}
    books.keep(records[key] for key in there.keys() & found.keys() - updates.keys())
    result = MetricsResult(wanted=len(records), unchanged=len(records) - len(updates))
    if updates:
        _send(updates, records, rows or _opened(crm, name, monthly), books, result)
    if not result.rejected:
        books.finish(result.wanted)
    return result


def _opened(crm: Crm, name: str, monthly: Monthly) -> KeyedRows:
    """The CRM's object, fit to be written. ObjectAbsent, MissingCrmField."""
    rows = crm.keyed(name, monthly.specs.key.in_crm(crm.name) or "")
    if faults := lacking(f"{crm.name} {name}", Demand(FILE, (), monthly.fields_in(crm.name)), rows.fields):
        raise MissingCrmField("; ".join(faults) + ". No monthly metric was written there; all else was")
    return rows


def _send(updates: Mapping[str, Values], records: Mapping[str, Record], rows: KeyedRows, books: Books, result: MetricsResult) -> None:
    """Each answered batch is kept before the next is sent."""
    alike, answered = _alike(updates), 0
    sent = (Update(key, values) for key, values in updates.items() if key not in alike)
    for outcomes in chain([[Outcome(key, TOO_ALIKE) for key in alike]], rows.upsert(sent)):
        refused = {outcome.id: outcome.error for outcome in outcomes if outcome.error is not None}
        books.keep(records[outcome.id] for outcome in outcomes if outcome.error is None)
        result.errors |= refused
        result.rejected += len(refused)
        result.written += len(outcomes) - len(refused)
        answered += len(outcomes)
        books.tell(answered, len(updates))
    if answered != len(updates):
        raise SyncerError(f"{len(updates)} monthly metrics were sent and {answered} were answered; run `syncer sync` again")


def _alike(keys: Collection[str]) -> set[str]:
    """Keys that differ in nothing but capitals, which the CRMs take for the same."""
    folded = Counter(key.casefold() for key in keys)
    return {key for key in keys if folded[key.casefold()] > 1}
