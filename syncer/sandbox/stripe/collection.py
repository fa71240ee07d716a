"""What becomes of an invoice that is open: paid, void, or given up."""

from __future__ import annotations

from syncer.sandbox.stripe.events import Asked, Journal
from syncer.sandbox.stripe.refusals import Refusal, no_such
from syncer.sandbox.stripe.shelf import Record


def pay(journal: Journal, asked: Asked) -> Record:
    record = _found(journal, asked, ("open", "uncollectible"), "Invoice is already paid")
    paid = {"amount_paid": record["amount_due"], "amount_remaining": 0}
    return _moved(journal, record | paid, "paid", "paid", asked)


def void(journal: Journal, asked: Asked) -> Record:
    record = _found(journal, asked, ("open", "uncollectible"), "You can only pass in open or uncollectible invoices.")
    return _moved(journal, record, "void", "voided", asked)


def mark_uncollectible(journal: Journal, asked: Asked) -> Record:
    record = _found(journal, asked, ("open",), "You can only pass in open invoices.")
    return _moved(journal, record, "uncollectible", "marked_uncollectible", asked)


def _found(journal: Journal, asked: Asked, statuses: tuple[str, ...], otherwise: str) -> Record:
    record = journal.store.shelves["invoices"].records.get(asked.record_id)
    if record is None:
        raise no_such("invoice", asked.record_id, "invoice", 404)
    if record.get("status") not in statuses:
        raise Refusal(otherwise)
    return record


def _moved(journal: Journal, record: Record, status: str, moment: str, asked: Asked) -> Record:
    moments = {**record.get("status_transitions", {}), f"{moment}_at": asked.now}
    return journal.changed("invoices", {**record, "status": status, "status_transitions": moments}, f"invoice.{moment}", asked)
