"""What the latest runs wrote and what people changed, out of the history of one CRM's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncer.core.cells import MappedField
from syncer.core.plan_words import value_text
from syncer.core.report import changes as told
from syncer.core.report.changes import Changes, Edit, FieldWrites, Mover, Step
from syncer.core.report.layout import DAY, Label
from syncer.runs import history
from syncer.runs.propose import Proposal
from syncer.runs.run import Run
from syncer.words import when

WEEK = 7 * DAY
SHOWN_FACTS = 3
PAID_IN = "stripe.currency"

Facts = Mapping[str, Mapping[str, str]]


def changes(run: Run, proposal: Proposal) -> Changes:
    """What happened to the values of this CRM in the last week."""
    rows, since = proposal.engine.rows, run.as_of - WEEK
    about: dict[str, object] = {"crm": proposal.crm, "since": since}
    proposal.engine.compute("report.written", told.WRITTEN, about)
    proposal.engine.compute("report.moved", told.MOVED)
    proposal.engine.compute("report.last", told.LAST, about)
    labels = {field.key: Label.of(field.spec.label, field.spec.label_ja, run.settings.language) for field in proposal.fields}
    written = {field: counts for field, *counts in rows(told.BY_FIELD)}
    edited = [row for row in rows(told.edits_query(_numbers(proposal.fields))) if row[2] in labels]
    waiting = rows(told.waiting_query([(field.key, field.spec.sql_type) for field in proposal.fields]))
    [(moved,)] = rows("SELECT COUNT(DISTINCT account_id) FROM report.moved")
    return Changes(
        since,
        [FieldWrites(label, *written[key]) for key, label in labels.items() if key in written],
        moved,
        _movers(run, proposal, labels),
        len(edited),
        [Edit(row[1], labels[row[2]], *row[3:]) for row in edited[: told.SHOWN_EDITS]],
        len(waiting),
        [Edit(row[1], labels[row[2]], *row[3:]) for row in waiting[: told.SHOWN_EDITS]],
    )


def _numbers(fields: Sequence[MappedField]) -> list[str]:
    return [field.key for field in fields if field.spec.sql_type.startswith("DECIMAL")]


def _movers(run: Run, proposal: Proposal, labels: Mapping[str, Label]) -> list[Mover]:
    keys = {"mrr": _key_of(proposal, "stripe.mrr"), "score": _key_of(proposal, "health.score")}
    accounts = proposal.engine.rows(told.MOVERS, keys)
    ids = [row[0] for row in accounts]
    cells = proposal.engine.rows(told.CELLS, {"accounts": ids})
    then, now = _facts(run, proposal.crm, ids)
    found = []
    for account, name, currency, *_ in accounts:
        own = {row[1]: row for row in cells if row[0] == account and row[1] in labels}
        fields = sorted((field for field in proposal.fields if field.key in own), key=lambda field: field.key not in keys.values())
        steps = []
        for field in fields:
            old, new = (_shown(field, text, currency) for text in own[field.key][2:4])
            steps.append(Step(labels[field.key], old, new, _why(run, field, then.get(account), now.get(account))))
        if steps:
            last = max(own.values(), key=lambda row: row[4])
            leading = max(1, sum(field.key in keys.values() for field in fields))
            found.append(Mover(account, name, leading, steps, last[4], last[5]))
    return found


def _shown(field: MappedField, text: str | None, currency: str | None) -> str | None:
    """The value with its unit; money that is in what the customer pays, with that currency."""
    money = currency.upper() if currency and field.currency == PAID_IN else None
    return None if text is None else value_text(text, field.spec.type, money or field.unit)


def _key_of(proposal: Proposal, column: str) -> str:
    """The field that holds this fact as it is; "" when there is none."""
    return next((field.key for field in proposal.fields if field.expression.columns == {column}), "")


def _facts(run: Run, crm: str, accounts: Sequence[str]) -> tuple[Facts, Facts]:
    """What was known of the accounts on the last day before the week, else on its first day, and on the last; nothing for a single day."""
    kept = history.slices(run.store.latest(), crm)
    first = when.day(run.as_of - WEEK)
    before = [each for each in kept if each.day <= first][-1:] or kept[:1]
    if not kept or before[0] == kept[-1]:
        return {}, {}
    then, now = (history.known(run, each, accounts) for each in (before[0], kept[-1]))
    return {account: known.facts for account, known in then.items()}, {account: known.facts for account, known in now.items()}


def _why(run: Run, field: MappedField, then: Mapping[str, str] | None, now: Mapping[str, str] | None) -> str:
    """The facts behind the field that moved: `stripe.seats 194 → 291`."""
    if then is None or now is None:
        return ""
    names = field.expression.columns | (run.project.health.columns if field.rests_on_health else frozenset())
    moved = [
        f"{name} {then.get(name, 'empty')} → {now.get(name, 'empty')}"
        for name in sorted(names)
        if "." in name and not name.startswith("prev.") and then.get(name) != now.get(name)
    ]
    return " · ".join(moved[:SHOWN_FACTS])
