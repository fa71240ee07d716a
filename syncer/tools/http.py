"""One lean way to speak to a vendor: urllib3 for the wire, msgspec for the bodies, tenacity for trying again.

Redirects are not followed, TLS is verified, plain http is for loopback only, and every call has a timeout.
Tried again, as long as `Patience` lasts: connections that fail or break off, truncated bodies, and the statuses of
`answers.TRY_AGAIN`. A call that is not safe to repeat is tried again only where it surely was not carried out.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
import tenacity
import urllib3
from urllib3 import exceptions as wire

from syncer.tools.answers import NOT_CARRIED_OUT, Reply, Verdict, by_status, retry_after, vendor_words
from syncer.tools.pace import Pace
from syncer.words.errors import CredentialRefused, QuotaExhausted, SyncerError, Unreachable, UsageError, VendorError

__all__ = ["Calls", "Http", "Params", "Patience", "Reply", "Verdict"]

T = TypeVar("T")
Params = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""Query or form fields; a list as value repeats the field."""

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long to try: attempts in all, attempts where no connection is made, seconds in all.

    Waits double from `first` to `most` seconds, unless the vendor says how long.
    """

    attempts: int = 8
    connects: int = 3
    seconds: float = 300
    first: float = 2
    most: float = 60


class Calls:
    """How many requests went out, by vendor. One for a whole run; threads may share it."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, vendor: str) -> None:
        with self._lock:
            self._count[vendor] += 1

    def by_vendor(self) -> dict[str, int]:
        with self._lock:
            return dict(self._count)


@dataclass(frozen=True)
class _Ask:
    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    repeatable: bool = True
    accept: Sequence[int] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class _Again(Exception):
    """Worth another attempt; `error` is what to raise when there is none left."""

    def __init__(self, error: SyncerError, after: float | None = None, *, connected: bool = True) -> None:
        self.error = error
        self.after = after
        self.connected = connected


