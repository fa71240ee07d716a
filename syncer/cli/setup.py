"""From the command line to a run: settings, the written files, the store."""

from __future__ import annotations

import time
from pathlib import Path

from ruamel.yaml import YAML

from syncer.core.kinds import kind_of
from syncer.core.project import Column, Project, compile_project
from syncer.models import catalog_text
from syncer.runs.pull import Watch
from syncer.runs.run import Run
from syncer.specs import settings
from syncer.specs.shipped import page
from syncer.tools.store import Store
from syncer.words import when
from syncer.words.errors import FileProblems

FILES = ("field_specs/account.yaml", "mappings/account.yaml", "mappings/health.yaml")


def facts() -> dict[str, Column]:
    """The facts that expressions may use, by the name that ops write."""
    catalog = YAML(typ="safe").load(catalog_text())
    return {name: Column(kind_of(about["type"]), tuple(about.get("held_by", ()))) for name, about in catalog.items() if "." in name}


def project(folder: Path) -> Project:
    """The written files of a folder, the shipped ones where it has none. FileProblems with everything that is wrong."""
    specs, mapping, health = (page(folder, name) for name in FILES)
    found, problems = compile_project(specs, mapping, health, facts())
    if found is None:
        raise FileProblems(problems)
    return found


def run(watch: Watch) -> Run:
    """A run as the working folder's settings and written files say."""
    loaded = settings.load(Path.cwd())
    as_of = when.epoch(loaded.as_of) if loaded.as_of else int(time.time())
    return Run(loaded, project(loaded.project), Store(loaded.state), as_of, watch)
