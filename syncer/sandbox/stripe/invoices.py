"""Invoices and their lines: kept lean, as there are many, and filled when they are shown."""

from __future__ import annotations

from syncer.sandbox.stripe.blanks import INVOICE, ITEM_LINE_DETAILS, LINE, LINE_PARENT, SUBSCRIPTION_PARENT
from syncer.sandbox.stripe.shelf import Record


def filled_invoice(record: Record) -> Record:
    """The whole invoice, its lines as they are kept."""
    subscription = (record.get("parent") or {}).get("subscription_details")
    moments = {**INVOICE["status_transitions"], **record.get("status_transitions", {})}
    whole = {**INVOICE, **record, "status_transitions": moments}
    return (
        {**whole, "parent": {**SUBSCRIPTION_PARENT, "subscription_details": {"metadata": None, **subscription}}} if subscription else whole
    )


def filled_line(record: Record, invoice_id: str) -> Record:
    item = (record.get("parent") or {}).get("subscription_item_details")
    whole = {**LINE, "invoice": invoice_id, "subtotal": record["amount"], **record}
    if not item:
        return whole
    parent = {**LINE_PARENT, "subscription_item_details": {**ITEM_LINE_DETAILS, **item}}
    return {**whole, "subscription": item.get("subscription"), "parent": parent}


def lines_of(record: Record) -> list[Record]:
    kept = record.get("lines", {}).get("data", ())
    return [filled_line(line, record["id"]) for line in kept]
