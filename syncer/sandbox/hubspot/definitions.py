"""The object types of the stand-in and the properties they have at start: the vendor's own (shortened) and syncer's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ObjectType:
    """`always` are in every answer; `shown` too when a call names no properties; `searched` is where `query` looks."""

    plural: str
    singular: str
    type_id: str
    group: str
    created: str
    modified: str
    shown: tuple[str, ...]
    searched: tuple[str, ...]
    required: tuple[str, ...] = ()

    @property
    def always(self) -> tuple[str, ...]:
        return (self.created, self.modified, "hs_object_id")


TYPES = (
    ObjectType("contacts", "contact", "0-1", "contactinformation", "createdate", "lastmodifieddate",
               ("email", "firstname", "lastname"), ("firstname", "lastname", "email", "phone")),
    ObjectType("companies", "company", "0-2", "companyinformation", "createdate", "hs_lastmodifieddate",
               ("name", "domain"), ("name", "domain", "phone", "website")),
    ObjectType("deals", "deal", "0-3", "dealinformation", "createdate", "hs_lastmodifieddate",
               ("amount", "closedate", "dealname", "dealstage", "pipeline"), ("dealname",)),
    ObjectType("tickets", "ticket", "0-5", "ticketinformation", "createdate", "hs_lastmodifieddate",
               ("subject", "content", "hs_pipeline", "hs_pipeline_stage"), ("subject", "content")),
    ObjectType("tasks", "task", "0-27", "task", "hs_createdate", "hs_lastmodifieddate",
               (), ("hs_task_subject", "hs_task_body"), ("hs_timestamp",)),
    ObjectType("notes", "note", "0-46", "note", "hs_createdate", "hs_lastmodifieddate",
               (), ("hs_note_body",), ("hs_timestamp",)),
    *(ObjectType(plural, plural.removesuffix("s"), type_id, plural.removesuffix("s"), "hs_createdate",
                 "hs_lastmodifieddate", (), ()) for plural, type_id in (
        ("calls", "0-48"), ("emails", "0-49"), ("meetings", "0-47"), ("line_items", "0-8"), ("products", "0-7"),
        ("leads", "0-136"), ("goal_targets", "0-74"), ("deal_splits", "0-72"), ("feedback_submissions", "0-19"),
        ("forms", "0-28"),
    )),
)  # fmt: skip

BY_NAME = {name: kind for kind in TYPES for name in (kind.plural, kind.singular, kind.type_id)}

OWNER = "enumeration/select"
STAGE = "enumeration/radio:subscriber,lead,marketingqualifiedlead,salesqualifiedlead,opportunity,customer,evangelist,other"
# name: type/fieldType, with options after a colon; `!` marks a unique one
STANDARD: dict[str, dict[str, str]] = {
    "companies": {
        "name": "string/text", "domain": "string/text", "website": "string/text", "phone": "string/phonenumber",
        "description": "string/textarea", "address": "string/text", "city": "string/text", "state": "string/text",
        "zip": "string/text", "country": "string/text", "numberofemployees": "number/number",
        "annualrevenue": "number/number", "hubspot_owner_id": OWNER, "account_key": "string/text!",
        "stripe_customer_id": "string/text",
        "industry": "enumeration/select:ACCOUNTING,BANKING,BIOTECHNOLOGY,COMPUTER_HARDWARE,COMPUTER_SOFTWARE,"
                    "CONSTRUCTION,CONSUMER_GOODS,E_LEARNING,EDUCATION_MANAGEMENT,FINANCIAL_SERVICES,HEALTH_WELLNESS_AND_FITNESS,"
                    "HOSPITAL_HEALTH_CARE,INFORMATION_TECHNOLOGY_AND_SERVICES,INSURANCE,INTERNET,LOGISTICS_AND_SUPPLY_CHAIN,"
                    "MANAGEMENT_CONSULTING,MARKETING_AND_ADVERTISING,MEDIA_PRODUCTION,REAL_ESTATE,RETAIL,TELECOMMUNICATIONS",
        "lifecyclestage": STAGE,
    },
    "contacts": {
        "email": "string/text!", "firstname": "string/text", "lastname": "string/text",
        "phone": "string/phonenumber", "mobilephone": "string/phonenumber", "company": "string/text",
        "jobtitle": "string/text", "website": "string/text", "hubspot_owner_id": OWNER, "lifecyclestage": STAGE,
    },
    "deals": {
        "dealname": "string/text", "amount": "number/number", "closedate": "datetime/date",
        "dealstage": "string/text", "pipeline": "string/text",
        "dealtype": "enumeration/radio:newbusiness,existingbusiness", "hubspot_owner_id": OWNER,
    },
    "tickets": {
        "subject": "string/text", "content": "string/textarea", "hs_pipeline": "string/text",
        "hs_pipeline_stage": "string/text", "hs_ticket_priority": "enumeration/select:LOW,MEDIUM,HIGH,URGENT",
        "hubspot_owner_id": OWNER,
    },
    "tasks": {
        "hs_timestamp": "datetime/date", "hs_task_subject": "string/text", "hs_task_body": "string/html",
        "hs_task_status": "enumeration/select:NOT_STARTED,IN_PROGRESS,WAITING,DEFERRED,COMPLETED",
        "hs_task_priority": "enumeration/select:NONE,LOW,MEDIUM,HIGH",
        "hs_task_type": "enumeration/select:TODO,CALL,EMAIL,LINKED_IN,MEETING", "hubspot_owner_id": OWNER,
    },
    "notes": {"hs_timestamp": "datetime/date", "hs_note_body": "string/html", "hubspot_owner_id": OWNER},
}  # fmt: skip

SYNCER = {
    "mrr": "number/number", "arr": "number/number", "mrr_currency": "string/text", "plan": "string/text",
    "mrr_reporting": "number/number", "mrr_rate_date": "date/date", "mrr_change": "number/number",
    "movement": "enumeration/select:new,expansion,contraction,churn,reactivation,none",
    "first_paid_on": "date/date", "tenure_months": "number/number", "churned_on": "date/date",
    "plans": "string/textarea", "billing_interval": "string/text", "seats": "number/number",
    "discount_percent": "number/number", "open_invoice_amount": "number/number",
    "renews_on": "date/date", "cancels_on": "date/date",
    "subscription_status": "enumeration/select:trialing,active,past_due,unpaid,paused,incomplete,canceled,none",
    "delinquent": "bool/booleancheckbox:true,false", "wau": "number/number", "mau": "number/number",
    "last_seen": "date/date", "seats_used_pct": "number/number", "open_tickets": "number/number",
    "urgent_tickets": "number/number", "csat_pct": "number/number", "last_contact": "date/date",
    "health_score": "number/number", "health_band": "enumeration/select:excellent,healthy,caution,action",
    "health_coverage_pct": "number/number", "health_reasons": "string/textarea",
    "health_change_30d": "number/number", "touch_model": "enumeration/select:tech,group,high",
    "stripe_link": "string/text", "mixpanel_link": "string/text", "zendesk_link": "string/text",
}  # fmt: skip


def complete(given: Mapping[str, Any], now: str, *, own: bool) -> dict[str, Any]:
    """A definition with every key of the vendor's answer; `own` is a property HubSpot brings itself."""
    options = [
        {"label": option["value"], "displayOrder": place, "hidden": False, "description": "", **option}
        for place, option in enumerate(given.get("options") or [])
    ]
    start = {
        "description": "",
        "displayOrder": -1,
        "hidden": False,
        "formField": False,
        "hasUniqueValue": False,
        "externalOptions": False,
        "calculated": False,
        "archived": False,
        "hubspotDefined": own,
        "createdAt": now,
        "updatedAt": now,
        "createdUserId": "1",
        "updatedUserId": "1",
        "showCurrencySymbol": False,
        "dataSensitivity": "non_sensitive",
        "modificationMetadata": {
            "archivable": not own,
            "readOnlyDefinition": own,
            "readOnlyOptions": False,
            "readOnlyValue": False,
        },
    }
    if own:  # the vendor leaves these out for its own properties
        start = {key: value for key, value in start.items() if key not in ("createdUserId", "updatedUserId")}
    return {**start, **given, "options": options}


