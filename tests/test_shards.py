"""What is taken over all shards."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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
