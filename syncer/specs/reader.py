"""Reads a written file: YAML in, a checked value and *all* problems out, each with its place.

    page = Page.load(Path("mappings/account.yaml"))          # or Page("mappings/account.yaml", text)
    mapping, problems = page.read(Mapping)                   # None when there are problems
    problems.append(page.problem(("fields", "mrr"), "there is no column stripe.mr", offset=0))

What is wrong in one place must not hide what is wrong in another: `page.sound(Mapping)` is what can be read of the file in any case, and
says what it had to leave out. How values are read stands in `specs/tree.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from yaml.nodes import ScalarNode

from syncer.specs import wording
from syncer.specs.encodings import looks_like
from syncer.specs.mending import Mended, mended
from syncer.specs.tree import Loc, Tree, place
from syncer.specs.yaml_wording import LINE_END
from syncer.words.errors import Problem

__all__ = ["Loc", "Page", "Sound", "Spec", "load_text", "read"]

LARGEST_TEXT = 1_000_000
ROUNDS = 20


class Spec(BaseModel):
    """What every model of a written file starts from: unknown keys are problems, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Sound(Generic[M]):
    """What can be read of a page: `value` without its wrong parts, None when nothing can; a `page` whose places are those of the value;
    every problem of the file in its order."""

    value: M | None
    page: Page
    problems: list[Problem]
    lost: frozenset[Loc]

    def unsure(self, *loc: str | int) -> bool:
        """Whether something is written at this way, around it or within it that could not be read."""
        if self.value is None:
            return True
        return any(loc[: len(lost)] == lost[: len(loc)] for lost in self.lost)


