"""What ops write for monthly metrics: what each field is (`field_specs/monthly_metric.yaml`), what it is filled with
(`mappings/monthly_metric.yaml`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from syncer.specs.account import CrmNames, FieldSpec
from syncer.specs.churn import ChurnPolicy
from syncer.specs.reader import Spec


class MonthlySpecs(Spec):
    """The object that holds the records, the field that they are found by, and their other fields by key, in the order of the file."""

    object: CrmNames = Field(description="The custom object that holds the records.", examples=[{"salesforce": "Syncer_Monthly_Metric__c"}])
    key: FieldSpec = Field(description="The field that a record is found by; unique in the CRM.")
    fields: dict[str, FieldSpec] = Field(description="The other fields, by key.")


class MonthlyMapping(Spec):
    """`mappings/monthly_metric.yaml`: `fields` are measures by field key."""

    to: Literal["monthly_metric"] = Field(description="Always monthly_metric.")
    churn: ChurnPolicy = Field(default=ChurnPolicy(), description="How churn is counted, and what the customers are divided by.")
    fields: dict[str, str] = Field(
        description="For each field of field_specs/monthly_metric.yaml: a measure, by the name that syncer churn --json has for it.",
        examples=[{"net_churn_pct": "net"}],
    )
