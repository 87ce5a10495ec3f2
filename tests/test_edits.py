"""Where two texts differ: the exact way, and between words that both have once."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import edits
from corpuskit.edits import edits_between
from corpuskit.reading import Reading

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=30)


def rebuilt(one: list[str], two: list[str]) -> int:
    """How many words stay; the edits put the second for the first, in order and without overlap."""
    left, right = Reading(" ".join(one)), Reading(" ".join(two))
    made: list[str] = []
    at = 0
    for before, after in edits_between(left, right):
        assert before.begin >= at
        made += left.folded[at : before.begin]
        assert len(made) == after.begin
        made += after.words
        at = before.end
    made += left.folded[at:]
    assert made == right.folded
    return len(left.folded) - sum(len(before.words) for before, _ in edits_between(left, right))


def longest_common(one: list[str], two: list[str]) -> int:
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(two) + 1)
    for a in one:
        last = 0
        for at, b in enumerate(two, start=1):
            last, row[at] = row[at], last + 1 if a == b else max(row[at], row[at - 1])
    return row[-1]


@given(WORDS, WORDS)
def test_what_stays_is_a_longest_common_subsequence(one: list[str], two: list[str]) -> None:
    one, two = (["begin", *words, "end"] for words in (one, two))
    assert rebuilt(one, two) == longest_common(one, two)


@given(WORDS, WORDS)
def test_long_texts_are_lined_up_between_words_that_both_have_once(one: list[str], two: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edits, "QUADRATIC_CELLS", 0)
        rebuilt(["begin", *one, "end"], ["begin", *two, "end"])


def test_near_copies_are_lined_up_as_well_that_way() -> None:
    draw = random.Random(5)
    one = [f"w{''.join(draw.choices('abcdefghijkl', k=4))}" for _ in range(400)]
    two = list(one)
    for at in draw.sample(range(400), 12):
        two[at] = "other"
    exact = rebuilt(one, two)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edits, "QUADRATIC_CELLS", 0)
        assert rebuilt(one, two) == exact == 388
