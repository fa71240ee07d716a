"""`mappings/health.yaml`: how healthy a customer is, as weighted parts of weighted inputs, in one model or several."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from syncer.specs.reader import Spec


def _plain_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise ValueError("must be a name of small letters, digits and underscores, such as seats_used")
    return name


def _percent(value: Any) -> Any:
    """`50%` or 50 → 50."""
    found = re.fullmatch(r"([0-9]{1,3})\s*%?", str(value).strip())
    if not found or int(found[1]) > 100:
        raise ValueError("min_coverage is a whole share from 0% to 100%, such as 50%")
    return int(found[1])


Coverage = Annotated[
    int,
    BeforeValidator(_percent),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": "^(100|[0-9]{1,2})\\s*%?$", "minimum": 0, "maximum": 100, "examples": ["50%"]}
    ),
]


Name = Annotated[str, AfterValidator(_plain_name)]
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=1)]
Label = Annotated[str, Field(min_length=1, max_length=80)]
Measured = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000, decimal_places=3)]
Points = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]
Curve = Annotated[tuple[Annotated[tuple[Measured, Points], Field(examples=[[40, 100]])], ...], Field(min_length=1, max_length=20)]


class Input(Spec):
    """One measured value and the points from 0 to 100 that it is worth.

    `scale`: [value, points] pairs with straight lines between them, flat outside. `steps`: [from this value on, points]
    pairs. A yes counts as 1, a no as 0. `reads`: how the value reads in a sentence, {} standing for it; or such texts
    by value: {0: no open tickets, 1: one open ticket, else: "{} open tickets"}, {true: …, false: …}. A case with
    nothing behind it (~) is never told as a reason.
    """

    value: str = Field(description="The expression that is measured.", examples=["PCT(mixpanel.mau, stripe.seats)"])
    weight: Weight = Field(default=Decimal(1), description="How much it counts within its part; 0 does not count.", examples=[1])
    label: Label = Field(description="What people read in the report.", examples=["Seats used"])
    label_ja: Label | None = Field(default=None, description="The same in Japanese.")
    scale: Curve | None = Field(
        default=None,
        description="[value, points] pairs with straight lines between them, flat outside.",
        examples=[[[0, 0], [40, 40], [80, 100]]],
    )
    steps: Curve | None = Field(
        default=None, description="[from this value on, points] pairs. A yes counts as 1, a no as 0.", examples=[[[0, 100], [1, 0]]]
    )
    reads: Label | dict[str, Label | None] | None = Field(
        default=None,
        description="How the value reads in a sentence, {} standing for it; or such texts by value, with else.",
        examples=["{} % of seats used"],
    )

    @model_validator(mode="after")
    def _one_curve(self) -> Self:
        if (self.scale is None) == (self.steps is None):
            raise ValueError("write either scale or steps: [[value, points], …]")
        if self.scale is not None and len(self.scale) == 1:
            raise ValueError("a scale needs at least two [value, points] pairs")
        values = [value for value, _ in self.curve]
        if any(low >= high for low, high in pairwise(values)):
            raise ValueError("the values of a scale must go up from pair to pair")
        return self

    @model_validator(mode="after")
    def _known_cases(self) -> Self:
        cases = self.phrases
        for case in cases:
            if not re.fullmatch(r"-?\d{1,9}|true|false|else", case):
                raise ValueError(f"reads has a case {case}; cases are whole numbers, true, false and else")
        if not {"else"} <= set(cases) and not {"true", "false"} <= set(cases):
            raise ValueError("reads needs a text for else, or for both true and false")
        return self

    @property
    def curve(self) -> tuple[tuple[Decimal, Decimal], ...]:
        return self.scale or self.steps or ()

    @property
    def phrases(self) -> dict[str, str | None]:
        """Texts by case; `else` is for what no case names."""
        if isinstance(self.reads, dict):
            return self.reads
        return {"else": self.reads or f"{self.label}: {{}}"}


class Part(Spec):
    """A side of health; its points are the weighted mean of its inputs."""

    weight: Weight = Field(description="How much the part counts in the score; the parts need not sum to 100.", examples=[20])
    label: Label = Field(description="What people read in the report.", examples=["Adoption"])
    label_ja: Label | None = Field(default=None, description="The same in Japanese.")
    inputs: Annotated[dict[Name, Input], Field(min_length=1, max_length=20)] = Field(description="What is measured, by a name of your own.")


class Band(Spec):
    """A score from `from` on, up to where the next band begins."""

    name: Name = Field(description="The value that is written to the CRM.", examples=["healthy"])
    label: Label = Field(description="What people read.", examples=["Healthy"])
    label_ja: Label | None = Field(default=None, description="The same in Japanese.")
    begins: Annotated[Decimal, Field(ge=0, lt=100, decimal_places=1)] = Field(
        alias="from", description="The score that it begins at.", examples=[60]
    )


def _band(name: str, label: str, label_ja: str, begins: int) -> Band:
    return Band.model_validate({"name": name, "label": label, "label_ja": label_ja, "from": begins})


BANDS = (
    _band("excellent", "Excellent", "極めて良好", 80),
    _band("healthy", "Healthy", "概ね健全", 60),
    _band("caution", "Caution", "注意が必要", 40),
    _band("action", "Action needed", "対応が必要", 0),
)


class HealthModel(Spec):
    """One way to score, and for which accounts. A band changes only when the score is `margin` points past its edge."""

    when: str | None = Field(
        default=None, description="Which accounts the model is for; all that are left if not said.", examples=["stripe.status = 'canceled'"]
    )
    min_coverage: Coverage = Field(default=50, description="Where less of all weight was measured there is no score; 50% if not said.")
    margin: Annotated[Decimal, Field(ge=0, le=20, decimal_places=1)] = Field(
        default=Decimal(3), description="A band changes when the score is so many points past its edge; 3 if not said.", examples=[3]
    )
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=10)] = Field(
        default=BANDS, description="Bands of the score; one must begin at 0."
    )
    parts: Annotated[dict[Name, Part], Field(min_length=1, max_length=10)] = Field(description="Sides of health, by a name of your own.")

    @model_validator(mode="after")
    def _bands_cover_all(self) -> Self:
        begins = [band.begins for band in self.ascending]
        if begins[0] != 0:
            raise ValueError("no band begins at 0; the lowest must, so that every score has one")
        if len(set(begins)) < len(begins) or len({band.name for band in self.bands}) < len(begins):
            raise ValueError("two bands have the same name or begin at the same score; change one of them")
        return self

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not any(part.weight * each.weight for part in self.parts.values() for each in part.inputs.values()):
            raise ValueError("every weight is 0; at least one input of one part must count")
        return self

    @property
    def ascending(self) -> tuple[Band, ...]:
        """The bands from the lowest to the highest."""
        return tuple(sorted(self.bands, key=lambda band: band.begins))

    @property
    def digest(self) -> str:
        """Eight characters that change when anything in the model changes."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:8]


class HealthFile(Spec):
    """The first model whose `when` is true scores an account; one without `when` scores all that are left."""

    models: Annotated[dict[Name, HealthModel], Field(min_length=1, max_length=10)] = Field(
        description="Ways to score, by a name of your own; the first whose when is true scores an account."
    )

    @model_validator(mode="after")
    def _all_reachable(self) -> Self:
        names = list(self.models)
        open_ended = next((name for name in names if self.models[name].when is None), names[-1])
        if open_ended != names[-1]:
            raise ValueError(f"{open_ended} has no when: and takes every account; move it to the end")
        return self

    def bands_in_order(self) -> tuple[str, ...]:
        """Names of all bands, the best first."""
        models = self.models.values()
        return tuple(dict.fromkeys(band.name for model in models for band in reversed(model.ascending)))
