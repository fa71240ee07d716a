"""`mappings/usage.yaml`: what is counted of each account's use of the product, one fact a measure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, RootModel, model_validator

from syncer.specs.health import Name
from syncer.specs.reader import Spec

FILE = "mappings/usage.yaml"

Count = Literal["people", "events", "days", "features", "first_day", "last_day"]


def _star_at_the_end(name: str) -> str:
    if "*" in name[:-1]:
        raise ValueError(f"a * may stand at the end only, for every event that begins so; {name} has one before")
    return name


EventName = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(_star_at_the_end)]
Surface = Annotated[str, Field(min_length=1, max_length=250)]


class Measure(Spec):
    """One measure: `count` what, of which `events` (all if not said) `but` these, on which `surface`, on the last `days` whole days
    `before` so many."""

    count: Count
    events: EventName | Annotated[tuple[EventName, ...], Field(min_length=1, max_length=100)] = "all"
    but: EventName | tuple[EventName, ...] = ()
    surface: Surface | tuple[Surface, ...] = ()
    days: Annotated[int, Field(ge=1, le=365)]
    before: Annotated[int, Field(ge=0, le=365)] = 0
    meaning: Annotated[str, Field(min_length=1, max_length=250)] | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        both = [name for name in self.named if name in self.excluded]
        if both:
            raise ValueError(f"{both[0]} stands under events and under but; keep one")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The events that count, a * at the end of one standing for any ending; none: all of them."""
        return () if self.events == "all" else _several(self.events)

    @property
    def excluded(self) -> tuple[str, ...]:
        return _several(self.but)

    @property
    def surfaces(self) -> tuple[str, ...]:
        return _several(self.surface)

    @property
    def reach(self) -> int:
        """How many days before today the window begins."""
        return self.days + self.before


class Measures(RootModel[dict[Name, Measure]]):
    """Measures by name, in the order of the file."""


def _several(written: str | tuple[str, ...]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else written
