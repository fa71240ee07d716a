from __future__ import annotations

from pathlib import Path

import pytest

from syncer.specs.health import BANDS, HealthFile
from syncer.specs.reader import Page, read

SHIPPED = Path(__file__).parents[2] / "mappings/health.yaml"


def model(inner: str) -> str:
    return f"models: {{m: {{{inner}}}}}"


def one_input(inner: str) -> str:
    return model(f"parts: {{p: {{label: P, weight: 1, inputs: {{a: {{label: A, value: x, {inner}}}}}}}}}")


PART = "parts: {p: {label: P, weight: 1, inputs: {a: {label: A, value: x, steps: [[0, 0]]}}}}"
CASES = {
    "no models": ("models: {}", "1:9: models needs 1 or more entries, and has 0"),
    "misspelt": ("modles: {}", "1:1: there is no key modles here; did you mean models?"),
    "no parts": (model("margin: 3"), "parts is missing; add it"),
    "bad name": ("models: {My Model: {}}", "must be a name of small letters"),
    "coverage": (model(f"min_coverage: 150%, {PART}"), "min_coverage is a whole share from 0% to 100%, such as 50%"),
    "margin": (model(f"margin: 21, {PART}"), "margin must be at most 20"),
    "no lowest band": (
        model(f"bands: [{{name: a, label: A, from: 10}}], {PART}"),
        "no band begins at 0; the lowest must, so that every score has one",
    ),
    "two bands alike": (
        model(f"bands: [{{name: a, label: A, from: 0}}, {{name: a, label: B, from: 5}}], {PART}"),
        "two bands have the same name or begin at the same score",
    ),
    "no curve": (one_input("weight: 1"), "write either scale or steps: [[value, points], …]"),
    "two curves": (one_input("scale: [[0, 0], [1, 1]], steps: [[0, 0]]"), "write either scale or steps"),
    "one point": (one_input("scale: [[0, 0]]"), "a scale needs at least two [value, points] pairs"),
    "downhill": (one_input("scale: [[1, 0], [0, 100]]"), "the values of a scale must go up from pair to pair"),
    "over 100": (one_input("scale: [[0, 0], [1, 101]]"), "must be at most 100"),
    "not a pair": (one_input("steps: [[0, 0, 1]]"), "may have 2 entries at most, and has 3"),
    "weight": (one_input("steps: [[0, 0]], weight: -1"), "weight must be at least 0"),
    "fine weight": (one_input("steps: [[0, 0]], weight: 0.15"), "weight has too many decimals; 1 is kept"),
    "nothing counts": (one_input("steps: [[0, 0]], weight: 0"), "every weight is 0; at least one input"),
    "odd case": (one_input("steps: [[0, 0]], reads: {few: x, else: y}"), "reads has a case few"),
    "no else": (one_input("steps: [[0, 0]], reads: {0: x}"), "reads needs a text for else, or for both true and false"),
    "unreachable": (
        f"models: {{a: {{{PART}}}, b: {{when: x, {PART}}}}}",
        "a has no when: and takes every account; move it to the end",
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_is_said_plainly(text: str, said: str) -> None:
    value, problems = read("health.yaml", text, HealthFile)
    assert value is None
    assert any(said in str(problem) for problem in problems)


def test_the_shipped_file_is_in_order() -> None:
    file, problems = Page.load(SHIPPED).read(HealthFile)
    assert not problems
    assert file is not None
    assert file.bands_in_order() == ("excellent", "healthy", "caution", "action")
    default = file.models["default"]
    assert default.bands == BANDS
    assert list(default.parts) == ["deployment", "engagement", "adoption", "roi"]
    labels = [part.label_ja for part in default.parts.values()]
    labels += [each.label_ja for part in default.parts.values() for each in part.inputs.values()]
    assert all(labels)


def test_bands_of_several_models_stand_in_one_order() -> None:
    bands = "bands: [{name: low, label: L, from: 0}, {name: top, label: T, from: 50}]"
    text = f"models: {{a: {{when: x, {bands}, {PART}}}, b: {{{PART}}}}}"
    file, _ = read("health.yaml", text, HealthFile)
    assert file is not None
    assert file.bands_in_order() == ("top", "low", "excellent", "healthy", "caution", "action")


def test_a_digest_changes_with_the_meaning_and_not_with_the_layout() -> None:
    texts = [model(PART), model(PART) + "\n# a comment\n", model(f"margin: 2, {PART}")]
    digests = []
    for text in texts:
        file, _ = read("health.yaml", text, HealthFile)
        assert file is not None
        digests.append(file.models["m"].digest)
    assert digests[0] == digests[1] != digests[2]
