"""A Salesforce access token by the client-credentials flow, got by simple-salesforce over the lean core.

The core stands below the SDK as its transport, since simple-salesforce has no timeout, repeats nothing and speaks
to `https://….salesforce.com` only. So the limits, the call count and the configured base URL hold for the login too.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syncer.tools.http import Http
from syncer.words.errors import CredentialRefused

if TYPE_CHECKING:
    import requests

VENDOR = "Salesforce"


class Login:
    """The token of one app. It is fetched when first asked for and again after `renew`."""

    def __init__(self, http: Http, client_id: str, client_secret: str) -> None:
        self._http = http
        self._client_id = client_id
        self._client_secret = client_secret
        self._token: str | None = None

    def headers(self) -> dict[str, str]:
        """What carries the token. CredentialRefused, Unreachable."""
        if self._token is None:
            self._token = self._fetch()
        return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> None:
        self._token = None

    def _fetch(self) -> str:
        from simple_salesforce.exceptions import SalesforceAuthenticationFailed  # noqa: PLC0415  (slow to import)
        from simple_salesforce.login import SalesforceLogin  # noqa: PLC0415

        host = urlsplit(self._http.base_url).hostname or ""
        try:
            token, _ = SalesforceLogin(
                consumer_key=self._client_id,
                consumer_secret=self._client_secret,
                domain=host.removesuffix(".salesforce.com"),
                session=_session(self._http),
            )
        except SalesforceAuthenticationFailed as error:
            words = f"{error.code}: {error.message}"[:300].replace(self._client_secret, "***")
            hint = (
                "Check the client id and secret, that the app allows the client credentials flow and names a run-as "
                "user, and that the base URL is the My Domain host"
            )
            raise CredentialRefused(VENDOR, f"{host} refused the login of the app ({words}). {hint}") from None
        return str(token)


def secrets(client_id: str, client_secret: str) -> tuple[str, str]:
    """The secret as it is and as it travels."""
    return client_secret, base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()


def _session(http: Http) -> requests.Session:
    import requests  # noqa: PLC0415
    from requests.adapters import BaseAdapter  # noqa: PLC0415

    class OverHttp(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
            body = str(request.body or "").encode()
            headers = {name: str(request.headers[name]) for name in ("Authorization", "Content-Type")}
            path = urlsplit(request.url or "").path
            reply = http.request("POST", str(path), content=body, headers=headers, repeatable=True, accept=(400, 401, 403))
            response = requests.Response()
            response.status_code = reply.status
            response.headers.update(reply.headers)
            response.raw = io.BytesIO(reply.body)
            response.url = request.url or ""
            response.request = request
            return response

        def close(self) -> None:
            """Nothing is held here."""

    session = requests.Session()
    session.trust_env = False  # a ~/.netrc entry would replace the Authorization header
    session.mount("https://", OverHttp())
    return session
