"""Models become one SELECT: order, macros, policy, dialects."""

from __future__ import annotations

import duckdb
import pytest

from syncer.core.compose import compose, customer_query, expand, facts_query, item_query, parse_macros, references, shipped_macros
from syncer.specs.mrr_policy import MrrPolicy, policy_of
from syncer.words.errors import UsageError


def test_models_come_in_the_order_of_their_references():
    own = {
        "top": "SELECT a, b FROM middle AS m JOIN bottom AS o ON o.a = m.b",
        "middle": "SELECT a AS b FROM bottom",
        "bottom": "SELECT x AS a FROM source.rows",
        "aside": "SELECT 1 AS nobody_asked",
    }
    text = compose("top", {}, own)
    assert text.index("bottom AS (") < text.index("middle AS (") < text.index("top AS (")
    assert "aside" not in text
    assert text.endswith("SELECT\n  a,\n  b\nFROM top")


def test_a_models_own_steps_and_source_tables_are_no_references():
    steps = "step AS (SELECT x FROM s.t UNION ALL SELECT x FROM step JOIN other ON TRUE)"
    text = f"WITH RECURSIVE {steps} SELECT x FROM step"
    assert references(compose_tree(text)) == {"other"}


def test_models_that_need_each_other_are_refused():
    with pytest.raises(ValueError, match="cycle"):
        compose("a", {}, {"a": "SELECT x FROM b", "b": "SELECT x FROM a"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ROUND_DIV(5, 2)", 3),
        ("ROUND_DIV(4, 3)", 1),
        ("ROUND_DIV(1 + 1, 1 + 3)", 1),
        ("PCT(1, 3)", 33),
        ("PCT(2, 3)", 67),
        ("PCT(0, 4)", 0),
        ("PCT(1, 0)", None),
        ("TIMES(3, 4)", 12),
        ("TIMES(CAST(100000000000000000 AS HUGEINT), 100000000000000000)", 10**34),
        ("TIMES(CAST(100000000000000001 AS HUGEINT), 100000000000000000)", None),
        ("TIMES(5, 0)", 0),
        ("REDUCED(12, 18)", 2),
        ("REDUCED(0, 18)", 0),
        ("REDUCED(18, 0)", 1),
        ("EVEN(0)", 6_000_000_000_000),
        ("EVEN(30000000000)", 10_000_000_000),
        ("EVEN(7)", 1),
        ("MILLIONTHS(1, 3)", 333_333),
        ("MILLIONTHS(100000000000000000000000000000000, 300000000000000000000000000000000)", 333_333),
        ("MONTHS_FROM_TO(DATE '2026-01-31', DATE '2026-02-28')", 0),
        ("MONTHS_FROM_TO(DATE '2025-12-15', DATE '2026-02-15')", 2),
        ("EPOCH_DATE(86399) = DATE '1970-01-01'", True),
        ("EPOCH_DATE(86400) = DATE '1970-01-02'", True),
        ("LINK('https://x/', 'a-B_9.~')", "https://x/a-B_9.~"),
        ("LINK('https://x/', 'a b')", None),
        ("LINK('https://x/', 'é')", None),
        ("LINK('javascript:', NULL)", None),
    ],
)
def test_macros(text, value):
    assert duckdb.execute(expand(compose_tree(f"SELECT {text}"), shipped_macros()).sql("duckdb")).fetchone() == (value,)


def test_a_macro_may_call_macros_and_be_given_columns_named_like_its_holes():
    macros = parse_macros({"TWICE(a)": "2 * (a)", "BOTH(a, b)": "TWICE(b) - TWICE(a)"})
    tree = expand(compose_tree("SELECT BOTH(b, a) FROM (SELECT 1 AS a, 10 AS b) AS t"), macros)
    assert duckdb.execute(tree.sql("duckdb")).fetchone() == (2 * 1 - 2 * 10,)


def test_a_macro_given_too_little_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        expand(compose_tree("SELECT PCT(1)"), shipped_macros())


def test_queries_leave_no_macro_and_no_comment_behind():
    for query in (facts_query(), item_query(), customer_query()):
        assert "ROUND_DIV" not in query
        assert "_COUNTS(" not in query
        assert "/*" not in query
        assert "--" not in query


def test_queries_take_the_time_as_a_parameter():
    assert "$as_of" in facts_query()
    assert "CURRENT_" not in facts_query()


@pytest.mark.parametrize("dialect", ["spark", "postgres"])
def test_other_dialects_render(dialect):
    text = facts_query(dialect=dialect)
    assert "//" not in text.replace("https://", "")


def test_a_switch_changes_the_text_and_nothing_else_does():
    assert customer_query(MrrPolicy()) == customer_query(policy_of("default", {}))
    texts = {customer_query(policy_of(None, {"week_factor": factor})) for factor in ("52/12", "365/84", "4.345", "4.33", "4")}
    assert len(texts) == 5


def test_a_text_of_ops_stays_a_text():
    query = customer_query(MrrPolicy(override_key="it's"))
    assert "'it''s'" in query


@pytest.mark.parametrize(
    ("preset", "switches", "said"),
    [
        (None, {"weekfactor": "4"}, "there is no switch weekfactor; did you mean week_factor?"),
        (None, {"week_factor": "5"}, "week_factor: write '52/12', '365/84', '4.345', '4.33' or '4'"),
        (None, {"past_due": "30"}, "past_due: write include, exclude or include_until_days:"),
        (None, {"count_statuses": "activ"}, "count_statuses: write a list of Stripe's statuses"),
        (None, {"reporting_currency": "euro"}, "reporting_currency: write a currency code such as usd"),
        ("profitwel", {}, "there is no preset profitwel; did you mean profitwell?"),
    ],
)
def test_a_policy_that_cannot_be_says_what_to_write(preset, switches, said):
    with pytest.raises(UsageError) as refused:
        policy_of(preset, switches)
    assert said in str(refused.value)


def compose_tree(text):
    return parse_macros({"X()": text})["X"].body
