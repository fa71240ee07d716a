"""Why Salesforce refuses something, in its words, and the three shapes in which it says so."""

from __future__ import annotations

from typing import Any

from syncer.sandbox.server import Answer

_STATUS = {
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_API_VERSION": 410,
}


class ApiError(Exception):
    """`fields` is None where the vendor sends no such key (queries, paths), a list where it does (writes)."""

    def __init__(self, code: str, message: str, fields: list[str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields

    def answer(self) -> Answer:
        """A refused request: an array of one error."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            error["fields"] = self.fields
        return Answer([error], _STATUS.get(self.code, 400))

    def row(self) -> dict[str, Any]:
        """A refused row of a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}

    def cell(self) -> str:
        """A refused row of a Bulk job: the `sf__Error` column."""
        return f"{self.code}:{self.message}:{', '.join(self.fields or [])}{' ' if self.fields else ''}--"


class WrongTypeError(ApiError):
    """A value its field's type cannot take. A single-record call fails earlier, in the JSON parser, in other words."""

    def __init__(self, label: str, field: str, kind: str, value: Any) -> None:
        shown = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        super().__init__("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{label}: value not of required type: {shown}", [field])
        self.kind = kind
        self.token, self.shown = _json_token(value), shown

    def in_parser(self) -> ApiError:
        message = f"Cannot deserialize instance of {self.kind} from {self.token} value {self.shown}"
        tail = "or request may be missing a required field at [line:1, column:2]"
        return ApiError("JSON_PARSER_ERROR", f"{message} {tail}")


def _json_token(value: Any) -> str:
    if isinstance(value, bool):
        return f"VALUE_{str(value).upper()}"
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, dict | list):
        return "START_OBJECT" if isinstance(value, dict) else "START_ARRAY"
    return "VALUE_STRING" if isinstance(value, str) else "VALUE_NUMBER_INT" if isinstance(value, int) else "VALUE_NUMBER_FLOAT"


def not_found() -> ApiError:
    return ApiError("NOT_FOUND", "The requested resource does not exist")


def no_such_column(name: str, sobject: str) -> ApiError:
    return ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")


def not_writable(name: str) -> ApiError:
    advice = "Please check the security settings of this field and verify that it is read/write for your profile"
    message = f"Unable to create/update fields: {name}. {advice} or permission set."
    return ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, [name])


def required_missing(names: list[str]) -> ApiError:
    return ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names)


def rolled_back() -> ApiError:
    return ApiError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
        [],
    )
