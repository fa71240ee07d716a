"""The catalog, the macros and the models say the same."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML
from warehouse import column_types, open_warehouse

from syncer.core.catalogue import Catalogue, shipped
from syncer.core.churn import churn_query, moves_query, unpriced_query
from syncer.core.churn_macros import churn_macros
from syncer.core.compose import compose, customer_query, facts_query, item_query, mrr_macros
from syncer.core.identity import identity_query
from syncer.models import catalog_text, macros_text, model_texts
from syncer.specs.churn import ChurnPolicy
from syncer.specs.mrr_policy import MrrPolicy
from syncer.words.money import KNOWN, THREE_DECIMAL, ZERO_DECIMAL

CATALOG = YAML(typ="safe").load(catalog_text())
FACTS = facts_query(declared=Catalogue().models(shipped()))
PARAMETERS = {"as_of": 1_800_000_000, "month_before": "2026-12", "mixpanel_group_url_base": None, "zendesk_url_base": None}
NOT_IN_MODELS = r"/|SELECT \*|::|\bNOW\b|DOUBLE|FLOAT|TIMESTAMP|QUALIFY|REGEXP"
EXACT = ("VARCHAR", "BIGINT", "HUGEINT", "BOOLEAN", "DATE", "DECIMAL")


def types(query):
    params = {name: value for name, value in PARAMETERS.items() if f"${name}" in query}
    return column_types(open_warehouse({}), query, **params)


def test_catalog_is_the_facts_column_by_column():
    said = {name.replace(".", "__"): about["type"] for name, about in CATALOG.items()}
    assert types(FACTS) == said


CHURN = ChurnPolicy()
QUERIES = {
    "facts": FACTS,
    "items": item_query(),
    "customers": customer_query(),
    "identity": identity_query([]),
    "churn": churn_query(CHURN),
    "movements": moves_query(CHURN),
    "unpriced": unpriced_query(CHURN),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_nothing_inexact_comes_out(query):
    inexact = {name: kind for name, kind in types(query).items() if not kind.startswith(EXACT)}
    assert inexact == {}


def test_catalog_says_everything_of_each_column():
    for name, about in CATALOG.items():
        assert set(about) - {"held_by", "personal", "options"} == {"type", "unit", "source", "meaning"}, name
        assert ("options" in about) == (about["unit"] == "choice"), name
        assert {column.replace("__", ".") for column in about.get("held_by", ())} <= set(CATALOG), name


def test_every_column_of_a_source_is_held_while_its_match_is():
    for name, about in CATALOG.items():
        source, _, fact = name.partition(".")
        if source in ("stripe", "mixpanel", "zendesk") and fact not in ("present", "held"):
            assert f"{source}__held" in about["held_by"], name


def test_every_model_binds_and_is_used():
    con = open_warehouse({})
    used = " ".join(QUERIES.values())
    macros = {**mrr_macros(MrrPolicy()), **churn_macros(CHURN)}
    for name in model_texts():
        assert f"{name} AS (" in used, name
        query = compose(name, macros, {"identity_candidate": identity_candidates()})
        params = {key: value for key, value in PARAMETERS.items() if f"${key}" in query}
        con.execute(query, params)


@pytest.mark.parametrize("name", sorted(model_texts()))
def test_models_keep_to_what_every_engine_agrees_on(name):
    text = re.sub(r"--.*|'[^']*'", "", model_texts()[name])
    assert re.findall(NOT_IN_MODELS, text) == []
    assert model_texts()[name].startswith("-- grain: "), "a model opens with its grain"


def test_macros_name_the_currencies_of_the_money_words():
    macros = YAML(typ="safe").load(macros_text())
    lists = {"ZERO_DECIMAL(c)": ZERO_DECIMAL, "THREE_DECIMAL(c)": THREE_DECIMAL, "KNOWN_CURRENCY(c)": KNOWN}
    assert {name: set(re.findall(r"'(\w+)'", macros[name])) for name in lists} == {name: set(codes) for name, codes in lists.items()}


def identity_candidates():
    columns = ("source", "source_id", "rule", "crm_key", "value", "source_value", "crm_value", "account_id")
    return f"SELECT {', '.join(f'CAST(NULL AS VARCHAR) AS {name}' for name in columns)}, 0 AS place WHERE FALSE"
