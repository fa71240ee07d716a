"""Every mistake that the editor's guide shows gives the message beside it, and nothing else."""

import re
from pathlib import Path

import pytest

from syncer.runs.written import project
from syncer.words.errors import FileProblems

GUIDE = (Path(__file__).parents[2] / "mappings/EDITOR.md").read_text(encoding="utf-8")
MISTAKES = re.findall(r"^\| `(.+)` \| (.+) \|$", GUIDE, re.MULTILINE)


def test_there_are_ten():
    assert len(MISTAKES) == 10


@pytest.mark.parametrize(("line", "said"), MISTAKES)
def test_a_mistake_gives_the_message_beside_it(line, said, tmp_path):
    path = tmp_path / "mappings/account.yaml"
    path.parent.mkdir()
    path.write_text(f"to: account\nmatch: {{}}\nfields:\n  {line}\n  arr: stripe.arr\n", encoding="utf-8")
    with pytest.raises(FileProblems) as caught:
        project(tmp_path)
    assert [problem.text for problem in caught.value.problems] == [said]
    assert caught.value.problems[0].line == 4


def test_what_is_said_of_yaml_is_so(tmp_path):
    (tmp_path / "field_specs").mkdir()
    (tmp_path / "field_specs/account.yaml").write_text(
        "a: &a {label: NO, type: picklist, help: x, options: [NO, 007], open: yes, salesforce: A__c}\n"
        'b: {<<: *a, label: "2026", type: text, length: "30", salesforce: B__c}\n',
        encoding="utf-8",
    )
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/account.yaml").write_text("to: account\nmatch: {}\nfields: {a: stripe.plan, b: a}\nlimits: {changed: 30.5%}\n")
    fields = {field.key: field.spec for field in project(tmp_path).fields}
    assert (fields["a"].label, fields["a"].options, fields["a"].open) == ("NO", ("NO", "007"), True)
    assert (fields["b"].label, fields["b"].length, fields["b"].help) == ("2026", 30, "x")
