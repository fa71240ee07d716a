"""The HubSpot stand-in."""

from .oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from .refusals import PORTAL_ID
from .standin import CREDENTIALS, HubspotStandin

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "CREDENTIALS", "PORTAL_ID", "REFRESH_TOKEN", "HubspotStandin"]
