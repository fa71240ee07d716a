"""From the command line to a run: settings, the written files, the store."""

from __future__ import annotations

import time
from pathlib import Path

from syncer.runs.pull import Watch
from syncer.runs.run import Run
from syncer.runs.written import FILES, facts, project
from syncer.specs import settings
from syncer.tools.store import Store
from syncer.words import when

__all__ = ["FILES", "facts", "offline_run", "project", "run"]


def run(watch: Watch) -> Run:
    """A run as the working folder's settings and written files say."""
    return _run(settings.load(Path.cwd()), watch)


def offline_run() -> Run:
    """A run that asks no vendor: it needs no secret, and looks at what was read before."""
    return _run(settings.load_known(Path.cwd()).settings, lambda *_: None)


def _run(loaded: settings.Settings, watch: Watch) -> Run:
    as_of = when.epoch(loaded.as_of) if loaded.as_of else int(time.time())
    return Run(loaded, project(loaded.project), Store(loaded.state), as_of, watch)
