"""Job statuses of bulk calls. The rows are done at once; the status still goes through queued and working."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from syncer.sandbox.zendesk.refusals import coded, not_found
from syncer.sandbox.zendesk.tables import iso

STAGES = ("queued", "working", "completed")
SECONDS_PER_STAGE = 1
KEPT = 100
KEPT_SECONDS = 3600
MOST_UNDER_WAY = 30


@dataclass
class Job:
    """It moves on with each look at it, and with the clock."""

    id: str
    kind: str
    results: Sequence[dict[str, Any]]
    started: float
    looks: int = 0

    def stage(self, now: float) -> str:
        steps = max(self.looks, int((now - self.started) // SECONDS_PER_STAGE))
        return STAGES[min(steps, len(STAGES) - 1)]

    def shown(self, base_url: str, now: float) -> dict[str, Any]:
        done = self.stage(now) == "completed"
        return {
            "id": self.id,
            "job_type": self.kind,
            "url": f"{base_url}/api/v2/job_statuses/{self.id}.json",
            "total": len(self.results),
            "progress": len(self.results) if done else 0,
            "status": self.stage(now),
            "message": f"Completed at {iso(now)}" if done else None,
            "results": list(self.results) if done else None,
        }


class Jobs:
    """The last 100, each for an hour."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def refuse_more(self, now: float) -> None:
        if sum(job.stage(now) != "completed" for job in self._jobs.values()) >= MOST_UNDER_WAY:
            raise coded(429, "TooManyJobs", f"Only {MOST_UNDER_WAY} jobs may be queued or running")

    def start(self, kind: str, results: Sequence[dict[str, Any]], now: float) -> Job:
        job = Job(uuid.uuid4().hex, kind, results, now)
        self._jobs[job.id] = job
        while len(self._jobs) > KEPT:
            del self._jobs[next(iter(self._jobs))]
        return job

    def look(self, job_id: str, now: float) -> Job:
        job = self._jobs.get(job_id)
        if job is None or now - job.started > KEPT_SECONDS:
            raise not_found()
        job.looks += 1
        return job

    def all(self, now: float) -> list[Job]:
        return [job for job in self._jobs.values() if now - job.started <= KEPT_SECONDS]
