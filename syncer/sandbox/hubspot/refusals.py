"""HubSpot's error bodies: {status, message, correlationId, category, context, errors}; the first three are sure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from syncer.sandbox.server import Answer


class Refusal(Exception):
    """A request that HubSpot answers with an error body; `more` are further keys of it (context, errors …)."""

    def __init__(self, status: int, message: str, category: str | None = "VALIDATION_ERROR", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "status": "error",
            "message": message,
            "correlationId": str(uuid.uuid4()),
            **({"category": category} if category else {}),
            **more,
        }

    def answer(self) -> Answer:
        return Answer(self.body, self.status, {"X-HubSpot-Correlation-Id": self.body["correlationId"]})


PORTAL_ID = 4242424


def invalid_values(problems: Sequence[tuple[str, str, str]]) -> Refusal:
    """400 for property values; each problem is (property, code, message). The vendor's message has the list as JSON."""
    listed = [
        {
            "isValid": False,
            "message": text,
            "error": code,
            "name": name,
            "localizedErrorMessage": text,
            "portalId": PORTAL_ID,
        }
        for name, code, text in problems
    ]
    errors = [{"message": text, "code": code, "context": {"propertyName": [name]}} for name, code, text in problems]
    return Refusal(400, f"Property values were not valid: {json.dumps(listed)}", errors=errors)


def not_found(record_id: str) -> Refusal:
    """The vendor has two bodies: without a category for a number that names nothing, another for what is no number."""
    if record_id.isdigit():
        return Refusal(404, "resource not found", None)
    message = "Object not found.  objectId are usually numeric."
    return Refusal(404, message, "OBJECT_NOT_FOUND", context={"id": [record_id]})
