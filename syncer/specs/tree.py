"""YAML as values with their places: dicts, lists, texts, numbers, true, false and None, and the node of each by the way to it.

Text stays text: `yes`, `007` and `2026-11-01` are what was written; only plain numbers, true, false and null are more than that, and
whether a text is a day is for a model to say. Numbers with a point are Decimal. Keys are always text. `<<: *name` takes the keys of
another place that are not written here. PyYAML is used with libyaml's parser: it knows the same marks as others written in Python, in a
thirtieth of their time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Loc = tuple[str | int, ...]
"""The way to a value: keys and list positions (from 0) from the top of the file."""

LARGEST_TREE = 100_000
DEEPEST = 50


class TooDeep(Exception):
    """Values within values within values: at `line` and `column` (from 1) the limit is passed."""

    def __init__(self, line: int, column: int) -> None:
        self.line, self.column = line, column


def composed(text: str) -> Node | None:
    """The node at the top, None for a file without any. YAMLError for text that is not YAML, TooDeep before any recursion into it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise TooDeep(*place(event))
    top: Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return top


class Tree:
    """`data` of a node, `keys` and `values` by the way to them, and `faults`: line, column and sentence.

    Without what stands at the ways of `without`, and with the values of `added`. List entries behind one that is left out move up:
    `written` has the ways in the file. `lost`: the ways to values that could not be read.
    """

    def __init__(self, top: Node, without: frozenset[Loc] = frozenset(), added: Mapping[Loc, Any] = MappingProxyType({})) -> None:
        self.keys: dict[Loc, Node] = {}
        self.values: dict[Loc, Node] = {}
        self.written: dict[Loc, Loc] = {}
        self.faults: list[tuple[int, int, str]] = []
        self.lost: set[Loc] = set()
        self._without = without
        self._added: dict[Loc, dict[Any, Any]] = {way[:-1]: {} for way in added}
        for way, value in added.items():
            self._added[way[:-1]][way[-1]] = value
        self.data = self._build(top, (), ())

    def _fault(self, node: Node, loc: Loc, text: str) -> None:
        self.faults.append((*place(node), text))
        self.lost.add(loc)

    def _build(self, node: Node, loc: Loc, written: Loc) -> Any:
        """`written` is the way in the file, `loc` the way here."""
        self.values[loc], self.written[loc] = node, written
        if len(loc) > DEEPEST:
            return self._fault(node, loc, "nested too deeply, or an alias holds itself; write it flatter")
        if len(self.values) > LARGEST_TREE:
            if len(self.values) == LARGEST_TREE + 1:
                self._fault(node, loc, f"aliases make more than {LARGEST_TREE:,} values of this file; write fewer")
            return None
        if isinstance(node, MappingNode) and node.tag.endswith(":map"):
            return self._mapping(node, loc, written)
        if isinstance(node, SequenceNode) and node.tag.endswith(":seq"):
            return self._list(node, loc, written)
        if isinstance(node, ScalarNode) and node.tag in PLAIN_TAGS:
            return self._scalar(node, loc)
        return self._fault(node, loc, "tags (!word) are not read; put text that begins with ! in quotes, and leave out any other tag")

    def _list(self, node: SequenceNode, loc: Loc, written: Loc) -> list[Any]:
        kept = [(place, child) for place, child in enumerate(node.value) if (*written, place) not in self._without]
        return [self._build(child, (*loc, here), (*written, place)) for here, (place, child) in enumerate(kept)]

    def _mapping(self, node: MappingNode, loc: Loc, written: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in self._pairs(node, loc):
            if (*written, key.value) not in self._without:
                self.keys[*loc, key.value] = key
                found[key.value] = self._build(value, (*loc, key.value), (*written, key.value))
        return found | self._added.get(written, {})

    def _pairs(self, node: MappingNode, loc: Loc, depth: int = 0) -> Iterator[tuple[ScalarNode, Node]]:
        """Keys and values: those written, then those taken over with <<."""
        first: dict[str, int] = {}
        taken: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._fault(key, loc, "a key must be a plain word, not a list or other keys")
            elif key.tag.endswith(":merge"):
                taken += value.value if isinstance(value, SequenceNode) else [value]
            elif key.value[:1] in SPACES:
                self._fault(key, (*loc, key.value), f"{SPACES[key.value[0]]} stands here; indent with ordinary spaces")
            elif key.value in first:
                self._fault(key, (*loc, key.value), f"{key.value} is written twice (first on line {first[key.value]}); keep one")
            else:
                first[key.value] = place(key)[0]
                yield key, value
        for other in taken:
            if not isinstance(other, MappingNode) or depth > DEEPEST:
                self._fault(other, loc, "<< takes over the keys of another place; write <<: *name, and &name at that place")
                continue
            for key, value in self._pairs(other, loc, depth + 1):
                if first.setdefault(key.value, 0) == 0:
                    first[key.value] = place(key)[0]
                    yield key, value

    def _scalar(self, node: ScalarNode, loc: Loc) -> str | int | bool | Decimal | None:
        text: str = node.value
        if node.style or node.tag.endswith(":str"):
            if not node.style and text.startswith(TYPOGRAPHIC):
                self._fault(node, loc, f"typographic quotes ({text[0]}) are text, not quotes; write ' or \" instead, or leave them out")
            return text
        if text.lower() in WORDS:
            return WORDS[text.lower()]
        if WHOLE.fullmatch(text):
            return int(text)
        return Decimal(text) if POINTED.fullmatch(text) else text


def place(node: Any) -> tuple[int, int]:
    """Line and column, from 1, of a node or an event."""
    return node.start_mark.line + 1, node.start_mark.column + 1


PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "value"))
WORDS: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
POINTED = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{1,30}")
SPACES = {"\t": "a tab", "\u3000": "a full-width space", "\u00a0": "a non-breaking space"}
"""What looks like a space and does not indent."""
TYPOGRAPHIC = ("\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a")
