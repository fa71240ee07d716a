"""What ops write for monthly metrics: what each field is (`field_specs/monthly_metric.yaml`), what it is filled with
(`mappings/monthly_metric.yaml`)."""

from __future__ import annotations

from typing import Literal

from syncer.specs.account import CrmNames, FieldSpec
from syncer.specs.churn import ChurnPolicy
from syncer.specs.reader import Spec


class MonthlySpecs(Spec):
    """The object that holds the records, the field that they are found by, and their other fields by key, in the order of the file."""

    object: CrmNames
    key: FieldSpec
    fields: dict[str, FieldSpec]


class MonthlyMapping(Spec):
    """`mappings/monthly_metric.yaml`: `fields` are measures by field key."""

    to: Literal["monthly_metric"]
    churn: ChurnPolicy = ChurnPolicy()
    fields: dict[str, str]
