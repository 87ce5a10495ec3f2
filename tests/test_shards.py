"""What is taken over all shards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import resolve
from corpuskit.memory import IN_MEMORY
from corpuskit.shards import Contents, sample

NONE = np.zeros(0, dtype=np.int64)


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 2_000), st.booleans())
def test_a_sample_is_of_the_least_hashes(n: int, texts: int, chars: int, alike: bool) -> None:
    """However few they are, and if all hashes are large."""
    draw = np.random.default_rng(n)
    hashes = draw.integers(0, 1 << 63, (n, 2), dtype=np.uint64) | np.uint64(alike << 63)
    signed = np.flatnonzero(draw.random(n) < 0.8)
    n_chars = draw.integers(1, 100, n)
    order = sorted(signed.tolist(), key=lambda content: int(hashes[content, 0]))[:texts]
    expected = [content for at, content in enumerate(order) if n_chars[order[: at + 1]].sum() <= chars]
    index = Contents(NONE, NONE, hashes, signed, NONE)
    assert sample(index, n_chars, texts=texts, chars=chars).tolist() == sorted(expected)


@given(st.permutations(range(40)), st.sets(st.integers(0, 39)), st.integers(1, 50))
def test_contents_with_a_signature_are_put_in_order(priority: list[int], signed: set[int], step: int) -> None:
    rows = sorted(signed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpuskit.memory.STEP", step)
        order = resolve._in_order(np.array(priority), np.array(rows, dtype=np.int64), IN_MEMORY)
    assert order.tolist() == sorted(range(len(rows)), key=lambda row: priority[rows[row]])
