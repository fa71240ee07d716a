"""mappings/PLAN.md shows the head of a plan as it is."""

import re
from pathlib import Path

HERE = Path(__file__).parent
GUIDE = HERE.parents[1] / "mappings" / "PLAN.md"


def test_the_head_that_the_guide_shows_is_that_of_a_plan():
    [shown] = re.findall(r"^```text\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert (HERE / "cases" / "changes" / "terminal80.txt").read_text().lstrip().startswith(shown)
