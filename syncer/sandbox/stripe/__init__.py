"""Stripe's API on loopback, in the shape of version 2026-05-27.dahlia.

What it does not imitate:
- Versions: every `Stripe-Version` is answered in the one shape above; the header is echoed. Who asks for a version
  of before 2025-03-31 may expand fields that this shape has no more: they are passed over.
- Time passing: no renewals, new invoices, dunning, ends of trials, or cancellations at period end. Load what
  should have happened. Events leave the list after 30 days; that alone follows the clock.
- Of invoices only paying, voiding and giving up; what that does to the subscription's status does not follow.
- Search (`/v1/…/search`), test clocks, meters and usage, tax, payment methods, connected accounts (`Stripe-Account` is
  ignored, every `acct_…` is the one account), files, webhooks.
- Charges, invoice items, promotion codes, schedules and the like are empty lists; they accept any parameter.
- Of the parameters of a POST those that change customers, the catalogue and subscriptions have an effect. The others
  that Stripe knows are accepted and ignored; unknown ones are refused.
- Expansion of things that are not kept here (payment methods, schedules, tax rates): accepted, the id stays.
- Proration: a changed price or quantity is simply there.
- Limits per subscription (invoices a minute, updates an hour) and on concurrent calls.
- How many items come inside a subscription is taken to be 10, as for other lists.
"""

from syncer.sandbox.stripe.standin import LIVE_KEY, TEST_KEY, StripeStandin

__all__ = ["LIVE_KEY", "TEST_KEY", "StripeStandin"]
