"""The Zendesk stand-in."""

from syncer.sandbox.zendesk.standin import CLIENT_ID, CLIENT_SECRET, EMAIL, TOKEN, ZendeskStandin

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "EMAIL", "TOKEN", "ZendeskStandin"]
