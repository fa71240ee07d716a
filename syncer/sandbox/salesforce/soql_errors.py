"""A query's refusals in Salesforce's words, with the line and the column they are about."""

from __future__ import annotations

from syncer.sandbox.salesforce.errors import ApiError

_IF_YOU = "If you are attempting to use a custom"
_LOOK_IT_UP = "Please reference your WSDL or the describe call for the appropriate names."


def place(text: str, at: int, message: str) -> str:
    """A message under the line it is about, the column marked; rows and columns count from 1."""
    row = text.count("\n", 0, at) + 1
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    column = at - start
    return f"\n{line}\n{' ' * column}^\nERROR at Row:{row}:Column:{column + 1}\n{message}"


def malformed(text: str, at: int, message: str) -> ApiError:
    return ApiError("MALFORMED_QUERY", place(text, at, message))


def unexpected(text: str, at: int, token: str) -> ApiError:
    return malformed(text, at, f"unexpected token: '{token}'")


def unknown_object(text: str, at: int, name: str) -> ApiError:
    advice = f"{_IF_YOU} object, be sure to append the '__c' after the entity name. {_LOOK_IT_UP}"
    return ApiError("INVALID_TYPE", place(text, at, f"sObject type '{name}' is not supported. {advice}"))


def unknown_column(text: str, at: int, name: str, sobject: str) -> ApiError:
    advice = f"{_IF_YOU} field, be sure to append the '__c' after the custom field name. {_LOOK_IT_UP}"
    return ApiError("INVALID_FIELD", place(text, at, f"No such column '{name}' on entity '{sobject}'. {advice}"))


def unknown_relationship(text: str, at: int, name: str) -> ApiError:
    advice = f"{_IF_YOU} relationship, be sure to append the '__r' after the custom relationship name. {_LOOK_IT_UP}"
    message = f"Didn't understand relationship '{name}' in field path. {advice}"
    return ApiError("INVALID_FIELD", place(text, at, message))


def unusable(text: str, at: int, name: str, verb: str) -> ApiError:
    """`verb`: filtered, sorted, grouped."""
    return ApiError("INVALID_FIELD", place(text, at, f"field '{name}' can not be {verb} in a query call"))


def wrong_literal(text: str, at: int, name: str, expected: str) -> ApiError:
    quotes = "should be" if expected == "string" else "should not be"
    message = f"value of filter criterion for field '{name}' must be of type {expected} and {quotes} enclosed in quotes"
    return ApiError("INVALID_FIELD", place(text, at, message))


def wrong_operator(text: str, at: int, kind: str) -> ApiError:
    return ApiError("INVALID_QUERY_FILTER_OPERATOR", place(text, at, f"invalid operator on {kind} field"))
