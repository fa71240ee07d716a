"""One SELECT out of the models: those that a goal needs, as CTEs in the order of their references, macros expanded.

The text is DuckDB's SQL or, rendered by sqlglot, another engine's. Instants come in as parameters, never as literals:
a text can be kept and used again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, cast

import sqlglot
import yaml
from sqlglot import exp

from syncer.core.policy import policy_macros
from syncer.models import macros_text, model_texts
from syncer.specs.mrr_policy import MrrPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping


DEFAULT = MrrPolicy()


@dataclass(frozen=True)
class Macro:
    """A piece of SQL with named holes."""

    params: tuple[str, ...]
    body: exp.Expr

    def fill(self, arguments: list[exp.Expr]) -> exp.Expr:
        given = dict(zip(self.params, arguments, strict=True))
        return exp.paren(self.body.transform(lambda node: given[node.name].copy() if _is_hole(node, given) else node))


Models = tuple[tuple[str, str], ...]
"""Further models by name: name and SQL."""


@cache
def facts_query(policy: MrrPolicy = DEFAULT, declared: Models = (), dialect: str = "duckdb") -> str:
    """The SELECT of `facts`: a row per CRM account, columns as in catalog.yaml, then those of the `declared` models.

    A declared model has at most one row per `account_id`; its other columns are named as those of facts (`crm__employees`).
    Parameters: `$as_of` (epoch seconds), `$month_before` (`2026-10` for an `as_of` in November), `$mixpanel_group_url_base` (text up
    to the id, or NULL), `$zendesk_url_base` (`https://sub.zendesk.com`, or NULL).
    """
    own = {**dict(declared), "facts": _widened(declared)} if declared else None
    return compose("facts", mrr_macros(policy), own, dialect=dialect)


def _widened(declared: Models) -> str:
    """`facts` with the columns of these models."""
    facts = cast("exp.Select", _parsed_models()["facts"]).copy()
    for name, text in declared:
        columns = [exp.column(column, name) for column in _parse(text).named_selects if column != "account_id"]
        facts = facts.select(*columns).join(name, on=f"{name}.account_id = a.id", join_type="left")
    return facts.sql(dialect="duckdb")


@cache
def item_query(policy: MrrPolicy = DEFAULT, *, past: bool = False, dialect: str = "duckdb") -> str:
    """The SELECT behind MRR: a row per subscription item; every amount is the fraction `…_n` / `…_d` of minor units, exact, not reduced.

    customer_id, subscription_id, item_id, price_id, product_name, quantity, currency, recurring_interval, interval_count, metered;
    amount (for the item's own period), left (after discounts), monthly (of that, a month); counted, why_not (why it is not
    counted), held (why a counted item's amount is unknown). Parameter: `$as_of`. `past` as in `customer_query`.
    """
    return compose("items", mrr_macros(policy, past=past), dialect=dialect)


@cache
def customer_query(policy: MrrPolicy = DEFAULT, *, past: bool = False, dialect: str = "duckdb") -> str:
    """The SELECT of MRR: a row per Stripe customer and currency of its counted items; a customer without any has one row of 0.

    customer_id, currency, mrr_n / mrr_d (minor units, exact, not reduced), mrr_minor, arr_minor (half up), counted (it has counted items),
    held (why it is unknown); reporting_currency, reporting_n / reporting_d, reporting_minor, rate, rate_day, reporting_held.
    Parameter: `$as_of`. With `past`, `$as_of` is an instant gone by, and statuses are what Stripe's dates tell of it.
    """
    return compose("customers", mrr_macros(policy, past=past), dialect=dialect)


def mrr_macros(policy: MrrPolicy, *, past: bool = False) -> dict[str, Macro]:
    """The shipped macros and those of the policy, by name."""
    return {**shipped_macros(), **parse_macros(policy_macros(policy, past=past))}


@cache
def shipped_macros() -> Mapping[str, Macro]:
    """macros.yaml by name."""
    return parse_macros(yaml.load(macros_text(), Loader=yaml.CSafeLoader))


def parse_macros(texts: Mapping[str, str]) -> dict[str, Macro]:
    """`{"NAME(a, b)": "SQL with a and b"}` by name."""
    macros = {}
    for signature, text in texts.items():
        name, *params = re.findall(r"\w+", signature)
        macros[name] = Macro(tuple(params), _parse(text))
    return macros


def expand(tree: exp.Expr, macros: Mapping[str, Macro]) -> exp.Expr:
    """The tree with every call of a macro replaced by what it stands for."""

    def unfold(node: exp.Expr) -> exp.Expr:
        macro = macros.get(node.name.upper()) if isinstance(node, exp.Anonymous) else None
        return expand(macro.fill(node.expressions), macros) if macro else node

    return tree.transform(unfold)


def compose(goal: str, macros: Mapping[str, Macro], own: Mapping[str, str] | None = None, dialect: str = "duckdb") -> str:
    """The SELECT of model `goal`; `own` adds models (name → SQL) to the shipped ones."""
    models = {**_parsed_models(), **{name: _parse(text) for name, text in (own or {}).items()}}
    needs: dict[str, set[str]] = {}
    asked = [goal]
    while asked:
        name = asked.pop()
        if name not in needs:
            needs[name] = references(models[name])
            asked += needs[name]
    query = exp.select(*(exp.column(column) for column in models[goal].named_selects)).from_(goal)
    for name in TopologicalSorter({name: sorted(needs[name]) for name in sorted(needs)}).static_order():
        step = _expanded(models[name], _called(models[name], macros))
        query = query.with_(name, as_=step.copy(), copy=False)
    return query.sql(dialect=dialect, pretty=True, comments=False, copy=False)


@cache
def _expanded(model: exp.Query, macros: frozenset[tuple[str, Macro]]) -> exp.Query:
    """A model under the macros that it calls; policies differ in a few of them, so most models are expanded once."""
    return cast("exp.Query", expand(model, dict(macros)))


def _called(tree: exp.Expr, macros: Mapping[str, Macro]) -> frozenset[tuple[str, Macro]]:
    """The macros that a tree calls, and those that they call."""
    names = {node.name.upper() for node in tree.find_all(exp.Anonymous)} & macros.keys()
    return frozenset((name, macros[name]) for name in names).union(*(_called(macros[name].body, macros) for name in names))


def references(tree: exp.Expr) -> set[str]:
    """Names of the models that a model reads: tables without a schema that are not its own steps."""
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table) if not table.db} - own


def _is_hole(node: exp.Expr, given: Mapping[str, exp.Expr]) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name in given


@cache
def _parsed_models() -> Mapping[str, exp.Query]:
    return {name: _parse(text) for name, text in model_texts().items()}


def _parse(text: str) -> exp.Query:
    return cast("exp.Query", sqlglot.parse_one(text, dialect="duckdb"))
