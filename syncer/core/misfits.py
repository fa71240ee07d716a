"""What an expression has written out and its field cannot hold."""

from __future__ import annotations

from decimal import Decimal

from syncer.core.expressions import Expression
from syncer.core.kinds import FITS, Kind
from syncer.core.mixtures import nearest
from syncer.core.walk import Fault, Given
from syncer.specs.account import FieldSpec

DIGITS = 18


def misfits(key: str, spec: FieldSpec, expression: Expression) -> list[Fault]:
    """A wrong kind, or each written value that would be held back, cut or rounded. Computed values are judged when they are there."""
    if expression.kind not in FITS[spec.type]:
        wanted = " or ".join(sorted(FITS[spec.type]))
        hint = "; TEXT(value) makes a text of it" if Kind.TEXT in FITS[spec.type] and expression.kind is not Kind.BOOL else ""
        return [Fault(0, f"{key} is a {spec.type} field and takes {wanted}, but this expression gives {expression.kind}{hint}")]
    numeric = spec.type in ("number", "currency")
    faults = (_number(spec, given) if numeric else _text(spec, given) for given in expression.gives)
    return sorted({Fault(given.offset, f"{key}: {said}") for given, said in zip(expression.gives, faults, strict=True) if said})


def _number(spec: FieldSpec, given: Given) -> str | None:
    number = Decimal(given.value).normalize()
    decimals = max(0, -int(number.as_tuple().exponent))
    if decimals > spec.scale:
        kept = f"{spec.scale} decimals" if spec.scale else "no decimals"
        return f"{given.value} would be rounded, because the field keeps {kept}; write scale: {decimals} in its spec, or another number"
    if number.adjusted() >= DIGITS - spec.scale:
        return f"{given.value} is too large; beside its decimals the field has room for {DIGITS - spec.scale} digits"
    return None


def _text(spec: FieldSpec, given: Given) -> str | None:
    """Blanks around a text are dropped before it is written, and an empty one is no value."""
    value = given.value.strip(" ")
    if not value:
        return None
    shown = f"'{value}'" if len(value) <= 40 else f"'{value[:39]}…'"
    if spec.type == "picklist" and not spec.open and value not in spec.options:
        return f"{shown} is not among its options; {nearest(value, spec.options)}"
    if len(value) > spec.length:
        return f"{shown} has {len(value)} characters, and the field keeps {spec.length}; shorten it, or write a larger length in its spec"
    if spec.type == "url" and not value.startswith("https://"):
        return f"{shown} is no https link; a url field takes links that begin with https://"
    return None
