"""What the latest runs wrote: by field, the accounts that moved most and why, and what people changed in the CRM meanwhile.

The queries read history.cell and, of one CRM's proposal, `cells`; they share the tables report.written (a row per write of the last days)
and report.moved (a row per cell that is not what it was before them).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from syncer.core.markup import Html, Node, tag
from syncer.core.report.layout import Column, Label, counted, folded, left_out, moment, name, note, part, table

SHOWN_ACCOUNTS, OPEN_ACCOUNTS = 15, 3
SHOWN_EDITS = 15

WRITTEN = """
WITH touched AS (
  SELECT DISTINCT account_id, field FROM history.cell WHERE crm = $crm AND kind = 'written' AND instant > $since
), past AS (
  SELECT
    account_id, field, instant, value, old, run, kind,
    LAG(value) OVER before AS known, ROW_NUMBER() OVER before AS place
  FROM history.cell SEMI JOIN touched USING (account_id, field)
  WHERE crm = $crm
  WINDOW before AS (PARTITION BY account_id, field ORDER BY instant)
)
SELECT * FROM past WHERE kind = 'written' AND instant > $since"""
"""`known` is the value that history had before; `place` 1 where it had none."""

MOVED = """
SELECT
  account_id, field, FIRST(old ORDER BY instant) AS old, LAST(value ORDER BY instant) AS new, MAX(instant) AS instant,
  LAST(run ORDER BY instant) AS run
FROM report.written
WHERE place > 1
GROUP BY account_id, field
HAVING FIRST(old ORDER BY instant) IS DISTINCT FROM LAST(value ORDER BY instant)"""

BY_FIELD = """
SELECT
  field, COUNT(*) FILTER (WHERE old IS NULL), COUNT(*) FILTER (WHERE old IS NOT NULL AND value IS NOT NULL),
  COUNT(*) FILTER (WHERE value IS NULL), COUNT(DISTINCT account_id)
FROM report.written GROUP BY field"""

MOVERS = f"""
WITH total AS (SELECT stripe__currency, SUM(stripe__mrr) AS mrr FROM cells WHERE stripe__mrr > 0 GROUP BY 1),
step AS (
  SELECT account_id, field, ABS(COALESCE(TRY_CAST(new AS DECIMAL(24, 6)), 0) - COALESCE(TRY_CAST(old AS DECIMAL(24, 6)), 0)) AS size
  FROM report.moved
)
SELECT
  s.account_id, ANY_VALUE(c.account_name), ANY_VALUE(c.stripe__currency),
  MAX(CASE WHEN s.field = $mrr THEN s.size / t.mrr END) AS paid, MAX(CASE WHEN s.field = $score THEN s.size END) AS scored
FROM step AS s JOIN cells AS c ON c.account_id = s.account_id LEFT JOIN total AS t ON t.stripe__currency = c.stripe__currency
GROUP BY s.account_id
ORDER BY paid DESC NULLS LAST, scored DESC NULLS LAST, COUNT(*) DESC, s.account_id
LIMIT {SHOWN_ACCOUNTS}"""
"""Who moved most: the largest part of what all pay in that currency first, then the longest way of the score, then the most fields."""

CELLS = "SELECT account_id, field, old, new, instant, run FROM report.moved WHERE account_id IN (SELECT UNNEST($accounts))"


def edits_query(numbers: Sequence[str]) -> str:
    """What people changed and a run then wrote over: account_id, name, field, what we had written, what stood there, what was written
    again, the instant. `numbers` are the fields that are compared as numbers."""
    same = " OR ".join(["w.old IS NOT DISTINCT FROM w.known", *([_same_number(numbers)] if numbers else [])])
    return f"""SELECT w.account_id, c.account_name, w.field, w.known, w.old, w.value, w.instant FROM report.written AS w
