"""What ingest and query jobs of Bulk 2.0 have in common: their description, their states, their listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from syncer.sandbox.salesforce.bulk_csv import DELIMITERS, LINE_ENDINGS
from syncer.sandbox.salesforce.errors import ApiError, not_found
from syncer.sandbox.salesforce.moments import written
from syncer.sandbox.server import Call

KEPT_SECONDS = 7 * 24 * 3600
FINISHED = ("JobComplete", "Failed", "Aborted")
JobKind = TypeVar("JobKind", bound="Job")


@dataclass
class Job:
    """`state` moves on each time somebody asks: UploadComplete, InProgress, JobComplete or Failed."""

    id: str
    operation: str
    object: str
    kind: str
    version: float
    user_id: str
    created: float
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    state: str = "Open"
    changed: float = 0.0
    error: str | None = None
    processed: int = 0
    failed: int = 0

    def info(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": self.id, "operation": self.operation, "object": self.object, "createdById": self.user_id,
            "createdDate": written(self.created), "systemModstamp": written(self.changed or self.created),
            "state": self.state,
            "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": self.version, "jobType": self.kind,
            "lineEnding": self.line_ending, "columnDelimiter": self.delimiter,
        }  # fmt: skip
        if self.error:
            told["errorMessage"] = self.error
        return told

    def full_info(self) -> dict[str, Any]:
        """The description with its counts, as a look at one job gives it."""
        times = {"retries": 0, "totalProcessingTime": 100, "apiActiveProcessingTime": 50, "apexProcessingTime": 0}
        return {**self.info(), "numberRecordsProcessed": self.processed, "numberRecordsFailed": self.failed, **times}

    def abort(self, now: float) -> None:
        if self.state in FINISHED:
            raise invalid_state(f"Aborting already Completed Job not allowed, the job is {self.state}")
        self.state, self.changed = "Aborted", now


def advance(job: Job, now: float) -> bool:
    """One step on: a poll sees InProgress once, then the end. Whether this is the end, and the work is to be done."""
    step = {"UploadComplete": "InProgress", "InProgress": "JobComplete"}.get(job.state)
    if step is not None:
        job.state, job.changed = step, now
    return step == "JobComplete"


def invalid_state(message: str) -> ApiError:
    return ApiError("INVALIDJOBSTATE", message)


def alive(jobs: dict[str, JobKind], call: Call) -> JobKind:
    """The job that the path names; jobs are forgotten after a week."""
    job = jobs.get(call.args["job"])
    if job is None or call.now > job.created + KEPT_SECONDS:
        raise not_found()
    return job


def csv_form(body: dict[str, Any]) -> tuple[str, str]:
    """The delimiter and line ending asked for. ApiError INVALIDJOB."""
    delimiter, line_ending = body.get("columnDelimiter") or "COMMA", body.get("lineEnding") or "LF"
    if delimiter not in DELIMITERS or line_ending not in LINE_ENDINGS or (body.get("contentType") or "CSV") != "CSV":
        raise ApiError(
            "INVALIDJOB",
            "InvalidJob : contentType must be CSV, columnDelimiter and lineEnding one of the documented ones",
        )
    return delimiter, line_ending
