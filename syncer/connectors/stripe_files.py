"""Files in Stripe's own API shape as the rows that the connector would have read: no network, no key.

A file is JSON, or JSON Lines: a page of a list, an array of objects, an object of lists, or a single object. Which file holds what, in
which order, how often and how completely changes nothing.

Two keys at the top of a file are not Stripe's: `fx`, exchange rates of a day, and `metered_invoice_history`, what metered items came to.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from syncer.connectors.stripe_extras import Extras
from syncer.connectors.stripe_objects import Fault, Objects, Tree
from syncer.connectors.stripe_parts import Rows
from syncer.connectors.stripe_told import rows_of
from syncer.specs.rates import Rate
from syncer.words.errors import FileProblems, Problem

STDIN = "-"
LINES = "stripe.invoice_line"
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Given:
    """What files hold: rows by table, the rates in them, and in `notes` what they leave open."""

    rows: Rows
    rates: Sequence[Rate]
    notes: Sequence[str]


def read_files(names: Iterable[str]) -> Given:
    """All files together; `-` is stdin. FileProblems with everything that is wrong."""
    texts, problems = {}, []
    for name in dict.fromkeys(names):
        try:
            texts[name] = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
            problems.append(Problem(name, 1, 1, f"cannot read the file: {reason}; check the path"))
    given, more = _given(texts)
    if problems or more:
        raise FileProblems([*problems, *more])
    return given


def _given(texts: Mapping[str, bytes]) -> tuple[Given, list[Problem]]:
    objects, extras, problems = Objects(), Extras(), []
    for name, raw in texts.items():
        try:
            trees = _trees(name, raw)
            rest = [extras.add(name, tree) for tree in trees]
            found = sum(objects.add(name, tree) for tree in rest)
        except FileProblems as error:
            problems += error.problems
            continue
        except RecursionError:
            problems.append(Problem(name, 1, 1, "values are nested too deeply; Stripe's objects never are"))
            continue
        if not found and rest == trees and any(not _is_empty(tree) for tree in trees):
            problems.append(Problem(name, 1, 1, 'there is no Stripe object in it; each says what it is, such as "object": "subscription"'))
    rows, faults = rows_of(objects)
    told = {line[2] for line in extras.lines}
    rows[LINES] = [*(row for row in rows.get(LINES, ()) if row[2] not in told), *extras.lines]
    problems += [_problem(fault, texts) for fault in dict.fromkeys([*faults, *extras.faults])]
    return Given(rows, extras.rates, _notes(objects)), problems


def _trees(name: str, raw: bytes) -> list[Tree]:
    text = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return [_decoder.decode(text)]
    except msgspec.DecodeError as error:
        if "trailing characters" in str(error):
            try:
                return list(_decoder.decode_lines(text))
            except msgspec.DecodeError:
                pass  # no lines of JSON either: the first fault is the one to tell
        raise FileProblems([_broken(name, text, str(error))]) from None


def _broken(name: str, text: bytes, error: str) -> Problem:
    found = re.fullmatch(r"(?:JSON is malformed: )?(.*?) \(byte (\d+)\)", error)
    said, end = (found[1], int(found[2])) if found else (error, len(text))
    said = "it ends in the middle of a value" if "truncated" in said else said
    before = text[:end].decode("utf-8", errors="replace")
    return Problem(name, before.count("\n") + 1, len(before) - before.rfind("\n"), f"this is not JSON: {said}")


def _is_empty(tree: Tree) -> bool:
    """Lists without anything in them: an export of nothing."""
    if isinstance(tree, dict):
        return bool(tree) and all(_is_empty(value) for value in tree.values())
    return isinstance(tree, list) and not any(not _is_empty(value) for value in tree)


def _problem(fault: Fault, texts: Mapping[str, bytes]) -> Problem:
    """The fault at the first place where its file says the object's id."""
    quoted = re.escape(msgspec.json.encode(fault.id))
    found = re.search(rb'"id"\s*:\s*' + quoted, texts[fault.file]) or re.search(quoted, texts[fault.file])
    before = texts[fault.file][: found.start() if found else 0].decode("utf-8", errors="replace")
    return Problem(fault.file, before.count("\n") + 1, len(before) - before.rfind("\n"), fault.text)


def _notes(objects: Objects) -> list[str]:
    """What is not in the files. Lists of items that go on are not told here: those subscriptions are held."""
    known = objects.told["subscription"]
    listed = {each for subscription in known.values() if subscription.page for each in subscription.page["data"]}
    told = objects.told["subscription_item"].values()
    strays = [item.id for item in told if item.id not in listed and str(item.values.get("subscription")) not in known]
    lists, items = _some("list", objects.unfinished), _some("subscription item", sorted(strays))
    notes = [f"{lists} not whole (has_more) in these files; figures are of what is in them"] if lists else []
    return [*notes, f"{items} of a subscription that is in no file; nothing of that counts"] if items else notes


def _some(what: str, names: Sequence[str]) -> str:
    if len(names) < 2:
        return f"the {what} {names[0]} is" if names else ""
    return f"{len(names):,} {what}s, such as {names[0]}, are"
