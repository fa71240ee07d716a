"""A YAML text without some of its keys: every line that stays is as it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from syncer.specs.tree import Loc, composed

Span = tuple[int, int]


def without(text: str, unwanted: Collection[Loc]) -> str:
    """The text less these keys, each with what is under it and the remarks right above it. A key that has nothing left goes too.

    >>> without("a: {b: 1, c: 2}\\n# about d\\nd: 3\\n", [("a", "b"), ("d",)])
    'a: {c: 2}\\n'
    """
    top = composed(text)
    kept = list(text)
    for start, end in _spans(text, top, (), set(unwanted)) if top else ():
        kept[start:end] = [""] * (end - start)
    return _one_empty_line("".join(kept))


def _spans(text: str, node: Node, loc: Loc, unwanted: set[Loc]) -> Iterator[Span]:
    """Where the unwanted entries below a node stand."""
    if isinstance(node, SequenceNode):
        for place, each in enumerate(node.value):
            yield from _spans(text, each, (*loc, place), unwanted)
    if not isinstance(node, MappingNode):
        return
    going = [_goes(value, (*loc, key.value), unwanted) for key, value in node.value]
    for place, (key, value) in enumerate(node.value):
        if not going[place]:
            yield from _spans(text, value, (*loc, key.value), unwanted)
        elif not node.flow_style:
            yield _lines_of(text, key, value)
        elif all(going[place:]):
            yield node.value[place - 1][1].end_mark.index, value.end_mark.index
        else:
            yield key.start_mark.index, node.value[place + 1][0].start_mark.index


def _goes(value: Node, loc: Loc, unwanted: set[Loc]) -> bool:
    if loc in unwanted:
        return True
    return (
        isinstance(value, MappingNode)
        and bool(value.value)
        and all(_goes(inner, (*loc, key.value), unwanted) for key, inner in value.value)
    )


def _lines_of(text: str, key: ScalarNode, value: Node) -> Span:
    """The whole lines of an entry in block style, with the remarks right above it."""
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    end = text.find("\n", len(text[: _end(value)].rstrip()))
    return start, len(text) if end < 0 else end + 1


def _end(node: Node) -> int:
    """Where the text of a value ends, or the empty lines after it; the mark of a block says where the next thing begins."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(node, MappingNode) else last)
    return int(node.end_mark.index)


def _one_empty_line(text: str) -> str:
    """No two empty lines in a row, none at the ends and none below the key of a block."""
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        opened = lines and (not lines[-1] or lines[-1].endswith(":"))
        if line.strip() or not opened:
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
