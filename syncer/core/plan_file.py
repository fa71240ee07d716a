"""A plan as it travels: the JSON of `syncer plan --out plan.json`, read back by `syncer apply` and `syncer undo`. mappings/PLAN.md names
every key."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from syncer.core.plan import Plan
from syncer.words.errors import UsageError

FORMAT = 1
MEND = "make the plan anew with `syncer plan --out plan.json`"


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calls that a vendor allows in a window of time, and how many of them are used by everyone, as it said last."""

    limit: int
    used: int
    window: str


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls to one vendor: `spent` on the plan, `calls` that carrying it out takes, and the vendor's quota where its answers tell it."""

    spent: int
    calls: int
    quota: Quota | None = None

    @property
    def share(self) -> Decimal | None:
        """How much of the whole quota the calls to come are, in percent; None where the vendor tells no quota."""
        return Decimal(100 * self.calls) / self.quota.limit if self.quota and self.quota.limit else None


class WrittenPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one run would do to one CRM, and what goes with it: a sync, or the undoing `of` a run; a sentence for each limit that it would
    not pass; what it costs by vendor."""

    plan: Plan
    run: str
    kind: Literal["sync", "undo"] = "sync"
    of: str | None = None
    refused: tuple[str, ...] = ()
    forecast: dict[str, Cost] = {}


class _Sealed(WrittenPlan, frozen=True, kw_only=True):
    """A plan in a file, with what it would write said a second time."""

    fingerprint: str


class _Head(msgspec.Struct):
    format: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    plans: tuple[_Sealed, ...]


def plan_json(plans: Sequence[WrittenPlan]) -> bytes:
    """All plans of a run as one JSON document on one line."""
    sealed = tuple(_Sealed(**msgspec.structs.asdict(written), fingerprint=written.plan.fingerprint) for written in plans)
    return msgspec.json.encode(_File(FORMAT, sealed)) + b"\n"


def read_plan(body: bytes, name: str) -> tuple[WrittenPlan, ...]:
    """The plans of a document by `plan_json`; `name` is the file's, for the sentence. UsageError when it is damaged, altered, foreign or of
    a newer form."""
    try:
        head = msgspec.json.decode(body, type=_Head)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise UsageError(f"{name} is not a plan that syncer wrote as JSON; {MEND}") from None
    if head.format != FORMAT:
        raise UsageError(f"{name} is of form {head.format} and this syncer reads form {FORMAT}; {MEND}, or use the syncer that wrote it")
    try:
        plans = msgspec.json.decode(body, type=_File).plans
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{name} is damaged ({error}); {MEND}") from None
    if not plans or len({written.plan.crm for written in plans}) < len(plans):
        raise UsageError(f"{name} does not hold one plan for each CRM; {MEND}")
    for written in plans:
        if written.fingerprint != written.plan.fingerprint:
            raise UsageError(f"{name} was altered after it was made: its values for {written.plan.crm} do not fit its fingerprint; {MEND}")
    return tuple(WrittenPlan(*(getattr(written, name) for name in WrittenPlan.__struct_fields__)) for written in plans)
