"""The Stripe stand-in: who may call, how often, and what each path answers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncer.sandbox.limits import RollingLimit
from syncer.sandbox.server import Answer, Call, Clock, Handler, Route
from syncer.sandbox.stripe.blanks import ACCOUNT, API_VERSION
from syncer.sandbox.stripe.events import Asked, Journal
from syncer.sandbox.stripe.expand import NOTHING, Renderer, Tree, tree_of
from syncer.sandbox.stripe.invoices import lines_of
from syncer.sandbox.stripe.lists import EMPTY, EVENT_DAYS, LISTINGS, PAGE_PARAMETERS, Listing, cut, cut_inner
from syncer.sandbox.stripe.params import Params, items, needed, parse, refuse_unknown
from syncer.sandbox.stripe.plans import plan_of
from syncer.sandbox.stripe.refusals import NO_KEY, Refusal, invalid, no_such, of_status
from syncer.sandbox.stripe.rights import refusal
from syncer.sandbox.stripe.shelf import Record
from syncer.sandbox.stripe.store import Store
from syncer.sandbox.stripe.writes import WRITES, Write

TEST_KEY = "sk_test_sandbox"
LIVE_KEY = "sk_live_sandbox"
CALLS_PER_SECOND = {TEST_KEY: 25, LIVE_KEY: 100}
ENDPOINT_CALLS_PER_SECOND = 25
BASIL = "2025-03-31.basil"
KEY_SECONDS = 24 * 3600
"""Limits: https://docs.stripe.com/rate-limits; memory of keys: https://docs.stripe.com/api/idempotent_requests."""

ID_PARAMETER = {"price": "price", "plan": "plan", "coupon": "coupon", "invoice": "invoice"}
"""What an unknown id in the path is called in the error; `id` elsewhere."""


@dataclass(frozen=True)
class Remembered:
    """The first answer to an idempotency key."""

    request: tuple[str, str, bytes]
    answer: Answer
    request_id: str
    at: float


