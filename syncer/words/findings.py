"""What `syncer doctor` finds: each thing that it proved, or that is wrong, with how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

State = Literal["fine", "warning", "fault"]
Key = Literal[
    "settings",
    "env_file",
    "as_of",
    "files",
    "state",
    "program",
    "host",
    "credential",
    "right",
    "privilege",
    "mode",
    "version",
    "clock",
    "zone",
    "quota",
    "groups",
    "records",
    "matching",
    "fields",
    "monthly",
]

KEYS: tuple[Key, ...] = get_args(Key)
"""What a finding can be about; deploy/README.md says what is proved of each and how to mend it."""


@dataclass(frozen=True)
class Finding:
    """`vendor` is "" for what concerns no vendor; `what` names the thing, `said` is what is so, `mend` what to do about it."""

    vendor: str
    key: Key
    what: str
    state: State
    said: str
    mend: str = ""
