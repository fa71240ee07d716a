"""Checks expressions over columns of which some could not be read: only what is wrong whatever they are is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from syncer.core.expressions import Expression, Fault, check
from syncer.core.kinds import Column, Kind


def certain(text: str, columns: Mapping[str, Column], unknown: Collection[str]) -> Expression | list[Fault]:
    """`check`, where the columns that are named in `unknown` may be of any kind: the faults that the text has for every kind.

    An expression that uses one of them may be of another kind than is told.
    """
    if not any(name in text for name in unknown):
        return check(text, columns)
    tries = [check(text, {**columns, **dict.fromkeys(unknown, Column(kind))}) for kind in Kind]
    made = next((tried for tried in tries if isinstance(tried, Expression)), None)
    return made or sorted(set.intersection(*(set(tried) for tried in tries if not isinstance(tried, Expression))))
