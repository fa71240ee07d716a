"""Restricted keys: what each may read, and how Stripe refuses the rest (https://docs.stripe.com/keys#limit-access).

The words are those of reports on stripe-node issue 2246 and tap-stripe issue 38: no restricted key may read `/v1/account`.
"""

from __future__ import annotations

from collections.abc import Collection

from syncer.sandbox.stripe.refusals import Refusal

RIGHTS = {
    "customers": "customer", "subscriptions": "subscription", "subscription_items": "subscription", "products": "product",
    "prices": "plan", "plans": "plan", "coupons": "coupon", "invoices": "invoice", "events": "event",
}  # fmt: skip
"""What the right to an endpoint is called; `customer` is read with `rak_customer_read` or `rak_customer_write`."""


def refusal(key: str, rights: Collection[str], method: str, path: str, account: str) -> Refusal | None:
    """Why a restricted key with these rights may not make the call."""
    resource = RIGHTS.get(path.split("/")[2] if path.startswith("/v1/") else "")
    wanted = [f"rak_{resource}_write"] if method != "GET" else [f"rak_{resource}_read", f"rak_{resource}_write"]
    if resource and set(wanted) & set(rights):
        return None
    said = f"The provided key '{key}' does not have the required permissions for this endpoint on account '{account}'."
    hint = f"Having the '{wanted[0]}' permission would allow this request to continue."
    lost = "This is a restricted API key, but the required permissions are not available for use by restricted keys."
    return Refusal(f"{said} {hint if resource else lost}", status=403)
