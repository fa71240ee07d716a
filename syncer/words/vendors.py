"""The vendors as people write them."""

from __future__ import annotations

VENDOR_NAMES = {"stripe": "Stripe", "mixpanel": "Mixpanel", "zendesk": "Zendesk", "salesforce": "Salesforce", "hubspot": "HubSpot"}
