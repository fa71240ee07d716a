"""From the command line to a run: settings, the written files, the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from syncer.runs.pull import Watch
from syncer.runs.run import Run
from syncer.runs.written import FILES, both, facts, project
from syncer.specs import settings
from syncer.tools.store import Store
from syncer.words import when

__all__ = ["FILES", "facts", "offline_run", "project", "run"]


def run(watch: Watch) -> Run:
    """A run as the working folder's settings and written files say."""
    return _run(settings.load, watch)


def offline_run() -> Run:
    """A run that asks no vendor: it needs no secret, and looks at what was read before."""
    return _run(settings.known, lambda *_: None)


def _run(load: Callable[[Path], settings.Settings], watch: Watch) -> Run:
    loaded, files = both(load)
    as_of = when.epoch(loaded.as_of) if loaded.as_of else int(time.time())
    return Run(loaded, files, Store(loaded.state), as_of, watch)
