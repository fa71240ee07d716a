"""A Salesforce organisation and one of its objects, as a CRM."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from syncer.core.plan_file import Quota
from syncer.crm.canonical import sendable
from syncer.crm.meter import Meter
from syncer.crm.port import CrmField, CrmPage, KeyedRows, Outcome, Update
from syncer.crm.salesforce import bulk, collections
from syncer.crm.salesforce.bulk import Bulk
from syncer.crm.salesforce.collections import Collections
from syncer.crm.salesforce.describe import describe
from syncer.crm.salesforce.login import VENDOR, Login, secrets
from syncer.crm.salesforce.objects import keyed_rows
from syncer.crm.salesforce.rates import rates_page
from syncer.crm.salesforce.read import read
from syncer.crm.salesforce.sobject import Sobject
from syncer.tools.http import Calls, Http, Patience, Reply, Verdict
from syncer.tools.pace import Pace
from syncer.words.tables import Page


class Salesforce:
    """`base_url` is the My Domain host. Writes of `bulk_from` updates or more go by Bulk 2.0, others by collections."""

    name = "salesforce"
    look_calls = 3

    def __init__(  # noqa: PLR0913  (settings of one account, all but three with defaults)
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        object: str = "Account",  # noqa: A002  (Salesforce's own word)
        api_version: str = "66.0",
        bulk_from: int = 2000,
        pace: Pace | None = None,
        calls: Calls | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._bulk_from = bulk_from
        self._fields: dict[str, CrmField] | None = None
        pace = pace or Pace()
        hidden = secrets(client_id, client_secret)
        door = Http(VENDOR, base_url, auth=dict, pace=pace, secrets=hidden, calls=calls, patience=patience)
        login = Login(door, client_id, client_secret)
        self._meter = Meter(_quota)
        self._http = Http(
            VENDOR,
            base_url,
            auth=login.headers,
            renew=login.renew,
            pace=pace,
            classify=_verdict,
            request_id_header="x-sfdc-request-id",
            secrets=hidden,
            calls=calls,
            notice=self._meter,
            patience=patience,
        )
        self._sobject = Sobject(self._http, pace, f"/services/data/v{api_version}", object)

    @property
    def sobject(self) -> Sobject:
        """The object that stands for a customer, and the way to it."""
        return self._sobject

    def check(self) -> str:
        """The organisation's name and id."""
        found = self._http.get(f"{self._sobject.data}/query", {"q": "SELECT Id, Name FROM Organization"}, into=_Organizations)
        return ", ".join(f"{record.Name} ({record.Id})" for record in found.records) or self._http.base_url

    def describe(self) -> Mapping[str, CrmField]:
        """Fields by API name, asked anew each time."""
        self._fields = describe(self._sobject)
        return self._fields

    def read(self, fields: Sequence[str], since: str | None) -> Iterator[CrmPage]:
        """Pages of up to 2,000 records. MissingCrmField, QuotaExhausted."""
        known = self._fields if self._fields is not None else self.describe()
        return read(self._sobject, fields, known, since)

    def write(self, updates: Iterable[Update], fields: Mapping[str, CrmField], count: int) -> Iterator[Sequence[Outcome]]:
        """Outcomes batch by batch; those of updates that could not be sent come last."""
        held: list[Outcome] = []
        by_collections = Collections(self._sobject, fields)
        writer = Bulk(self._sobject, fields, by_collections) if count >= self._bulk_from else by_collections
        yield from writer.write(sendable(updates, fields, held))
        if held:
            yield held

    def write_calls(self, count: int) -> int:
        """By collections exactly; by Bulk at most, when each job ends within a minute."""
        return bulk.calls(count) if count >= self._bulk_from else collections.calls(count)

    def quota(self) -> Quota | None:
        """The organisation's rolling 24 hours, of all its users and apps."""
        return self._meter.latest

    def rates(self, table: str) -> Page:
        """The organisation's exchange rates. UsageError when it has none such."""
        return rates_page(self._sobject, table)

    def record_url(self, record_id: str) -> str:
        """The record's page in Lightning."""
        return f"{self._http.base_url}/lightning/r/{self._sobject.name}/{record_id}/view"

    def keyed(self, name: str, key: str) -> KeyedRows:
        """The rows of another object of the organisation. ObjectAbsent, MissingCrmField."""
        return keyed_rows(replace(self._sobject, name=name), key)


class _Organization(msgspec.Struct):
    Id: str
    Name: str = ""


class _Organizations(msgspec.Struct):
    records: list[_Organization]


def _quota(headers: Mapping[str, str]) -> Quota | None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    said = re.search(r"api-usage=(\d+)/(\d+)", headers.get("sforce-limit-info", ""))
    return Quota(limit=int(said[2]), used=int(said[1]), window="24 hours") if said else None


def _verdict(reply: Reply) -> Verdict | None:
    """The day's allowance used up is a 403 here; too many long calls at once has the same code and passes by itself."""
    if reply.status == 403 and b"REQUEST_LIMIT_EXCEEDED" in reply.body:
        return Verdict.RETRY if b"Concurrent" in reply.body else Verdict.EXHAUSTED
    return None
