"""Zendesk's two error shapes: {error, description, details} and {error: {title, message}}."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from syncer.sandbox.server import Answer

Problems = Mapping[str, Sequence[tuple[str, str]]]
"""What is wrong with a record: field → (code, sentence)."""


class Refusal(Exception):
    """A request that Zendesk answers with an error body."""

    def __init__(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        return Answer(self.body, self.status, dict(self.headers))


def coded(status: int, error: str, description: str) -> Refusal:
    return Refusal(status, {"error": error, "description": description})


def titled(status: int, title: str, message: str) -> Refusal:
    return Refusal(status, {"error": {"title": title, "message": message}})


def not_found() -> Refusal:
    return coded(404, "RecordNotFound", "Not found")


def invalid_record(problems: Problems) -> Refusal:
    details = {
        field: [{"description": f"{field.replace('_', ' ').capitalize()}: {text}", "error": code} for code, text in found]
        for field, found in problems.items()
    }
    body = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    return Refusal(422, body)


def too_many_calls(what: str, wait_seconds: float) -> Refusal:
    text = f"Number of allowed {what} per minute exceeded"
    headers = {"Retry-After": str(max(1, math.ceil(wait_seconds)))}
    return Refusal(429, {"error": "APIRateLimitExceeded", "description": text}, headers)
