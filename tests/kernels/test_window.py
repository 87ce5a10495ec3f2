"""The least distance of a pattern to a piece of a text, against the recurrence cell by cell."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit.kernels.window import fill_masks, nearest


def check(pattern: str, text: str) -> None:
    """The kernel against the oracle, from both ends."""
    numbers = {char: number for number, char in enumerate(sorted(set(pattern)), 1)}
    symbols = np.array([numbers[char] for char in pattern], dtype=np.int32)
    others = np.array([numbers.get(char, 0) for char in text], dtype=np.int32)
    forward, backward = (fill_masks(symbols, len(numbers), backwards) for backwards in (False, True))
    size = len(pattern)
    assert nearest(forward, size, others, 0, len(text), 1, True) == oracles.nearest(pattern, text, free=True)
    assert nearest(forward, size, others, 0, len(text), 1, False) == oracles.nearest(pattern, text, free=False)
    turned = oracles.nearest(pattern[::-1], text[::-1], free=False)
    assert nearest(backward, size, others, len(text) - 1, len(text), -1, False) == turned


@given(st.text("abc", min_size=1, max_size=90), st.text("abcd", max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_column_in_bits_is_the_column(pattern: str, text: str) -> None:
    check(pattern, text)


def test_lengths_around_whole_words() -> None:
    random_ = random.Random(1)
    for size in (1, 2, 63, 64, 65, 127, 128, 129, 200):
        for letters in ("a", "ab", "abcdefgh"):
            pattern, text = ("".join(random_.choices(letters, k=length)) for length in (size, 150))
            check(pattern, text)
            check(pattern, text[:70] + pattern[: size // 2] + "x" + pattern[size // 2 :] + text[70:])
