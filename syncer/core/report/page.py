"""The report: one HTML page about the state of a sync, complete in itself: no script, no network, readable on paper, on a phone, aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files

import msgspec

from syncer.core.markup import Html, tag
from syncer.core.report.calls import Calls
from syncer.core.report.changes import Changes
from syncer.core.report.fields import Fields
from syncer.core.report.freshness import Freshness
from syncer.core.report.health import Health
from syncer.core.report.layout import chapter, counted, facts, join_words, moment, money
from syncer.core.report.matches import Matches, at_stake_text
from syncer.core.report.problems import Problems
from syncer.core.report.revenue import Revenue
from syncer.words.vendors import VENDOR_NAMES

MOST_OF_ALLOWANCE = 0.8
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing."""


class CrmTold(msgspec.Struct, frozen=True):
    """What is told of one CRM alone."""

    crm: str
    accounts: int
    changes: Changes
    matches: Matches
    fields: Fields

    def troubles(self) -> Iterator[tuple[str, str]]:
        """What someone should look at, and the chapter that it stands in."""
        if self.matches.unclear:
            yield f"{counted(self.matches.unclear, 'source object')} fit several accounts and wait for a person", "matching"
        if self.matches.stakes:
            yield at_stake_text(self.matches.stakes), "matching"
        if self.changes.waited:
            yield f"{counted(self.changes.waited, 'value')} changed by people since the last run", "changes"
        if self.fields.empty:
            yield f"{counted(len(self.fields.empty), 'field')} that no account has any value of", "fields"


class Report(msgspec.Struct, frozen=True):
    """Everything that the page tells. Revenue and health are those of the accounts of the first CRM."""

    now: int
    crms: Sequence[CrmTold]
    freshness: Freshness
    revenue: Revenue
    health: Health
    calls: Calls
    problems: Problems


def render(report: Report) -> str:
    """The page as a whole document."""
    chapters = [
        report.freshness.html(),
        _changes(report),
        report.revenue.html(),
        report.health.html(),
        _matching(report),
        _fields(report),
        report.calls.html(),
        report.problems.html(),
    ]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", "syncer report"),
        tag("style", Html(files(__package__).joinpath("report.css").read_text(encoding="utf-8"))),
    )
    body = tag(
        "body", tag("a", "Skip to the report", href="#main", class_="skip"), _head(report), tag("main", chapters, id="main", tabindex="-1")
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _head(report: Report) -> Html:
    first = report.crms[0]
    names = join_words([VENDOR_NAMES[told.crm] for told in report.crms])
    tiles = [
        ("Accounts in the CRM", f"{first.accounts:,}"),
        *((f"{currency.upper()} a month", amount) for currency, amount in _largest(report)),
        *([(_worst(report), f"{report.health.counts.get(report.health.bands[-1].name, 0):,}")] if report.health.bands else []),
        ("Values held back", f"{sum(held.values for held in report.problems.held):,}"),
    ]
    return tag(
        "header",
        tag("h1", f"Customers in {names}"),
        tag(
            "p",
            "As of ",
            moment(report.now),
            ". Told from the state of syncer alone; the same figures are fields of the CRM's records.",
            class_="note",
        ),
        facts(tiles),
        _attention(report),
        tag("nav", tag("ul", (tag("li", tag("a", title, href=f"#{anchor}")) for anchor, title in CHAPTERS)), aria_label="Chapters"),
    )


CHAPTERS = (
    ("freshness", "Freshness"),
    ("changes", "What changed"),
    ("revenue", "Revenue"),
    ("health", "Health"),
    ("matching", "Matching"),
    ("fields", "Fields"),
    ("calls", "Calls"),
    ("problems", "Problems"),
)


def _attention(report: Report) -> Html:
    """What someone should look at, each with the way there."""
    found = [*((text, "freshness") for text in report.freshness.warnings()), *_troubles(report)]
    if not found:
        return tag("section", tag("h2", "Nothing needs attention"), class_="attention calm")
    items = (tag("li", tag("a", text, href=f"#{anchor}")) for text, anchor in found)
    return tag("section", tag("h2", f"{counted(len(found), 'thing needs', 'things need')} attention"), tag("ul", items), class_="attention")


def _troubles(report: Report) -> Iterator[tuple[str, str]]:
    """What is wrong besides age, each with its chapter."""
    problems, latest = report.problems, report.calls.runs[:1]
    if problems.failures and latest and problems.failures[0].run == latest[0].run:
        yield f"The latest run failed: {problems.failures[0].error}", "problems"
    elif problems.failures:
        yield f"{counted(len(problems.failures), 'run')} of the latest {problems.runs:,} failed", "problems"
    if problems.rejected:
        yield f"{counted(problems.rejected, 'record')} rejected by the CRM in the latest run", "problems"
    for (text, anchor), names in _of_crms(report.crms).items():
        yield f"{join_words(names)}: {text}", anchor
    for vendor in report.calls.vendors:
        quota = report.calls.quota(vendor)
        if quota and quota[1] > quota[0] * MOST_OF_ALLOWANCE:
            yield f"{VENDOR_NAMES[vendor]}: {quota[1]:,} of {quota[0]:,} allowed calls are used", "calls"


def _of_crms(crms: Sequence[CrmTold]) -> dict[tuple[str, str], list[str]]:
    """What is to be looked at in a CRM and where it stands, with the names of the CRMs that it is so in."""
    found: dict[tuple[str, str], list[str]] = {}
    for told in crms:
        for trouble in told.troubles():
            found.setdefault(trouble, []).append(VENDOR_NAMES[told.crm])
    return found


def _largest(report: Report) -> list[tuple[str, str]]:
    """The MRR of the two currencies that most accounts pay in."""
    latest = [own[-1] for own in report.revenue.by_currency()[:2]]
    return [(period.currency, money(period.end, period.currency).rpartition(" ")[0]) for period in latest]


def _worst(report: Report) -> str:
    return f"{report.health.bands[-1].label.text}, accounts"


def _changes(report: Report) -> Html:
    said = ("What runs wrote since ", moment(report.crms[0].changes.since), ", and what people changed in the CRM.")
    first = report.crms[0]  # what moves accounts moves them in every CRM
    parts = [told.changes.html(VENDOR_NAMES[told.crm], movers=told is first) for told in report.crms]
    return chapter("changes", "What changed", said, parts)


def _matching(report: Report) -> Html:
    said = "Which source object belongs to which account, by the rules in mappings/account.yaml."
    return chapter("matching", "Matching", said, [told.matches.html(VENDOR_NAMES[told.crm]) for told in report.crms])


def _fields(report: Report) -> Html:
    said = "How many accounts have a value of each field, as the CRM had it when last read."
    first = report.crms[0]
    parts = [told.fields.html(VENDOR_NAMES[told.crm], begins_open=told is first) for told in report.crms]
    return chapter("fields", "Fields", said, parts)
