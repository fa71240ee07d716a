"""A plan as one self-contained page: no script, no network, readable on a phone, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from itertools import accumulate

from syncer.core.markup import Html, Node, tag
from syncer.core.plan_view import AMBIGUOUS, Account, Cleared, FieldRow, HeldGroup, Line, View
from syncer.core.plan_words import counted, harmless

MOST_LINES = 20_000
"""Values on a page; more of them no browser shows with pleasure."""
OPEN = 20
"""Accounts that are unfolded from the start."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
FIGURES = ("Fill", "Replace", "Clear", "Held", "Already right")


def plan_html(views: Sequence[View]) -> str:
    """The page over all plans of a run."""
    style = files(__package__).joinpath("plan.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", "What a sync would write" if views[0].written.kind == "sync" else "The way back from a run"),
        tag("style", Html(style)),
    )
    title = "What a sync would write" if views[0].written.kind == "sync" else f"The way back from run {views[0].written.of}"
    body = tag("body", tag("main", tag("h1", title), [_plan(view) for view in views]))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _plan(view: View) -> Html:
    return tag(
        "section",
        tag("h2", _text(view.title)),
        _refused(view.written.refused),
        tag("dl", ((tag("dt", name), tag("dd", _text(text))) for name, text in view.facts), class_="facts"),
        (tag("p", tag("strong", "Next "), _commands(sentence)) for sentence in view.next_steps),
        _fields(view),
        _cleared(view),
        _changes(view.changes),
        _held(view.held),
        class_="plan",
    )


def _refused(sentences: Sequence[str]) -> Node:
    if not sentences:
        return None
    return tag("div", tag("p", tag("strong", "A sync would be refused.")), (tag("p", _text(said)) for said in sentences), class_="refused")


def _fields(view: View) -> Node:
    if not view.rows:
        return None
    heads = [tag("th", name, scope="col", class_="figure") for name in FIGURES]
    columns = tag("tr", tag("th", "Field", scope="col"), heads, tag("th", "Of limit", scope="col"), tag("th", "Mapping", scope="col"))
    table = tag("table", tag("caption", "By field"), tag("thead", columns), tag("tbody", map(_row, view.rows)))
    quiet = tag("p", f"{counted(view.quiet, 'more field')}: nothing to write.", class_="note") if view.quiet else None
    return (tag("div", table, class_="wide", role="region", aria_label="By field", tabindex="0"), quiet)


def _row(row: FieldRow) -> Html:
    count = row.count
    figures = (count.filled, count.replaced, count.cleared, count.held, count.unchanged)
    cells = [tag("td", f"{number:,}" if number else "·", class_="figure") for number in figures]
    if count.cleared:
        cells[2] = tag("td", f"{count.cleared:,}", class_="figure bad")
    place = tag("td", tag("code", row.place))
    return tag("tr", tag("th", _text(row.label), scope="row"), cells, tag("td", row.allowed, class_="bad" if row.over else None), place)


def _cleared(view: View) -> Node:
    if not view.cleared:
        return None
    return tag("section", tag("h3", f"Would be emptied: {counted(view.emptied, 'value')}"), map(_emptied, view.cleared), class_="cleared")


def _emptied(group: Cleared) -> Html:
    summary = tag("summary", tag("strong", _text(group.label)), " ", counted(len(group.lines), "account"), " ", tag("code", group.place))
    rows = [tag("tr", tag("th", _text(name), scope="row"), tag("td", _change(line), _why(line))) for name, line in group.lines]
    caption = tag("caption", f"{harmless(group.label)}: accounts and what would be emptied", class_="unseen")
    return tag("details", summary, tag("table", caption, tag("tbody", rows)), open=True)


def _changes(accounts: Sequence[Account]) -> Node:
    if not accounts:
        return None
    ends = accumulate(len(account.cells) for account in accounts)
    shown = [account for account, end in zip(accounts, ends, strict=True) if end <= MOST_LINES]
    left_out = len(accounts) - len(shown)
    more = tag("p", f"… and {counted(left_out, 'more account')}, too many for a page; the JSON of the plan has them.") if left_out else None
    blocks = [_account(account, unfolded=number < OPEN) for number, account in enumerate(shown)]
    return tag("section", tag("h3", f"Changes on {counted(len(accounts), 'account')}"), blocks, more)


def _account(account: Account, *, unfolded: bool) -> Html:
    fields = counted(len(account.lines), "field")
    summary = tag("summary", tag("strong", _text(account.name)), " ", tag("small", _text(account.id)), " ", tag("small", fields))
    caption = tag("caption", f"{harmless(account.name)}: fields, old and new value", class_="unseen")
    rows = [
        tag("tr", tag("th", _text(line.label), tag("small", line.field.place), scope="row"), tag("td", _change(line), _why(line)))
        for line in account.lines
    ]
    return tag("details", summary, tag("table", caption, tag("tbody", rows)), open=unfolded)


def _change(line: Line) -> Node:
    delta = tag("small", f" {line.delta}", class_="delta") if line.delta else None
    return (_value("del", line.old), tag("span", " → ", aria_label="becomes"), _value("ins", line.new), delta)


def _value(name: str, text: str | None) -> Html:
    return tag("em", "empty") if text is None else tag(name, _text(text))


def _why(line: Line) -> Node:
    return tag("p", _text(line.reason), class_="why") if line.reason else None


def _held(groups: Sequence[HeldGroup]) -> Node:
    if not groups:
        return None
    accounts = len({record for group in groups for record in group.accounts})
    hint = tag("p", _commands(AMBIGUOUS), class_="note") if any(group.ambiguous for group in groups) else None
    note = tag("p", "The CRM keeps what it has until the cause is mended.", class_="note")
    return tag("section", tag("h3", f"Held back on {counted(accounts, 'account')}"), note, hint, map(_group, groups))


def _group(group: HeldGroup) -> Html:
    names = tag("ul", (tag("li", _text(name), " ", tag("small", _text(record))) for record, name in group.accounts.items()))
    fields = tag("p", ", ".join(map(_text, group.fields)), class_="note")
    return tag("details", tag("summary", _commands(_text(group.reason)), " ", tag("small", _text(group.about))), fields, names)


def _commands(sentence: str) -> Node:
    """A sentence of ours whose commands stand in backticks."""
    return [tag("code", part) if odd % 2 else part for odd, part in enumerate(sentence.split("`"))]


def _text(text: str) -> str:
    return harmless(text)
