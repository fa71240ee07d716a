"""A module imports only from floors below its own, or from its own floor's earlier names; the stand-ins import nothing else of syncer."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "syncer"
FLOORS = ("words", "specs", "models", "core", "tools", "connectors", "crm", "runs", "cli")
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
PURE = {"time", "os", "socket", "urllib.request", "subprocess", "logging", "random", "pathlib"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def floor(path):
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    here = floor(path)
    for name in imported(path):
        if not name.startswith("syncer."):
            continue
        there = name.split(".")[1]
        if here == "sandbox":
            assert there == "sandbox", f"{path.name} imports {name}"
        elif there == "sandbox":
            assert here == "cli", f"{path.name} imports {name}: only the command line may start the stand-ins"
        else:
            assert FLOORS.index(there) <= FLOORS.index(here), f"{path.name} imports {name}, which is above it"


PURE_MODULES = [path for path in MODULES if floor(path) in ("words", "core")]


@pytest.mark.parametrize("path", PURE_MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_pure_floors_touch_nothing(path):
    assert not PURE & set(imported(path))


def test_every_floor_is_known():
    assert {floor(path) for path in MODULES} == {*FLOORS, "sandbox"}
