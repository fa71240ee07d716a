"""Lists, single records, counts, look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from syncer.sandbox.server import Answer, Call, Route
from syncer.sandbox.zendesk.account import Account
from syncer.sandbox.zendesk.paging import number, page_of
from syncer.sandbox.zendesk.refusals import coded, not_found
from syncer.sandbox.zendesk.tables import Record, Table, instant, iso

RESOURCES = (
    "tickets", "organizations", "users", "groups", "ticket_metrics", "satisfaction_ratings", "organization_fields",
    "user_fields",
)  # fmt: skip
MOST_AT_ONCE = 100
SCORES = {
    "received": ("good", "bad"), "received_with_comment": ("good", "bad"), "received_without_comment": ("good", "bad"),
    "good_with_comment": ("good",), "good_without_comment": ("good",),
    "bad_with_comment": ("bad",), "bad_without_comment": ("bad",),
}  # fmt: skip


class Reading:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/api/v2/users/me", lambda _: Answer({"user": self.account.operator}, rows=1))
        yield Route("GET", "/api/v2/tickets/{id}/metrics", self.metrics_of_ticket)
        yield Route("GET", "/api/v2/organizations/search", self.look_up("organizations", ("external_id", "name")))
        yield Route("GET", "/api/v2/users/search", self.look_up("users", ("external_id", "query")))
        for name in ("tickets", "organizations", "users"):
            yield Route("GET", f"/api/v2/{name}/show_many", self.many(name))
        for name in RESOURCES:
            yield Route("GET", f"/api/v2/{name}", self.list_of(name))
            yield Route("GET", f"/api/v2/{name}/count", self.count_of(name))
            yield Route("GET", f"/api/v2/{name}/{{id}}", self.one_of(name))

    def _ids(self, call: Call, table: Table) -> Sequence[int]:
        """The ids a list or count is about: those shown, less what the filters leave out."""
        ids = table.listed(call.now)
        if table.plural == "satisfaction_ratings":
            return [each for each in ids if rated(call, table.records[each])]
        if table.plural == "ticket_metrics":
            tickets = self.account.tables["tickets"]
            living = set(tickets.listed(call.now))  # archived tickets have no metrics here
            return [each for each in ids if table.records[each]["ticket_id"] in living]
        wanted = {name: value for name in ("external_id", "role") if (value := call.one(name))}
        return [each for each in ids if matches(table.records[each], wanted)] if wanted else ids

    def list_of(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            table = self.account.table(name)
            ids, paging = page_of(call, self._ids(call, table))
            records = self.account.show(call, table, (table.records[each] for each in ids))
            return Answer({name: records, **self.account.beside(call, records), **paging}, rows=len(records))

        return answer

    def one_of(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            table = self.account.table(name)
            record = self.account.one(table, call.args["id"])
            shown: Any = self.account.show(call, table, [record])
            # Of these two the contract answers a list, of the others an object.
            body = {table.singular: shown if name in ("ticket_metrics", "satisfaction_ratings") else shown[0]}
            return Answer({**body, **self.account.beside(call, shown)}, rows=1)

        return answer

    def count_of(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            value = len(self._ids(call, self.account.table(name)))
            return Answer({"count": {"value": value, "refreshed_at": iso(call.now)}})

        return answer

    def many(self, name: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            table = self.account.table(name)
            key = "external_ids" if call.one("external_ids") else "ids"
            wanted = [one for one in (call.one(key) or "").split(",") if one]
            if len(wanted) > MOST_AT_ONCE:
                raise coded(400, "TooManyValues", f"At most {MOST_AT_ONCE} {key} at once")
            if key == "external_ids":
                texts = {one.casefold() for one in wanted}
                found = [
                    table.records[each] for each in table.listed(call.now)
                    if str(table.records[each].get("external_id")).casefold() in texts
                ]  # fmt: skip
            else:
                found = [record for one in wanted if (record := table.get(one))]
            records = self.account.show(call, table, found)
            body = {name: records, "count": len(records), "next_page": None, "previous_page": None}
            return Answer({**body, **self.account.beside(call, records)}, rows=len(records))

        return answer

    def look_up(self, name: str, keys: tuple[str, ...]) -> Callable[[Call], Answer]:
        """By exact external id or name (case does not matter), users also by a piece of name or mail."""

        def answer(call: Call) -> Answer:
            table = self.account.table(name)
            wanted = {key: value for key in keys if (value := call.one(key))}
            if not wanted:
                raise coded(400, "MissingParameter", f"One of {', '.join(keys)} is required")
            words = wanted.pop("query", "").casefold()
            ids = [
                each for each in table.listed(call.now)
                if matches(table.records[each], wanted) and words in said(table.records[each])
            ]  # fmt: skip
            page, paging = page_of(call, ids)
            records = self.account.show(call, table, (table.records[each] for each in page))
            return Answer({name: records, **paging}, rows=len(records))

        return answer

    def metrics_of_ticket(self, call: Call) -> Answer:
        ticket = self.account.one(self.account.tables["tickets"], call.args["id"])
        metric = self.account.metric(ticket["id"])
        if metric is None:
            raise not_found()
        return Answer({"ticket_metric": metric}, rows=1)


def matches(record: Record, wanted: dict[str, str]) -> bool:
    return all(str(record.get(key) or "").casefold() == value.casefold() for key, value in wanted.items())


def said(record: Record) -> str:
    return f"{record.get('name')} {record.get('email')}".casefold()


def rated(call: Call, rating: Record) -> bool:
    """Whether a rating passes `score`, `start_time` and `end_time` (seconds since 1970)."""
    score = call.one("score")
    if score and rating["score"] not in SCORES.get(score, (score,)):
        return False
    if score and score.endswith("_with_comment") and not rating.get("comment"):
        return False
    if score and score.endswith("_without_comment") and rating.get("comment"):
        return False
    at = instant(rating["created_at"])
    return number(call, "start_time", 0) <= at <= number(call, "end_time", int(call.now))
