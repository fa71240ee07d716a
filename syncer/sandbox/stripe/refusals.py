"""Stripe's errors: `{"error": {type, code, message, param, doc_url}}` (https://docs.stripe.com/api/errors)."""

from __future__ import annotations

from typing import Any

DEPTH = 4


class Refusal(Exception):
    """A request that Stripe answers with an error."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        said = {"code": code, "doc_url": doc_url(code), "message": message, "param": param, "type": kind}
        self.error: dict[str, Any] = {key: value for key, value in said.items() if value is not None}


def doc_url(code: str | None) -> str | None:
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code else None


def unknown_parameter(name: str) -> Refusal:
    return Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Refusal:
    return Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


def no_such(kind: str, record_id: str, param: str, status: int = 400) -> Refusal:
    words = "invoice line item" if kind == "line_item" else kind.replace("_", " ")
    return Refusal(f"No such {words}: '{record_id}'", code="resource_missing", param=param, status=status)


def invalid(what: str, value: object, param: str) -> Refusal:
    code = "parameter_invalid_integer" if what == "integer" else None
    return Refusal(f"Invalid {what}: {value}", code=code, param=param)


def not_one_of(value: str, param: str, choices: list[str]) -> Refusal:
    named = f"{', '.join(choices[:-1])}, or {choices[-1]}"
    if value:
        return Refusal(f"Invalid {param}: must be one of {named}", param=param)
    said = (
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    )
    return Refusal(said, code="parameter_invalid_empty", param=param)


def too_deep(path: str) -> Refusal:
    return Refusal(f"You cannot expand more than {DEPTH} levels of a property. Property: {path}", param="expand")


def not_expandable(path: str, in_list: bool) -> Refusal:
    hint = f" You may want to try expanding 'data.{path}' instead." if in_list and not path.startswith("data") else ""
    return Refusal(f"This property cannot be expanded ({path}).{hint}", param="expand")


NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or "
    "we can help at https://support.stripe.com/."
)


def of_status(status: int, method: str, path: str) -> Refusal:
    """What Stripe says with a status when nothing more is known."""
    if status in (404, 405):
        message = (
            f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
            "https://support.stripe.com/."
        )
        return Refusal(message, status=404)
    if status >= 500:
        return Refusal("An unknown error occurred", kind="api_error", status=status)
    message, code = {
        401: (NO_KEY, None),
        403: ("The provided key does not have the required permissions for this endpoint.", None),
        409: (
            "This object cannot be accessed right now because another API request or Stripe process is accessing it.",
            "lock_timeout",
        ),
        429: (
            "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.",
            "rate_limit",
        ),
    }.get(status, ("Invalid request.", None))
    return Refusal(message, code=code, status=status)
