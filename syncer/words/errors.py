"""Every error that a person may read. The class owns the sentence; the face prints it and returns its exit code.

SyncerError                1
├─ UsageError              2   wrong flag or argument
├─ FileProblems            3   settings, field specs or mappings have problems (all of them, each with its place)
├─ LimitExceeded           4   too large a share would change: nothing was written
├─ StalePlan               5   the CRM or a source moved since the plan was made
├─ PartlyApplied           6   the CRM rejected some rows
├─ MoreToDo                7   stopped in time; the next run goes on
├─ LeaseHeld               8   another run is at work
├─ MissingCrmField        13   the CRM lacks a field that the mapping writes
└─ VendorError             1   a vendor answered something we cannot work with
   ├─ CredentialRefused   11
   ├─ Unreachable         12
   └─ QuotaExhausted       7   the vendor's allowance is used up: retrying does not help
"""

from __future__ import annotations

from dataclasses import dataclass


class SyncerError(Exception):
    """One sentence: what happened, where, why, what to do."""

    exit_code = 1


class UsageError(SyncerError):
    exit_code = 2


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a written file, at `file:line:column` (both from 1)."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class FileProblems(SyncerError):
    exit_code = 3

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def count(self) -> str:
        """`3 problems in 2 files`."""
        problems, files = len(self.problems), len({problem.file for problem in self.problems})
        return f"{problems} {'problem' if problems == 1 else 'problems'} in {files} {'file' if files == 1 else 'files'}"


class LimitExceeded(SyncerError):
    exit_code = 4


class StalePlan(SyncerError):
    exit_code = 5


class PartlyApplied(SyncerError):
    exit_code = 6


class MoreToDo(SyncerError):
    exit_code = 7


class LeaseHeld(SyncerError):
    exit_code = 8


class MissingCrmField(SyncerError):
    exit_code = 13


class VendorError(SyncerError):
    """`vendor` and `request_id` say where; the sentence says what and what to do."""

    def __init__(self, vendor: str, sentence: str, *, status: int | None = None, request_id: str | None = None) -> None:
        self.vendor = vendor
        self.status = status
        self.request_id = request_id
        place = f" (request {request_id})" if request_id else ""
        super().__init__(f"{vendor}: {sentence}{place}")


class CredentialRefused(VendorError):
    exit_code = 11


class Unreachable(VendorError):
    exit_code = 12


class QuotaExhausted(VendorError):
    exit_code = 7
