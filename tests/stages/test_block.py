import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit import schema
from corpuskit.stages.block import block

Key = st.integers(0, 5).map(lambda key: key * 0x9E3779B97F4A7C15 % 2**64)


@given(st.integers(0, 12).flatmap(lambda n: st.lists(st.lists(Key, min_size=n, max_size=n), max_size=4)))
@settings(max_examples=80, deadline=None)
def test_buckets_are_the_equal_keys_of_a_band(bands: list[list[int]]) -> None:
    size = len(bands[0]) if bands else 0
    signed = np.arange(size, dtype=np.int64) * 3 + 1
    table = block([np.array(keys, dtype=np.uint64) for keys in bands], signed)
    assert table.schema.equals(schema.BUCKETS, check_metadata=True)
    expected = []
    for keys in bands:
        for key in dict.fromkeys(keys):
            members = tuple(int(signed[at]) for at in range(size) if keys[at] == key)
            if len(members) > 1:
                expected.append(members)
    found: dict[int, list[int]] = {}
    for content, bucket in zip(*(column.to_pylist() for column in table.columns), strict=True):
        found.setdefault(bucket, []).append(content)
    assert sorted(map(tuple, found.values())) == sorted(expected)
    assert sorted(found) == list(range(len(found)))


def test_rows_stand_by_band_and_content() -> None:
    bands = [np.array([7, 8, 7, 8], dtype=np.uint64), np.array([1, 2, 3, 1], dtype=np.uint64)]
    table = block(bands, np.array([0, 2, 4, 6]))
    assert table.to_pydict() == {"content": [0, 2, 4, 6, 0, 6], "bucket": [0, 1, 0, 1, 2, 2]}
