"""Reading what callers send: JSON whose decimals stay exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.server import Call

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def json_object(call: Call) -> dict[str, Any]:
    """The body as an object. ApiError JSON_PARSER_ERROR."""
    try:
        body = _DECODER.decode(call.body)
    except msgspec.DecodeError as fault:
        raise ApiError("JSON_PARSER_ERROR", f"{fault} at [line:1, column:1]") from fault
    if not isinstance(body, dict):
        raise ApiError("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
    return body


def base_path(call: Call) -> str:
    """`/services/data/vXX.X/sobjects` of the version asked for: what record URLs begin with."""
    return f"/services/data/v{call.args['version']}/sobjects"