class Http:
    """One vendor account over HTTP.

    `auth`      gives the headers that carry the credential; asked anew for every attempt.
    `renew`     makes `auth` give a fresh credential; called once when a request is answered 401.
    `classify`  the vendor's oddities: a Verdict on an answer outside 200-299, or None to go by the status alone.
    `secrets`   texts that must not show in an error; header values of `auth` never do.
    `notice`    is told the headers of every answer, by names in any case.
    """

    def __init__(  # noqa: PLR0913  (all but two by name, each a plain value)
        self,
        vendor: str,
        base_url: str,
        *,
        auth: Callable[[], Mapping[str, str]],
        renew: Callable[[], None] | None = None,
        pace: Pace | None = None,
        classify: Callable[[Reply], Verdict | None] = lambda _: None,
        request_id_header: str = "x-request-id",
        secrets: Sequence[str] = (),
        patience: Patience | None = None,
        read_seconds: float = 60,
        calls: Calls | None = None,
        notice: Callable[[Mapping[str, str]], None] = lambda _: None,
    ) -> None:
        self.vendor = vendor
        self.base_url = base_url.rstrip("/")
        self.calls = 0
        self._origin = _origin(vendor, base_url)
        self._auth = auth
        self._renew = renew
        self._pace = pace or Pace()
        self._classify = classify
        self._notice = notice
        self._request_id_header = request_id_header.lower()
        self._secrets = secrets
        self._patience = patience or Patience()
        self._run_calls = calls or Calls()
        timeout = urllib3.Timeout(connect=10, read=read_seconds)
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, timeout=timeout, cert_reqs="CERT_REQUIRED")

    def request(  # noqa: PLR0913  (what a request consists of)
        self,
        method: str,
        path_or_url: str,
        *,
        params: Params | None = None,
        form: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        accept: Sequence[int] = (),
        into: Any = None,
    ) -> Reply:
        """The vendor's 2xx answer, or one with a status in `accept`. A URL must be on the base URL's host.

        `form`, `json` or `content` is the body. `repeatable` says that sending it twice does no harm (implied by
        the method or an Idempotency-Key). `into` decodes a 2xx body into `Reply.value`; VendorError tells the place
        that does not fit. Also CredentialRefused, Unreachable, QuotaExhausted.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if form is not None:
            content = urlencode(form, doseq=True).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        elif json is not None:
            content = msgspec.json.encode(json)
            sent.setdefault("content-type", "application/json")
        safe = repeatable or method in REPEATABLE_METHODS or "idempotency-key" in sent
        url, path = self._place(path_or_url, params)
        ask = _Ask(method, url, path, sent, content, safe, accept)

        def read(response: urllib3.BaseHTTPResponse) -> Reply:
            reply = _reply(response)
            wanted = into is not None and 200 <= reply.status < 300
            return replace(reply, value=_decoder(into).decode(reply.body)) if wanted else reply

        return self._send(ask, read)

    def get(self, path_or_url: str, params: Params | None = None, *, into: type[T]) -> T:
        """The decoded body of a GET."""
        value: T = self.request("GET", path_or_url, params=params, into=into).value
        return value

    def stream_lines(self, path_or_url: str, params: Params | None = None, *, consume: Callable[[Iterator[bytes]], T]) -> T:
        """What `consume` makes of the lines of a GET, without holding the body.

        When the body breaks off, or a line is not whole JSON, all is asked again and `consume` starts anew.
        """
        url, path = self._place(path_or_url, params)
        return self._send(_Ask("GET", url, path, {}), lambda response: consume(_lines(response)))

    def _place(self, path_or_url: str, params: Params | None) -> tuple[str, str]:
        """The whole URL, and its path, which is what may be shown."""
        url = path_or_url if "://" in path_or_url else f"{self.base_url}{path_or_url}"
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) != self._origin:
            sentence = f"the next page was to be read from {parts.hostname}, which is not the configured host"
            raise VendorError(self.vendor, f"{sentence}; nothing was sent there. Check the base URL")
        if params:
            url += ("&" if parts.query else "?") + urlencode(params, doseq=True)
        return url, parts.path

    def _send(self, ask: _Ask, use: Callable[[urllib3.BaseHTTPResponse], T]) -> T:
        try:
            return self._persist(ask, use)
        except CredentialRefused as refused:
            if refused.status != 401 or self._renew is None:
                raise
        self._renew()
        return self._persist(ask, use)

    def _persist(self, ask: _Ask, use: Callable[[urllib3.BaseHTTPResponse], T]) -> T:
        limits = self._patience
        doubling = tenacity.wait_exponential_jitter(multiplier=limits.first, max=limits.most, jitter=limits.first / 2)
        too_long = tenacity.stop_before_delay(limits.seconds)

        def wait(state: tenacity.RetryCallState) -> float:
            after = _again(state).after
            return doubling(state) if after is None else after

        def used_up(state: tenacity.RetryCallState) -> bool:
            attempts = limits.attempts if _again(state).connected else limits.connects
            return state.attempt_number >= attempts or too_long(state)

        def tell(state: tenacity.RetryCallState) -> None:
            log.info("%s; trying again in %.1f s", _again(state).error, state.upcoming_sleep)

        def give_up(state: tenacity.RetryCallState) -> T:
            raise _again(state).error

        persistently = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Again),
            wait=wait,
            stop=used_up,
            sleep=self._pace.wait,
            before_sleep=tell,
            retry_error_callback=give_up,
        )
        result: T = persistently(self._attempt, ask, use)
        return result

    def _attempt(self, ask: _Ask, use: Callable[[urllib3.BaseHTTPResponse], T]) -> T:
        auth = self._auth()
        self._pace.take(ask.path)
        self._run_calls.add(self.vendor)
        self.calls += 1
        headers = {"accept-encoding": "gzip", "user-agent": "syncer", **ask.headers, **auth}
        try:
            response = self._pool.request(ask.method, ask.url, body=ask.body, headers=headers, redirect=False, preload_content=False)
            self._notice(response.headers)
            try:
                if not 200 <= response.status < 300 and response.status not in ask.accept:
                    self._judge(ask, _reply(response), auth)
                return use(response)
            finally:
                response.close()  # a connection that was read to the end is back in the pool by now
        except wire.HTTPError as error:
            raise self._broken(ask, error) from error
        except msgspec.ValidationError as error:
            sentence = f"the answer to {ask} is not what its documentation says: {error}"
            raise self._error(VendorError, sentence, _head(response)) from error
        except msgspec.DecodeError as error:
            raise self._repeat(ask, VendorError(self.vendor, f"the answer to {ask} is not whole JSON")) from error

    def _judge(self, ask: _Ask, reply: Reply, auth: Mapping[str, str]) -> None:
        """Return if the answer is the caller's to read, else raise."""
        verdict = self._classify(reply) or by_status(reply.status)
        words = self._hide(vendor_words(reply.body), auth)
        said = f"{ask} was answered {reply.status}{f': {words}' if words else ''}"
        match verdict:
            case Verdict.DONE:
                return
            case Verdict.REFUSED:
                sentence = f"the credential is not accepted: {said}. Check the key or token and what it may do"
                raise self._error(CredentialRefused, sentence, reply)
            case Verdict.EXHAUSTED:
                sentence = f"the allowance is used up: {said}. Run again when it is renewed"
                raise self._error(QuotaExhausted, sentence, reply)
            case Verdict.RETRY:
                kind = QuotaExhausted if reply.status == 429 else VendorError
                error = self._error(kind, f"{said}, again and again. Run again later", reply)
                untouched = reply.status in NOT_CARRIED_OUT
                raise self._repeat(ask, error, retry_after(reply.headers), untouched=untouched)
        if 300 <= reply.status < 400:
            said = f"{ask} was redirected ({reply.status}), which is never followed. Check the base URL"
        raise self._error(VendorError, said, reply)

    def _broken(self, ask: _Ask, error: wire.HTTPError) -> Exception:
        host = self._origin[1]
        if isinstance(error, wire.SSLError):
            hint = "Check the base URL, and the certificates and clock of this machine"
            return Unreachable(self.vendor, f"the TLS certificate of {host} is not accepted. {hint}")
        connected = not isinstance(error, (wire.NewConnectionError, wire.ConnectTimeoutError))
        why = "the connection broke off" if connected else "no connection"
        if connected and isinstance(error, wire.TimeoutError):
            why = "no answer in time"
        hint = "Check the network and the base URL, then run again"
        unreachable = Unreachable(self.vendor, f"{host} cannot be reached ({why}, {ask}). {hint}")
        return self._repeat(ask, unreachable, untouched=not connected, connected=connected)

    def _repeat(
        self,
        ask: _Ask,
        error: SyncerError,
        after: float | None = None,
        *,
        untouched: bool = False,
        connected: bool = True,
    ) -> Exception:
        return _Again(error, after, connected=connected) if ask.repeatable or untouched else error

    def _error(self, kind: type[VendorError], sentence: str, reply: Reply) -> VendorError:
        return kind(self.vendor, sentence, status=reply.status, request_id=reply.headers.get(self._request_id_header))

    def _hide(self, text: str, auth: Mapping[str, str]) -> str:
        in_headers = (word for value in auth.values() for word in value.split() if len(word) > 7)
        for secret in filter(None, [*self._secrets, *in_headers]):
            text = text.replace(secret, "***")
        return text


def _again(state: tenacity.RetryCallState) -> _Again:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, _Again):
        raise TypeError(error)
    return error


def _origin(vendor: str, base_url: str) -> tuple[str, str]:
    parts = urlsplit(base_url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise UsageError(f"{vendor}: the base URL must look like https://host")
    if parts.username or parts.password:
        raise UsageError(f"{vendor}: the base URL must not hold a user name or password")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        hint = "use https (plain http is for this machine only)"
        raise UsageError(f"{vendor}: the base URL http://{parts.netloc} is not encrypted; {hint}")
    return parts.scheme, parts.netloc


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reply(response: urllib3.BaseHTTPResponse) -> Reply:
    return replace(_head(response), body=response.data)


def _head(response: urllib3.BaseHTTPResponse) -> Reply:
    return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, b"")


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    rest = b""
    for chunk in response.stream(1 << 18):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest


@lru_cache(maxsize=128)
def _decoder(into: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(into)
