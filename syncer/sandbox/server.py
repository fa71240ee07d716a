"""The HTTP side of the stand-ins: one loopback port per vendor, one event loop, one clock, a log of every call, faults on request.

A vendor is a `Standin`: routes to plain functions `(Call) -> Answer`. All run one after the other on the event loop, so state needs
no locks.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl, unquote

import msgspec
from aiohttp import web


@dataclass(frozen=True)
class Call:
    """One request as a stand-in sees it. Header names are lower case; `args` are the named parts of the path."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    now: float
    base_url: str
    args: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    def json(self) -> Any:
        return msgspec.json.decode(self.body) if self.body else None

    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)


@dataclass
class Answer:
    """`body` is encoded as JSON unless it is bytes or text; `rows` is what the log counts."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else msgspec.json.encode(self.body)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """`pattern` like "/v1/customers/{id}"; a name ending in `...` takes slashes too."""

    method: str
    pattern: str
    handler: Handler

    def regex(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)(\.\.\.)?\}", self.pattern)
        text = re.escape(parts[0])
        for name, rest, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            text += f"(?P<{name}>{'.+' if rest else '[^/]+'}){re.escape(literal)}"
        return re.compile(text + "/?$")


class Standin(Protocol):
    """What the server needs of a vendor."""

    name: str

    def routes(self) -> Iterable[Route]: ...

    def admit(self, call: Call) -> Answer | None:
        """None, or why this call is refused: no credentials, over a limit. Called before the handler."""

    def failure(self, call: Call, status: int) -> Answer:
        """The vendor's own error body (and headers) for a status: unknown path, injected faults."""

    def load(self, records: Mapping[str, list[Any]]) -> None:
        """Add or replace records of the vendor's collections, in the vendor's shapes."""

    def reset(self) -> None:
        """Forget everything."""


class Clock:
    """The stand-ins' time: starts where told and runs on; can be set or advanced.

    The header `Date` tells this machine's time, whatever theirs is, less or more `date_off` seconds: as to a caller with a wrong clock.
    """

    def __init__(self, start: float | None = None) -> None:
        self._offset = (start - time.time()) if start is not None else 0.0
        self.date_off = 0.0

    def now(self) -> float:
        return time.time() + self._offset

    def set(self, moment: float) -> None:
        self._offset = moment - time.time()

    def advance(self, seconds: float) -> None:
        self._offset += seconds


@dataclass
class Fault:
    """Which calls misbehave, and how. `nth` counts matching calls from 1; `rate` is drawn from `seed`; `times` bounds how often."""

    vendor: str | None = None
    method: str | None = None
    path: str = ""
    nth: int | None = None
    rate: float | None = None
    seed: int = 0
    times: int | None = None
    kind: str = "status"
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (a repeatable draw, no secret)
        self._seen = self._done = 0

    def strikes(self, vendor: str, call: Call) -> bool:
        if self.vendor not in (None, vendor) or self.method not in (None, call.method) or not re.search(self.path, call.path):
            return False
        self._seen += 1
        hit = self._seen == self.nth if self.nth is not None else self.rate is None or self._random.random() < self.rate
        if not hit or (self.times is not None and self._done >= self.times):
            return False
        self._done += 1
        return True


LONGEST_URL = 16_384
"""Salesforce takes that much of address and headers, and a query stands in the address."""
FAULT_KINDS = ("status", "reset", "truncate", "stall", "after")
"""An error answer · the connection cut before an answer · cut in the middle of the body · silence for `seconds`, then the answer ·
the call is carried out, then the connection is cut."""


