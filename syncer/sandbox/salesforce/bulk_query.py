"""Bulk 2.0 query: a SOQL query's rows as CSV, page by page with a locator."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from syncer.sandbox.salesforce.bodies import json_object
from syncer.sandbox.salesforce.bulk_csv import write_csv
from syncer.sandbox.salesforce.bulk_jobs import FINISHED, Job, advance, alive, csv_form, invalid_state
from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.soql import parse
from syncer.sandbox.salesforce.soql_run import Found, run
from syncer.sandbox.salesforce.store import Store
from syncer.sandbox.server import Answer, Call, Route

PAGE = 50_000


@dataclass(kw_only=True)
class QueryJob(Job):
    found: Found


class QueryJobs:
    """`/jobs/query`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: dict[str, QueryJob] = {}

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/jobs/query"
        one = f"{base}/{{job}}"
        return [
            Route("POST", base, self.create),
            Route("GET", base, self.listed),
            Route("GET", one, self.look),
            Route("PATCH", one, self.abort),
            Route("DELETE", one, self.delete),
            Route("GET", f"{one}/results", self.results),
        ]

    def create(self, call: Call) -> Answer:
        body = json_object(call)
        operation, text = body.get("operation"), str(body.get("query") or "")
        if operation not in ("query", "queryAll"):
            raise ApiError("INVALIDJOB", f"InvalidJob : Unknown operation '{operation}'")
        delimiter, line_ending = csv_form(body)
        found = run(self._store, text, deleted=operation == "queryAll")
        if found.aggregate or parse(text).offset:
            raise ApiError("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
        job = QueryJob(
            id=self._store.new_id("750"), operation=operation, object=found.sobject, kind="V2Query",
            state="UploadComplete", version=float(call.args["version"]), user_id=self._store.user_id, created=call.now,
            delimiter=delimiter, line_ending=line_ending, found=found,
        )  # fmt: skip
        self._jobs[job.id] = job
        return Answer(job.info())

    def listed(self, _: Call) -> Answer:
        return Answer({"done": True, "nextRecordsUrl": None, "records": [job.info() for job in self._jobs.values()]})

    def look(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        if advance(job, call.now):
            job.processed = len(job.found.rows)
        return Answer(job.full_info())

    def abort(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        if json_object(call).get("state") != "Aborted":
            raise invalid_state("A query job can only be aborted")
        job.abort(call.now)
        return Answer(job.info())

    def delete(self, call: Call) -> Answer:
        job = alive(self._jobs, call)
        if job.state not in FINISHED:
            raise invalid_state(f"Job {job.id} is {job.state}: only an ended job can be deleted")
        del self._jobs[job.id]
        return Answer(status=204)

    def results(self, call: Call) -> Answer:
        """A page; `Sforce-Locator` says where the next begins, `null` that there is none."""
        job = alive(self._jobs, call)
        if job.state != "JobComplete":
            raise invalid_state(f"Job {job.id} is {job.state}: results are there when it is complete")
        start, size = _position(call.one("locator")), int(call.one("maxRecords") or PAGE)
        rows = job.found.rows[start : start + size]
        columns = [(column.get, column.field.type) for column in job.found.columns]
        lines = [[_cell(get(row), kind) for get, kind in columns] for row in rows]
        end = start + len(rows)
        locator = base64.b64encode(str(end).encode()).decode() if end < len(job.found.rows) else "null"
        headers = {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(rows))}
        body = write_csv(job.found.names, lines, job.delimiter, job.line_ending)
        return Answer(body, headers=headers, content_type="text/csv", rows=len(rows))


def _position(locator: str | None) -> int:
    if not locator or locator == "null":
        return 0
    try:
        return int(base64.b64decode(locator, validate=True))
    except ValueError as fault:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator") from fault


def _cell(value: Any, kind: str) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace("+0000", "Z") if kind == "datetime" and value else value
