"""Writes to organizations: one by one, create_or_update, and many at once by a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account, body_of
from syncer.sandbox.zendesk.fields import checked_fields
from syncer.sandbox.zendesk.refusals import Refusal, coded, invalid_record
from syncer.sandbox.zendesk.tables import Record, iso

MOST_AT_ONCE = 100
WRITABLE = (
    "name", "external_id", "domain_names", "details", "notes", "group_id", "shared_tickets", "shared_comments", "tags",
)  # fmt: skip
EMPTY: Record = {
    "external_id": None, "domain_names": [], "details": "", "notes": "", "group_id": None, "shared_tickets": False,
    "shared_comments": False, "tags": [], "organization_fields": {}, "deleted_at": None,
}  # fmt: skip


class Organizations:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        at = "/api/v2/organizations"
        yield Route("POST", at, self.create)
        yield Route("POST", f"{at}/create_or_update", self.create_or_update)
        yield Route("PUT", f"{at}/update_many", self.update_many)
        yield Route("PUT", f"{at}/{{id}}", self.update)
        yield Route("DELETE", f"{at}/{{id}}", self.delete)

    @property
    def _living(self) -> list[Record]:
        return [record for record in self.account.tables["organizations"].records.values() if not record.get("deleted_at")]

    def _answer(self, call: Call, record: Record, status: int = 200) -> Answer:
        shown = self.account.show(call, self.account.tables["organizations"], [record])
        return Answer({"organization": shown[0]}, status, rows=1)

    def create(self, call: Call) -> Answer:
        return self._answer(call, self._create(body_of(call, "organization"), call.now), 201)

    def update(self, call: Call) -> Answer:
        record = self.account.one(self.account.tables["organizations"], call.args["id"])
        return self._answer(call, self._change(record, body_of(call, "organization"), call.now))

    def create_or_update(self, call: Call) -> Answer:
        """Found by `id` or `external_id`, never by name."""
        given = body_of(call, "organization")
        found = self._matched(given)
        if found:
            return self._answer(call, self._change(found, given, call.now))
        return self._answer(call, self._create(given, call.now), 201)

    def _matched(self, given: Mapping[str, Any]) -> Record | None:
        if given.get("id"):
            return self.account.one(self.account.tables["organizations"], given["id"])
        wanted = str(given.get("external_id") or "").casefold()
        return next((each for each in self._living if wanted and str(each.get("external_id")).casefold() == wanted), None)

    def delete(self, call: Call) -> Answer:
        table = self.account.tables["organizations"]
        record = self.account.one(table, call.args["id"])
        record["deleted_at"] = record["updated_at"] = iso(call.now)
        table.put(record)
        return Answer(status=204, rows=1)

    def update_many(self, call: Call) -> Answer:
        """The same change for `ids`, or one of its own for each of up to 100 in the body."""
        if call.one("ids"):
            shared = body_of(call, "organization")
            rows = [{**shared, "id": each} for each in (call.one("ids") or "").split(",")]
        else:
            rows = (call.json() or {}).get("organizations") or []
        if not 0 < len(rows) <= MOST_AT_ONCE:
            raise coded(400, "TooManyValues", f"Between 1 and {MOST_AT_ONCE} organizations at once")
        self.account.jobs.refuse_more(call.now)
        results = [self._row_result(row, call.now) for row in rows]
        job = self.account.jobs.start("Bulk Update Organization", results, call.now)
        return Answer({"job_status": job.shown(call.base_url, call.now)}, rows=len(rows))

    def _row_result(self, row: Mapping[str, Any], now: float) -> dict[str, Any]:
        try:
            record = self._matched({**row, "external_id": row.get("external_id") if not row.get("id") else None})
            if record is None:
                raise coded(404, "OrganizationNotFound", "Not found")
            self._change(record, row, now)
        except Refusal as refused:
            number = int(row["id"]) if str(row.get("id")).isdecimal() else 0
            error = {
                "error": refused.body["error"],
                "details": str(refused.body.get("details") or refused.body["description"]),
            }
            return {"id": number, "action": "update", "success": False, **error}
        return {"id": record["id"], "action": "update", "success": True, "status": "Updated"}

    def _create(self, given: Mapping[str, Any], now: float) -> Record:
        table = self.account.tables["organizations"]
        self._refuse_wrong({"name": None, **given}, None)
        record = {"id": table.new_id(), **EMPTY, "created_at": iso(now)}
        return self._write(record, given, now)

    def _change(self, record: Record, given: Mapping[str, Any], now: float) -> Record:
        self._refuse_wrong(given, record)
        return self._write(record, given, now)

    def _write(self, record: Record, given: Mapping[str, Any], now: float) -> Record:
        fields = checked_fields(self.account.tables["organization_fields"], given.get("organization_fields") or {})
        record |= {name: given[name] for name in WRITABLE if name in given}
        record["organization_fields"] = {**(record.get("organization_fields") or {}), **fields}
        record["updated_at"] = iso(now)
        self.account.tables["organizations"].put(record)
        return record

    def _refuse_wrong(self, given: Mapping[str, Any], record: Record | None) -> None:
        """Names and external ids belong to one organization each, whatever their case."""
        problems: dict[str, list[tuple[str, str]]] = {}
        if "name" in given and not str(given["name"] or "").strip():
            problems["name"] = [("BlankValue", "cannot be blank")]
        for key in ("name", "external_id"):
            value = str(given.get(key) or "").casefold()
            if value and any(str(each.get(key)).casefold() == value for each in self._living if each is not record):
                problems[key] = [("DuplicateValue", f"{given[key]} has already been taken")]
        if problems:
            raise invalid_record(problems)
