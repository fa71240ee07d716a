"""What an OAuth token may read, and who may export (https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/).

A call beyond a token's scopes is a 403; its body here is the one that Zendesk has for any page that is not open to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from syncer.sandbox.server import Call
from syncer.sandbox.zendesk.refusals import Refusal, titled

FORBIDDEN = "You do not have access to this page. Please contact the account owner of this help desk for further help."
WHOLE = ("read", "write")


def beyond(call: Call, scopes: Collection[str], role: str) -> Refusal | None:
    """The refusal of a call that these scopes, or this role, do not allow."""
    found = re.match(r"/api/v2/(incremental/)?(\w+)", call.path)
    verb = "read" if call.method == "GET" else "write"
    allowed = not found or bool({verb, f"{found[2]}:{verb}"} & set(scopes))
    if found and found[1] and role != "admin":
        allowed = False  # incremental exports are for admins only
    return None if allowed else titled(403, "Forbidden", FORBIDDEN)
