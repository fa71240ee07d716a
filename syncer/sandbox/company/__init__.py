"""Lighthouse Metrics, a made-up company that sells software by subscription: the same seed gives the same bytes.

accounts.py   who its customers and prospects are, and what becomes of each
identity.py   which system knows whom by what
catalog.py billing.py usage.py support.py crms.py   what Stripe, Mixpanel, Zendesk and both CRMs hold about them
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncer.sandbox.company.accounts import make_accounts
from syncer.sandbox.company.billing import stripe_records
from syncer.sandbox.company.crms import crm_records
from syncer.sandbox.company.identity import make_identities
from syncer.sandbox.company.support import zendesk_records
from syncer.sandbox.company.usage import mixpanel_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncer.sandbox.shapes import Records

DEFAULT_AS_OF = 1_793_523_600
"""2026-11-01T09:00:00Z, a Sunday."""


def make_company(accounts: int, seed: int, as_of: int = DEFAULT_AS_OF) -> Records:
    """The five vendors' records at that moment, for so many CRM accounts (85 % of them customers)."""
    with _no_collection():
        made = make_accounts(accounts, seed, as_of)
        identities = make_identities(made, seed)
        return {
            "stripe": stripe_records(made, identities, seed, as_of),
            "mixpanel": mixpanel_records(made, identities, seed, as_of),
            "zendesk": zendesk_records(made, identities, seed, as_of),
            **crm_records(made, identities),
        }


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing made here is garbage, and looking for it would double the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
