import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from corpuskit import buffers
from corpuskit.kernels.measure import (
    forget_chars,
    indel_within,
    index_pattern,
    look_up_chars,
    number_chars,
)

_NUMBERS = np.zeros(0x110000, dtype=np.int32)


def distance(left: str, right: str, limit: int) -> int:
    """Indel distance by the kernel; -1 above the limit."""
    data = np.frombuffer(f"{left}{right}\0".encode(), dtype=np.uint8)
    middle, end = len(left.encode()), len(data) - 1
    symbols = np.empty(len(left), dtype=np.int32)
    others = np.empty(len(right), dtype=np.int32)
    data = buffers.frozen(data)
    pattern = index_pattern(symbols, number_chars(data, 0, _NUMBERS, symbols))
    look_up_chars(data, middle, end, _NUMBERS, others)
    forget_chars(data, 0, middle, _NUMBERS)
    assert not _NUMBERS.any()
    return indel_within(pattern, others, limit)


def check(left: str, right: str) -> None:
    """The kernel against rapidfuzz, at the limits that matter."""
    exact = Indel.distance(left, right)
    for limit in {0, exact - 1, exact, exact + 1, exact + 7, len(left) + len(right)}:
        if limit >= 0:
            assert distance(left, right, limit) == (exact if exact <= limit else -1)


@given(st.text("abé漢𐍈", max_size=90), st.text("abé漢𐍈x", max_size=90))
@settings(max_examples=200, deadline=None)
def test_any_two_texts(left: str, right: str) -> None:
    check(left, right)


@pytest.mark.parametrize("seed", range(60))
def test_edited_copies_of_all_lengths(seed: int) -> None:
    random_ = random.Random(seed)
    alphabet = random_.choice(["ab", "abcdefghijklmnopqrstuvwxyz ", "".join(map(chr, range(0x4E00, 0x5300)))])
    left = [random_.choice(alphabet) for _ in range(random_.choice([1, 5, 63, 64, 65, 127, 128, 129, 700, 3000]))]
    right = list(left)
    for _ in range(random_.randrange(1 + len(left) // 5)):
        at = random_.randrange(len(right) + 1)
        right[at : at + random_.randrange(3)] = random_.choices([*alphabet, "Ω"], k=random_.randrange(3))
    check("".join(left), "".join(right))
    check("".join(right), "".join(left))


@pytest.mark.parametrize("length", [64, 128, 640])
def test_moved_blocks_and_shared_ends(length: int) -> None:
    text = "".join(random.Random(length).choices("abcdefgh", k=length))
    for cut in (1, length // 3, length // 2, length - 1):
        check(text, text[cut:] + text[:cut])
        check(text, text[:cut] + "#" + text[cut:])
        check(text, text[:cut] + text[cut + 1 :])
    check(text, text)
    check(text, "")