def _parse(name: str, group: str, text: str) -> dict[str, Any]:
    kind, _, rest = text.partition("/")
    field_type, _, options = rest.partition(":")
    label = name.removeprefix("syncer_").removeprefix("hs_").replace("_", " ").capitalize()
    owner = name == "hubspot_owner_id"
    return {
        "name": name,
        "label": label,
        "type": kind,
        "fieldType": field_type.removesuffix("!"),
        "groupName": group,
        "hasUniqueValue": field_type.endswith("!"),
        "externalOptions": owner,
        **({"referencedObjectType": "OWNER"} if owner else {}),
        "options": [{"label": value, "value": value} for value in options.split(",") if value],
    }


def _stamps(kind: ObjectType) -> Iterable[dict[str, Any]]:
    read_only = {"archivable": False, "readOnlyDefinition": True, "readOnlyOptions": True, "readOnlyValue": True}
    for name, form in (
        (kind.created, "datetime/date"),
        (kind.modified, "datetime/date"),
        ("hs_object_id", "number/number"),
        ("hs_merged_object_ids", "enumeration/checkbox"),
    ):
        yield {**_parse(name, kind.group, form), "modificationMetadata": read_only}


def starting(kind: ObjectType, now: str) -> dict[str, dict[str, Any]]:
    """The definitions a new portal has for an object type, by name."""
    own = [*(_parse(name, kind.group, form) for name, form in STANDARD.get(kind.plural, {}).items()), *_stamps(kind)]
    added = SYNCER if kind.plural == "companies" else {}
    definitions = [complete(given, now, own=given["name"] not in ("account_key", "stripe_customer_id")) for given in own]
    definitions += [complete(_parse(f"syncer_{key}", "syncer", form), now, own=False) for key, form in added.items()]
    return {definition["name"]: definition for definition in definitions}


def starting_groups(kind: ObjectType) -> dict[str, dict[str, Any]]:
    names = [kind.group, *(["syncer"] if kind.plural == "companies" else [])]
    return {name: {"name": name, "label": name, "displayOrder": -1, "archived": False} for name in names}
