"""A part of an expression as its writer knows it: sqlglot writes some words otherwise than they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

if TYPE_CHECKING:
    from syncer.core.walk import Node

LONGEST = 40


class _Generator(DuckDBGenerator):
    TRANSFORMS = {  # noqa: RUF012  (sqlglot's own form)
        **DuckDBGenerator.TRANSFORMS,
        exp.CurrentDate: lambda *_: "TODAY()",
        exp.MonthsBetween: lambda self, node: self.func("MONTHS_BETWEEN", node.this, node.expression),
        exp.Cast: lambda self, node: f"{self.sql(node, 'to')} {self.sql(node, 'this')}",
        exp.Not: lambda self, node: _not(self.sql(node, "this"), node.this),
    }


def _not(text: str, node: Node) -> str:
    """NOT where it is mostly written: `a IS NOT NULL`, `a NOT IN (1, 2)`."""
    for kind, word, instead in ((exp.Is, " IS ", " IS NOT "), (exp.In, " IN ", " NOT IN "), (exp.Between, " BETWEEN ", " NOT BETWEEN ")):
        if isinstance(node, kind):
            return text.replace(word, instead, 1)
    return f"NOT {text}"


def shown(node: Node) -> str:
    """The text, cut when it is long."""
    written = _Generator(dialect=DuckDB(), comments=False).generate(node)
    return written if len(written) <= LONGEST else f"{written[: LONGEST - 1]}…"
