"""Where the written files are: a project folder of one's own, or the defaults that come with the package."""

from __future__ import annotations

from pathlib import Path

from syncer.specs.reader import Page

_PACKAGE = Path(__file__).parent.parent


def defaults() -> Path:
    """The folder with the shipped `mappings/` and `field_specs/`: inside an installed package, beside the package in a checkout."""
    installed = _PACKAGE / "shipped"
    return installed if installed.exists() else _PACKAGE.parent


def place(project: Path, name: str) -> Path:
    """Where `mappings/account.yaml` or the like is read from: the project's own where it has one, else the shipped one."""
    own = project / name
    return own if own.exists() else defaults() / name


def page(project: Path, name: str) -> Page:
    """The page of `mappings/account.yaml` or the like."""
    return Page.load(place(project, name), name)
