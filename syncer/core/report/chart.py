"""Bar charts as SVG, drawn small so that their letters stay readable on a phone; kinds are told apart by pattern as well as by colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, log10

import msgspec

from syncer.core.markup import Html, Node, tag

WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 4, 8, 36
LABELS = 12
"""Months that can be named side by side."""

PATTERNS = tag(
    "svg",
    tag(
        "defs",
        *(
            tag(
                "pattern",
                tag("rect", width=6, height=6, class_=f"pale {kind}"),
                tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_=f"lines {kind}"),
                id=f"hatch-{kind}",
                width=6,
                height=6,
                patternUnits="userSpaceOnUse",
            )
            for kind in ("gain", "loss")
        ),
        tag(
            "pattern",
            tag("rect", width=6, height=6, class_="pale gain"),
            tag("circle", cx=3, cy=3, r="1.6", class_="gain"),
            id="dots-gain",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    ),
    width=0,
    height=0,
    class_="defs",
    aria_hidden="true",
)
"""What the styles fill bars with; once on a page."""


class Chart(msgspec.Struct, frozen=True):
    """Bars side by side, one for each of `months`; `stacks` are values by kind, below the line when negative. `kinds`: kind → words."""

    anchor: str
    title: str
    told: str
    months: Sequence[str]
    stacks: Sequence[Mapping[str, Fraction]]
    kinds: Mapping[str, str]

    def html(self) -> Html:
        """The figure with its title above it and, where there is more than one kind, the key below it."""
        drawn = tag(
            "svg",
            tag("title", self.title, id=f"{self.anchor}-t"),
            tag("desc", self.told, id=f"{self.anchor}-d"),
            self._grid(),
            self._bars(),
            self._names(),
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            aria_labelledby=f"{self.anchor}-t",
            aria_describedby=f"{self.anchor}-d",
            class_="chart",
        )
        return tag("figure", tag("figcaption", self.title, aria_hidden="true"), drawn, self._key())

    def _scale(self) -> tuple[float, float, float]:
        """Lowest and highest line, and the step between lines."""
        highs = [float(sum(value for value in stack.values() if value > 0)) for stack in self.stacks]
        lows = [float(sum(value for value in stack.values() if value < 0)) for stack in self.stacks]
        high, low = max([0.0, *highs]), min([0.0, *lows])
        step = _round_step((high - low) / 4)
        return floor(low / step) * step, ceil(high / step) * step or step, step

    def _height(self, value: float) -> float:
        low, high, _ = self._scale()
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def _grid(self) -> Node:
        low, high, step = self._scale()
        lines = [low + step * number for number in range(round((high - low) / step) + 1)]
        return [
            (
                _line(self._height(value), "zero" if abs(value) < step / 2 else "grid"),
                tag("text", _short(value), x=LEFT - 5, y=_at(self._height(value) + 3.5), class_="scale"),
            )
            for value in lines
        ]

    def _bars(self) -> Node:
        slot = (WIDTH - LEFT - RIGHT) / max(len(self.months), 1)
        found = []
        for number, stack in enumerate(self.stacks):
            up = down = 0.0
            for kind in self.kinds:
                value = float(stack.get(kind, 0))
                begin = up if value > 0 else down
                if value > 0:
                    up += value
                else:
                    down += value
                if value:
                    x = LEFT + slot * (number + 0.14)
                    found.append(_bar(kind, x, slot * 0.72, self._height(begin), self._height(begin + value)))
        return found

    def _names(self) -> Node:
        slot = (WIDTH - LEFT - RIGHT) / max(len(self.months), 1)
        every = ceil(len(self.months) / LABELS)
        found, year = [], ""
        for number, month in enumerate(self.months):
            if number % every:
                continue
            middle = _at(LEFT + slot * (number + 0.5))
            found.append(tag("text", month[5:7], x=middle, y=HEIGHT - BOTTOM + 14, class_="name"))
            follows = self.months[number + every][:4] if number + every < len(self.months) else month[:4]
            if month[:4] != year and month[:4] == follows:  # else the next name is too near for another year
                year = month[:4]
                found.append(tag("text", year, x=middle, y=HEIGHT - BOTTOM + 28, class_="name"))
        return found

    def _key(self) -> Node:
        if len(self.kinds) < 2:
            return None
        return tag(
            "ul",
            (
                tag(
                    "li",
                    tag("svg", tag("rect", width=14, height=14, class_=f"kind {kind}"), width=14, height=14, aria_hidden="true"),
                    words,
                )
                for kind, words in self.kinds.items()
            ),
            class_="key",
        )


def _bar(kind: str, x: float, width: float, start: float, end: float) -> Html:
    return tag("rect", x=_at(x), y=_at(min(start, end)), width=_at(width), height=_at(abs(start - end)), class_=f"kind {kind}")


def _line(height: float, style: str) -> Html:
    return tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_at(height), y2=_at(height), class_=style)


def _at(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")


def _round_step(rough: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not below this."""
    if rough <= 0:
        return 1.0
    power = 10.0 ** floor(log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def _short(value: float) -> str:
    """`12k`, `1.5M`."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}".replace("-", "\u2212")
    return f"{value:.3g}".replace("-", "\u2212")
