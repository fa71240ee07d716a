from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import Field

from syncer.specs.reader import Page, Spec, read

if TYPE_CHECKING:
    from pathlib import Path


class Rule(Spec):
    value: str
    on_missing: Literal["keep", "clear"] = "keep"
    weight: Decimal = Field(Decimal(1), ge=0)


class File(Spec):
    name: str = "x"
    seats: int | None = None
    on: bool = False
    fields: dict[str, str | Rule] = Field(default_factory=dict)
    scale: list[tuple[Decimal, Decimal]] = Field(default_factory=list)
    tags: list[str] = Field([], max_length=3)


def problems(text: str) -> list[str]:
    value, found = read("f.yaml", text, File)
    assert (value is None) == bool(found)
    return [str(problem).removeprefix("f.yaml:") for problem in found]


CASES = {
    "unknown key": ("nmae: a", ["1:1: there is no key nmae here; did you mean name?"]),
    "unknown key, nothing near": (
        "zzz: a",
        ["1:1: there is no key zzz here; there are fields, name, on, scale, seats, tags"],
    ),
    "unknown key inside": (
        "fields:\n  mrr:\n    value: a\n    wieght: 2",
        ["4:5: there is no key wieght here; did you mean weight?"],
    ),
    "missing key": ("fields:\n  mrr: {weight: 2}", ["2:3: value is missing; add it"]),
    "number for text": ("name: 2024", ['1:7: name must be text, not 2024; write it in quotes: "2024"']),
    "true for text": ("name: true", ['1:7: name must be text, not true; write it in quotes: "true"']),
    "list for text": ("name: [a]", ["1:7: name must be text, not a list"]),
    "nothing for text": ("name:", ["1:6: name is empty; write text"]),
    "text for whole number": ("seats: many", ["1:8: seats must be a whole number, not 'many'"]),
    "fraction for whole number": ("seats: 1.5", ["1:8: seats must be a whole number, not 1.5"]),
    "text for yes or no": ("on: maybe", ["1:5: on must be true or false, not 'maybe'"]),
    "text for keys": ("fields: a", ["1:9: fields must be keys and values (key: value), not 'a'"]),
    "list in a union": (
        "fields:\n  mrr: [a]",
        ["2:8: mrr must be text or keys and values (key: value), not a list"],
    ),
    "choice": (
        "fields:\n  mrr: {value: a, on_missing: kep}",
        ["2:31: on_missing must be one of keep, clear, not 'kep'; did you mean keep?"],
    ),
    "too small": ("fields:\n  mrr: {value: a, weight: -1}", ["2:27: weight must be at least 0"]),
    "not a number": ("fields:\n  mrr: {value: a, weight: x}", ["2:27: weight must be a number, not 'x'"]),
    "pair": ("scale: [[1]]", ["1:9: this list lacks entry 2; write it too"]),
    "triple": ("scale: [[1, 2, 3]]", ["1:9: entry 1 of this list may have 2 entries at most, and has 3"]),
    "too many": ("tags: [a, b, c, d]", ["1:7: tags may have 3 entries at most, and has 4"]),
    "list on top": ("- a", ["1:1: the file must be keys and values (key: value), not a list"]),
    "several at once": (
        "seats: x\nnmae: b\nfields:\n  a: {}\n  b: {value: [1]}",
        [
            "1:8: seats must be a whole number, not 'x'",
            "2:1: there is no key nmae here; did you mean name?",
            "4:3: value is missing; add it",
            "5:14: value must be text, not a list",
        ],
    ),
    "a secret is not repeated": ("seats: 1\nfields: {api_key: {value: x, weight: hunter2}}", None),
    "written twice": ("name: a\nseats: 1\nname: b", ["3:1: name is written twice (first on line 1); keep one"]),
    "tab": ("fields:\n\ta: b", ["2:1: a tab stands here; indent with ordinary spaces"]),
    "colon in text": (
        "name: a: b",
        ["1:8: a second ': ' on this line; put text that holds ': ' in quotes"],
    ),
    "open quote": ("name: 'a\nseats: 1", ["1:7: a quote is opened here and never closed; close it behind the text"]),
    "open list": ("tags: [a, b\nseats: 1", ["1:7: a list that is opened with [ here lacks a comma or its ]; write [a, b]"]),
    "open keys": ("fields: {a: b\nseats: 1", ["1:9: keys that are opened with { here lack a comma or their }; write {a: 1, b: 2}"]),
    "no colon": ("name: a\nseats\non: true", ["2:1: this key lacks its ':'; write key: value"]),
    "indentation": (
        "fields:\n  a: b\n c: d",
        ["3:2: this line does not fit those above; give keys that belong together the same indentation"],
    ),
    "unknown alias": (
        "name: *a",
        ["1:7: *name refers to an anchor &name that is not above; put text that begins with * in quotes"],
    ),
    "odd beginning": ("name: @a", ["1:7: text cannot begin with @; put it in quotes"]),
    "two documents": ("name: a\n---\nname: b", ["2:1: a second document begins here (---); keep one per file"]),
    "escape": ('name: "\\q"', ["1:8: this backslash means nothing in double quotes; use single quotes"]),
    "control character": ("name: a\non: \x07", ["2:5: the character U+0007 is not allowed here; remove it"]),
    "tag": ("name: !foo a", ["1:7: tags (!word) are not read; put text that begins with ! in quotes, and leave out any other tag"]),
    "code": (
        "name: !!python/object/apply:os.system [ls]",
        ["1:7: tags (!word) are not read; put text that begins with ! in quotes, and leave out any other tag"],
    ),
    "merge key": ("fields: {<<: a}", ["1:14: << takes over the keys of another place; write <<: *name, and &name at that place"]),
    "key of keys": ("? [a]\n: b", ["1:3: a key must be a plain word, not a list or other keys"]),
    "empty": ("# nothing yet", ["1:1: the file is empty; write its keys, or remove the file"]),
    "holds itself": ("tags: &a [*a]", ["1:7: nested too deeply, or an alias holds itself; write it flatter"]),
    "too deep": ("tags: " + "[" * 5000, ["1:56: values are nested too deeply; write them flatter"]),
    "too long": ("#" * 1_000_001, ["1:1: the file has more than 1,000,000 characters; split it"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_problem_says_where_and_what(text: str, expected: list[str] | None) -> None:
    found = problems(text)
    if expected is None:
        assert found == ["2:38: weight must be a number, not this text"]
    else:
        assert found == expected


def test_an_alias_bomb_is_cut_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert any("aliases make more than 100,000 values" in problem for problem in problems("\n".join(lines)))


def test_text_stays_text() -> None:
    class Loose(Spec):
        a: dict[str, object]

    written = "1: yes, no: on, b: 2026-11-01, c: 007, d: 1_000, e: 1.50, f: ~, g: TRUE, h: '5', i: -3, j: 1e3, k: .inf"
    text = f"\ufeffa: {{{written}}}"
    value, found = read("f.yaml", text, Loose)
    assert not found
    assert value is not None
    assert value.a == {
        "1": "yes", "no": "on", "b": "2026-11-01", "c": "007", "d": "1_000", "e": Decimal("1.50"), "f": None, "g": True,
        "h": "5", "i": -3, "j": "1e3", "k": ".inf",
    }  # fmt: skip


def test_yes_and_no_mean_true_and_false_where_that_is_asked() -> None:
    value, _ = read("f.yaml", "on: yes\nname: no", File)
    assert value == File(on=True, name="no")


def test_an_anchor_may_be_used_again() -> None:
    value, _ = read("f.yaml", "tags: &a [x]\nfields: {a: &b k, b: *b}", File)
    assert value == File(tags=["x"], fields={"a": "k", "b": "k"})


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("fields:\n  a: mrr / 2", 4, (2, 10)),
        ("fields:\n  a: 'mrr / 2'", 4, (2, 11)),
        ("fields:\n  a: '''x'' / 2'", 4, (2, 13)),
        ('fields:\n  a: "mrr / 2"', 4, (2, 11)),
        ('fields:\n  a: "m\\x72r / 2"', 4, (2, 6)),
        ("fields:\n  a: |\n    CASE\n      mrr / 2", 11, (4, 11)),
        ("fields:\n  a: >\n    CASE\n    mrr / 2", 9, (2, 6)),
        ("fields:\n  a: mrr / 2", 0, (2, 6)),
    ],
)
def test_a_problem_inside_a_text_has_its_own_place(text: str, offset: int, place: tuple[int, int]) -> None:
    page = Page("f.yaml", text)
    page.read(File)
    problem = page.problem(("fields", "a"), "no", offset=offset)
    assert (problem.line, problem.column) == place


def test_what_is_not_written_has_the_place_of_what_is_around_it() -> None:
    page = Page("f.yaml", "name: a\nfields:\n  a: {value: b}")
    assert page.where(("fields", "a", "weight")) == (3, 3)
    assert page.where(("fields", "a")) == (3, 6)
    assert page.where(("tags",)) == (1, 1)


def test_files(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    assert [str(p) for p in Page.load(missing).read(File)[1]] == [
        f"{missing}:1:1: cannot read the file: there is no such file; check the path"
    ]
    _, [folder] = Page.load(tmp_path, "mappings").read(File)
    assert str(folder) == "mappings:1:1: cannot read the file: Is a directory; check the path"
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: a\non: Zürich".encode("latin-1"))
    _, [problem] = Page.load(latin, "latin.yaml").read(File)
    assert (problem.file, problem.line, problem.column) == ("latin.yaml", 2, 6)
    assert problem.text == "this is not UTF-8 text from here on, it looks like Windows-1252 (Western European); save the file as UTF-8"
    good = tmp_path / "good.yaml"
    good.write_bytes("\ufeffname: Zürich\r\non: true\r\n".encode())
    assert Page.load(good).read(File) == (File(name="Zürich", on=True), [])
