"""What is wrong with objects as files tell them, in sentences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from syncer.connectors.stripe_objects import Fault, Objects, Told, Tree, shown

CHOOSE = "remove what is out of date"


class Bounds(NamedTuple):
    """What a number may be, and how many decimals its column keeps."""

    least: int = -(2**63)
    most: int = 2**63 - 1
    decimals: int = 0


AMOUNT, PERCENT, COUNT, FROM_ONE = Bounds(0, 10**18 - 1, 12), Bounds(0, 100, 6), Bounds(0), Bounds(1)
BOUNDS = {
    **dict.fromkeys(("unit_amount", "flat_amount", "unit_amount_decimal", "flat_amount_decimal", "amount_off"), AMOUNT),
    **dict.fromkeys(("percent_off", "percentage"), PERCENT),
    "quantity": COUNT,
    "up_to": FROM_ONE,
    "interval_count": FROM_ONE,
    "divide_by": FROM_ONE,
}

WORDS = {
    "int": "a whole number", "str": "text", "bool": "true or false", "decimal": "a number", "null": "null", "array": "a list",
    "object": "an object",
}  # fmt: skip


def faults_of(objects: Objects) -> Iterator[Fault]:
    """Objects that contradict themselves or each other, lack an id, or hold numbers that cannot be."""
    for file, kind in objects.nameless:
        yield Fault(file, "", f"a {kind} has no id; nothing can be joined to it")
    for told in objects:
        yield from _clashes(told)
        for path, key, value in _numbers("", "", told.values):
            said = out_of_bounds(BOUNDS.get(key, Bounds()), value)
            if said:
                yield told.fault(path.split(".")[0], f"{path} {said}")
    yield from _memberships(objects)


def in_words(error: str, values: Mapping[str, Tree]) -> tuple[str, str]:
    """msgspec's sentence in ours, after the key that it is about."""
    said, _, path = error.rstrip("`").partition(" - at `$")
    steps = [name or int(number) for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", path)]
    missing = re.fullmatch(r"Object missing required field `(\w+)", said)
    if missing:
        steps.append(missing[1])
        return str(steps[0]), f"{_joined(steps)} is missing"
    value: Any = values
    for step in steps:
        value = value[step]
    wanted = re.match(r"Expected `([^`]+)", said)
    names = wanted[1].split(" | ") if wanted else ["decimal"]
    return str(steps[0]), f"{_joined(steps)} must be {' or '.join(WORDS[name] for name in names)}, not {shown(value)}"


def _joined(steps: list[str | int]) -> str:
    return ".".join(str(step) for step in steps)


def _clashes(told: Told) -> Iterator[Fault]:
    for path, said in told.clashes.items():
        yield Fault(min(said)[0], told.id, f"{told.kind} {told.id}: {path} is {apart(said)}; {CHOOSE}")


def apart(said: Iterable[tuple[str, str]]) -> str:
    """What files say of one thing, each by its name: `3 in a.json and 5 in b.json`."""
    by_file: dict[str, list[str]] = defaultdict(list)
    for file, value in sorted(said):
        by_file[file].append(value)
    return " and ".join(f"{' and '.join(values)} in {file}" for file, values in by_file.items())


def _memberships(objects: Objects) -> Iterator[Fault]:
    """Items whose subscription lists all its items without them, and deleted items that one lists."""
    subscriptions = objects.told["subscription"]
    owners = {each: owner for owner in subscriptions.values() if owner.page for each in owner.page["data"]}
    for item in objects.told["subscription_item"].values():
        listed, named = owners.get(item.id), subscriptions.get(str(item.values.get("subscription")))
        if item.values.get("deleted"):
            if listed:
                yield item.fault("deleted", f"is deleted, and an item of {listed.id} in {listed.files['items']}; {CHOOSE}")
        elif named and named is not listed and named.page and not named.page.get("has_more"):
            whole = f"whose list in {named.files['items']} is whole without it"
            yield item.fault("subscription", f"belongs to {named.id}, {whole}; {CHOOSE}")


def _numbers(path: str, key: str, value: Tree) -> Iterator[tuple[str, str, int | Decimal]]:
    """Every number in it, after the way to it and its key."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        yield path, key, value
    elif isinstance(value, dict):
        for inner, each in value.items():
            yield from _numbers(f"{path}.{inner}" if path else inner, inner, each)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _numbers(f"{path}.{place}", key, each)


def out_of_bounds(bounds: Bounds, value: int | Decimal) -> str | None:
    if isinstance(value, Decimal) and not value.is_finite():
        return f"must be a number, not {shown(value)}"
    if value < bounds.least:
        return f"must be at least {bounds.least}, not {shown(value)}"
    if value > bounds.most:
        return f"must be at most {bounds.most}, not {shown(value)}"
    if bounds.decimals and isinstance(value, Decimal) and _decimals(value) > bounds.decimals:
        return f"may have {bounds.decimals} decimals, not {shown(value)}"
    return None


def _decimals(value: Decimal) -> int:
    digits, exponent = value.as_tuple().digits, int(value.as_tuple().exponent)
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - zeros)
