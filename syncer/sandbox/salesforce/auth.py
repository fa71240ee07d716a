"""Who may call: the token endpoint's four grants, and tokens that live two hours by the clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import msgspec

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.server import Answer, Call

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105
USERNAME = "integration@sandbox.example"
PASSWORD = "sandbox-password"  # noqa: S105
REFRESH_TOKEN = "sandbox-refresh-token"  # noqa: S105
TOKEN_SECONDS = 2 * 3600
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Tokens:
    """The access tokens given out, and until when each is good."""

    def __init__(self, organization_id: str, user_id: str) -> None:
        self._organization_id = organization_id
        self._user_id = user_id
        self._good_until: dict[str, float] = {}

    def check(self, call: Call) -> None:
        """ApiError INVALID_SESSION_ID unless the call bears a token of ours that still lives."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if "x-sfdc-session" in call.headers:  # how clients of the first Bulk API bear it
            kind, token = "OAuth", call.headers["x-sfdc-session"]
        if kind not in ("Bearer", "OAuth") or self._good_until.get(token, 0) <= call.now:
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")

    def grant(self, call: Call) -> Answer:
        """POST /services/oauth2/token."""
        refusal = _refusal(_form_with_basic(call))
        if refusal:
            error, description = refusal
            return Answer({"error": error, "error_description": description}, 400)
        issued = str(int(call.now * 1000))
        digest = hashlib.sha256(f"{issued}.{len(self._good_until)}".encode()).hexdigest()
        token = f"{self._organization_id[:15]}!AQ{digest}"
        self._good_until[token] = call.now + TOKEN_SECONDS
        identity = f"{call.base_url}/id/{self._organization_id}/{self._user_id}"
        signature = hmac.new(CLIENT_SECRET.encode(), (identity + issued).encode(), hashlib.sha256).digest()
        return Answer({
            "access_token": token, "signature": base64.b64encode(signature).decode(), "scope": "api",
            "instance_url": call.base_url, "id": identity, "token_type": "Bearer", "issued_at": issued,
        })  # fmt: skip

    def revoke(self, call: Call) -> Answer:
        """POST /services/oauth2/revoke: the token is good no more."""
        token = dict([*call.query, *call.form()]).get("token", "")
        if self._good_until.pop(token, 0) <= call.now:
            said = "this token type is not supported"
            return Answer({"error": "unsupported_token_type", "error_description": said}, 400)
        return Answer(b"", content_type="text/html")

    def userinfo(self, call: Call) -> Answer:
        """GET /services/oauth2/userinfo."""
        identity = f"{call.base_url}/id/{self._organization_id}/{self._user_id}"
        return Answer({
            "sub": identity, "user_id": self._user_id, "organization_id": self._organization_id,
            "preferred_username": USERNAME,
            "name": "Integration User", "email": USERNAME, "email_verified": True, "active": True, "zoneinfo": "GMT",
            "user_type": "STANDARD", "locale": "en_US", "language": "en_US",
            "urls": {"rest": f"{call.base_url}/services/data/v{{version}}/"},
        })  # fmt: skip


def _form_with_basic(call: Call) -> dict[str, str]:
    """The form's fields; client id and secret may come as a Basic header instead."""
    form = dict(call.form())
    kind, _, credentials = call.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        try:
            user, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            return form
        form |= {"client_id": user, "client_secret": secret}
    return form


def _refusal(form: dict[str, str]) -> tuple[str, str] | None:
    grant = form.get("grant_type")
    if grant == _JWT_GRANT:
        return _assertion_refusal(form.get("assertion", ""))
    if grant not in ("client_credentials", "password", "refresh_token"):
        return "unsupported_grant_type", "grant type not supported"
    if form.get("client_id") != CLIENT_ID:
        return "invalid_client_id", "client identifier invalid"
    if form.get("client_secret") != CLIENT_SECRET:
        return "invalid_client", "invalid client credentials"
    wrong = {
        "password": ((form.get("username"), form.get("password")) != (USERNAME, PASSWORD), "authentication failure"),
        "refresh_token": (form.get("refresh_token") != REFRESH_TOKEN, "expired access/refresh token"),
    }.get(grant, (False, ""))
    return ("invalid_grant", wrong[1]) if wrong[0] else None


def _assertion_refusal(assertion: str) -> tuple[str, str] | None:
    parts = [_json_part(part) for part in assertion.split(".")[:2]]
    if assertion.count(".") != 2 or None in parts or (parts[0] or {}).get("alg") != "RS256":
        return "invalid_grant", "invalid assertion"
    claims = parts[1] or {}
    if claims.get("iss") != CLIENT_ID:
        return "invalid_client_id", "client identifier invalid"
    if not {"sub", "aud", "exp"} <= claims.keys():
        return "invalid_grant", "invalid assertion"
    return None


def _json_part(text: str) -> dict[str, Any] | None:
    try:
        part = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, msgspec.DecodeError):
        return None
    return part if isinstance(part, dict) else None
