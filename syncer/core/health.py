"""Health models with their expressions checked and their weights as whole numbers: what scoring is composed from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from syncer.core.expressions import Expression, check
from syncer.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syncer.core.kinds import Column
    from syncer.specs.health import HealthFile, HealthModel, Input, Part
    from syncer.specs.reader import Loc, Sound
    from syncer.words.errors import Problem

MILLION = 1_000_000
HINTS = {Kind.DATE: "; write DAYS_BETWEEN(from, to)", Kind.TEXT: "; compare it, such as with = 'active'"}


@dataclass(frozen=True)
class Measure:
    """An input that counts. `share`: its part of all weight in millionths, when everything is measured."""

    part: str
    name: str
    spec: Input
    expression: Expression
    weight: int
    share: int

    @property
    def is_bool(self) -> bool:
        return self.expression.kind is Kind.BOOL


@dataclass(frozen=True)
class Model:
    """`version` names the model and its text: `default@1a2b3c4d`. `parts`: weights by name, those that count."""

    version: str
    spec: HealthModel
    when: Expression | None
    parts: Mapping[str, int]
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Health:
    """All models in the order in which they are tried."""

    models: tuple[Model, ...]
    bands: tuple[str, ...]

    def bands_in_order(self) -> tuple[str, ...]:
        """Names of all bands, the best first."""
        return self.bands

    @property
    def columns(self) -> frozenset[str]:
        """The columns that any model uses, as expressions name them."""
        each = [measure.expression for model in self.models for measure in model.measures]
        each += [model.when for model in self.models if model.when]
        return frozenset().union(*(expression.columns for expression in each))


def compile_health(file: Sound[HealthFile], columns: Mapping[str, Column]) -> tuple[Health | None, list[Problem]]:
    """The models of a file over these columns, or None and all that is wrong with the file, each in its place."""
    if file.value is None:
        return None, file.problems
    compiler = _Compiler(file, columns)
    models = tuple(compiler.model(name, spec) for name, spec in file.value.models.items())
    problems = [*file.problems, *compiler.problems]
    return (None, sorted(problems)) if problems else (Health(models, file.value.bands_in_order()), [])


class _Compiler:
    def __init__(self, file: Sound[HealthFile], columns: Mapping[str, Column]) -> None:
        self.file = file
        self.page = file.page
        self.columns = columns
        self.problems: list[Problem] = []

    def model(self, name: str, spec: HealthModel) -> Model:
        loc = ("models", name)
        when = self.expression((*loc, "when"), spec.when, Kind.BOOL) if spec.when else None
        counted = {key: part for key, part in spec.parts.items() if _counts(part)}
        parts = {key: int(part.weight * 10) for key, part in counted.items()}
        inputs = [(key, each, part.inputs[each]) for key, part in spec.parts.items() for each in part.inputs]
        shares = iter(_shares(counted))
        measures = []
        for key, each, input_ in inputs:
            expression = self.input((*loc, "parts", key, "inputs", each), input_)
            weight = int(input_.weight * 10)
            if key in counted and weight and expression:
                measures.append(Measure(key, each, input_, expression, weight, next(shares, 0)))
        return Model(f"{name}@{spec.digest}", spec, when, parts, tuple(measures))

    def input(self, loc: Loc, spec: Input) -> Expression | None:
        expression = self.expression((*loc, "value"), spec.value, Kind.NUMBER, Kind.MONEY, Kind.BOOL)
        told = self.file.unsure(*loc, "reads") or "else" in spec.phrases
        if expression and expression.kind is not Kind.BOOL and not told:
            self.problems.append(self.page.problem((*loc, "reads"), "a number needs a text for else"))
        return expression

    def expression(self, loc: Loc, text: str, *kinds: Kind) -> Expression | None:
        if self.file.unsure(*loc):
            return None
        checked = check(text, self.columns)
        if not isinstance(checked, Expression):
            self.problems += [self.page.problem(loc, fault.text, offset=fault.offset) for fault in checked]
            return None
        if checked.kind not in kinds:
            hint = HINTS.get(checked.kind, "; compare it, such as with > 0" if kinds == (Kind.BOOL,) else "")
            said = f"{loc[-1]} needs {' or '.join(kinds)}, and this is {checked.kind}{hint}"
            self.problems.append(self.page.problem(loc, said))
            return None
        return checked


def _counts(part: Part) -> bool:
    return bool(part.weight) and any(each.weight for each in part.inputs.values())


def _shares(parts: Mapping[str, Part]) -> Sequence[int]:
    """The share of each counting input in all weight, in millionths that sum to a million."""
    whole = sum(part.weight for part in parts.values())
    before, ends = Decimal(0), [0]
    for part in parts.values():
        weights = [each.weight for each in part.inputs.values() if each.weight]
        reached = (before + part.weight * inside / sum(weights) for inside in accumulate(weights))
        ends += [round(weight / whole * MILLION) for weight in reached]
        before += part.weight
    return [end - start for start, end in pairwise(ends)]
