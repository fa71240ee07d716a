"""A plan as a comment of a pull request: GitHub's Markdown, no longer than a comment may be, with nothing in it that data could trigger.

Text from outside is written with character references, so it is no Markdown, HTML, link, mention (`@name`), issue (`#1`) or formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from syncer.core.plan_view import AMBIGUOUS, Account, Cleared, FieldRow, HeldGroup, Line, View
from syncer.core.plan_words import counted, harmless

T = TypeVar("T")
MOST = 65_000
"""UTF-16 units; GitHub takes 65,536 characters."""
LONGEST = 300
"""Characters of one value; a longer one is cut."""
SHOWN_REFUSALS = 10
MISSES = 20
"""Items without room after which no smaller one is looked for."""
MEANING = frozenset("&<>`*_~[]()!\\|@#$^=")
NO_LINK = "\u2060"
"""Word joiner, which nobody sees: behind @, # and a colon it keeps GitHub from a mention, an address, the number of an issue, an emoji."""
TRIGGER = re.compile(r"[@#]|:(?=/|[\w+-]+:)|\bwww(?=\.)")
TABLE = "| Field | Fill | Replace | Clear | Held | Right | Of limit | Mapping |\n| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"


def plan_markdown(views: Sequence[View]) -> str:
    """The plans of a run one after the other. What does not fit is left out, and how much that is is said."""
    text = ""
    for number, view in enumerate(views):
        text += _plan(view, (MOST - _size(text)) // (len(views) - number))
    return text


def _plan(view: View, room: int) -> str:
    head = _head(view)
    rows = _fitting(view.rows, _row, room // 4, "field")
    fields = f"{TABLE}{rows.text}\n{rows.said}" if view.rows else ""
    quiet = f"{counted(view.quiet, 'more field')}: nothing to write.\n\n" if view.quiet else ""
    cleared = _cleared(view, room // 4)
    held = _held(view.held, room // 5)
    changes = _changes(view.changes, room - sum(map(_size, (head, fields, quiet, cleared, held))))
    return head + fields + quiet + cleared + changes + held


def _head(view: View) -> str:
    lines = [f"## {safe(view.title)}", ""]
    refused = view.written.refused
    if refused:
        more = f" … and {len(refused) - SHOWN_REFUSALS} more." if len(refused) > SHOWN_REFUSALS else ""
        said = " ".join(safe(sentence) + "." for sentence in refused[:SHOWN_REFUSALS])
        lines += ["> [!CAUTION]", f"> **A sync would be refused.** {said}{more}", ""]
    lines += [f"- **{name}:** {safe(text)}" for name, text in view.facts]
    lines += [f"- **Next:** {_commands(sentence)}" for sentence in view.next_steps]
    return "\n".join(lines) + "\n\n"


def _row(row: FieldRow) -> str:
    count = row.count
    cleared = f"**{count.cleared:,}**" if count.cleared else "0"
    allowed = f"**{row.allowed}**" if row.over else row.allowed
    figures = f"{count.filled:,} | {count.replaced:,} | {cleared} | {count.held:,} | {count.unchanged:,}"
    return f"| {safe(row.label)} | {figures} | {allowed} | {_code(row.place)} |\n"


def _cleared(view: View, room: int) -> str:
    if not view.cleared:
        return ""
    values = [(group, name, line) for group in view.cleared for name, line in group.lines]
    fitting = _fitting(values, lambda value: _emptied(*value), room, "value")
    head = "| Field | Account | Was | Why |\n| --- | --- | --- | --- |\n"
    return f"### Would be emptied: {counted(view.emptied, 'value')}\n\n{head}{fitting.text}\n{fitting.said}"


def _emptied(group: Cleared, name: str, line: Line) -> str:
    return f"| {safe(group.label)} | {safe(name)} | {_value(line.old)} | {safe(line.reason)} |\n"


def _changes(accounts: Sequence[Account], room: int) -> str:
    if not accounts:
        return ""
    head = f"### Changes on {counted(len(accounts), 'account')}\n\n"
    fitting = _fitting(accounts, _account, room - _size(head), "account")
    return f"{head}{fitting.text}{fitting.said}"


def _account(account: Account) -> str:
    rows = "".join(map(_line, account.lines))
    summary = f"<b>{safe(account.name)}</b> {_code(account.id)} · {counted(len(account.lines), 'field')}"
    head = "| Field | Was | Becomes | Δ | Why | Mapping |\n| --- | ---: | ---: | ---: | --- | --- |\n"
    return f"<details><summary>{summary}</summary>\n\n{head}{rows}\n</details>\n\n"


def _line(line: Line) -> str:
    cells = (safe(line.label), _value(line.old), _value(line.new), line.delta, safe(line.reason), _code(line.field.place))
    return f"| {' | '.join(cells)} |\n"


def _held(groups: Sequence[HeldGroup], room: int) -> str:
    if not groups:
        return ""
    fitting = _fitting(groups, lambda group: f"- {safe(group.reason)}<br>{safe(group.about)}\n", room, "reason")
    accounts = len({record for group in groups for record in group.accounts})
    hint = f"{_commands(AMBIGUOUS)}\n\n" if any(group.ambiguous for group in groups) else ""
    summary = f"<details><summary>Held back on {counted(accounts, 'account')}: the CRM keeps what it has</summary>"
    return f"{summary}\n\n{fitting.text}\n{fitting.said}{hint}</details>\n\n"


class _Fitting(NamedTuple):
    """Items one after the other, and a sentence about those that were left out."""

    text: str
    said: str


def _fitting(items: Sequence[T], written: Callable[[T], str], room: int, noun: str) -> _Fitting:
    """As many items as have room, and the sentence how many have none."""
    taken: list[str] = []
    left_out, misses = 0, 0
    room -= 200
    for number, item in enumerate(items):
        if misses == MISSES:
            left_out += len(items) - number
            break
        text = written(item)
        if _size(text) <= room:
            taken.append(text)
            room -= _size(text)
        else:
            left_out, misses = left_out + 1, misses + 1
    said = f"… and {counted(left_out, f'more {noun}')}, for which a comment has no room; `plan.html` shows them.\n\n" if left_out else ""
    return _Fitting("".join(taken), said)


def _value(text: str | None) -> str:
    if text is None:
        return "*empty*"
    return _code(text) if len(text) <= LONGEST else f"{_code(text[:LONGEST])}… ({len(text):,} characters)"


def _code(text: str) -> str:
    return f"<code>{safe(text)}</code>"


def safe(text: str) -> str:
    """The text as it is, with nothing in it that means anything to Markdown or GitHub."""
    return "".join(f"&#{ord(char)};" if char in MEANING else char for char in TRIGGER.sub(rf"\g<0>{NO_LINK}", harmless(text)))


def _commands(sentence: str) -> str:
    """A sentence of ours whose commands stand in backticks."""
    return "".join(_code(part) if odd % 2 else part for odd, part in enumerate(sentence.split("`")))


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
