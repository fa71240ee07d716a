"""What a change of the written files does to values, as a comment of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncer.core.against import Difference, Edit, Mover
from syncer.core.plan_markdown import safe
from syncer.core.plan_words import counted, value_text

EMPTY = "empty"
LONGEST = 60
SHOWN = 100
"""Edits and fields; a comment may not be longer."""


def against_markdown(title: str, edited: Sequence[Edit], accounts: int, fields: Sequence[Difference]) -> str:
    """One CRM's part."""
    lines = [f"## {safe(title)}", ""]
    if not edited:
        return "\n".join([*lines, "The written files say the same as then: no value changes by them.", ""])
    lines += ["| Where | Key | Before | Now |", "| --- | --- | --- | --- |", *map(_edit, edited[:SHOWN]), *_more(edited, "edit"), ""]
    if not fields:
        return "\n".join([*lines, f"No value of {counted(accounts, 'account')} changes by this.", ""])
    return "\n".join([*lines, *(line for each in fields[:SHOWN] for line in _field(each, accounts)), *_more(fields, "field"), ""])


def summary(told: Difference, accounts: int) -> str:
    """What becomes of a field, in a sentence."""
    if told.status == "removed":
        return "is not written any more; the CRM keeps what it has"
    parts = [f"{told.accounts:,} of {counted(accounts, 'account')} get another value"] if told.accounts else []
    parts += [f"{count:,} {way}" for count, way in ((told.up, "up"), (told.down, "down")) if count]
    parts += [f"{told.filled:,} had none"] if told.filled else []
    lost = "are emptied" if told.empties else "have none any more, the CRM keeps what it has"
    parts += [f"{told.cleared:,} {lost}"] if told.cleared else []
    parts += [f"{told.held:,} newly held back"] if told.held else []
    parts += [f"{told.released:,} no longer held back"] if told.released else []
    return ("new: " if told.status == "added" else "") + (" · ".join(parts) or "no account has a value")


def moved(told: Difference, mover: Mover) -> str:
    """`40 seats → 80 seats`."""
    return f"{shown(told, mover.old, mover.unit)} → {shown(told, mover.new, mover.unit)}"


def shown(told: Difference, value: str | None, unit: str | None = None) -> str:
    """A value with its unit; a long text is cut."""
    text = EMPTY if value is None else value_text(value, told.type, unit)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _edit(edit: Edit) -> str:
    before, now = ("" if value is None else safe(value) for value in (edit.old, edit.new))
    return f"| {safe(edit.place)} | {safe(edit.key)} | {before} | {now} |"


def _field(told: Difference, accounts: int) -> Iterator[str]:
    yield f"- **{safe(told.label)}** ({safe(told.field)}, {safe(told.place)}): {safe(summary(told, accounts))}"
    for group in told.groups:
        yield f"  - {group.accounts:,} × {safe(shown(told, group.old))} → {safe(shown(told, group.new))}"  # noqa: RUF001
    for mover in told.movers:
        yield f"  - {safe(mover.account)}: {safe(moved(told, mover))}"
    for reason, count in told.reasons:
        yield f"  - held on {count:,}: {safe(reason)}"


def _more(items: Sequence[object], noun: str) -> Iterable[str]:
    return [f"\n… and {counted(len(items) - SHOWN, noun)} more; the JSON form has them all."] if len(items) > SHOWN else []
