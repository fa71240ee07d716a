"""Models become one SELECT: order, macros, policy, dialects."""

from __future__ import annotations

import duckdb
import pytest

from syncer.core.compose import compose, expand, facts_query, item_query, parse_macros, references, shipped_macros
from syncer.core.policy import MrrPolicy
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
        ("TO_MINOR(499999999999)", 1),
        ("TO_MINOR(499999499999)", 0),
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
    for query in (facts_query(), item_query()):
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


def test_policy_with_an_unsupported_value_says_what_to_write():
    with pytest.raises(UsageError, match=r"^mrr_policy: trialing include is not supported; write exclude\.$"):
        facts_query(MrrPolicy(trialing="include"))
    with pytest.raises(UsageError, match=r"count_statuses \[active\] is not supported; write \[active, past_due\]"):
        item_query(MrrPolicy(count_statuses=("active",)))


def compose_tree(text):
    return parse_macros({"X()": text})["X"].body