JOIN cells AS c ON c.account_id = w.account_id WHERE w.place > 1 AND NOT ({same}) ORDER BY w.instant DESC, c.account_name, w.field"""


def _same_number(fields: Sequence[str]) -> str:
    keys = ", ".join(f"'{field}'" for field in fields)
    return f"(w.field IN ({keys}) AND TRY_CAST(w.old AS DECIMAL(24, 6)) = TRY_CAST(w.known AS DECIMAL(24, 6)))"


def waiting_query(fields: Sequence[tuple[str, str]]) -> str:
    """What people changed since the last run: account_id, name, field, what history has, what stands in the CRM.

    `fields`: key, SQL type.
    """
    each = " UNION ALL ".join(
        f"""SELECT c.account_id, c.account_name, h.field, h.value, c."raw__{key}" FROM cells AS c
  JOIN report.last AS h ON h.account_id = c.account_id AND h.field = '{key}'
  WHERE c."prev__{key}" IS DISTINCT FROM TRY_CAST(NULLIF(h.value, '') AS {kind})"""
        for key, kind in fields
    )
    return f"SELECT * FROM ({each}) ORDER BY 2, 3"


LAST = """
SELECT account_id, field, value FROM history.cell WHERE crm = $crm
QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id, field ORDER BY instant DESC) = 1"""


class FieldWrites(msgspec.Struct, frozen=True):
    """Writes of one field: cells that were empty, that had another value, that were emptied; and of how many accounts."""

    label: Label
    filled: int
    replaced: int
    emptied: int
    accounts: int


class Step(msgspec.Struct, frozen=True):
    """One field from what it was before the last days to what it is; `why` is "" when nobody knows."""

    label: Label
    old: str | None
    new: str | None
    why: str


class Mover(msgspec.Struct, frozen=True):
    """One account, its steps, of which the first `leading` say most, and the instant and run of the last of them."""

    id: str
    name: str
    leading: int
    steps: Sequence[Step]
    at: int
    run: str

    def html(self, *, begins_open: bool) -> Html:
        told = [(step.label.html(), " ", _value(step.old), " → ", _value(step.new)) for step in self.steps[: self.leading]]
        more = len(self.steps) - len(told)
        parts = [[" · " if number else None, text] for number, text in enumerate(told)]
        headline = tag("span", parts, f" · {counted(more, 'more field')}" if more else None, class_="aside")
        columns = (Column("Field"), Column("Was"), Column("Is now"), *([Column("Why")] if any(step.why for step in self.steps) else []))
        rows = [(step.label.html(), _value(step.old), _value(step.new), step.why)[: len(columns)] for step in self.steps]
        said = note("Last written ", moment(self.at), f" by run {self.run}; record {self.id}.")
        return folded(
            [tag("strong", name(self.name)), " ", headline], table("Every field that changed", columns, rows), said, begins_open=begins_open
        )


class Edit(msgspec.Struct, frozen=True):
    """A value that a person changed: what a run had written, what stood there then, and what was written over it (`at` is None and `now`
    nothing where no run has seen to it yet)."""

    account: str
    label: Label
    ours: str | None
    theirs: str | None
    now: str | None = None
    at: int | None = None


class Changes(msgspec.Struct, frozen=True):
    """What was written since an instant. `accounts` is how many moved, of which `movers` are the first; so with `edits` and `waiting`."""

    since: int
    fields: Sequence[FieldWrites]
    accounts: int
    movers: Sequence[Mover]
    edited: int
    edits: Sequence[Edit]
    waited: int
    waiting: Sequence[Edit]

    def html(self, title: str, *, movers: bool = True) -> Html:
        return part(title, self._movers() if movers else None, self._edits(), self._by_field())

    def _by_field(self) -> Node:
        if not self.fields:
            return note("Nothing was written since ", moment(self.since), ".")
        columns = (
            Column("Field"),
            *(Column(text, figures=True) for text in ("Was empty", "Had another value", "Was emptied", "Accounts")),
        )
        rows = [(row.label.html(), f"{row.filled:,}", f"{row.replaced:,}", f"{row.emptied:,}", f"{row.accounts:,}") for row in self.fields]
        return folded(
            f"{counted(sum(row.filled + row.replaced + row.emptied for row in self.fields), 'value')} written, by field",
            table("Values written, by field", columns, rows),
        )

    def _movers(self) -> Node:
        heading = tag("h4", "The accounts that moved most")
        if not self.movers:
            return (heading, note("No value became another since it was first written.")) if self.fields else None
        return (
            heading,
            [mover.html(begins_open=place < OPEN_ACCOUNTS) for place, mover in enumerate(self.movers)],
            note(left_out(self.accounts - len(self.movers), "account")),
        )

    def _edits(self) -> Node:
        if not self.edited and not self.waited:
            return note("Nobody changed a value by hand that a run had written.")
        seen = (Column("Account"), Column("Field"), Column("Run wrote"), Column("Person wrote"))
        found: list[Node] = [tag("h4", "Changed by people in the CRM")]
        if self.waited:
            rows = [(name(each.account), each.label.html(), _value(each.ours), _value(each.theirs)) for each in self.waiting]
            caption = f"{counted(self.waited, 'value')} that people changed since the last run"
            found.append(table(caption, seen, rows, left_out(self.waited - len(rows), "value")))
        if self.edited:
            columns = (*seen, Column("Then written"), Column("When"))
            again = [
                (name(each.account), each.label.html(), _value(each.ours), _value(each.theirs), _value(each.now), _when(each.at))
                for each in self.edits
            ]
            caption = f"{counted(self.edited, 'value')} that people changed and a run wrote again"
            found.append(table(caption, columns, again, left_out(self.edited - len(again), "value")))
        return found


def _value(text: str | None) -> Node:
    return tag("em", "empty") if text is None else text


def _when(at: int | None) -> Node:
    return None if at is None else moment(at)