class World:
    """The five stand-ins together with their clock, call log and faults: what `/_control` works on."""

    def __init__(self, standins: Iterable[Standin], clock: Clock) -> None:
        self.standins = {standin.name: standin for standin in standins}
        self.clock = clock
        self.requests: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self._routes = {
            name: [(route.method, route.regex(), route.handler) for route in standin.routes()] for name, standin in self.standins.items()
        }

    def answer(self, vendor: str, call: Call) -> Answer:
        """What the vendor says, without faults."""
        standin = self.standins[vendor]
        path_known = False
        for method, regex, handler in self._routes[vendor]:
            found = regex.match(call.path)
            if not found:
                continue
            path_known = True
            if method == call.method:
                matched = Call(**{**call.__dict__, "args": {name: unquote(text) for name, text in found.groupdict().items()}})
                return standin.admit(matched) or handler(matched)
        return standin.admit(call) or standin.failure(call, 405 if path_known else 404)

    def fault_for(self, vendor: str, call: Call) -> Fault | None:
        return next((fault for fault in self.faults if fault.strikes(vendor, call)), None)

    def load(self, records: Mapping[str, Mapping[str, list[Any]]]) -> None:
        """Records by vendor, then by the vendor's collection."""
        for vendor, collections in records.items():
            self.standins[vendor].load(collections)

    def reset(self) -> None:
        for standin in self.standins.values():
            standin.reset()
        self.requests.clear()
        self.faults.clear()

    def control(self, call: Call) -> Answer:  # noqa: C901  (a table of routes)
        """`/_control/…`: requests (GET, DELETE), reset, load, clock (GET, POST {now|advance|date_off}), faults (GET, POST, DELETE)."""
        verb = (call.method, call.path.removeprefix("/_control/").rstrip("/"))
        match verb:
            case ("GET", "requests"):
                return Answer({"requests": self.requests})
            case ("DELETE", "requests"):
                self.requests.clear()
            case ("POST", "reset"):
                self.reset()
            case ("POST", "load"):
                self.load(call.json())
            case ("GET", "clock"):
                pass
            case ("POST", "clock"):
                wish = call.json()
                if "now" in wish:
                    self.clock.set(float(wish["now"]))
                self.clock.advance(float(wish.get("advance", 0)))
                self.clock.date_off = float(wish.get("date_off", self.clock.date_off))
            case ("GET", "faults"):
                return Answer({"faults": [{k: v for k, v in vars(fault).items() if not k.startswith("_")} for fault in self.faults]})
            case ("POST", "faults"):
                wishes = [Fault(**wish) for wish in call.json()["faults"]]
                unknown = [fault.kind for fault in wishes if fault.kind not in FAULT_KINDS]
                if unknown:
                    return Answer({"error": f"unknown fault kind {unknown[0]}; there are {', '.join(FAULT_KINDS)}"}, 400)
                self.faults.extend(wishes)
            case ("DELETE", "faults"):
                self.faults.clear()
            case _:
                return Answer({"error": f"no control route {call.method} {call.path}"}, 404)
        return Answer({"ok": True, "now": self.clock.now()})


async def _read_call(request: web.Request, now: float) -> Call:
    body = await request.read()  # aiohttp has already undone a gzip Content-Encoding
    return Call(
        method=request.method,
        path=request.raw_path.split("?", 1)[0] if "%" in request.raw_path else request.path,
        query=parse_qsl(request.query_string, keep_blank_values=True),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        now=now,
        base_url=f"{request.scheme}://{request.host}",
    )


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _send(request: web.Request, answer: Answer, *, truncated: bool = False) -> web.StreamResponse:
    body = answer.encoded()
    headers = {"Content-Type": answer.content_type, **answer.headers}
    if len(body) > 1024 and "gzip" in request.headers.get("Accept-Encoding", ""):
        squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = squeeze.compress(body) + squeeze.flush()
        headers["Content-Encoding"] = "gzip"
    if not truncated:
        return web.Response(status=answer.status, headers=headers, body=body)
    response = web.StreamResponse(status=answer.status, headers={**headers, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return _cut(request)


def _app(world: World, vendor: str) -> web.Application:
    async def handle(request: web.Request) -> web.StreamResponse:
        call = await _read_call(request, world.clock.now())
        if call.path.startswith("/_control/"):
            return await _send(request, world.control(call))
        fault = world.fault_for(vendor, call)
        kind = fault.kind if fault else ""
        if fault and kind == "stall":
            await asyncio.sleep(fault.seconds)
        if fault and kind == "status":
            answer = world.standins[vendor].failure(call, fault.status)
            answer.headers.update(fault.headers)
            answer.body = answer.body if fault.body is None else fault.body
        elif kind == "reset":
            answer = Answer(status=0)
        else:
            answer = world.answer(vendor, call)
        world.requests.append(
            {
                "vendor": vendor,
                "method": call.method,
                "path": call.path,
                "query": request.query_string,
                "status": answer.status,
                "rows": answer.rows,
                "fault": kind or None,
                "at": call.now,
            }
        )
        if kind in ("reset", "after"):
            return _cut(request)
        if world.clock.date_off:
            answer.headers["Date"] = formatdate(time.time() + world.clock.date_off, usegmt=True)
        return await _send(request, answer, truncated=kind == "truncate")

    app = web.Application(client_max_size=256 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", handle)
    return app


class Server:
    """The stand-ins of a world listening on loopback, in a thread of their own. Use as a context manager; `urls[vendor]` says where."""

    def __init__(self, world: World, ports: Mapping[str, int] | None = None) -> None:
        self.world = world
        self.urls: dict[str, str] = {}
        self._ports = dict(ports or {})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox", daemon=True)
        self._runners: list[web.AppRunner] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        for vendor in self.world.standins:
            runner = web.AppRunner(_app(self.world, vendor), access_log=None, shutdown_timeout=0.1, max_line_size=LONGEST_URL)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", self._ports.get(vendor, 0))
            await site.start()
            self._runners.append(runner)
            host, port = runner.addresses[0][:2]
            self.urls[vendor] = f"http://{host}:{port}"

    async def _close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        stalled = asyncio.all_tasks() - {asyncio.current_task()}  # calls that a fault keeps waiting
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)
