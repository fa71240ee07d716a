"""Switches that are set on a command line: `--set switch=value` over what a written file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from syncer.specs.wording import did_you_mean
from syncer.words.errors import UsageError

M = TypeVar("M", bound=BaseModel)


def switched(model: type[M], ground: Mapping[str, Any], switches: Mapping[str, str], policy: str) -> M:
    """The model with these switches over `ground`. UsageError names the first that cannot be; `policy` is what people call it."""
    known = model.model_fields
    unknown = next((name for name in switches if name not in known), None)
    if unknown is not None:
        raise UsageError(f"there is no switch {unknown}{did_you_mean(unknown, known)}")
    try:
        return model.model_validate({**ground, **switches})
    except ValidationError as error:
        raise UsageError(f"{policy}: {_first_fault(error)}") from None


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = f"{'.'.join(map(str, first['loc'][:1]))}: " if first["loc"] else ""
    if first["type"] == "value_error":
        return where + str(first["ctx"]["error"])
    if first["type"].startswith("bool"):
        return f"{where}write true or false"
    return f"{where}write {first.get('ctx', {}).get('expected', first['msg'])}"
