"""A YAML text without some of its keys: what stays is as written, and reads as the same values less those keys."""

import doctest
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.core import pruning
from syncer.core.pruning import without
from syncer.core.starter import _places
from syncer.specs.reader import Page
from syncer.specs.shipped import defaults

TEXT = """\
# about the file

top: 1      # a remark beside it

# about the block
# in two lines
block:
  one: {a: 1, b: 2, c: 3}
  # about two
  two: |
    some text
      more of it

  three: [x, {y: 1, z: 2}]
last: end
"""
SHIPPED = sorted(path for folder in ("mappings", "field_specs") for path in (defaults() / folder).glob("*.yaml"))


def test_the_example_in_the_docstring():
    assert doctest.testmod(pruning).failed == 0


@pytest.mark.parametrize(("unwanted", "gone", "come"), [
    ([("top",)], "top: 1      # a remark beside it\n\n", ""),
    ([("block",)], TEXT[TEXT.index("# about the block"):TEXT.index("last:")], ""),
    ([("block", "two")], TEXT[TEXT.index("  # about two"):TEXT.index("  three")], "\n"),
    ([("block", "one", "a")], "a: 1, ", ""),
    ([("block", "one", "b"), ("block", "one", "c")], ", b: 2, c: 3", ""),
    ([("block", "one", "a"), ("block", "one", "b")], "a: 1, b: 2, ", ""),
    ([("block", "one", key) for key in "abc"], "  one: {a: 1, b: 2, c: 3}\n", ""),
    ([("block", "three", 1, "z")], ", z: 2", ""),
    ([("last",)], "last: end\n", ""),
    ([], "", ""),
])  # fmt: skip
def test_a_key_goes_with_what_is_under_it_and_the_remarks_above(unwanted, gone, come):
    expected = TEXT.replace(gone, come, 1) if gone else TEXT
    assert without(TEXT, unwanted) == expected


@given(st.data())
def test_what_stays_of_a_shipped_file_reads_as_before(data):
    text = data.draw(st.sampled_from([path.read_text() for path in SHIPPED]))
    values, _ = Page("shipped", text).data()
    places = [place for place in _places(values) if not isinstance(place[-1], int)]
    unwanted = data.draw(st.lists(st.sampled_from(places), max_size=6))
    wanted = less(deepcopy(values), set(unwanted))
    if wanted is not None:
        assert Page("thin", without(text, unwanted)).data() == (wanted, [])


def less(values, unwanted, at=()):
    """The values without these places; None where nothing is left of keys that there were."""
    if isinstance(values, list):
        return [less(each, unwanted, (*at, place)) for place, each in enumerate(values)]
    if not isinstance(values, dict) or not values:
        return values
    kept = {key: less(each, unwanted, (*at, key)) for key, each in values.items() if (*at, key) not in unwanted}
    kept = {key: each for key, each in kept.items() if each is not None or values[key] is None}
    return kept or None
