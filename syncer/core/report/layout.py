"""What the report is built of: chapters, tables that read well on paper, on a phone and aloud, and how figures are written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from syncer.core.churn import decimals
from syncer.core.markup import Html, Node, tag
from syncer.core.plan_words import harmless
from syncer.words import when
from syncer.words.money import exponent, money_text

NOTHING, MINUS = "\u2013", "\u2212"
HOUR, DAY = 3600, 86_400


class Label(msgspec.Struct, frozen=True):
    """A name that ops gave something, and its language where that is not English."""

    text: str
    language: str | None = None

    @classmethod
    def of(cls, text: str, japanese: str | None, language: str) -> Label:
        """The name in this language, in English where it has none."""
        return cls(japanese, "ja") if japanese and language == "ja" else cls(text)

    def html(self) -> Node:
        return tag("span", self.text, lang=self.language) if self.language else self.text


class Column(NamedTuple):
    """The heading of a column; figures stand to the right."""

    title: str
    figures: bool = False


def chapter(anchor: str, title: str, said: Node, *body: Node) -> Html:
    return tag("section", tag("h2", title, id=f"{anchor}-title"), note(said), body, id=anchor, aria_labelledby=f"{anchor}-title")


def part(title: str, *body: Node) -> Html:
    """A part of a chapter under a heading of its own."""
    return tag("div", tag("h3", title), body, class_="part")


def note(*text: Node) -> Html:
    return tag("p", text, class_="note")


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Node]], more: str = "") -> Html:
    """The rows under a caption, the first cell of each its heading; `more` says what was left out. Rows of a wide table are laid out one
    below the other where the page is narrow, so each cell names its column."""
    head = tag("thead", tag("tr", (tag("th", column.title, scope="col", class_=_figures(column)) for column in columns)))
    body = tag("tbody", (tag("tr", _cells(columns, row)) for row in rows))
    wide = "stack" if len(columns) > 3 else None
    return Html(tag("table", tag("caption", caption), head, body, class_=wide) + (note(more) if more else ""))


def _cells(columns: Sequence[Column], row: Sequence[Node]) -> list[Html]:
    first, *others = row
    heading = tag("th", first, scope="row")
    return [
        heading,
        *(
            tag("td", tag("span", value), class_=_figures(column), data_label=column.title)
            for column, value in zip(columns[1:], others, strict=True)
        ),
    ]


def _figures(column: Column) -> str | None:
    return "figure" if column.figures else None


def facts(pairs: Sequence[tuple[str, Node]]) -> Html:
    """A few figures that matter most, large."""
    return tag("dl", (tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs), class_="tiles")


def bar(share: Decimal | Fraction | float, style: str = "") -> Html:
    """A bar as long as the share of its whole; the figure itself stands beside it."""
    width = f"{min(max(float(share), 0.0), 1.0) * 100:.1f}%"
    return tag("span", tag("span", style=f"width:{width}", class_=style or None), class_="track", aria_hidden="true")


def folded(summary: Node, *body: Node, begins_open: bool = False) -> Html:
    """What opens on demand; paper has what is open."""
    return tag("details", tag("summary", summary), body, open=begins_open)


def prose(text: str) -> list[Node]:
    """A sentence from elsewhere; what stands between backticks is something to type."""
    return [tag("code", words) if number % 2 else words for number, words in enumerate(text.split("`"))]


def name(text: str) -> Html:
    """A name from outside, in whatever direction its script runs."""
    return tag("bdi", harmless(text) or "without a name")


def left_out(count: int, noun: str, plural: str = "") -> str:
    return f"… and {count:,} more {_noun(count, noun, plural)}." if count > 0 else ""


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 account`, `12 accounts`."""
    return f"{count:,} {_noun(count, noun, plural)}"


def _noun(count: int, noun: str, plural: str) -> str:
    return noun if count == 1 else plural or f"{noun}s"


def join_words(words: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def share(over: int, under: int) -> str:
    """`12 %`, to a tenth below ten; a dash where there is no whole."""
    return percent(Fraction(over, under)) if under else NOTHING


def percent(rate: Fraction | None) -> str:
    if rate is None:
        return NOTHING
    if 0 < abs(rate) < Fraction(1, 2000):
        return "under 0.1 %"
    small = 0 < abs(rate) < Fraction(1, 10)
    shown = f"{decimals(rate * 100, 1 if small else 0)}".removesuffix(".0")
    return f"{shown} %".replace("-", MINUS)


def money(minor: Fraction | int, currency: str, *, signed: bool = False) -> str:
    """Minor units as people write them, with the code of the currency: `1,234.50 USD`."""
    places = exponent(currency)
    amount = decimals(Fraction(minor) / 10**places, places)
    sign = (MINUS if amount < 0 else "+" if signed and amount else "") if signed or amount < 0 else ""
    return f"{sign}{money_text(abs(amount), currency)} {currency.upper()}"


def moment(seconds: int) -> Html:
    """`2026-11-01 09:00 UTC`."""
    text = when.iso(seconds)
    return tag("time", f"{text[:10]} {text[11:16]} UTC", datetime=text)


def span(seconds: int) -> str:
    """A length of time as people say it: `35 minutes`, `5 hours`, `3 days`."""
    for unit, size in (("day", DAY), ("hour", HOUR), ("minute", 60)):
        if seconds >= 2 * size:
            return counted(seconds // size, unit)
    return "a minute" if seconds >= 60 else "less than a minute"
