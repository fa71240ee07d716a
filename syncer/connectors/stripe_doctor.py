"""What a Stripe key may do, in which mode, and whether the pinned version is spoken."""

from __future__ import annotations

import msgspec

from syncer.connectors.stripe import API_VERSION, Stripe
from syncer.connectors.stripe_records import KINDS
from syncer.tools.examination import Examination
from syncer.words.findings import Finding

KEYS_PAGE = "https://dashboard.stripe.com/apikeys"
CREDENTIAL = f"copy the key anew from {KEYS_PAGE} into the variable that syncer.yaml names; a key that was rolled is no longer good"


class _Account(msgspec.Struct):
    id: str


def examine(stripe: Stripe, api_key: str, now: float) -> list[Finding]:
    """Every kind of object listed once, as the connector lists it. CredentialRefused, Unreachable."""
    exam = Examination("stripe", stripe.http, now)
    account = exam.ask("GET", "/v1/account")
    if account.status == 400 and b"version" in account.body.lower():
        exam.fault("version", "API version", exam.words(account), f"this syncer speaks {API_VERSION}; take another release of it")
        return exam.findings
    # no restricted key may read the account (github.com/stripe/stripe-node issue 2246)
    name = (
        msgspec.json.decode(account.body, type=_Account).id if account.status < 300 else "a restricted key, which does not tell its account"
    )
    exam.fine("credential", "key", name)
    exam.clock(account)
    for kind in KINDS.values():
        params = [("limit", "1"), *kind.filters.items(), *(("expand[]", f"data.{path}") for path in kind.expand)]
        _may_read(exam, f"{kind.name}s", params)
    _may_read(exam, "events", [("limit", "1")])
    exam.rights()
    exam.fine("version", "API version", API_VERSION)
    _mode(exam, api_key)
    exam.fine("quota", "quota", f"no daily limit; syncer keeps below {25 if '_test_' in api_key else 100} calls a second")
    return exam.findings


def _may_read(exam: Examination, name: str, params: list[tuple[str, str]]) -> None:
    mend = f"{KEYS_PAGE} > the key > Edit: set {name.capitalize()} to Read"
    exam.right(f"read {name}", exam.ask("GET", f"/v1/{name}", params=params), mend)


def _mode(exam: Examination, api_key: str) -> None:
    if "_test_" in api_key:
        exam.warn(
            "mode", "mode", "a key of test mode: no real customer is read", "for the real figures take a key that begins with rk_live_"
        )
    else:
        exam.fine("mode", "mode", "live mode")
    if api_key.startswith("sk_"):
        said = "a secret key, which may do everything; syncer only reads"
        exam.warn("privilege", "privilege", said, f"{KEYS_PAGE} > Create restricted key, each of the rights above as Read")
