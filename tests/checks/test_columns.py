"""Vectorized helpers of the checks, against loops over the same values."""

import numpy as np
import pytest

from corpuskit.checks.columns import counts_before


@pytest.mark.parametrize("size", [0, 1, 7, 63, 64, 65, 128, 1000])
def test_counts_before_places_in_any_order(size: int) -> None:
    rng = np.random.default_rng(size)
    marked = rng.random(size) < 0.7
    places = rng.permutation(np.concatenate([np.arange(size + 1), np.arange(size + 1)]))
    assert counts_before(marked, places).tolist() == [int(marked[:place].sum()) for place in places]
    assert counts_before(np.ones(size, dtype=np.bool_), np.array([size], dtype=np.int64)).tolist() == [size]
