"""What ops write for a customer record: what each field is (`field_specs/account.yaml`), where it comes from (`mappings/account.yaml`)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, RootModel, WithJsonSchema, model_validator

from syncer.specs.mrr_policy import MrrPolicy
from syncer.specs.reader import Spec
from syncer.specs.wording import narrow, number_meant

CRMS = ("salesforce", "hubspot")
SOURCES = ("stripe", "mixpanel", "zendesk")

FieldType = Literal["currency", "number", "text", "picklist", "date", "checkbox", "url"]


class CrmNames(Spec):
    """A field's API name in each CRM; None where that CRM does not have it."""

    salesforce: str | None = Field(
        default=None, description="API name in Salesforce. Leave out what Salesforce does not have.", examples=["MRR__c"]
    )
    hubspot: str | None = Field(
        default=None, description="Internal name in HubSpot. Leave out what HubSpot does not have.", examples=["syncer_mrr"]
    )

    def in_crm(self, crm: str) -> str | None:
        return self.salesforce if crm == "salesforce" else self.hubspot


class CrmColumn(CrmNames):
    """A column read from the CRM: its API name in each, and what its values are; text if not said and not known."""

    type: Literal["text", "number", "date", "checkbox"] | None = Field(
        default=None, description="What the values are; text if not said and not known."
    )


class FieldSpec(CrmNames):
    """One field of a customer record. `scale` is decimals; `open` picklists take values that are not among their options."""

    label: str = Field(description="What people read in the CRM.", examples=["Health score"])
    label_ja: str | None = Field(default=None, description="The same in Japanese.", examples=["健全性スコア"])
    type: FieldType = Field(description="What the field holds. money is a number field unless it is in your company's own currency.")
    help: str = Field(
        description="One sentence for those who see the field in the CRM.", examples=["How healthy the customer is, from 0 to 100."]
    )
    scale: Annotated[int, Field(ge=0, le=9)] = Field(default=0, description="Decimals of a number or currency field.", examples=[2])
    length: Annotated[int, Field(ge=1, le=131_072)] = Field(default=255, description="How many characters a text keeps.", examples=[255])
    options: tuple[str, ...] = Field(default=(), description="What a picklist offers.", examples=[["VIP", "Standard"]])
    open: bool = Field(default=False, description="true: the picklist also takes values that are not among its options.", examples=["true"])

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


SHARE = re.compile(r"(100|\d{1,2})(\.\d+)?\s*%")


def _share(value: Any) -> Any:
    """`30%` → Decimal("0.30"), exact."""
    text = str(value).strip()
    if text.isascii() and SHARE.fullmatch(text) and Decimal(text.rstrip("% ")) <= 100:
        return Decimal(text.rstrip("% ")) / 100
    meant = _share_meant(text)
    raise ValueError(f"{text} is no share; write {meant}" if meant else "write a share from 0% to 100%, such as 30%")


def _share_meant(text: str) -> str | None:
    """`30%` for `30`, for `0.3` and for the same in full-width characters."""
    number = number_meant(narrow(text).rstrip("% "))
    if number is None or not 0 <= Decimal(number) <= 100:
        return None
    part = "%" not in narrow(text) and 0 < Decimal(number) < 1
    return f"{(Decimal(number) * (100 if part else 1)).normalize():f}%"


Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^{SHARE.pattern}$",
            "patternErrorMessage": "write a share from 0% to 100%, such as 30%",
            "examples": ["30%"],
        }
    ),
]


EXPRESSIONS = ["stripe.mrr", "CASE WHEN mrr >= 1000 THEN 'VIP' END", "PCT(mixpanel.mau, stripe.seats)"]


class FieldValue(Spec):
    """How one field is filled. `on_missing` is for a value that was looked for and is not there; an unread source always keeps."""

    value: str = Field(description="The expression.", examples=EXPRESSIONS)
    on_missing: Literal["keep", "clear"] = Field(
        default="keep",
        description="Without a value: keep what the CRM has (if not said), or clear the field there. A source that was not read keeps.",
    )
    limit: Share | None = Field(
        default=None, description="The largest share of this field's values that one run may change, instead of limits: changed."
    )


def _spelt_out(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value


class Limits(Spec):
    """Shares past which a run writes nothing; fewer cells than `smallest` never stop it."""

    changed: Share = Field(
        default=Decimal("0.30"), description="The largest share of a field's values that one run may replace; 30% if not said."
    )
    cleared: Share = Field(
        default=Decimal("0.05"), description="The largest share of a field's values that one run may empty; 5% if not said."
    )
    smallest: Annotated[int, Field(ge=0)] = Field(
        default=20, alias="from", description="Fewer values than this never stop a run; 20 if not said."
    )


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


Rules = tuple[
    Annotated[
        Rule,
        WithJsonSchema(
            {
                "type": "string",
                "pattern": r"\S\s*=\s*\S",
                "patternErrorMessage": "write what the source says = what the CRM says, such as domain = domain",
                "examples": ["metadata.{crm}_id = id", "id = stripe_customer_id", "domain = domain"],
            }
        ),
    ],
    ...,
]


class Matching(Spec):
    """Rules by source, in the order in which they are tried, and domains that several customers share, such as an agency's."""

    stripe: Rules = Field(default=(), description="How a Stripe customer finds its CRM record; the first rule that finds any decides.")
    mixpanel: Rules = Field(default=(), description="How a Mixpanel group finds its CRM record; the first rule that finds any decides.")
    zendesk: Rules = Field(
        default=(), description="How a Zendesk organization finds its CRM record; the first rule that finds any decides."
    )
    ignore_domains: tuple[str, ...] = Field(
        default=(), description="Domains that several customers share, such as an agency's.", examples=[["agency.example"]]
    )


def _rates(value: Any) -> Any:
    if not re.fullmatch(r"[\w-]+\.csv|[a-z]+\.[a-z]+(_[a-z]+)*", str(value)):
        raise ValueError(
            "write the name of a CSV file beside this one, such as rates.csv, or a CRM's table of rates, such as salesforce.rate"
        )
    return str(value)


class AccountMapping(Spec):
    """`mappings/account.yaml`. `rates`: where exchange rates are, a CSV file beside it or a table of the store."""

    to: Literal["account"] = Field(description="Always account: the record written is the Salesforce Account or the HubSpot company.")
    mrr_policy: MrrPolicy = Field(default=MrrPolicy(), description="What counts as MRR: a preset, and switches that differ from it.")
    rates: Annotated[str, BeforeValidator(_rates)] = Field(
        default="rates.csv",
        description="Where exchange rates are: a CSV file in this folder, or a CRM's own table of them.",
        examples=["salesforce.rate"],
    )
    crm: dict[str, CrmColumn] = Field(
        default_factory=dict, description="Columns read from the CRM, for matching and as facts such as crm.industry."
    )
    match: Matching = Field(
        description="How a record of a source finds its CRM record.", examples=[{"stripe": ["id = stripe_customer_id"]}]
    )
    fields: dict[
        str,
        Annotated[FieldValue, BeforeValidator(_spelt_out, json_schema_input_type=Annotated[str, Field(examples=EXPRESSIONS)] | FieldValue)],
    ] = Field(
        description="For each field of field_specs/account.yaml: an expression, or value, on_missing and limit.",
        examples=[{"mrr": "stripe.mrr"}],
    )
    limits: Limits = Field(default=Limits(), description="How much one run may change.")
