"""Everything behind one value, as a value: what `syncer explain` shows and `--json` writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from syncer.core.plan import canonical


class Fact(msgspec.Struct, frozen=True):
    """A fact that the expression uses: canonical text, its kind (number, money, text, date, yes/no), what a number is in, what it means."""

    name: str
    value: str | None
    kind: str
    unit: str | None
    meaning: str


class Source(msgspec.Struct, frozen=True):
    """An object of a source that belongs to the account, by which rule, and its page."""

    source: str
    id: str
    name: str | None
    matched_by: str
    link: str | None


class Candidate(msgspec.Struct, frozen=True):
    """An account that an ambiguous object may belong to, and the command that decides so."""

    account_id: str
    account: str | None
    command: str


class Undecided(msgspec.Struct, frozen=True):
    """An object of a source that fits several accounts."""

    source: str
    id: str
    name: str | None
    link: str | None
    candidates: Sequence[Candidate]


class Contribution(msgspec.Struct, frozen=True):
    """An input of a health score. `contribution` is in points, `most` what full points would give; both null where there is no score."""

    model: str
    part: str
    input: str
    label: str
    measured: str | None
    reads: str | None
    points: str | None
    weight_pct: str
    contribution: str | None
    most: str | None
    expression: str
    place: str


class Written(msgspec.Struct, frozen=True):
    """One value in the CRM's past. `kind`: `written` by a run, `seen` by it as it stood there, or `person`: found by the run, written by
    somebody else since the value before. `definition` is the digest of the files that the run mapped by."""

    at: str
    value: str | None
    old: str | None
    run: str
    kind: str
    definition: str | None = None


class Day(msgspec.Struct, frozen=True):
    """The day in the past that is told: the one that was asked for, and the instant, run and files of the run that it is told from."""

    asked: str
    at: str
    run: str
    definition: str
    note: str | None


class Explanation(msgspec.Struct, frozen=True):
    """Everything behind one cell. `items` are the Stripe items behind MRR, `contributions` the inputs behind a health score.

    `state`: `unchanged` (the CRM has what is computed), `change` (the next sync writes it), `absent` (nothing to write), `held` (not to be
    trusted, `held` says why), and for a day in the past `other` (the CRM did not have what was computed).
    """

    crm: str
    account_id: str
    account: str
    link: str | None
    field: str
    label: str
    help: str
    type: str
    unit: str | None
    in_crm: str | None
    computed: str | None
    state: str
    held: str | None
    undecided: Sequence[Undecided]
    expression: str
    place: str
    facts: Sequence[Fact]
    objects: Sequence[Source]
    items: Sequence[dict[str, Any]]
    contributions: Sequence[Contribution]
    history: Sequence[Written]
    on: Day | None = None


def with_people(rows: Iterable[Written], in_crm: str | None, now: str | None) -> list[Written]:
    """The past of a cell, newest first, with what people wrote between the runs: where a run found another value than was left there.

    `in_crm` is the value as last read at the instant `now`; without `now` nothing is said of after the last row.
    """
    told: list[Written] = []
    before: Written | None = None
    for row in sorted(rows, key=lambda row: row.at):
        if before and row.kind == "written" and canonical(row.old) != canonical(before.value):
            told.append(Written(row.at, row.old, before.value, row.run, "person"))
        told.append(row)
        before = row
    if before and now and canonical(in_crm) != canonical(before.value):
        told.append(Written(now, in_crm, before.value, "", "person"))
    return told[::-1]


def in_order(names: Iterable[str], text: str) -> list[str]:
    """Names as they come in an expression; those that it uses through another field after them."""
    return sorted(names, key=lambda name: (text.find(name) % (len(text) + 1), name))
