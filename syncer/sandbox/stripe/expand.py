"""What Stripe shows of a record: some fields only on request, others as an id that `expand[]` turns into the object
(https://docs.stripe.com/api/expanding_objects).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncer.sandbox.stripe.invoices import filled_invoice, lines_of
from syncer.sandbox.stripe.plans import plan_of
from syncer.sandbox.stripe.refusals import DEPTH, not_expandable, too_deep
from syncer.sandbox.stripe.shelf import Record, Shelf

INLINE = 10
"""How many records a list inside an object shows; the rest has to be asked for at its `url`."""

Tree = Mapping[str, Any]
"""Expansions asked for, by field: {"discounts": {"source": {"coupon": {}}}}."""

NOTHING: Tree = {}


@dataclass(frozen=True)
class Field:
    """A field that may stand in an expansion. `kind` says what is inside it ("list:price" for a list object of prices);
    `shelf` where the id that stands there leads; `hidden` fields are left out unless asked for.
    """

    kind: str = ""
    shelf: str = ""
    hidden: bool = False


AS_IT_IS = Field()
HIDDEN = Field(hidden=True)
CUSTOMER, PRODUCT, PRICE, COUPON, INVOICE, SUBSCRIPTION = (
    Field(name, f"{name}s") for name in ("customer", "product", "price", "coupon", "invoice", "subscription")
)
DISCOUNT = Field("discount")


def _as_they_are(names: str) -> dict[str, Field]:
    return dict.fromkeys(names.split(), AS_IT_IS)


FIELDS: Mapping[str, Mapping[str, Field]] = {
    "customer": {
        "discount": DISCOUNT,
        "subscriptions": Field("list:subscription", hidden=True),
        "sources": HIDDEN,
        "tax_ids": HIDDEN,
        "cash_balance": HIDDEN,
        "tax": HIDDEN,
        **_as_they_are("address default_source invoice_settings shipping test_clock"),
    },
    "subscription": {
        "customer": CUSTOMER,
        "latest_invoice": INVOICE,
        "discounts": DISCOUNT,
        "items": Field("list:subscription_item"),
        **_as_they_are(
            "application automatic_tax billing_cycle_anchor_config billing_mode billing_schedules billing_thresholds "
            "cancellation_details default_payment_method default_source default_tax_rates invoice_settings "
            "managed_payments on_behalf_of pause_collection payment_settings pending_invoice_item_interval "
            "pending_setup_intent pending_update presentment_details schedule test_clock transfer_data trial_settings"
        ),
    },
    "subscription_item": {
        "price": Field("price"),
        "discounts": DISCOUNT,
        **_as_they_are("billing_thresholds tax_rates"),
    },
    "price": {
        "product": PRODUCT,
        "tiers": HIDDEN,
        "currency_options": HIDDEN,
        **_as_they_are("custom_unit_amount recurring transform_quantity"),
    },
    "plan": {"product": PRODUCT, "tiers": HIDDEN, "transform_usage": AS_IT_IS},
    "product": {"default_price": PRICE, **_as_they_are("marketing_features package_dimensions tax_code")},
    "coupon": {"applies_to": HIDDEN, "currency_options": HIDDEN},
    "discount": {"customer": CUSTOMER, "promotion_code": AS_IT_IS, "source": Field("discount_source")},
    "discount_source": {"coupon": COUPON},
    "invoice": {
        "customer": CUSTOMER,
        "discounts": DISCOUNT,
        "lines": Field("list:line_item"),
        "parent": Field("invoice_parent"),
        "payments": HIDDEN,
        **_as_they_are(
            "account_tax_ids application automatic_tax confirmation_secret custom_fields customer_address "
            "customer_shipping customer_tax_ids default_payment_method default_source default_tax_rates from_invoice "
            "issuer last_finalization_error latest_revision on_behalf_of payment_settings rendering shipping_cost "
            "shipping_details status_transitions test_clock threshold_reason total_discount_amounts "
            "total_pretax_credit_amounts total_taxes"
        ),
    },
    "invoice_parent": {"subscription_details": Field("invoice_subscription")},
    "invoice_subscription": {"subscription": SUBSCRIPTION},
    "line_item": {
        "discounts": DISCOUNT,
        "subscription": SUBSCRIPTION,
        **_as_they_are("discount_amounts parent period pretax_credit_amounts pricing taxes"),
    },
    "event": _as_they_are("data request"),
}

HIDDEN_FIELDS = {kind: [name for name, field in fields.items() if field.hidden] for kind, fields in FIELDS.items()}


def tree_of(kind: str, paths: Iterable[str], *, in_list: bool = False, lenient: bool = False) -> Tree:
    """The expansions as a tree, for a record of that kind. In a list paths begin with `data.`, which counts as a level.
    Refusal of what is too deep or is not to be expanded; a `lenient` reading passes over the latter.
    """
    tree: dict[str, Any] = {}
    for path in paths:
        names = path.split(".")
        if len(names) > DEPTH:
            raise too_deep(path)
        if not _is_there(f"list:{kind}" if in_list else kind, names):
            if lenient:
                continue
            raise not_expandable(path, in_list)
        node = tree
        for name in names:
            node = node.setdefault(name, {})
    below: Tree = tree.get("data", NOTHING) if in_list else tree
    return below


def _is_there(inside: str, names: Iterable[str]) -> bool:
    for name in names:
        if inside.startswith("list:") and name == "data":
            inside = inside.removeprefix("list:")
        elif name in FIELDS.get(inside, {}):
            inside = FIELDS[inside][name].kind
        else:
            return False
    return True


class Renderer:
    """Stored records as Stripe shows them. What comes back shares its parts with the store: do not change it."""

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        self.shelves = shelves

    def render(self, kind: str, record: Record, tree: Tree = NOTHING) -> Record:
        shown = filled_invoice(record) if kind == "invoice" else record.copy()
        for name in HIDDEN_FIELDS.get(kind, ()):
            if name not in tree:
                shown.pop(name, None)
        if record.get("discounts"):
            shown["discounts"] = self._discounts(record["discounts"], tree.get("discounts"))
        if kind == "subscription":
            shown["items"] = self.items(record, tree.get("items", NOTHING).get("data", NOTHING))
        elif kind == "subscription_item":
            self._add_price(shown, record["price"], tree.get("price", NOTHING))
        elif kind == "invoice":
            shown["lines"] = self._lines(record, tree.get("lines", NOTHING).get("data", NOTHING))
        elif kind == "customer":
            self._add_lists(shown, tree)
        for name, below in tree.items():
            if name in shown and name not in ("discounts", "items", "lines", "price", "subscriptions"):
                shown[name] = self._expanded(FIELDS[kind][name], shown[name], below)
        return shown

    def _expanded(self, field: Field, value: Any, below: Tree) -> Any:
        if isinstance(value, str) and field.shelf:
            return self._fetched(field, value, below)
        return self.render(field.kind, value, below) if isinstance(value, dict) and field.kind else value

    def _fetched(self, field: Field, record_id: str, below: Tree) -> Any:
        shelf = self.shelves[field.shelf]
        if record_id in shelf.deleted and field.kind != "coupon":
            return {"id": record_id, "object": field.kind, "deleted": True}
        record = shelf.records.get(record_id) or shelf.deleted.get(record_id)
        return self.render(field.kind, record, below) if record else record_id

    def _discounts(self, discounts: list[Any], tree: Tree | None) -> list[Any]:
        if tree is None:
            return [one["id"] if isinstance(one, dict) else one for one in discounts]
        return [self.render("discount", one, tree) if isinstance(one, dict) else one for one in discounts]

    def _add_price(self, item: Record, price: Any, tree: Tree) -> None:
        """The price, and the plan that it is under its old name: the reference is silent, recordings have it."""
        record = self.shelves["prices"].records.get(price) if isinstance(price, str) else price
        if record is None:
            raise KeyError(f"the stand-in holds no price {price!r}, which a subscription item names; load it too")
        item["price"] = self.render("price", record, tree)
        if record.get("recurring"):
            item["plan"] = plan_of(item["price"])

    def items(self, subscription: Record, tree: Tree) -> Record:
        url = f"/v1/subscription_items?subscription={subscription['id']}"
        return self._inside("subscription_item", subscription["items"]["data"], url, tree)

    def _lines(self, invoice: Record, tree: Tree) -> Record:
        return self._inside("line_item", lines_of(invoice), f"/v1/invoices/{invoice['id']}/lines", tree)

    def _inside(self, kind: str, stored: list[Record], url: str, tree: Tree) -> Record:
        shown = [self.render(kind, one, tree) for one in stored[:INLINE]]
        return {"object": "list", "data": shown, "has_more": len(stored) > INLINE, "url": url}

    def _add_lists(self, customer: Record, tree: Tree) -> None:
        for name in ("sources", "tax_ids"):
            if name in tree:
                url = f"/v1/customers/{customer['id']}/{name}"
                customer.setdefault(name, {"object": "list", "data": [], "has_more": False, "url": url})
        if "subscriptions" in tree:
            shelf = self.shelves["subscriptions"]
            keys = reversed(shelf.order(customer["id"]))
            live = [one for _, key in keys if (one := shelf.records[key])["status"] != "canceled"]
            below = tree["subscriptions"].get("data", NOTHING)
            customer["subscriptions"] = {
                "object": "list",
                "data": [self.render("subscription", one, below) for one in live[:INLINE]],
                "has_more": len(live) > INLINE,
                "url": f"/v1/customers/{customer['id']}/subscriptions",
            }
