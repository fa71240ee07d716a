"""Updates by Bulk API 2.0: one CSV per job, results matched by id since their order is not that of the rows.

An empty cell leaves a field as it is and `#N/A` empties it, so rows with different fields share one wide file.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from syncer.crm.port import CrmField, Outcome, Update
from syncer.crm.salesforce.collections import LOCKED, Collections, refusal
from syncer.crm.salesforce.login import VENDOR
from syncer.crm.salesforce.sobject import Sobject
from syncer.words.errors import VendorError
from syncer.words.ids import salesforce_id

CLEAR = "#N/A"
JOB_ROWS = 50_000
JOB_BYTES = 100_000_000
CELL_CHARACTERS = 32_000
JOB_SECONDS = 3600.0
UPLOADS = 3
CSV_TYPE = {"content-type": "text/csv; charset=UTF-8"}
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
QUOTED_KINDS = frozenset({"text", "url", "picklist", "multipicklist", "reference", "other"})


def calls(rows: int) -> int:
    """Calls that so many rows take at most, when each job ends within a minute: made, filled, closed, asked after, three results."""
    return -(-rows // JOB_ROWS) * (6 + len(list(_pauses(60.0))))


def _pauses(seconds: float) -> Iterator[float]:
    """Between questions whether a job has ended, from 0.2 s to 15 s, until so many seconds are over."""
    waited, pause = 0.0, 0.2
    while waited < seconds:
        yield pause
        waited, pause = waited + pause, min(pause * 1.5, 15.0)


class _Job(msgspec.Struct, rename="camel"):
    id: str
    state: str
    error_message: str | None = None


class Bulk:
    """Writes updates of one sObject. What a CSV cannot say, and records that were locked, go by collections."""

    def __init__(self, sobject: Sobject, fields: Mapping[str, CrmField], collections: Collections) -> None:
        self._http = sobject.http
        self._pace = sobject.pace
        self._path = f"{sobject.data}/jobs/ingest"
        self._wish = {
            "object": sobject.name,
            "operation": "update",
            "contentType": "CSV",
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        }
        self._fields = fields
        self._collections = collections

    def write(self, updates: Iterable[Update]) -> Iterator[list[Outcome]]:
        """Outcomes job by job."""
        rows = iter(updates)
        while chunk := sorted(islice(rows, JOB_ROWS), key=lambda update: update.id):
            fitting = [update for update in chunk if _fits(update)]
            others = [update for update in chunk if not _fits(update)]
            for batch, content in self._jobs(fitting):
                outcomes = self._run(batch, content)
                locked = {outcome.id for outcome in outcomes if (outcome.error or "").startswith(LOCKED)}
                yield [outcome for outcome in outcomes if outcome.id not in locked]
                others += [update for update in batch if update.id in locked]
            yield from self._collections.write(others)

    def _jobs(self, batch: Sequence[Update]) -> Iterator[tuple[Sequence[Update], bytes]]:
        """The batch with its CSV, halved as long as that is too large for a job."""
        content = csv_of(batch, self._fields) if batch else b""
        if len(content) <= JOB_BYTES or len(batch) == 1:
            yield from [(batch, content)] if batch else []
            return
        middle = len(batch) // 2
        yield from self._jobs(batch[:middle])
        yield from self._jobs(batch[middle:])

    def _run(self, batch: Sequence[Update], content: bytes) -> list[Outcome]:
        job = self._finish(self._start(content))
        reason = job.error_message or "its results do not mention this record"
        said: dict[str, str | None] = {}
        for result in ("unprocessedrecords", "failedResults"):
            said |= {key: error or f"{result} of Bulk job {job.id}: {reason}" for key, error in self._results(job, result)}
        said |= {key: None for key, _ in self._results(job, "successfulResults")}
        silence = f"Bulk job {job.id} ended as {job.state}: {reason}"
        return [Outcome(update.id, said.get(salesforce_id(update.id), silence)) for update in batch]

    def _start(self, content: bytes) -> _Job:
        """A job that has its data and is to be processed.

        A job takes its data once: an upload whose answer got lost, sent again, is refused. As nothing is processed
        before the job is closed, such a job is given up and another one made.
        """
        for _ in range(UPLOADS):
            job: _Job = self._http.request("POST", self._path, json=self._wish, repeatable=True, into=_Job).value
            place = f"{self._path}/{job.id}"
            sent = self._http.request("PUT", f"{place}/batches", content=content, headers=CSV_TYPE, accept=(400,))
            if sent.status < 300:
                self._set_state(place, "UploadComplete")
                return job
            self._set_state(place, "Aborted")
        raise VendorError(VENDOR, f"Bulk job {job.id} did not take its data ({refusal(sent.body)}); run again later")

    def _set_state(self, place: str, state: str) -> None:
        # 400 when an earlier try, whose answer got lost, had done it; if none had, the wait for the job's end tells
        self._http.request("PATCH", place, json={"state": state}, repeatable=True, accept=(400,))

    def _finish(self, job: _Job) -> _Job:
        """The job when Salesforce is done with it."""
        for pause in _pauses(JOB_SECONDS):
            self._pace.wait(pause)
            job = self._http.get(f"{self._path}/{job.id}", into=_Job)
            if job.state in ENDED:
                return job
            if job.state == "Open":
                raise VendorError(VENDOR, f"Bulk job {job.id} would not close; none of its rows was written, run again")
        hint = "it may yet write its rows; run again later"
        raise VendorError(VENDOR, f"Bulk job {job.id} is still {job.state} after {JOB_SECONDS:.0f} s; {hint}")

    def _results(self, job: _Job, result: str) -> Iterator[tuple[str, str]]:
        """Record ids and their errors. The body is UTF-8, though its header does not say so."""
        body = self._http.request("GET", f"{self._path}/{job.id}/{result}").body
        for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
            yield salesforce_id(row.get("sf__Id") or row.get("Id") or ""), row.get("sf__Error") or ""


def csv_of(batch: Sequence[Update], fields: Mapping[str, CrmField]) -> bytes:
    """The updates as one table: `Id` and every field that any of them changes."""
    names = sorted({name for update in batch for name in update.values})
    quoted = {name: fields[name].kind in QUOTED_KINDS for name in names}
    lines = [",".join(["Id", *names])]
    lines += [
        ",".join([update.id, *[_cell(update.values[name], quoted[name]) if name in update.values else "" for name in names]])
        for update in batch
    ]
    return ("\n".join(lines) + "\n").encode()


def _cell(text: str | None, quoted: bool) -> str:
    if text is None:
        return CLEAR
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _fits(update: Update) -> bool:
    """Not the text `#N/A` itself, which would empty the field, and not longer than a cell may be."""
    return all(text is None or (text != CLEAR and len(text) <= CELL_CHARACTERS) for text in update.values.values())
