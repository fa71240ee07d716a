"""A vendor's quota as its answers tell it by the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from syncer.core.plan_file import Quota

Headers = Mapping[str, str]


@dataclass
class Meter:
    """Hears the headers of every answer; `latest` is what the last one said that said anything."""

    read: Callable[[Headers], Quota | None]
    latest: Quota | None = None

    def __call__(self, headers: Headers) -> None:
        self.latest = self.read(headers) or self.latest
