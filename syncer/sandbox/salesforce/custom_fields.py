"""The custom fields that a prepared organisation has on Account, in the types its administrator would have chosen."""

from __future__ import annotations

from typing import Any

from syncer.sandbox.salesforce.schema import Field

STATUSES = ("trialing", "active", "past_due", "unpaid", "paused", "incomplete", "canceled", "none")
BANDS = ("excellent", "healthy", "caution", "action")
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "none")
TOUCH_MODELS = ("tech", "group", "high")


def _custom(name: str, kind: str, **more: Any) -> Field:
    return Field(name=f"{name}__c", label=name.replace("_", " "), type=kind, custom=True, **more)


def _number(name: str, scale: int = 0) -> Field:
    return _custom(name, "double", precision=18, scale=scale)


def _money(name: str) -> Field:
    # Three decimals: dinars have 1,000 fils.
    return _custom(name, "currency", precision=18, scale=3)


def _choice(name: str, *options: str, restricted: bool = True) -> Field:
    return _custom(name, "picklist", length=255, options=options, restricted=restricted)


ACCOUNT_FIELDS = (
    _custom("Account_Key", "string", length=255, unique=True, external_id=True),
    _custom("Stripe_Customer_Id", "string", length=255, external_id=True),
    _number("MRR", 3),
    _number("ARR", 3),
    _custom("MRR_Currency", "string", length=3),
    _money("MRR_Reporting"),
    _custom("MRR_Rate_Date", "date"),
    _number("MRR_Change", 3),
    _choice("Movement", *MOVEMENTS),
    _custom("First_Paid_On", "date"),
    _number("Tenure_Months"),
    _custom("Churned_On", "date"),
    _choice("Plan", restricted=False),
    _custom("All_Plans", "textarea", length=255),
    _custom("Billing_Interval", "string", length=40),
    _choice("Subscription_Status", *STATUSES),
    _number("Seats"),
    _number("Discount_Percent"),
    _custom("Renews_On", "date"),
    _custom("Cancels_On", "date"),
    _custom("Delinquent", "boolean", nillable=False, default=False),
    _number("Open_Invoice_Amount", 3),
    _number("Weekly_Active_Users"),
    _number("Monthly_Active_Users"),
    _custom("Last_Seen", "date"),
    _number("Seats_Used_Pct"),
    _number("Open_Tickets"),
    _number("Urgent_Tickets"),
    _number("CSAT_Pct"),
    _custom("Last_Contact", "date"),
    _number("Health_Score", 1),
    _choice("Health_Band", *BANDS),
    _number("Health_Coverage_Pct"),
    _custom("Health_Reasons", "textarea", length=4000),
    _number("Health_Change_30d", 1),
    _choice("Touch_Model", *TOUCH_MODELS),
    _custom("Stripe_Link", "url", length=255),
    _custom("Mixpanel_Link", "url", length=255),
    _custom("Zendesk_Link", "url", length=255),
)
