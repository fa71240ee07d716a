"""One object of one organisation, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from syncer.tools.http import Http
from syncer.tools.pace import Pace


@dataclass(frozen=True)
class Sobject:
    """`data` is the path of the REST API in its version, `name` the object's API name."""

    http: Http
    pace: Pace
    data: str
    name: str
