"""The stand-in of one CRM with a few custom fields of every kind, and an adapter that talks to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from syncer.crm.hubspot import HubSpot
from syncer.crm.hubspot.portal import LIMITS
from syncer.crm.port import Crm, Outcome, Update
from syncer.crm.salesforce import Salesforce
from syncer.sandbox.hubspot import HubspotStandin

# SF
from syncer.sandbox.server import Clock, Fault, Server, World
from syncer.tools.http import Calls, Patience
from syncer.tools.pace import Pace

HASTY = Patience(attempts=4, connects=2, first=0.01, most=0.05)
KINDS = ("text", "number", "date", "datetime", "bool", "picklist", "url")
OPTIONS = ("low", "high risk", "日本")


@dataclass
class Bench:
    """`ids` of the records; `fields` by kind; `wait` collects the seconds that were waited for."""

    vendor: str
    crm: Crm
    server: Server
    ids: list[str]
    fields: Mapping[str, str]
    calls: Calls
    waited: list[float] = field(default_factory=list)

    @property
    def requests(self) -> list[dict[str, Any]]:
        return self.server.world.requests

    def requests_to(self, part: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if part in request["path"]]

    def misbehave(self, **fault: Any) -> None:
        self.server.world.faults.append(Fault(**fault))

    def load(self, collection: str, records: Any) -> None:
        self.server.world.load({self.vendor: {collection: records}})

    def write(self, values: Mapping[str, Mapping[str, str | None]], count: int | None = None) -> dict[str, str | None]:
        """What the CRM said, by record; every record answered once."""
        updates = [Update(record_id, changes) for record_id, changes in values.items()]
        batches = self.crm.write(updates, self.crm.describe(), len(updates) if count is None else count)
        said: list[Outcome] = [outcome for batch in batches for outcome in batch]
        assert sorted(outcome.id for outcome in said) == sorted(values)
        return {outcome.id: outcome.error for outcome in said}

    def read(self, *kinds: str, since: str | None = None) -> dict[str, tuple[str | None, ...]]:
        """Values by record."""
        pages = self.crm.read([self.fields[kind] for kind in kinds], since)
        return {row.id: row.values for page in pages for row in page.rows}


def salesforce_id_of(number: int) -> str:
    return f"001{number:012d}AAA"


def _salesforce_fields() -> list[dict[str, Any]]:
    types = {"text": "string", "number": "currency", "bool": "boolean"}
    shape = {"text": {"length": 255}, "number": {"precision": 18, "scale": 3}, "url": {"length": 255}}
    choices = {"restrictedPicklist": True, "picklistValues": [{"value": option} for option in OPTIONS]}
    return [
        {"name": f"Try_{kind}__c", "type": types.get(kind, kind), **shape.get(kind, {})} | (choices if kind == "picklist" else {})
        for kind in KINDS
    ]


def _hubspot_fields() -> list[dict[str, Any]]:
    types = {"text": "string", "url": "string", "picklist": "enumeration"}
    inputs = {"text": "text", "url": "text", "datetime": "date", "bool": "booleancheckbox", "picklist": "select"}
    return [
        {
            "name": f"try_{kind}",
            "label": kind,
            "groupName": "companyinformation",
            "type": types.get(kind, kind),
            "fieldType": inputs.get(kind, kind),
            "options": [{"label": option.upper(), "value": option} for option in OPTIONS] if kind == "picklist" else [],
        }
        for kind in KINDS
    ]


@contextmanager
def salesforce(rows: int = 3, *, bulk: bool = False, **options: Any) -> Iterator[Bench]:
    from syncer.sandbox.salesforce import SalesforceStandin  # noqa: PLC0415

    clock = Clock()
    ids = [salesforce_id_of(number) for number in range(1, rows + 1)]
    records = [{"Id": record_id, "Name": f"Account {record_id}"} for record_id in ids]
    with Server(World([SalesforceStandin(clock)], clock)) as server:
        server.world.load({"salesforce": {"fields": {"Account": _salesforce_fields()}}})
        server.world.load({"salesforce": {"Account": records}})
        settings = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"} | options
        waited: list[float] = []
        calls = Calls()
        crm = Salesforce(
            settings.pop("base_url", server.urls["salesforce"]),
            bulk_from=1 if bulk else 1_000_000,
            pace=Pace(sleep=waited.append),
            calls=calls,
            patience=HASTY,
            **settings,
        )
        yield Bench("salesforce", crm, server, ids, {kind: f"Try_{kind}__c" for kind in KINDS}, calls, waited)


@contextmanager
def hubspot(rows: int = 3, *, limits: bool = False, **options: Any) -> Iterator[Bench]:
    """With `limits` the vendor's are in force, the adapter keeps its own, and waiting moves the stand-in's clock."""
    clock = Clock()
    ids = [str(1000 + number) for number in range(rows)]
    records = [{"id": record_id, "properties": {"name": f"Company {record_id}"}} for record_id in ids]
    with Server(World([HubspotStandin(clock, limits=limits)], clock)) as server:
        server.world.load({"hubspot": {"properties": {"companies": _hubspot_fields()}}})
        server.world.load({"hubspot": {"companies": records}})
        settings = {"access_token": "pat-na1-sandbox"} | options
        waited: list[float] = []
        calls = Calls()
        pace = Pace(LIMITS, clock=clock.now, sleep=clock.advance) if limits else Pace(sleep=waited.append)
        crm = HubSpot(
            settings.pop("access_token"),
            settings.pop("base_url", server.urls["hubspot"]),
            pace=pace,
            calls=calls,
            patience=HASTY,
            **settings,
        )
        yield Bench("hubspot", crm, server, ids, {kind: f"try_{kind}" for kind in KINDS}, calls, waited)
