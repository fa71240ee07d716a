"""Reading goes on behind a mistake: one wrong line never hides another, never invents one, and no text at all breaks the reader."""

import random
from pathlib import Path

import pytest

from syncer.runs.written import FILES, project
from syncer.specs.shipped import page
from syncer.words.errors import FileProblems

NOWHERE = Path("/nowhere")
BITS = (
    "\t",
    ":",
    "\uff1a",
    " ",
    "\u3000",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    "- ",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "!x ",
    "|",
    ">",
    "%",
    "\n",
    "\r\n",
)
BITS += ("---\n", "\x07", "\uff19", "\u201c", ",")


def broken(text, dice):
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(text))
        text = text[:place] + dice.choice(BITS) + text[place + dice.choice((0, 0, 1, 5)) :]
    return text


@pytest.mark.parametrize("seed", range(60))
def test_no_text_breaks_the_reader(seed, tmp_path):
    dice = random.Random(seed)
    for name in dice.sample(FILES, 2):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(broken(page(NOWHERE, name).text, dice), encoding="utf-8")
    try:
        project(tmp_path)
    except FileProblems as error:
        lines = {name: len((tmp_path / name).read_text(encoding="utf-8").splitlines()) for name in FILES if (tmp_path / name).exists()}
        for problem in error.problems:
            assert 1 <= problem.line <= lines.get(problem.file, 1_000) + 1, problem


def test_a_line_that_is_not_yaml_hides_no_other_and_invents_none(tmp_path):
    text = page(NOWHERE, "mappings/account.yaml").text
    lines = text.replace("arr: stripe.arr", "arr: stripe.ar").splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("  mrr:"))
    lines[wrong] = "  mrr stripe.mrr"
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/account.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FileProblems) as caught:
        project(tmp_path)
    assert [(problem.line, problem.text) for problem in caught.value.problems] == [
        (wrong + 1, "this key lacks its ':'; write key: value"),
        (wrong + 2, "arr: there is no column stripe.ar; did you mean stripe.arr?"),
    ]