class StripeStandin:
    """One account, reached with TEST_KEY or (for the limits of live mode) LIVE_KEY as Bearer or as Basic user name, or a restricted key."""

    name = "stripe"

    def __init__(self, clock: Clock, *, limits: bool = True) -> None:
        self.clock = clock
        self.limits = limits
        self.store = Store()
        self.reset()

    def reset(self) -> None:
        self.store.reset()
        self.renderer = Renderer(self.store.shelves)
        self.journal = Journal(self.store, self.renderer)
        self._rates: dict[str, RollingLimit] = {}
        self._restricted: dict[str, list[str]] = {}
        self._remembered: dict[str, Remembered] = {}
        self._requests = 0

    def load(self, records: Mapping[str, list[Any]]) -> None:
        """Records by collection; `restricted_keys`: {"key", "rights"}, rights being such as `rak_customer_read`."""
        collections = dict(records)
        self._restricted |= {given["key"]: given["rights"] for given in collections.pop("restricted_keys", [])}
        self.store.load(collections, int(self.clock.now()))

    # ── who may call ──

    def admit(self, call: Call) -> Answer | None:
        key = _key_of(call)
        if key not in CALLS_PER_SECOND and key not in self._restricted:
            said = f"Invalid API Key provided: {_masked(key)}" if key else NO_KEY
            answer = self._refused(call, Refusal(said, status=401), self._request_id())
            answer.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
            return answer
        if self.limits and not self._within_limits(key, call):
            return self.failure(call, 429)
        beyond = key in self._restricted and refusal(_masked(key), self._restricted[key], call.method, call.path, ACCOUNT["id"])
        return self._refused(call, beyond, self._request_id()) if beyond else None

    def _within_limits(self, key: str, call: Call) -> bool:
        endpoint = call.path
        for value in call.args.values():
            endpoint = endpoint.replace(value, "{id}")
        allowed = CALLS_PER_SECOND.get(key) or CALLS_PER_SECOND[TEST_KEY if "_test_" in key else LIVE_KEY]
        whole = self._rates.setdefault(key, RollingLimit(allowed, 1))
        own = self._rates.setdefault(f"{call.method} {endpoint}", RollingLimit(ENDPOINT_CALLS_PER_SECOND, 1))
        return own.remaining(call.now) > 0 and whole.take(call.now) and own.take(call.now)

    def failure(self, call: Call, status: int) -> Answer:
        return self._refused(call, of_status(status, call.method, call.path), self._request_id())

    # ── around every answer ──

    def _request_id(self) -> str:
        self._requests += 1
        return f"req_Sandbox{self._requests:08d}"

    def _headers(self, call: Call, request_id: str) -> dict[str, str]:
        version = call.headers.get("stripe-version", API_VERSION)
        headers = {"Request-Id": request_id, "Stripe-Version": version}
        if "idempotency-key" in call.headers:
            headers["Idempotency-Key"] = call.headers["idempotency-key"]
        return headers

    def _refused(self, call: Call, refusal: Refusal, request_id: str) -> Answer:
        log = f"https://dashboard.stripe.com/test/logs/{request_id}?t={int(call.now)}"
        error = {**refusal.error, "request_log_url": log}
        return Answer({"error": error}, refusal.status, self._headers(call, request_id))

    def _answering(self, work: Callable[[Call, Params, str], tuple[Any, int]]) -> Handler:
        def handle(call: Call) -> Answer:
            request_id = self._request_id()
            try:
                params = parse([*call.query, *call.form()] if call.method != "GET" else call.query)
                body, rows = work(call, params, request_id)
            except Refusal as refusal:
                return self._refused(call, refusal, request_id)
            return Answer(body, headers=self._headers(call, request_id), rows=rows)

        return handle

    # ── paths ──

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/v1/account", self._answering(self._account))
        yield Route("GET", "/v1/accounts/{id}", self._answering(self._account))
        for name, listing in LISTINGS.items():
            yield Route("GET", f"/v1/{name}", self._answering(self._listing(name, listing)))
            yield Route("GET", f"/v1/{name}/{{id}}", self._answering(self._single(name, listing)))
        yield Route("GET", "/v1/subscription_items", self._answering(self._items))
        yield Route("GET", "/v1/subscription_items/{id}", self._answering(self._item))
        yield Route("GET", "/v1/invoices/{id}/lines", self._answering(self._lines))
        yield Route("GET", "/v1/customers/{customer}/subscriptions", self._answering(self._customer_subscriptions))
        for name in sorted(EMPTY):
            yield Route("GET", f"/v1/{name}", self._answering(self._empty))
        for write in WRITES:
            handler = self._answering(self._writing(write))
            yield Route(write.method, write.pattern, self._once(handler) if write.method == "POST" else handler)

    def _account(self, call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
        """The one account; whoever names an account, here or by `Stripe-Account`, means it."""
        refuse_unknown(params, ("expand",))
        account_id = call.args.get("id", ACCOUNT["id"])
        if not account_id.startswith("acct_"):
            raise no_such("account", account_id, "account", 404)
        return {**ACCOUNT, "id": account_id}, 1

    def _listing(self, name: str, listing: Listing) -> Callable[[Call, Params, str], tuple[Any, int]]:
        kind = "plan" if name == "plans" else self.store.shelves[listing.shelf].kind
        known = PAGE_PARAMETERS | {"created"} | listing.filters.keys()

        def page(call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
            refuse_unknown(params, known)
            tree = self._tree(call, kind, params, in_list=True)
            records, more = cut(listing, self.store.shelves, params, int(call.now))
            return _list(call.path, [self._shown(kind, record, tree) for record in records], more)

        return page

    def _single(self, name: str, listing: Listing) -> Callable[[Call, Params, str], tuple[Any, int]]:
        kind = "plan" if name == "plans" else self.store.shelves[listing.shelf].kind

        def get(call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
            refuse_unknown(params, ("expand",))
            tree, shelf, record_id = self._tree(call, kind, params), self.store.shelves[listing.shelf], call.args["id"]
            if kind == "customer" and record_id in shelf.deleted:
                return {"id": record_id, "object": "customer", "deleted": True}, 1
            record = shelf.records.get(record_id)
            too_old = record is not None and kind == "event" and record["created"] < call.now - EVENT_DAYS * 86_400
            if record is None or too_old or (kind == "plan" and not record["recurring"]):
                raise no_such(kind, record_id, ID_PARAMETER.get(kind, "id"), 404)
            return self._shown(kind, record, tree), 1

        return get

    def _tree(self, call: Call, kind: str, params: Params, *, in_list: bool = False) -> Tree:
        """Who asks for a version of before the great move of fields may name fields that are no longer there."""
        old = call.headers.get("stripe-version", API_VERSION) < BASIL
        return tree_of(kind, _expand(params), in_list=in_list, lenient=old)

    def _shown(self, kind: str, record: Record, tree: Tree = NOTHING) -> Record:
        return self.renderer.render(kind, plan_of(record) if kind == "plan" else record, tree)

    def _items(self, call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
        refuse_unknown(params, PAGE_PARAMETERS | {"subscription"})
        subscription_id = needed(params, "subscription")
        tree = self._tree(call, "subscription_item", params, in_list=True)
        subscription = self.store.shelves["subscriptions"].records.get(subscription_id)
        if subscription is None:
            raise no_such("subscription", subscription_id, "subscription")
        records, more = cut_inner(subscription["items"]["data"], params, "subscription_item")
        return _list(call.path, [self._shown("subscription_item", record, tree) for record in records], more)

    def _item(self, call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
        refuse_unknown(params, ("expand",))
        tree, item_id = self._tree(call, "subscription_item", params), call.args["id"]
        subscription = self.store.shelves["subscriptions"].records.get(self.store.item_owner.get(item_id, ""))
        for item in subscription["items"]["data"] if subscription else ():
            if item["id"] == item_id:
                return self._shown("subscription_item", item, tree), 1
        raise no_such("subscription_item", item_id, "id", 404)

    def _lines(self, call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
        refuse_unknown(params, PAGE_PARAMETERS)
        tree = self._tree(call, "line_item", params, in_list=True)
        invoice = self.store.shelves["invoices"].records.get(call.args["id"])
        if invoice is None:
            raise no_such("invoice", call.args["id"], "invoice", 404)
        records, more = cut_inner(lines_of(invoice), params, "line_item")
        return _list(call.path, [self._shown("line_item", record, tree) for record in records], more)

    def _customer_subscriptions(self, call: Call, params: Params, _request_id: str) -> tuple[Any, int]:
        refuse_unknown(params, PAGE_PARAMETERS)
        tree = self._tree(call, "subscription", params, in_list=True)
        asked = {**params, "customer": call.args["customer"]}
        records, more = cut(LISTINGS["subscriptions"], self.store.shelves, asked, int(call.now))
        return _list(call.path, [self._shown("subscription", record, tree) for record in records], more)

    def _empty(self, call: Call, _params: Params, _request_id: str) -> tuple[Any, int]:
        return _list(call.path, [], more=False)

    # ── changes ──

    def _writing(self, write: Write) -> Callable[[Call, Params, str], tuple[Any, int]]:
        def carry_out(call: Call, params: Params, request_id: str) -> tuple[Any, int]:
            refuse_unknown(params, write.known)
            tree = self._tree(call, write.kind, params) if write.kind else NOTHING
            key = call.headers.get("idempotency-key")
            asked = Asked(params, int(call.now), call.args.get("id", ""), request_id, key)
            record = write.carry_out(self.journal, asked)
            return self._shown(write.kind, record, tree) if write.kind else record, 1

        return carry_out

    def _once(self, handler: Handler) -> Handler:
        """A POST with an idempotency key is carried out once; the same key again gets the same answer. Refused requests
        are not remembered: nothing was begun.
        """

        def handle(call: Call) -> Answer:
            key = call.headers.get("idempotency-key")
            if key is None:
                return handler(call)
            request = (call.method, call.path, call.body)
            known = self._remembered.get(key)
            if known is None or call.now - known.at >= KEY_SECONDS:
                answer = handler(call)
                if answer.status < 400:
                    kept = Answer(answer.encoded(), answer.status, answer.headers, answer.rows)
                    self._remembered[key] = Remembered(request, kept, answer.headers["Request-Id"], call.now)
                return answer
            request_id = self._request_id()
            if known.request != request:
                return self._refused(call, _key_reused(key), request_id)
            replayed = {"Idempotent-Replayed": "true", "Original-Request": known.request_id}
            return Answer(known.answer.body, known.answer.status, {**self._headers(call, request_id), **replayed})

        return handle


def _key_reused(key: str) -> Refusal:
    return Refusal(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        "a key other "
        f"than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def _expand(params: Params) -> list[str]:
    paths = items(params["expand"], "expand") if "expand" in params else []
    for path in paths:
        if not isinstance(path, str):
            raise invalid("string", path, "expand")
    return paths


def _list(url: str, shown: list[Record], more: bool) -> tuple[Any, int]:
    return {"object": "list", "data": shown, "has_more": more, "url": url.rstrip("/")}, len(shown)


def _key_of(call: Call) -> str:
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except ValueError:
        return ""


def _masked(key: str) -> str:
    """As Stripe shows it: the prefix, stars, the last four."""
    kind, shown = key[:8], key[-4:]
    return f"{kind}{'*' * max(4, len(key) - 12)}{shown}" if len(key) > 12 else "****"
