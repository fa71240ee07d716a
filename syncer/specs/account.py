"""What ops write for a customer record: what each field is (`field_specs/account.yaml`), where it comes from (`mappings/account.yaml`)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, RootModel, model_validator

from syncer.specs.mrr_policy import MrrPolicy
from syncer.specs.reader import Spec

CRMS = ("salesforce", "hubspot")
SOURCES = ("stripe", "mixpanel", "zendesk")

FieldType = Literal["currency", "number", "text", "picklist", "date", "checkbox", "url"]


class CrmNames(Spec):
    """A field's API name in each CRM; None where that CRM does not have it."""

    salesforce: str | None = None
    hubspot: str | None = None

    def in_crm(self, crm: str) -> str | None:
        return self.salesforce if crm == "salesforce" else self.hubspot


class CrmColumn(CrmNames):
    """A column read from the CRM: its API name in each, and what its values are; text if not said and not known."""

    type: Literal["text", "number", "date", "checkbox"] | None = None


class FieldSpec(CrmNames):
    """One field of a customer record. `scale` is decimals; `open` picklists take values that are not among their options."""

    label: str
    label_ja: str | None = None
    type: FieldType
    help: str
    scale: Annotated[int, Field(ge=0, le=9)] = 0
    length: Annotated[int, Field(ge=1, le=131_072)] = 255
    options: tuple[str, ...] = ()
    open: bool = False

    @property
    def sql_type(self) -> str:
        """The column type that the field's values have in the engine."""
        match self.type:
            case "currency" | "number":
                return f"DECIMAL(18,{self.scale})"
            case "date":
                return "DATE"
            case "checkbox":
                return "BOOLEAN"
            case _:
                return "VARCHAR"


class FieldSpecs(RootModel[dict[str, FieldSpec]]):
    """Fields by key, in the order of the file."""


def _share(value: Any) -> Any:
    """`30%` → Decimal("0.30"), exact; anything else is left for pydantic to refuse."""
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,3}(\.\d+)?\s*%", text) or Decimal(text.rstrip("% ")) > 100:
        raise ValueError("write a share from 0% to 100%, such as 30%")
    return Decimal(text.rstrip("% ")) / 100


Share = Annotated[Decimal, BeforeValidator(_share)]


class FieldValue(Spec):
    """How one field is filled. `on_missing` is for a value that was looked for and is not there; an unread source always keeps."""

    value: str
    on_missing: Literal["keep", "clear"] = "keep"
    limit: Share | None = None


def _spelt_out(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value


class Limits(Spec):
    """Shares past which a run writes nothing; fewer cells than `smallest` never stop it."""

    changed: Share = Decimal("0.30")
    cleared: Share = Decimal("0.05")
    smallest: Annotated[int, Field(alias="from", ge=0)] = 20


class Rule(Spec):
    """`source_key = crm_key` in a match list; `{crm}` in the text stands for the CRM's name."""

    source_key: str
    crm_key: str

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        left, equals, right = str(value).partition("=")
        if not equals or not left.strip() or not right.strip():
            raise ValueError("write what the source says = what the CRM says, such as `domain = domain`")
        return {"source_key": left.strip(), "crm_key": right.strip()}


class Matching(Spec):
    """Rules by source, in the order in which they are tried, and domains that several customers share, such as an agency's."""

    stripe: tuple[Rule, ...] = ()
    mixpanel: tuple[Rule, ...] = ()
    zendesk: tuple[Rule, ...] = ()
    ignore_domains: tuple[str, ...] = ()


def _rates(value: Any) -> Any:
    if not re.fullmatch(r"[\w-]+\.csv|[a-z]+\.[a-z]+(_[a-z]+)*", str(value)):
        raise ValueError(
            "write the name of a CSV file beside this one, such as rates.csv, or a CRM's table of rates, such as salesforce.rate"
        )
    return str(value)


class AccountMapping(Spec):
    """`mappings/account.yaml`. `rates`: where exchange rates are, a CSV file beside it or a table of the store."""

    to: Literal["account"]
    mrr_policy: MrrPolicy = MrrPolicy()
    rates: Annotated[str, BeforeValidator(_rates)] = "rates.csv"
    crm: Annotated[dict[str, CrmColumn], Field(default_factory=dict)]
    match: Matching
    fields: dict[str, Annotated[FieldValue, BeforeValidator(_spelt_out)]]
    limits: Limits = Limits()
