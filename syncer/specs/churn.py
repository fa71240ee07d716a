"""How movements and churn are counted, as ops write it: a section of a mapping, `--set` and `--segment` on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from syncer.specs.mrr_policy import Currency
from syncer.specs.reader import Spec
from syncer.specs.switches import switched
from syncer.words.money import KNOWN

CONTRACT_SIZE, TENURE = "contract_size", "tenure"
OTHERS = "default"
"""The key of the edges for every currency that has none of its own."""

Edges = tuple[int, ...]


def _days(value: Any) -> Any:
    if value in (None, "none"):
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,5}", str(value)):
        raise ValueError("write a number of days such as 90, or none")
    return int(value)


def _names(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _edges(value: Any) -> Any:
    """`[3, 12, 24]`, on the command line also `3,12,24`."""
    written = value.replace(",", " ").split() if isinstance(value, str) else value
    whole = isinstance(written, (list, tuple)) and all(re.fullmatch(r"[1-9]\d{0,11}", str(edge)) for edge in written)
    edges = tuple(int(edge) for edge in written) if whole else ()
    if not edges or list(edges) != sorted(set(edges)):
        raise ValueError("write where each further band begins, rising whole numbers above 0, such as [100, 1000, 10000]")
    return edges


def _edges_by_currency(value: Any) -> Any:
    """`[100, 1000]` for every currency, or `{default: [100, 1000], jpy: [10000, 100000]}`."""
    if not isinstance(value, Mapping):
        return {OTHERS: _edges(value)}
    wrong = next((code for code in value if code != OTHERS and str(code).lower() not in KNOWN), None)
    if wrong is not None or OTHERS not in value:
        said = f"{wrong} is no currency that we know" if wrong is not None else f"{OTHERS} is missing"
        raise ValueError(f"{said}; write {OTHERS} and codes such as jpy, each with a list of edges")
    return {str(code).lower(): _edges(edges) for code, edges in value.items()}


class ChurnPolicy(Spec):
    """The switches of movements and churn with their defaults, and the bands of segments.

    `reactivation_window_days`: who comes back more days than this after the first month-end at 0 is new; none: never.
    `free_plan_is_churn`: false counts a step down to a free plan as contraction, the step back up as expansion.
    `denominator`: what churn rates divide by. `contract_size` and `tenure` say where each further band begins: MRR in major units of the
    currency, whole months since the first month paid. `segments` are those that are told besides the whole.
    """

    reactivation_window_days: Annotated[int | None, BeforeValidator(_days, json_schema_input_type=int | Literal["none"] | None)] = Field(
        default=None, description="Who comes back more days than this after leaving is new; none: never.", examples=[90]
    )
    net_churn_includes_reactivation: bool = Field(default=False, description="Whether net churn is made smaller by those who came back.")
    free_plan_is_churn: bool = Field(default=True, description="false: a step down to a free plan is contraction, the step back expansion.")
    denominator: Literal["start", "start+new"] = Field(default="start", description="What churn rates divide by.")
    reporting_currency: Currency = Field(default=None, description="The currency that all months are told in; none: each in its own.")
    contract_size: Annotated[
        dict[str, Edges], BeforeValidator(_edges_by_currency, json_schema_input_type=list[int] | dict[str, list[int]])
    ] = Field(
        default={OTHERS: (100, 1_000, 10_000), "jpy": (10_000, 100_000, 1_000_000)},
        description="Where each further band of monthly revenue begins; {default: [...], jpy: [...]} by currency.",
        examples=[[100, 1000, 10000]],
    )
    tenure: Annotated[Edges, BeforeValidator(_edges, json_schema_input_type=list[int])] = Field(
        default=(3, 12, 24), description="Where each further band of whole months as a customer begins.", examples=[[3, 12, 24]]
    )
    segments: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(),
        description="What customers are divided by: contract_size, tenure, picklist fields.",
        examples=[["contract_size", "tenure"]],
    )

    def told(self) -> dict[str, Any]:
        """Every switch with its value, as written."""
        written = self.model_dump(mode="json")
        return {**written, **{name: "none" for name in ("reactivation_window_days", "reporting_currency") if written[name] is None}}

    def edges(self, currency: str) -> Edges:
        """Where the bands of contract size begin, in major units of this currency."""
        return self.contract_size.get(currency, self.contract_size[OTHERS])


def churn_policy_of(switches: Mapping[str, str], segments: tuple[str, ...] = (), base: ChurnPolicy | None = None) -> ChurnPolicy:
    """`base` with these switches changed, and these segments where there are any. UsageError names the first switch that cannot be."""
    policy = switched(ChurnPolicy, (base or ChurnPolicy()).model_dump(), switches, "churn policy")
    return policy.model_copy(update={"segments": tuple(dict.fromkeys(segments))}) if segments else policy
