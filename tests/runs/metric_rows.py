"""Monthly metrics as both CRMs' own APIs tell them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stage import SALESFORCE, Call, Stage, plain

OBJECT = {"salesforce": "Syncer_Monthly_Metric__c", "hubspot": "syncer_monthly_metric"}
MONEY = ("start", "new", "expansion", "contraction", "churn", "reactivation", "fx", "end")
FIELDS = {
    "salesforce": {
        "key": "Key__c",
        "name": "Name",
        "closed": "Closed__c",
        "nrr": "NRR_Pct__c",
        "logo": "Logo_Churn_Pct__c",
        **{name: f"MRR_{'FX' if name == 'fx' else name.title()}__c" for name in MONEY},
    },
    "hubspot": {
        "key": "key",
        "name": "name",
        "closed": "closed",
        "nrr": "nrr_pct",
        "logo": "logo_churn_pct",
        **{name: f"mrr_{name}" for name in MONEY},
    },
}


def rows(stage: Stage, crm: str) -> dict[str, dict[str, str | None]]:
    """The records by key, in one spelling."""
    names = FIELDS[crm]
    found = _salesforce(stage, names.values()) if crm == "salesforce" else _hubspot(stage, names.values())
    return {row[names["key"]]: {name: plain(row[api_name]) for name, api_name in names.items()} for row in found}


def _salesforce(stage: Stage, names: Iterable[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    login = stage._login("salesforce")
    path, query = f"{SALESFORCE}/query", {"q": f"SELECT {', '.join(names)} FROM {OBJECT['salesforce']}"}
    while path:
        page = stage._ask("salesforce", "GET", path, login, fields=query)
        found += page["records"]
        path, query = page.get("nextRecordsUrl"), {}
    return found


def _hubspot(stage: Stage, names: Iterable[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    login = stage._login("hubspot")
    [schema] = stage._ask("hubspot", "GET", "/crm-object-schemas/2026-09/schemas", login)["results"]
    query: dict[str, Any] | None = {"limit": 100, "properties": ",".join(names)}
    while query:
        page = stage._ask("hubspot", "GET", f"/crm/objects/2026-09/{schema['objectTypeId']}", login, fields=query)
        found += [record["properties"] for record in page["results"]]
        query = {**query, "after": page["paging"]["next"]["after"]} if "paging" in page else None
    return found


def about_metrics(calls: Iterable[Call]) -> list[Call]:
    """The calls that speak of the object."""
    return [call for call in calls if any(part in call["path"] + call["query"] for part in (OBJECT["salesforce"], "/2-44", "/schemas"))]


def load(stage: Stage, crm: str, **told: Any) -> None:
    stage.world.load({crm: told})
