"""The objects every organisation has, with the standard fields that integrations use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncer.sandbox.salesforce.custom_fields import ACCOUNT_FIELDS
from syncer.sandbox.salesforce.schema import Field, Sobject

INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction", "Consulting",
    "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental", "Finance", "Food & Beverage",
    "Government", "Healthcare", "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media", "Not For Profit",
    "Other", "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation", "Utilities",
)  # fmt: skip
ACCOUNT_TYPES = (
    "Prospect", "Customer - Direct", "Customer - Channel", "Channel Partner / Reseller", "Installation Partner",
    "Technology Partner", "Other",
)  # fmt: skip
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
TASK_STATES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
RATINGS = ("Hot", "Warm", "Cold")
STAGES = (
    "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Id. Decision Makers", "Perception Analysis",
    "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost",
)  # fmt: skip


def _text(name: str, label: str, length: int, kind: str = "string", **more: Any) -> Field:
    return Field(name=name, label=label, type=kind, length=length, **more)


def _choice(name: str, label: str, options: tuple[str, ...], **more: Any) -> Field:
    return Field(name=name, label=label, type="picklist", length=255, options=options, **more)


def _link(name: str, label: str, *targets: str, **more: Any) -> Field:
    relationship = name.removesuffix("Id")
    return Field(name=name, label=label, type="reference", length=18, refers_to=targets, relationship=relationship, **more)


def _flag(name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, type="boolean", nillable=False, default=False, **more)


def _money(name: str, label: str, **more: Any) -> Field:
    return Field(name=name, label=label, type="currency", precision=18, **more)


def _id(label: str) -> Field:
    return Field(name="Id", label=label, type="id", length=18, nillable=False, writable=False)


def audit_columns() -> list[Field]:
    """When and by whom a record was made and changed."""
    return [
        Field(name="CreatedDate", label="Created Date", type="datetime", nillable=False, writable=False),
        _link("CreatedById", "Created By ID", "User", nillable=False, writable=False),
        Field(name="LastModifiedDate", label="Last Modified Date", type="datetime", nillable=False, writable=False),
        _link("LastModifiedById", "Last Modified By ID", "User", nillable=False, writable=False),
        Field(name="SystemModstamp", label="System Modstamp", type="datetime", nillable=False, writable=False),
    ]


def _deleted() -> Field:
    return _flag("IsDeleted", "Deleted", writable=False)


def _owner() -> Field:
    return _link("OwnerId", "Owner ID", "User", nillable=False, filled=True)


def _address(prefix: str) -> list[Field]:
    return [
        _text(f"{prefix}Street", f"{prefix} Street", 255, "textarea"),
        _text(f"{prefix}City", f"{prefix} City", 40),
        _text(f"{prefix}State", f"{prefix} State/Province", 80),
        _text(f"{prefix}PostalCode", f"{prefix} Zip/Postal Code", 20),
        _text(f"{prefix}Country", f"{prefix} Country", 80),
    ]


def _person(name_field: bool = True) -> list[Field]:
    return [
        _text("LastName", "Last Name", 80, nillable=False),
        _text("FirstName", "First Name", 40),
        _text("Name", "Full Name", 121, nillable=False, writable=False, name_field=name_field),
    ]


def _account() -> list[Field]:
    return [
        _id("Account ID"), _deleted(),
        _link("MasterRecordId", "Master Record ID", "Account", writable=False),
        _text("Name", "Account Name", 255, nillable=False, name_field=True),
        _choice("Type", "Account Type", ACCOUNT_TYPES),
        _link("ParentId", "Parent Account ID", "Account"),
        *_address("Billing"), *_address("Shipping"),
        _text("Phone", "Account Phone", 40, "phone"), _text("Fax", "Account Fax", 40, "phone"),
        _text("AccountNumber", "Account Number", 40), _text("Website", "Website", 255, "url"),
        _choice("Industry", "Industry", INDUSTRIES), _money("AnnualRevenue", "Annual Revenue"),
        Field(name="NumberOfEmployees", label="Employees", type="int", precision=8),
        _text("TickerSymbol", "Ticker Symbol", 20), _text("Description", "Account Description", 32000, "textarea"),
        _choice("Rating", "Account Rating", RATINGS), _text("Site", "Account Site", 80), _owner(), *audit_columns(),
        Field(name="LastActivityDate", label="Last Activity", type="date", writable=False),
        _choice("AccountSource", "Account Source", SOURCES),
        *ACCOUNT_FIELDS,
    ]  # fmt: skip


def _contact() -> list[Field]:
    return [
        _id("Contact ID"), _deleted(), _link("AccountId", "Account ID", "Account"), *_person(), *_address("Mailing"),
        _text("Phone", "Business Phone", 40, "phone"), _text("MobilePhone", "Mobile Phone", 40, "phone"),
        _text("Email", "Email", 80, "email"), _text("Title", "Title", 128), _text("Department", "Department", 80),
        _text("Description", "Contact Description", 32000, "textarea"), _owner(), *audit_columns(),
    ]  # fmt: skip


def _user() -> list[Field]:
    return [
        _id("User ID"), _text("Username", "Username", 80, nillable=False, unique=True), *_person(),
        _text("Email", "Email", 128, "email", nillable=False), _text("Alias", "Alias", 8), _text("Title", "Title", 80),
        _text("Department", "Department", 80),
        Field(name="IsActive", label="Active", type="boolean", nillable=False, default=True),
        _choice("UserType", "User Type", ("Standard",), restricted=True, writable=False),
        _text("TimeZoneSidKey", "Time Zone", 40), _text("LocaleSidKey", "Locale", 40),
        _link("ManagerId", "Manager ID", "User"), *audit_columns(),
    ]  # fmt: skip


def _task() -> list[Field]:
    return [
        _id("Activity ID"), _link("WhoId", "Name ID", "Contact"),
        _link("WhatId", "Related To ID", "Account", "Opportunity", "Case"),
        _text("Subject", "Subject", 255), Field(name="ActivityDate", label="Due Date Only", type="date"),
        _choice("Status", "Status", TASK_STATES, nillable=False, default="Not Started"),
        _choice("Priority", "Priority", ("High", "Normal", "Low"), nillable=False, default="Normal"),
        _flag("IsHighPriority", "High Priority", writable=False), _owner(),
        _text("Description", "Description", 32000, "textarea"), _deleted(),
        _link("AccountId", "Account ID", "Account", writable=False), _flag("IsClosed", "Closed", writable=False),
        *audit_columns(),
    ]  # fmt: skip


def _opportunity() -> list[Field]:
    return [
        _id("Opportunity ID"), _deleted(), _link("AccountId", "Account ID", "Account"),
        _text("Name", "Name", 120, nillable=False, name_field=True),
        _choice("StageName", "Stage", STAGES, nillable=False),
        Field(name="Amount", label="Amount", type="currency", precision=18, scale=2),
        Field(name="Probability", label="Probability (%)", type="percent", precision=3),
        Field(name="CloseDate", label="Close Date", type="date", nillable=False),
        _flag("IsClosed", "Closed", writable=False), _flag("IsWon", "Won", writable=False),
        _text("Description", "Description", 32000, "textarea"), _owner(), *audit_columns(),
    ]  # fmt: skip


def _case() -> list[Field]:
    return [
        _id("Case ID"), _deleted(),
        _link("ContactId", "Contact ID", "Contact"), _link("AccountId", "Account ID", "Account"),
        _choice("Status", "Status", ("New", "Working", "Escalated", "Closed"), default="New"),
        _choice("Priority", "Priority", ("High", "Medium", "Low"), default="Medium"),
        _choice("Origin", "Case Origin", ("Phone", "Email", "Web")), _text("Subject", "Subject", 255),
        _text("Description", "Description", 32000, "textarea"), _flag("IsClosed", "Closed", writable=False),
        _owner(), *audit_columns(),
    ]  # fmt: skip


def _organization() -> list[Field]:
    fixed: dict[str, Any] = {"writable": False}
    return [
        _id("Organization ID"), _text("Name", "Name", 80, nillable=False, name_field=True),
        _text("Country", "Country", 80), _text("PrimaryContact", "Primary Contact", 80),
        _text("InstanceName", "Instance Name", 5, **fixed),
        _flag("IsSandbox", "Is Sandbox", **fixed), _text("OrganizationType", "Edition", 40, **fixed),
        _text("DefaultCurrencyIsoCode", "Default Currency", 3, **fixed), _text("TimeZoneSidKey", "Time Zone", 40),
        _text("LanguageLocaleKey", "Language", 40), *audit_columns(),
    ]  # fmt: skip


def own_columns(label: str) -> list[Field]:
    """What every custom object has. Its name is a text that Salesforce fills with the id when nothing is said."""
    name = _text("Name", f"{label} Name", 80, name_field=True, filled=True)
    return [_id("Record ID"), _owner(), _deleted(), name, *audit_columns()]


def standard_objects() -> list[Sobject]:
    """New ones at every call: fields can be added to and removed from them."""
    told = [
        ("Account", "Account", "Accounts", "001", _account()),
        ("Contact", "Contact", "Contacts", "003", _contact()),
        ("User", "User", "Users", "005", _user()),
        ("Opportunity", "Opportunity", "Opportunities", "006", _opportunity()),
        ("Case", "Case", "Cases", "500", _case()),
        ("Task", "Task", "Tasks", "00T", _task()),
        ("Organization", "Organization", "Organization", "00D", _organization()),
    ]
    objects = [Sobject(name, label, plural, prefix, {col.name: col for col in cols}) for name, label, plural, prefix, cols in told]
    for sobject in objects:
        sobject.deletable = "IsDeleted" in sobject.columns
        sobject.createable = sobject.name != "Organization"
    return objects


def _full_name(row: dict[str, Any]) -> None:
    if row.get("LastName"):
        row["Name"] = " ".join(part for part in (row.get("FirstName"), row["LastName"]) if part)


def _task_state(row: dict[str, Any]) -> None:
    row["IsClosed"], row["IsHighPriority"] = row.get("Status") == "Completed", row.get("Priority") == "High"
    if str(row.get("WhatId", "")).startswith("001"):
        row["AccountId"] = row["WhatId"]


def _opportunity_state(row: dict[str, Any]) -> None:
    row["IsClosed"], row["IsWon"] = str(row.get("StageName")).startswith("Closed"), row.get("StageName") == "Closed Won"


def _case_state(row: dict[str, Any]) -> None:
    row["IsClosed"] = row.get("Status") == "Closed"


DERIVED: dict[str, Callable[[dict[str, Any]], None]] = {
    "Contact": _full_name, "User": _full_name, "Task": _task_state, "Opportunity": _opportunity_state,
    "Case": _case_state,
}  # fmt: skip
"""Values that follow from others of the same record, set again after each write."""
