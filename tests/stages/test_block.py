from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.stages import block as module
from corpuskit.stages.block import Buckets, block, in_company, split_buckets

Key = st.integers(0, 5).map(lambda key: key * 0x9E3779B97F4A7C15 % 2**64)
Bands = st.integers(0, 12).flatmap(lambda n: st.lists(st.lists(Key, min_size=n, max_size=n), max_size=4))


def run(bands: list[list[int]], threads: int = 1) -> Buckets:
    size = len(bands[0]) if bands else 0
    keys = [np.array(keys, dtype=np.uint64) for keys in bands]
    return block(keys.__getitem__, np.arange(size, dtype=np.int64) * 3 + 1, bands=len(bands), threads=threads)


def expected(bands: Sequence[Sequence[object]]) -> list[list[int]]:
    """Numbers of the buckets: a new one for each key of a band that stands more than once, by first appearance."""
    free = 0
    rows = []
    for keys in bands:
        numbers: dict[object, int] = {}
        for key in keys:
            if keys.count(key) > 1 and key not in numbers:
                numbers[key] = free
                free += 1
        rows.append([numbers.get(key, -1) for key in keys])
    return rows


@given(Bands)
@settings(max_examples=80, deadline=None)
def test_buckets_are_the_equal_keys_of_a_band(bands: list[list[int]]) -> None:
    found = run(bands)
    assert found.numbers.tolist() == expected(bands)
    numbers = [number for row in expected(bands) for number in row if number >= 0]
    assert found.sizes.tolist() == [numbers.count(number) for number in sorted(set(numbers))]
    assert found.n_pairs == sum(size * (size - 1) // 2 for size in found.sizes.tolist())
    assert found.crowded == 0
    company = [any(row[at] >= 0 for row in expected(bands)) for at in range(len(found.contents))]
    some, rows = in_company(found)
    assert rows.tolist() == np.flatnonzero(company).tolist()
    assert some.contents.tolist() == found.contents[rows].tolist()
    assert some.numbers.tolist() == found.numbers[:, rows].tolist()


@given(Bands)
@settings(max_examples=40, deadline=None)
def test_a_table_for_a_few_keys_finds_the_same_buckets(bands: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TABLE_KEYS", 1)
        assert run(bands).numbers.tolist() == expected(bands)
        assert run(bands, threads=3).numbers.tolist() == expected(bands)


@given(Bands, st.data())
@settings(max_examples=80, deadline=None)
def test_those_of_one_bucket_and_one_part_share_a_bucket(bands: list[list[int]], data: st.DataObject) -> None:
    whole = run(bands)
    size = len(whole.contents)
    part = data.draw(st.lists(st.integers(-1, 2), min_size=size, max_size=size))
    split = split_buckets(whole, np.array(part, dtype=np.int64))
    inside = [at for at in range(size) if part[at] >= 0]
    assert split.contents.tolist() == [whole.contents[at] for at in inside]
    pairs = [[(int(row[at]), part[at]) if row[at] >= 0 else (-1, -at - 1) for at in inside] for row in whole.numbers]
    assert split.numbers.tolist() == expected(pairs)


@given(st.integers(2, 4), st.data())
@settings(max_examples=60, deadline=None)
def test_a_crowded_bucket_is_divided_by_the_bands_that_follow(most: int, data: st.DataObject) -> None:
    size = 12
    row = st.lists(st.integers(0, 1), min_size=size, max_size=size)
    bands = data.draw(st.lists(row, min_size=2, max_size=5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_COMPANY", most)
        found = run(bands)
    for band, numbers in enumerate(found.numbers.tolist()):
        for at in range(size):
            # The plain rule: by one band more, and then another, as long as too many agree.
            alike = [other for other in range(size) if bands[band][other] == bands[band][at]]
            for division in range(1, module.DIVISIONS + 1):
                if len(alike) > most:
                    more = bands[(band + division) % len(bands)]
                    alike = [other for other in alike if more[other] == more[at]]
            company = [other for other in range(size) if numbers[other] == numbers[at]]
            assert numbers[at] == -1 if len(alike) == 1 else company == alike
