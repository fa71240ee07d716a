"""Custom objects: the one for monthly metrics that a prepared organisation has, and any other that a test tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncer.sandbox.salesforce.objects import own_columns
from syncer.sandbox.salesforce.schema import Sobject, field_from_describe

MONEY = ("MRR_Start", "MRR_New", "MRR_Expansion", "MRR_Contraction", "MRR_Churn", "MRR_Reactivation", "MRR_FX", "MRR_End")
COUNTS = ("Accounts_Start", "Accounts_Churned", "Accounts_Unknown")
RATES = ("Logo_Churn_Pct", "Gross_Churn_Pct", "Net_Churn_Pct", "NRR_Pct", "GRR_Pct", "Quick_Ratio")


def custom_object(told: Mapping[str, Any], taken: Iterable[str]) -> Sobject:
    """The object of `{"name": "Thing__c", "fields": […]}` with the columns that every custom object has.

    `taken` are the key prefixes of the others.
    """
    label = told.get("label") or told["name"].removesuffix("__c").replace("_", " ")
    plural = told.get("labelPlural") or f"{label}s"
    columns = {column.name: column for column in (*own_columns(label), *map(field_from_describe, told["fields"]))}
    prefix = next(prefix for number in range(100) if (prefix := f"a{number:02d}") not in set(taken))
    return Sobject(told["name"], label, plural, prefix, columns, createable=told.get("createable", True))


def monthly_metric() -> Sobject:
    """A row for each month and segment, found by `Key__c`."""
    return custom_object({"name": "Syncer_Monthly_Metric__c", "label": "Monthly Metric", "fields": list(_monthly_fields())}, ())


def _monthly_fields() -> Iterable[dict[str, Any]]:
    yield {"name": "Key__c", "length": 255, "nillable": False, "unique": True, "externalId": True}
    yield {"name": "Month__c", "type": "date"}
    yield {"name": "Segment__c", "length": 80}
    yield {"name": "Band__c", "length": 255}
    yield {"name": "Currency__c", "length": 3}
    for names, scale in ((MONEY, 3), (COUNTS, 0), (RATES, 2)):
        yield from ({"name": f"{name}__c", "type": "double", "precision": 18, "scale": scale} for name in names)
    yield {"name": "Closed__c", "type": "boolean"}
