"""What was billed: invoices with the lines of subscription items, and their rows."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from syncer.connectors.stripe_parts import Listing, Named, Rows, id_of, lower, no_page


class Span(Struct):
    start: int | None = None
    end: int | None = None


class LineOrigin(Struct):
    subscription_item: str | None = None
    proration: bool = False


class LineParent(Struct):
    subscription_item_details: LineOrigin | None = None


class Line(Struct):
    """Before 2025-03-31 `subscription_item` and `proration` stand on the line itself."""

    id: str
    amount: int | None = None
    period: Span = field(default_factory=Span)
    subscription_item: str | None = None
    proration: bool = False
    parent: LineParent | None = None

    @property
    def origin(self) -> LineOrigin:
        return (self.parent and self.parent.subscription_item_details) or LineOrigin(self.subscription_item, self.proration)


class SubscriptionDetails(Struct):
    subscription: Named = None


class InvoiceParent(Struct):
    subscription_details: SubscriptionDetails | None = None


class Transitions(Struct):
    paid_at: int | None = None


class Invoice(Struct):
    """Before 2025-03-31 `subscription` stands on the invoice itself. A preview of the next invoice has no id."""

    id: str = ""
    customer: Named = None
    subscription: Named = None
    parent: InvoiceParent | None = None
    currency: str | None = None
    status: str | None = None
    created: int | None = None
    due_date: int | None = None
    status_transitions: Transitions = field(default_factory=Transitions)
    amount_paid: int | None = None
    amount_remaining: int | None = None
    lines: Listing[Line] = field(default_factory=no_page)
    deleted: bool = False

    @property
    def is_final(self) -> bool:
        """Drafts still change, may be deleted, and nobody owes them yet."""
        return self.status != "draft"

    @property
    def subscription_id(self) -> str | None:
        details = self.parent and self.parent.subscription_details
        return id_of(self.subscription) or id_of(details.subscription if details else None)


def invoice_rows(invoice: Invoice) -> Rows:
    """No lines of a draft, nor where some did not arrive: half a period's usage is not that period's usage."""
    row = (
        invoice.id, id_of(invoice.customer), invoice.subscription_id, lower(invoice.currency), invoice.status, invoice.created,
        invoice.due_date, invoice.status_transitions.paid_at, invoice.amount_paid, invoice.amount_remaining, invoice.deleted,
    )  # fmt: skip
    lines = invoice.lines.data if invoice.is_final and not invoice.lines.has_more else []
    return {
        "stripe.invoice": [row],
        "stripe.invoice_line": [
            (
                invoice.id, line.id, line.origin.subscription_item, line.period.start, line.period.end,
                None if line.amount is None else Decimal(line.amount),
            )
            for line in lines
            if line.origin.subscription_item and not line.origin.proration
        ],
    }  # fmt: skip
