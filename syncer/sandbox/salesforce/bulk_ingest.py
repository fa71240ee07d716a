"""Bulk 2.0 ingest: rows uploaded as CSV, written in chunks of 200 by the rules of every write."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncer.sandbox.salesforce.bodies import json_object
from syncer.sandbox.salesforce.bulk_csv import UnreadableCsvError, read_csv, write_csv
from syncer.sandbox.salesforce.bulk_jobs import FINISHED, Job, advance, alive, csv_form, invalid_state
from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.rest import external_id
from syncer.sandbox.salesforce.sobject_collections import Outcome, create_rows, delete_rows, update_rows, upsert_rows
from syncer.sandbox.salesforce.store import Store, Table
from syncer.sandbox.server import Answer, Call, Route

CHUNK = 200
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")


@dataclass
class IngestJob(Job):
    key: str = ""
    data: bytes = b""
    header: list[str] = field(default_factory=list)
    succeeded: list[list[str]] = field(default_factory=list)
    refused: list[list[str]] = field(default_factory=list)
    left: list[list[str]] = field(default_factory=list)

    def info(self) -> dict[str, Any]:
        told = super().info()
        if self.key:
            told["externalIdFieldName"] = self.key
        return told


class Ingest:
    """`/jobs/ingest`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: dict[str, IngestJob] = {}

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/jobs/ingest"
        one = f"{base}/{{job}}"
        return [
            Route("POST", base, self.create),
            Route("GET", base, self.listed),
            Route("GET", one, self.look),
            Route("PATCH", one, self.change),
            Route("DELETE", one, self.delete),
            Route("PUT", f"{one}/batches", self.upload),
            Route("GET", f"{one}/successfulResults", self.successes),
            Route("GET", f"{one}/failedResults", self.failures),
            Route("GET", f"{one}/unprocessedrecords", self.unprocessed),
        ]

    def create(self, call: Call) -> Answer:
        body = json_object(call)
        operation, name, key = (str(body.get(part) or "") for part in ("operation", "object", "externalIdFieldName"))
        table = self._store.tables.get(name.lower())
        if table is None:
            raise ApiError("INVALIDENTITY", f"InvalidEntity : Entity '{name}' is not supported by the Bulk API.")
        if operation not in OPERATIONS:
            raise ApiError("INVALIDJOB", f"InvalidJob : Unknown operation '{operation}'")
        if (operation == "upsert") != bool(key):
            raise ApiError("INVALIDJOB", "InvalidJob : externalIdFieldName is required for upsert, and for upsert only")
        if key:
            external_id(table, key)
        delimiter, line_ending = csv_form(body)
        job = IngestJob(
            id=self._store.new_id("750"), operation=operation, object=table.sobject.name, kind="V2Ingest", key=key,
            version=float(call.args["version"]), user_id=self._store.user_id, created=call.now, delimiter=delimiter,
            line_ending=line_ending,
        )  # fmt: skip
        self._jobs[job.id] = job
        content_url = f"services/data/v{call.args['version']}/jobs/ingest/{job.id}/batches"
        return Answer({**job.info(), "contentUrl": content_url})

    def listed(self, _: Call) -> Answer:
        return Answer({"done": True, "nextRecordsUrl": None, "records": [job.info() for job in self._jobs.values()]})

    def look(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        written = 0
        if advance(job, call.now):
            self._work(job)
            written = len(job.succeeded)
        return Answer(job.full_info(), rows=written)

    def upload(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        if job.state != "Open":
            raise invalid_state(f"Job {job.id} is {job.state}: data can be uploaded while it is Open only")
        if job.data:
            raise invalid_state(f"Found multiple contents for job: <{job.id}>, please make sure you only do 'PUT' once on a given Job")
        job.data = call.body
        return Answer(status=201)

    def change(self, call: Call) -> Answer:
        job, wish = alive(self._jobs, call), json_object(call).get("state")
        if wish == "Aborted":
            job.abort(call.now)
            self._leave_all(job)
        elif wish == "UploadComplete" and job.state == "Open" and job.data:
            job.state, job.changed = "UploadComplete", call.now
        else:
            raise invalid_state(f"Job {job.id} is {job.state}{'' if job.data else ' and without data'}: it cannot become {wish}")
        return Answer(job.info())

    def delete(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        if job.state not in (*FINISHED, "UploadComplete"):
            raise invalid_state(f"Job {job.id} is {job.state}: only a closed job can be deleted")
        del self._jobs[job.id]
        return Answer(status=204)

    def successes(self, call: Call) -> Answer:
        job = self._finished(call)
        return self._csv(job, ["sf__Id", "sf__Created", *job.header], job.succeeded)

    def failures(self, call: Call) -> Answer:
        job = self._finished(call)
        return self._csv(job, ["sf__Id", "sf__Error", *job.header], job.refused)

    def unprocessed(self, call: Call) -> Answer:
        job = self._finished(call)
        return self._csv(job, job.header, job.left)

    def _finished(self, call: Call) -> IngestJob:
        job = alive(self._jobs, call)
        if job.state not in FINISHED:
            raise invalid_state(f"Job {job.id} is {job.state}: results are there when it has ended")
        return job

    def _csv(self, job: IngestJob, header: list[str], rows: list[list[str]]) -> Answer:
        # text/csv without a charset, as the vendor sends it: clients that guess get Latin-1.
        body = write_csv(header, rows, job.delimiter, job.line_ending)
        return Answer(body, content_type="text/csv", rows=len(rows))

    def _leave_all(self, job: IngestJob) -> None:
        try:
            job.header, job.left = read_csv(job.data, job.delimiter, job.line_ending)
        except UnreadableCsvError:
            job.header, job.left = [], []

    def _work(self, job: IngestJob) -> None:
        table = self._store.tables[job.object.lower()]
        try:
            job.header, lines = read_csv(job.data, job.delimiter, job.line_ending)
            _check_header(job, table)
        except UnreadableCsvError as fault:
            job.state, job.error = "Failed", str(fault)
            self._leave_all(job)
            return
        for start in range(0, len(lines), CHUNK):
            self._write(job, table, lines[start : start + CHUNK])
        order = random.Random(job.id)  # noqa: S311  (any order but the input's, the same each time)
        order.shuffle(job.succeeded)
        order.shuffle(job.refused)
        job.processed, job.failed = len(lines), len(job.refused)
        job.data = b""

    def _write(self, job: IngestJob, table: Table, lines: Sequence[list[str]]) -> None:
        rows = [_values(job.header, line) for line in lines]
        for line, (row_id, created, refusal) in zip(lines, _written(self._store, job, table, rows), strict=True):
            if refusal is None:
                job.succeeded.append([row_id or "", str(created).lower(), *line])
            else:
                job.refused.append([row_id or "", refusal.cell(), *line])


def _written(store: Store, job: IngestJob, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    match job.operation:
        case "insert":
            return create_rows(store, table, rows)
        case "update":
            return update_rows(store, table, rows)
        case "upsert":
            return upsert_rows(store, table, external_id(table, job.key), rows)
        case _:
            return delete_rows(store, table, [row.get("Id") or row.get("id") for row in rows])


def _check_header(job: IngestJob, table: Table) -> None:
    known = [table.sobject.column(name) for name in job.header]
    for name, column in zip(job.header, known, strict=True):
        if column is None:
            raise UnreadableCsvError(f"InvalidBatch : Field name not found : {name}")
    needed = {"update": "Id", "delete": "Id", "hardDelete": "Id"}.get(job.operation, job.key)
    if needed and needed.lower() not in {name.lower() for name in job.header}:
        raise UnreadableCsvError(f"InvalidBatch : Missing required header: {needed}")


def _values(header: Sequence[str], line: Sequence[str]) -> dict[str, Any]:
    """An empty cell leaves the field as it is, `#N/A` empties it."""
    return {name: None if cell == "#N/A" else cell for name, cell in zip(header, line, strict=True) if cell}
