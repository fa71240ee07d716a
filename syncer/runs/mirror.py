"""The CRM's current values in the store: read whole once a day or when in doubt, otherwise only what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syncer.crm.port import Crm, CrmRow
from syncer.runs.pull import Watch, read_mark
from syncer.runs.tables import MERGED, mirror
from syncer.tools.intake import Intake
from syncer.words.tables import Page

WHOLE_AFTER_SECONDS = 86_400
"""A search may miss what its index had not seen yet; once a day everything is read, so nothing stays missed."""


def read_mirror(crm: Crm, fields: Sequence[str], intake: Intake, as_of: int, watch: Watch) -> None:
    """Bring the mirror of a CRM up to date; one commit when it is."""
    name = f"mirror.{crm.name}"
    mark = intake.manifest.marks.get(name) or {}
    table = mirror(crm.name, fields)
    fresh = mark.get("columns") == list(table.columns) and 0 <= as_of - mark["whole_at"] < WHOLE_AFTER_SECONDS
    since = mark["since"] if fresh else None
    newest, whole, rows = since or "", since is None, 0
    begun = False
    for page in crm.read(fields, since):
        whole = whole or page.whole
        begins = [table.name] if whole and not begun else []
        begun = begun or bool(begins)
        merged = [(crm.name, row.id, row.merged_into, as_of) for row in page.rows if row.merged_into]
        intake.add(name, Page({table.name: [_row(row) for row in page.rows], MERGED.name: merged}, {}, begins=begins))
        newest = max([newest, *(row.modified for row in page.rows)])
        rows += len(page.rows)
        watch(f"{crm.name} read", rows, None)
    if whole:
        intake.add(name, Page({}, {}, begins=[] if begun else [table.name], completes=[table.name]))
    whole_at = as_of if whole else mark["whole_at"]
    page_url = mark.get("page_url") or crm.record_url("{id}")  # asked for once: HubSpot has to say which account it is
    intake.mark(name, {"columns": list(table.columns), "since": newest or None, "whole_at": whole_at, "page_url": page_url})
    intake.mark(read_mark(crm.name), as_of)
    intake.flush()


def page_of(marks: Mapping[str, Any], crm: str, record_id: str) -> str | None:
    """The page of a record in its CRM's own interface; None before the CRM was first read."""
    template = (marks.get(f"mirror.{crm}") or {}).get("page_url")
    return str(template).replace("{id}", record_id) if template else None


def _row(row: CrmRow) -> tuple[str | bool | None, ...]:
    return (row.id, row.name, row.modified, row.deleted, row.currency, *row.values)
