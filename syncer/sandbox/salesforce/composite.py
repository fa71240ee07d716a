"""Several calls in one: `composite` (one API call, results can be referred to) and `composite/batch` (each counts)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from syncer.sandbox.salesforce.bodies import json_object
from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.store import Store
from syncer.sandbox.server import Answer, Call, Route

MOST = 25
Dispatch = Callable[[Call], Answer]
"""Answers a call by the stand-in's own routes, refusals included."""
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.\w+|\[\d+\])*)\}")


class Composite:
    def __init__(self, store: Store, dispatch: Dispatch, count: Callable[[int, float], None]) -> None:
        self._store = store
        self._dispatch = dispatch
        self._count = count

    def routes(self) -> list[Route]:
        base = "/services/data/v{version}/composite"
        return [Route("POST", base, self.composite), Route("POST", f"{base}/batch", self.batch)]

    def composite(self, call: Call) -> Answer:
        """Sub-calls in order. What refers to a failed one fails; with allOrNone one failure undoes all."""
        body = json_object(call)
        asked = _sub_calls(body, "compositeRequest")
        mark = len(self._store.journal)
        bodies: dict[str, Any] = {}
        answers: list[tuple[str, Answer]] = []
        for sub in asked:
            name = str(sub.get("referenceId"))
            try:
                answer = self._dispatch(_call(call, sub["method"], _filled(sub["url"], bodies), _filled(sub.get("body"), bodies)))
            except ApiError as refusal:
                answer = refusal.answer()
            if answer.status < 400:
                bodies[name] = answer.body
            answers.append((name, answer))
        if body.get("allOrNone") is True and any(answer.status >= 400 for _, answer in answers):
            self._store.rollback(mark)
            answers = [(name, answer if answer.status >= 400 else _halted()) for name, answer in answers]
        parts = [
            {"body": answer.body, "httpHeaders": answer.headers, "httpStatusCode": answer.status, "referenceId": name}
            for name, answer in answers
        ]
        return Answer({"compositeResponse": parts}, rows=sum(answer.rows for _, answer in answers))

    def batch(self, call: Call) -> Answer:
        body = json_object(call)
        results: list[dict[str, Any]] = []
        failed, rows = False, 0
        for sub in _sub_calls(body, "batchRequests"):
            if failed and body.get("haltOnError") is True:
                results.append({"statusCode": 412, "result": [{"errorCode": "BATCH_PROCESSING_HALTED",
                                "message": "Batch processing halted per request"}]})  # fmt: skip
                continue
            answer = self._dispatch(_call(call, sub["method"], f"/services/data/{sub['url']}", sub.get("richInput")))
            self._count(1, call.now)
            failed, rows = failed or answer.status >= 400, rows + answer.rows
            results.append({"statusCode": answer.status, "result": answer.body})
        self._count(-1, call.now)  # the envelope itself is no call
        return Answer({"hasErrors": failed, "results": results}, rows=rows)


def _sub_calls(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    asked = body.get(key)
    if not isinstance(asked, list) or not asked or not all(isinstance(sub, dict) and "method" in sub and "url" in sub for sub in asked):
        raise ApiError("JSON_PARSER_ERROR", f"{key} must be an array of requests with method and url")
    if len(asked) > MOST:
        raise ApiError("LIMIT_EXCEEDED", f"The maximum number of subrequests is {MOST}")
    return asked


def _halted() -> Answer:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return Answer([{"errorCode": "PROCESSING_HALTED", "message": message}], 400)


def _call(outer: Call, method: str, url: str, body: Any) -> Call:
    path, _, query = url.partition("?")
    encoded = b"" if body is None else msgspec.json.Encoder(decimal_format="number").encode(body)
    return Call(method, path, parse_qsl(query, keep_blank_values=True), outer.headers, encoded, outer.now, outer.base_url)


def _filled(part: Any, bodies: dict[str, Any]) -> Any:
    """The part with each `@{reference.path}` replaced by what an earlier answer says there."""
    if isinstance(part, dict):
        return {name: _filled(value, bodies) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, bodies) for value in part]
    return _REFERENCE.sub(lambda found: str(_looked_up(found, bodies)), part) if isinstance(part, str) else part


def _looked_up(found: re.Match[str], bodies: dict[str, Any]) -> Any:
    value = bodies.get(found.group(1))
    for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", found.group(2)):
        try:
            value = value[int(number)] if number else value[name]  # type: ignore[index]
        except (TypeError, KeyError, IndexError):
            value = None
    if value is None:
        raise ApiError("PROCESSING_HALTED", f"Invalid reference specified. No value for {found.group(0)[2:-1]} found.")
    return value
