"""Reads on behind text that is not YAML, so that one wrong line does not hide what is wrong with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml
from yaml.nodes import Node

from syncer.specs.tree import Loc, TooDeep, composed
from syncer.specs.yaml_wording import LINE_END, Broken, broken

MOST = 30
TAB = "a tab stands here"
DOCUMENT = "a second document"


@dataclass
class Mended:
    """The node at the top of what is YAML, the faults of what is not, and the ways to what was left out."""

    top: Node | None = None
    faults: list[Broken] = field(default_factory=list)
    lost: set[Loc] = field(default_factory=set)


def mended(text: str) -> Mended:
    """A text's node without the lines that are not YAML; lines keep their numbers. No node when nothing is left."""
    found = Mended()
    lines = LINE_END.split(text)
    for _ in range(MOST):
        try:
            found.top = composed("\n".join(lines) if found.faults else text)
        except (yaml.YAMLError, TooDeep) as error:
            fault = broken(error, "\n".join(lines))
            # what comes to light above an earlier fault, such as an open quote, was the cause of it
            found.faults = [*(other for other in found.faults if other[:2] < fault[:2]), fault]
            if isinstance(error, TooDeep) or not _left_out(lines, fault, found):
                break
        else:
            break
    return found


def _left_out(lines: list[str], fault: Broken, found: Mended) -> bool:
    """Blanks the lines of a fault; False when there is nothing to blank."""
    number = fault.line - 1
    if number >= len(lines) or not lines[number].strip():
        return False
    if fault.text.startswith(TAB):
        found.faults[-1] = fault._replace(text=fault.text + _also(lines, number))
        lines[number:] = [_without_tabs(line) for line in lines[number:]]
        return True
    if fault.text.startswith(DOCUMENT):
        del lines[number:]
        return True
    found.lost.add(_way(lines, number))
    depth = _indent(lines[number])
    lines[number] = ""
    for below in range(number + 1, len(lines)):
        if lines[below].strip() and _indent(lines[below]) <= depth:
            break
        lines[below] = ""
    return True


def _also(lines: list[str], number: int) -> str:
    others = [str(below + 1) for below in range(number + 1, len(lines)) if _without_tabs(lines[below]) != lines[below]]
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    return f" (also on {'lines' if others[1:] else 'line'} {', '.join(others[:5])}{more})" if others else ""


def _without_tabs(line: str) -> str:
    indent = line[: _indent(line)]
    return indent.replace("\t", "  ") + line[len(indent) :]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


NAME = re.compile(r"""\s*(?:-\s+)*["']?([^\s"':\uff1a{\[#]+)""")


def _way(lines: list[str], number: int) -> Loc:
    """The keys on the way to a line, by indentation, and its own."""
    way: list[str] = []
    depth = _indent(lines[number]) + 1
    for line in reversed(lines[: number + 1]):
        if line.strip() and not line.lstrip().startswith("#") and _indent(line) < depth:
            depth = _indent(line)
            name = NAME.match(line)
            way.append(name[1] if name else line.strip())
    return tuple(reversed(way))