class Page:
    """A written file: its name as people know it, its text, and where each value stands (lines, columns from 1)."""

    def __init__(self, name: Path | str, text: str, fault: Problem | None = None) -> None:
        self.name = str(name)
        self.text = text.removeprefix("\ufeff")
        self._fault = fault
        self._sound: dict[type[BaseModel], Any] = {}

    @classmethod
    def load(cls, path: Path, name: str | None = None) -> Page:
        """The page of a file. One that is missing or not UTF-8 text is a problem of the page, not an exception."""
        text, problem = load_text(path, name)
        return cls(name or path, text, problem)

    def read(self, model: type[M]) -> tuple[M | None, list[Problem]]:
        """The file as `model`, or None and every problem in the order of the file."""
        sound = self.sound(model)
        return (None, sound.problems) if sound.problems else (sound.value, [])

    def sound(self, model: type[M]) -> Sound[M]:
        """What can be read of the file as `model`, and every problem of it."""
        found: Sound[M] = self._sound.get(model) or self._sound.setdefault(model, self._read(model))
        return found

    def _read(self, model: type[M]) -> Sound[M]:
        problems, tree, top = self._problems(), self._tree, self._mended.top
        nothing = Sound[M](None, self, problems, frozenset({()}))
        if tree is None or top is None:
            return nothing
        lost = self.lost
        without: set[Loc] = set()
        added: dict[Loc, Any] = {}
        for _ in range(ROUNDS):
            try:
                value = model.model_validate(tree.data)
            except ValidationError as error:
                faults = wording.faults(error, tree.data, schema := model.model_json_schema())
                if tree is self._tree:
                    told = {self.problem(each.loc, each.text, on_key=each.on_key) for each in faults if not each.follows_from(lost)}
                    problems[:] = sorted({*problems, *told})
                for fault in faults:
                    _leave_out(fault, tree, schema, without, added)
                if () in without:
                    return nothing
                tree = Tree(top, frozenset(without), added)
            else:
                return Sound(value, self._with(tree), problems, frozenset(lost | without | added.keys()))
        return nothing

    def data(self) -> tuple[dict[str, Any], list[Problem]]:
        """The file's keys as they are, for a model that also reads elsewhere; empty when there are problems."""
        problems = self._problems()
        data = self._tree.data if self._tree else None
        if problems:
            return {}, problems
        if isinstance(data, dict):
            return data, []
        return {}, [Problem(self.name, 1, 1, "the file must hold keys, one on a line: key: value")]

    def has(self, loc: Sequence[str | int]) -> bool:
        """Whether something is written there."""
        return self._tree is not None and tuple(loc) in self._tree.values

    def written(self) -> Any:
        """What could be read of the file, as it is: dicts, lists, texts, numbers, booleans, None."""
        return self._tree.data if self._tree else None

    @property
    def lost(self) -> set[Loc]:
        """The ways to what is written and could not be read."""
        return self._mended.lost | (self._tree.lost if self._tree else set())

    def where(self, loc: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of a value; of the nearest value around it where that one is not written."""
        return self._where(tuple(loc), on_key=False)

    def problem(self, loc: Sequence[str | int], text: str, *, offset: int = 0, on_key: bool = False) -> Problem:
        """A problem with a value, or with its key; `offset` is the character of its text (from 0) that the problem is about."""
        line, column = self._where(tuple(loc), on_key=on_key)
        node = self._tree.values.get(tuple(loc)) if self._tree else None
        if offset and isinstance(node, ScalarNode):
            line, column = self._inside(node, offset)
        return Problem(self.name, line, column, text)

    def _where(self, loc: Loc, *, on_key: bool) -> tuple[int, int]:
        tree = self._tree
        if tree and loc in tree.values:
            return place(tree.keys.get(loc, tree.values[loc]) if on_key else tree.values[loc])
        return self._where(loc[:-1], on_key=True) if loc else (1, 1)

    def _inside(self, node: ScalarNode, offset: int) -> tuple[int, int]:
        """The place of a character of a scalar: exact on one line and in `|` blocks, otherwise the scalar's start."""
        line, column = place(node)
        if node.style == "|":
            before = str(node.value)[:offset]
            lines = LINE_END.split(self.text)[line:]
            indent = next((len(text) - len(text.lstrip(" ")) for text in lines if text.strip()), 0)
            return line + 1 + before.count("\n"), indent + len(before) - before.rfind("\n")
        written = LINE_END.split(self.text)[line - 1][column - 1 : node.end_mark.column]
        if node.end_mark.line >= line or "\\" in written or node.style == ">":
            return line, column
        quotes = str(node.value)[:offset].count("'") if node.style == "'" else 0
        return line, column + offset + quotes + (1 if node.style else 0)

    @cached_property
    def _mended(self) -> Mended:
        small = self._fault is None and len(self.text) <= LARGEST_TEXT
        return mended(self.text) if small else Mended()

    @cached_property
    def _tree(self) -> Tree | None:
        return Tree(self._mended.top) if self._mended.top is not None else None

    def _with(self, tree: Tree) -> Page:
        """The page with the places of another tree of it."""
        if tree is self._tree:
            return self
        page = Page(self.name, self.text, self._fault)
        page._mended, page._tree = self._mended, tree
        return page

    def _problems(self) -> list[Problem]:
        """What is wrong with the text as YAML, in its order."""
        if self._fault:
            return [self._fault]
        if len(self.text) > LARGEST_TEXT:
            return [Problem(self.name, 1, 1, f"the file has more than {LARGEST_TEXT:,} characters; split it")]
        found = sorted({Problem(self.name, *fault) for fault in (*self._mended.faults, *(self._tree.faults if self._tree else ()))})
        if not found and self._tree is None:
            return [Problem(self.name, 1, 1, "the file is empty; write its keys, or remove the file")]
        return found


def _leave_out(fault: wording.Fault, tree: Tree, schema: wording.Schema, without: set[Loc], added: dict[Loc, Any]) -> None:
    """Has the place of a fault left out of the next tree, a missing one filled in; the place around it where that did not help."""
    loc = (*tree.written.get(fault.loc, fault.loc), fault.missing) if fault.missing else tree.written.get(fault.loc, fault.loc)
    if fault.missing and loc not in added:
        added[loc] = wording.stand_in(schema, loc)
        return
    while loc and (loc in without or loc in added):
        loc = loc[:-1]
    without.add(loc)


def read(name: Path | str, text: str, model: type[M]) -> tuple[M | None, list[Problem]]:
    """`Page(name, text).read(model)`, for a file whose values nobody has to find again."""
    return Page(name, text).read(model)


def load_text(path: Path, name: str | None = None) -> tuple[str, Problem | None]:
    """A file's text, without its byte order mark; "" and the problem where it is missing or not UTF-8."""
    line, column = 1, 1
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        fault = f"this is not UTF-8 text from here on, it looks like {looks_like(raw)}; save the file as UTF-8"
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        fault = f"cannot read the file: {reason}; check the path"
    return "", Problem(name or str(path), line, column, fault)
