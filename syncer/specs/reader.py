"""Reads a written file: YAML 1.2 in, a checked value and *all* problems out, each with its place.

    page = Page.load(Path("mappings/account.yaml"))          # or Page("mappings/account.yaml", text)
    mapping, problems = page.read(Mapping)                   # None when there are problems
    problems.append(page.problem(("fields", "mrr"), "there is no column stripe.mr", offset=0))

Text stays text: `yes`, `007` and `2026-11-01` are what was written; only plain numbers, true, false and null are more
than that, and whether a text is a day is for the model to say. Numbers with a point are Decimal. Keys are always text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from syncer.specs import wording
from syncer.words.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Loc = tuple[str | int, ...]
"""The way to a value: keys and list positions (from 0) from the top of the file."""

LARGEST_TEXT = 1_000_000
LARGEST_TREE = 100_000
DEEPEST = 50


class Spec(BaseModel):
    """What every model of a written file starts from: unknown keys are problems, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


class Page:
    """A written file: its name as people know it, its text, and where each value stands (lines, columns from 1)."""

    def __init__(self, name: Path | str, text: str) -> None:
        self.name = str(name)
        self.text = text.removeprefix("\ufeff")
        self._faults: list[Problem] = []
        self._keys: dict[Loc, Node] = {}
        self._values: dict[Loc, Node] = {}

    @classmethod
    def load(cls, path: Path, name: str | None = None) -> Page:
        """The page of a file. One that is missing or not UTF-8 text is a problem of the page, not an exception."""
        text, problem = load_text(path, name)
        page = cls(name or path, text)
        if problem:
            page._faults.append(problem)
        return page

    def read(self, model: type[M]) -> tuple[M | None, list[Problem]]:
        """The file as `model`, or None and every problem in the order of the file."""
        data = self._data
        if self._faults:
            return None, sorted(set(self._faults))
        try:
            return model.model_validate(data), []
        except ValidationError as error:
            faults = wording.faults(error, data, model.model_json_schema())
            return None, sorted({self._problem(fault.loc, fault.text, on_key=fault.on_key) for fault in faults})

    def data(self) -> tuple[dict[str, Any], list[Problem]]:
        """The file's keys as they are, for a model that also reads elsewhere; empty when there are problems."""
        data = self._data
        if not self._faults and not isinstance(data, dict):
            self._fault(1, 1, "the file must hold keys, one on a line: key: value")
        return ({}, sorted(set(self._faults))) if self._faults else (data, [])

    def where(self, loc: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of a value; of the nearest value around it where that one is not written."""
        return self._where(tuple(loc), on_key=False)

    def problem(self, loc: Sequence[str | int], text: str, *, offset: int = 0) -> Problem:
        """A problem with a value; `offset` is the character of its text (from 0) that the problem is about."""
        line, column = self.where(loc)
        node = self._values.get(tuple(loc))
        if offset and isinstance(node, ScalarNode):
            line, column = self._inside(node, offset)
        return Problem(self.name, line, column, text)

    def _problem(self, loc: Loc, text: str, *, on_key: bool) -> Problem:
        return Problem(self.name, *self._where(loc, on_key=on_key), text)

    def _where(self, loc: Loc, *, on_key: bool) -> tuple[int, int]:
        _ = self._data
        if loc in self._values:
            node = self._keys.get(loc, self._values[loc]) if on_key else self._values[loc]
            return _place(node)
        return self._where(loc[:-1], on_key=True) if loc else (1, 1)

    def _inside(self, node: ScalarNode, offset: int) -> tuple[int, int]:
        """The place of a character of a scalar: exact on one line and in `|` blocks, otherwise the scalar's start."""
        line, column = _place(node)
        if node.style == "|":
            before = str(node.value)[:offset]
            lines = self.text.splitlines()[line:]
            indent = next((len(text) - len(text.lstrip(" ")) for text in lines if text.strip()), 0)
            return line + 1 + before.count("\n"), indent + len(before) - before.rfind("\n")
        written = self.text[node.start_mark.index : node.end_mark.index]
        if "\n" in written or "\\" in written or node.style == ">":
            return line, column
        quotes = str(node.value)[:offset].count("'") if node.style == "'" else 0
        return line, column + offset + quotes + (1 if node.style else 0)

    @cached_property
    def _data(self) -> Any:
        """The file as dicts, lists, texts, numbers, booleans and None; fills the places and the faults on the way."""
        if self._faults:
            return None
        if len(self.text) > LARGEST_TEXT:
            return self._fault(1, 1, f"the file has more than {LARGEST_TEXT:,} characters; split it")
        yaml = YAML(typ="safe", pure=True)
        yaml.composer.warn_double_anchors = False
        try:
            top = yaml.compose(self.text)
        except (YAMLError, RecursionError, ValueError) as error:
            return self._fault(*wording.broken(error, self.text))
        if top is None:
            return self._fault(1, 1, "the file is empty; write its keys, or remove the file")
        return self._build(top, ())

    def _fault(self, line: int, column: int, text: str) -> None:
        self._faults.append(Problem(self.name, line, column, text))

    def _build(self, node: Node, loc: Loc) -> Any:
        self._values[loc] = node
        if len(loc) > DEEPEST:
            return self._fault(*_place(node), "nested too deeply, or an alias holds itself; write it flatter")
        if len(self._values) > LARGEST_TREE:
            if len(self._values) == LARGEST_TREE + 1:
                self._fault(*_place(node), f"aliases make more than {LARGEST_TREE:,} values of this file; write fewer")
            return None
        if isinstance(node, MappingNode) and str(node.tag).endswith(":map"):
            return self._mapping(node, loc)
        if isinstance(node, SequenceNode) and str(node.tag).endswith(":seq"):
            return [self._build(child, (*loc, position)) for position, child in enumerate(node.value)]
        if isinstance(node, ScalarNode) and node.tag in PLAIN_TAGS:
            return _scalar(node)
        return self._fault(*_place(node), "tags (!word) are not read; write plain text, numbers, lists and keys")

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._fault(*_place(key), "a key must be a plain word, not a list or other keys")
            elif key.tag == "tag:yaml.org,2002:merge":
                self._fault(*_place(key), "<< is not read; write the keys out")
            elif key.value in found:
                first, _ = _place(self._keys[(*loc, key.value)])
                self._fault(*_place(key), f"{key.value} is written twice (first on line {first}); keep one")
            else:
                self._keys[(*loc, key.value)] = key
                found[key.value] = self._build(value, (*loc, key.value))
        return found


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
        fault = "this is not UTF-8 text from here on; save the file as UTF-8"
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        fault = f"cannot read the file: {reason}; check the path"
    return "", Problem(name or str(path), line, column, fault)


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp"))
WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
POINTED = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{1,30}")


def _scalar(node: ScalarNode) -> str | int | bool | Decimal | None:
    text = str(node.value)
    if node.style is not None or node.tag == "tag:yaml.org,2002:str":
        return text
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if POINTED.fullmatch(text) else text
