"""What a Zendesk login may read, and as whom."""

from __future__ import annotations

import msgspec

from syncer.connectors.zendesk import SCOPES, Zendesk
from syncer.tools.examination import Examination
from syncer.words.findings import Finding

CLIENTS = "Zendesk > Admin Center > Apps and integrations > APIs > OAuth clients"
CREDENTIAL = f"{CLIENTS}: copy the unique identifier and, by Regenerate, a new secret; check that subdomain is yours"
HOUR = 3600


class _User(msgspec.Struct):
    id: int | None = None
    name: str = ""
    role: str = ""


class _Me(msgspec.Struct):
    user: _User


def examine(zendesk: Zendesk, as_of: int, now: float) -> list[Finding]:
    """The user that is acted for, and each export asked for one record. CredentialRefused, Unreachable."""
    exam = Examination("zendesk", zendesk.http, now)
    me = exam.ask("GET", "/api/v2/users/me")
    user = msgspec.json.decode(me.body, type=_Me).user if me.status < 300 else _User()
    exam.fine("credential", "login", f"acts for {user.name}, {user.role}" if user.id else "a token is given")
    exam.clock(me)
    scope = f"{CLIENTS} > the client: allow the scopes {SCOPES}"
    exam.right("read users", me, scope)
    admin = user.role in ("admin", "")
    if not admin:
        mend = f"make {user.name or 'that person'} an admin (Admin Center > People > Team members), or make the OAuth client as an admin"
        exam.fault("right", "role", f"{user.name} is {user.role}, and Zendesk gives its exports to admins only", mend)
    exports = {
        "read organizations": ("/api/v2/organizations", {"page[size]": 1}),
        "export organizations": ("/api/v2/incremental/organizations", {"start_time": as_of - HOUR, "per_page": 1}),
        "export tickets": (
            "/api/v2/incremental/tickets/cursor",
            {"start_time": as_of - HOUR, "per_page": 1, "include": "users,metric_sets"},
        ),
    }
    for what, (path, params) in exports.items():
        if admin or not what.startswith("export"):
            exam.right(what, exam.ask("GET", path, params=params), scope)
    exam.rights()
    limit, left = (me.headers.get(name, "") for name in ("x-rate-limit", "x-rate-limit-remaining"))
    if limit.isdigit() and left.isdigit():
        exam.quota(int(limit), int(limit) - int(left), "in this minute")
    exam.fine("zone", "time zone", "days are counted in UTC, whatever the account's zone")
    return exam.findings
