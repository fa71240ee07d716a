"""What is wrong with text that is not YAML, as what to write instead, and where: the parser often notices only lines later."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from yaml.error import Mark, MarkedYAMLError
from yaml.reader import ReaderError

from syncer.specs.tree import SPACES, TooDeep


class Broken(NamedTuple):
    """Line and column from 1, and a sentence."""

    line: int
    column: int
    text: str


def broken(error: Exception, text: str) -> Broken:
    """The fault of a text that an error was raised for."""
    if isinstance(error, TooDeep):
        return Broken(error.line, error.column, "values are nested too deeply; write them flatter")
    if isinstance(error, ReaderError):
        return _forbidden(error, text)
    if not isinstance(error, MarkedYAMLError):
        return Broken(1, 1, "this is not YAML; see https://yaml.org/spec/1.2.2")
    mark = error.problem_mark or error.context_mark
    said = f"{error.context or ''}: {error.problem or ''}"
    lines = [*LINE_END.split(text), ""]
    seen = Seen(lines, mark, error.context_mark)
    for line in dict.fromkeys((seen.above, seen.line)):
        if odd := _odd(lines, line, text_may_span=line != seen.line):
            return odd
    for words, judge in FAULTS.items():
        if words in said:
            return judge(seen)
    return seen.here("this is not YAML from here on; check indentation, colons and quotes")


LINE_END = re.compile(r"\r\n|\r|\n")
KEY = re.compile(r"""\s*(?:-\s+)*(?:"[^"]*"|'[^']*'|[^\s#"'{\[][^#:]*?)\s*:(?:\s|$)""")
"""The beginning of a line that has a key."""


class Seen:
    """The lines (from 0), the mark of the fault, and that of what it began with."""

    def __init__(self, lines: list[str], mark: Mark | None, begun: Mark | None) -> None:
        self.lines = lines
        self.line, self.column = (min(mark.line, len(lines) - 1), mark.column) if mark else (0, 0)
        self.begun = begun
        filled = (number for number in range(self.line - 1, -1, -1) if _filled(lines[number]))
        self.above = next(filled, self.line)

    @property
    def char(self) -> str:
        return self.lines[self.line][self.column : self.column + 1]

    @property
    def before(self) -> str:
        return self.lines[self.line][: self.column]

    def here(self, text: str) -> Broken:
        return Broken(self.line + 1, self.column + 1, text)

    def from_beginning(self, text: str) -> Broken:
        return Broken(self.begun.line + 1, self.begun.column + 1, text) if self.begun else self.here(text)


def _filled(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _odd(lines: list[str], number: int, *, text_may_span: bool) -> Broken | None:
    """A character that looks like one of YAML's own and is none. A line above counts only where it has no key."""
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    for char, name in SPACES.items():
        if char in indent:
            return Broken(number + 1, indent.index(char) + 1, f"{name} stands here; indent with ordinary spaces")
    if text_may_span and KEY.match(line):
        return None
    if found := re.match(r"""\s*(?:-\s+)?[^\s"'#:{\[]+(?=\uff1a)""", line):
        return Broken(number + 1, found.end() + 1, "this \uff1a is a full-width character; write an ordinary : and a space")
    if found := re.match(r"""\s*(?:-\s+)?[\w.-]+:(?=[^\s:/])""", line):
        return Broken(number + 1, found.end(), "a space is missing behind this ':'; write key: value")
    return None


def _forbidden(error: ReaderError, text: str) -> Broken:
    """libyaml counts bytes here."""
    before = text.encode()[: error.position].decode(errors="replace")
    lines = LINE_END.split(before)
    char = text[len(before) : len(before) + 1]
    return Broken(len(lines), len(lines[-1]) + 1, f"the character U+{ord(char or chr(0)):04X} is not allowed here; remove it")


def _colon(seen: Seen) -> Broken:
    if KEY.match(seen.before):
        return seen.here("a second ': ' on this line; put text that holds ': ' in quotes")
    above = seen.lines[seen.above]
    if seen.above != seen.line and not KEY.match(above):
        return Broken(seen.above + 1, _indent(above) + 1, "this key lacks its ':'; write key: value")
    column = _indent(seen.lines[seen.line]) + 1
    return Broken(seen.line + 1, column, "this line is indented deeper than the one above, which has a value already; indent both alike")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _unexpected(seen: Seen) -> Broken:
    if seen.char in ("]", "}"):
        return seen.here(f"this {seen.char} closes nothing; remove it, or put the text in quotes")
    if seen.char == "-" and not seen.before.strip():
        return seen.here("a list begins where a key is expected; check the indentation, or remove the -")
    quoted = seen.before.rstrip()[-1:]
    if quoted in ("'", '"') or seen.before.count("'") % 2 or seen.before.count('"') % 2:
        return seen.here("text follows a closing quote; put the whole text in quotes, and write ' inside '…' twice")
    if seen.before.strip():
        return seen.here("this does not belong here; put the whole text in quotes")
    return seen.here("this line does not fit those above; give keys that belong together the same indentation")


def _token(seen: Seen) -> Broken:
    if seen.char == "\t":
        return seen.here("a tab stands here; indent with ordinary spaces")
    return seen.here(f"text cannot begin with {seen.char}; put it in quotes")


def _here(text: str) -> Callable[[Seen], Broken]:
    return lambda seen: seen.here(text)


def _beginning(text: str) -> Callable[[Seen], Broken]:
    return lambda seen: seen.from_beginning(text)


FAULTS: dict[str, Callable[[Seen], Broken]] = {
    "mapping values are not allowed": _colon,
    "could not find expected ':'": _beginning("this key lacks its ':'; write key: value"),
    "quoted scalar: found unexpected": _beginning("a quote is opened here and never closed; close it behind the text"),
    "expected ',' or ']'": _beginning("a list that is opened with [ here lacks a comma or its ]; write [a, b]"),
    "expected ',' or '}'": _beginning("keys that are opened with { here lack a comma or their }; write {a: 1, b: 2}"),
    "found character that cannot start any token": _token,
    "found undefined alias": _here("*name refers to an anchor &name that is not above; put text that begins with * in quotes"),
    "found duplicate anchor": _here("this anchor is above already; give each &name a name of its own"),
    "but found another document": _here("a second document begins here (---); keep one per file"),
    "found unknown escape": _here("this backslash means nothing in double quotes; use single quotes"),
    "block scalar": _beginning("text cannot begin with | or >; put it in quotes"),
    "alphabetic or numeric": _beginning("text cannot begin with * or &; put it in quotes"),
    "block sequence entries": _here("a list cannot begin behind a key; begin it on a line of its own, or write [a, b]"),
    "expected node content": _here("a comma too many, or a value is missing here"),
    "expected '-' indicator": _here("this line does not fit the list above; begin it with - or check its indentation"),
    "directive": _here("a line cannot begin with %; put the text in quotes"),
    "did not find expected key": _unexpected,
    "did not find expected <document start>": _unexpected,
}
