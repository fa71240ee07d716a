"""What each switch and band of churn means in SQL: the macros that the models of `models/churn` call."""

from __future__ import annotations

from collections.abc import Iterable

from syncer.core.compose import Macro, parse_macros, shipped_macros
from syncer.core.macros import text
from syncer.specs.churn import CONTRACT_SIZE, OTHERS, TENURE, ChurnPolicy, Edges
from syncer.words.money import exponent

UNITS = 10**15
"""Of a minor unit, where balances are converted: rates have 12 decimals, minor units up to 3 more."""


def parts_of_a_minor_unit(policy: ChurnPolicy) -> int:
    """In how many parts of a minor unit the models count: 1 where nothing is converted."""
    return 1 if policy.reporting_currency is None else UNITS


def churn_macros(policy: ChurnPolicy) -> dict[str, Macro]:
    """The shipped macros and those of the policy, by name."""
    code, days = policy.reporting_currency, policy.reactivation_window_days
    return {
        **shipped_macros(),
        **parse_macros(
            {
                "REPORTING()": "CAST(NULL AS VARCHAR)" if code is None else text(code),
                "BOOKS(currency)": "(currency)" if code is None else text(code),
                "WORTH_D()": str(parts_of_a_minor_unit(policy)),
                "WORTH(rate, currency)": "E12(rate) * MINOR_UNITS(REPORTING()) * (1000 // MINOR_UNITS(currency))",
                "REACTIVATION_DAYS()": "CAST(NULL AS INT)" if days is None else str(days),
                "FREE_IS_CHURN()": _truth(policy.free_plan_is_churn),
                "NEW_IN_DENOMINATOR()": _truth(policy.denominator == "start+new"),
                "REACTIVATION_OFFSETS()": _truth(policy.net_churn_includes_reactivation),
                "ASKED(segment)": f"(segment) IN ({', '.join(map(text, ('all', *policy.segments)))})",
                "SIZE_BAND(n, currency)": _size_band(policy),
                "TENURE_BAND(months)": _band("(months)", policy.tenure, policy.tenure),
            }
        ),
    }


def labels(edges: Edges) -> list[str]:
    """The bands that edges make: `0-100`, `100-1000`, `1000+`; each from its first number up to, and without, its second."""
    inner = [f"{low}-{high}" for low, high in zip((0, *edges), edges, strict=False)]
    return [*inner, f"{edges[-1]}+"]


def bands_in_order(policy: ChurnPolicy, segment: str) -> list[str]:
    """The bands of a segment that has an order of its own."""
    if segment == TENURE:
        return labels(policy.tenure)
    if segment == CONTRACT_SIZE:
        return [band for edges in policy.contract_size.values() for band in labels(edges)]
    return []


def _size_band(policy: ChurnPolicy) -> str:
    """Edges are whole major units; how many parts of the models these are goes by the currency's decimals."""
    code = policy.reporting_currency
    if code is not None:
        return _band("(n)", policy.edges(code), _in_parts(policy, code, policy.edges(code)))
    own = {code: edges for code, edges in policy.contract_size.items() if code != OTHERS}
    cases = [f"WHEN (currency) = {text(code)} THEN {_band('(n)', edges, _in_parts(policy, code, edges))}" for code, edges in own.items()]
    others = _band("(n)", policy.contract_size[OTHERS], [f"{edge} * MINOR_UNITS(currency)" for edge in policy.contract_size[OTHERS]])
    return f"CASE {' '.join(cases)} ELSE {others} END" if cases else others


def _in_parts(policy: ChurnPolicy, code: str, edges: Edges) -> list[int]:
    return [edge * 10 ** exponent(code) * parts_of_a_minor_unit(policy) for edge in edges]


def _band(value: str, edges: Edges, compared: Iterable[object]) -> str:
    *inner, last = labels(edges)
    below = " ".join(f"WHEN {value} < {edge} THEN {text(label)}" for edge, label in zip(compared, inner, strict=True))
    return f"CASE {below} ELSE {text(last)} END"


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"
