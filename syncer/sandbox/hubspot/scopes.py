"""Which scope a call needs, and how HubSpot refuses a token without it.

https://developers.hubspot.com/docs/api-reference/error-handling; the body is that of reports on PostHog/posthog issue 53339.
"""

from __future__ import annotations

import re

from syncer.sandbox.server import Call

from .refusals import Refusal

READS = ("/search", "/batch/read")


def needed(call: Call) -> str | None:
    """The scope by name; None where every token may call."""
    path = call.path
    if "/object-schemas" in path or "/schemas" in path:
        return f"crm.schemas.custom.{_verb(call)}"
    if found := re.match(r"/crm/(?:properties/[\d-]+|v3/properties)/(\w+)", path):
        return f"crm.schemas.{found[1]}.{_verb(call)}"
    if found := re.match(r"/crm/(?:objects/[\d-]+|v3/objects)/([\w-]+)", path):
        kind = "custom" if found[1].startswith(("2-", "p_")) else found[1]
        return f"crm.objects.{kind}.{_verb(call)}"
    return None


def _verb(call: Call) -> str:
    return "read" if call.method == "GET" or call.path.endswith(READS) else "write"


def missing(scope: str) -> Refusal:
    page = "https://developers.hubspot.com/scopes"
    said = f"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: {page}."
    errors = [{"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": [scope]}}]
    return Refusal(403, said, "MISSING_SCOPES", errors=errors, links={"scopes": page})
