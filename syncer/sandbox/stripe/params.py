"""Stripe's parameters: form pairs with brackets, `items[0][price]=…`, read into nested dicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from syncer.sandbox.stripe.refusals import Refusal, invalid, missing_parameter, unknown_parameter

Params = Mapping[str, Any]
"""Text, or further Params where the name had brackets (lists too: their keys are their places)."""

_KEYS = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


def parse(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`[("expand[]", "a"), ("metadata[x]", "1")]` → `{"expand": {"0": "a"}, "metadata": {"x": "1"}}`."""
    params: dict[str, Any] = {}
    for name, value in pairs:
        *outer, last = _KEYS.findall(name) or [name]
        node = params
        for key in outer:
            node = node.setdefault(key or str(len(node)), {})
            if not isinstance(node, dict):
                raise invalid("hash", node, name)
        node[last or str(len(node))] = value
    return params


def refuse_unknown(params: Params, known: Iterable[str]) -> None:
    for name in params:
        if name not in known:
            raise unknown_parameter(name)


def items(value: Any, name: str) -> list[Any]:
    if not isinstance(value, Mapping):
        raise invalid("array", value, name)
    return list(value.values())


def hashes(value: Any, name: str) -> list[Params]:
    """A list whose entries have names themselves."""
    found = items(value, name)
    for place, entry in enumerate(found):
        if not isinstance(entry, dict):
            raise invalid("hash", entry, f"{name}[{place}]")
    return found


def nested(params: Params, name: str) -> dict[str, Any]:
    """The hash of that name; empty when absent or when an empty text clears it."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise invalid("hash", value, name)
    return value


def whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid("integer", value, name) from None


def text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid("string", value, name)
    return value


def truth(value: Any, name: str) -> bool:
    if value not in ("true", "false"):
        raise invalid("boolean", value, name)
    return bool(value == "true")


def decimal(value: Any, name: str) -> Decimal:
    try:
        amount = Decimal(text(value, name))
    except InvalidOperation:
        raise invalid("decimal", value, name) from None
    if not amount.is_finite() or abs(amount) >= 10**12:
        raise invalid("decimal", value, name)
    return amount


def needed(params: Params, name: str) -> str:
    if params.get(name) in (None, ""):
        raise missing_parameter(name)
    return text(params[name], name)


def texts(params: Params, names: Iterable[str]) -> dict[str, Any]:
    """The named parameters that were sent; an empty text means null."""
    return {name: text(params[name], name) or None for name in names if name in params}


def merged_metadata(before: Params, params: Params) -> dict[str, Any]:
    """Keys are added or replaced, an empty value deletes a key, an empty `metadata` deletes all
    (https://docs.stripe.com/api/metadata: 50 keys, names to 40 characters, values to 500).
    """
    if params.get("metadata") == "":
        return {}
    merged = {**before, **nested(params, "metadata")}
    kept = {key: value for key, value in merged.items() if value != ""}
    if len(kept) > 50:
        raise Refusal(f"You can have up to 50 metadata keys; this object would have {len(kept)}.", param="metadata")
    for key, value in kept.items():
        text(value, f"metadata[{key}]")
        if len(key) > 40:
            raise Refusal(f"Metadata keys can be up to 40 characters. Invalid key: {key}", param="metadata")
        if len(value) > 500:
            said = f"but you passed in a value that is {len(value)} characters"
            raise Refusal(f"Metadata values can have up to 500 characters, {said}.", param=f"metadata[{key}]")
    return kept
