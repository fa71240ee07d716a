"""An OAuth app's door: a refresh token gives access tokens of half an hour."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from syncer.sandbox.server import Answer, Call, Route

from .portal import DATED
from .refusals import Refusal

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105  (the stand-in's own, public)
REFRESH_TOKEN = "sandbox-refresh-token"  # noqa: S105
SECONDS = 1800


class OAuth:
    def __init__(self) -> None:
        self._good_until: dict[str, float] = {}

    def routes(self) -> Iterable[Route]:
        for version in ("v1", "v3", *DATED):
            yield Route("POST", f"/oauth/{version}/token", self.give_token)

    def knows(self, token: str, now: float) -> bool:
        return self._good_until.get(token, 0) > now

    def give_token(self, call: Call) -> Answer:
        given = dict(call.form())
        if given.get("grant_type") != "refresh_token":
            raise Refusal(400, "missing or unknown grant type", "BAD_GRANT_TYPE")
        if given.get("client_id") != CLIENT_ID:
            raise Refusal(400, "missing or unknown client id", "BAD_CLIENT_ID")
        if given.get("client_secret") != CLIENT_SECRET:
            raise Refusal(400, "missing or invalid client secret", "BAD_CLIENT_SECRET")
        if given.get("refresh_token") != REFRESH_TOKEN:
            raise Refusal(400, "missing or invalid refresh token", "BAD_REFRESH_TOKEN")
        token = secrets.token_urlsafe(48)
        self._good_until[token] = call.now + SECONDS
        return Answer({"token_type": "bearer", "refresh_token": REFRESH_TOKEN, "access_token": token, "expires_in": SECONDS})
