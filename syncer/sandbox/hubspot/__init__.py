"""The HubSpot stand-in."""

from .refusals import PORTAL_ID
from .standin import CREDENTIALS, HubspotStandin

__all__ = ["CREDENTIALS", "PORTAL_ID", "HubspotStandin"]
