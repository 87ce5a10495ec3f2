"""What is listed of the records met, in which order it is looked at, and what is known before measuring."""

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from corpuskit import buffers
from corpuskit.kernels import candidates as kernels
from corpuskit.kernels.candidates import JOIN, LIKELY, MATCH, STRETCH_BITS, Candidates, Found
from corpuskit.kernels.shelves import Met, Rule
from corpuskit.memory import IN_MEMORY
from corpuskit.stages.cluster import _texts
from strategies import to_cluster

BLOCK = 1_000  # the first content of the block: stretches of 512 records lie before it
NO = np.zeros(0, dtype=np.int64)

Lists = st.integers(1, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.lists(st.integers(0, BLOCK - 1) | st.integers(509, 514), max_size=4), min_size=n, max_size=n),
        min_size=1,
        max_size=5,
    )
)
"""What each content of a block met, band by band."""


def room_for(n: int, room: int, copied: int = 0) -> Candidates:
    begins, stretches = np.zeros(n + 1, dtype=np.int64), np.zeros((2_000 >> STRETCH_BITS) + 3, dtype=np.int64)
    counts, likely = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    records, owners, bounds, places, order = (np.full(room, -7, dtype=np.int32) for _ in range(5))
    held = np.zeros(copied, dtype=np.uint8)
    return Candidates(begins, counts, likely, records, owners, bounds, places, order, stretches, held)


def listed(bands: list[list[list[int]]], record: np.ndarray, room: int = 100) -> Candidates:
    """The candidates of a block, of what was met in each band by each content."""
    n = len(bands[0])
    ends = np.array([np.cumsum([0, *map(len, band)]) for band in bands], dtype=np.int32)
    records = np.zeros((len(bands), 20), dtype=np.int32)
    for band, lists in enumerate(bands):
        flat = [one for found in lists for one in found]
        records[band, : len(flat)] = flat
    met, candidates = Met(ends, records), room_for(n, room)
    reach = kernels.count_candidates(met, n, candidates)
    kernels.list_candidates(BLOCK, BLOCK, BLOCK + reach, met, record, candidates)
    candidates.counts[reach:] = -1
    return candidates


def of(candidates: Candidates, i: int) -> list[int]:
    begin = int(candidates.begins[i])
    return list(range(begin, begin + int(candidates.counts[i])))


@given(Lists, st.data())
@settings(max_examples=150, deadline=None)
def test_candidates_are_the_records_met_but_the_own_one_the_most_frequent_first(
    bands: list[list[list[int]]], data: st.DataObject
) -> None:
    n = len(bands[0])
    counts = [Counter(one for band in bands for one in band[i]) for i in range(n)]
    record = np.full(BLOCK + n, -1, dtype=np.int32)
    for i in range(n):
        record[BLOCK + i] = data.draw(st.sampled_from([-1, *sorted(counts[i])]))
    room = data.draw(st.sampled_from([100, max(sum(counts[0].values()), 12)]))
    candidates = listed(bands, record, room)
    reach = n if -1 not in candidates.counts else candidates.counts.tolist().index(-1)
    needed = np.cumsum([sum(found.values()) for found in counts])
    assert reach == int((needed <= room).sum())
    for i in range(reach):
        mine = int(record[BLOCK + i])
        found = candidates.records[of(candidates, i)].tolist()
        assert sorted(found) == sorted(set(counts[i]) - {mine})
        assert set(candidates.owners[of(candidates, i)]) <= {i}
        most = max(counts[i].values(), default=0)
        assert candidates.likely[i] == (most >= kernels.LIKELY_BANDS)
        if mine < 0 and found:
            assert counts[i][found[0]] == most


@given(Lists, st.sampled_from([LIKELY, MATCH, JOIN]), st.data())
@settings(max_examples=150, deadline=None)
def test_each_step_looks_at_its_candidates_once_by_stretches_of_records(
    bands: list[list[list[int]]], step: int, data: st.DataObject
) -> None:
    n = len(bands[0])
    candidates = listed(bands, np.full(BLOCK + n, -1, dtype=np.int32))
    record = np.full(BLOCK + n, -1, dtype=np.int32)
    record[BLOCK:] = [data.draw(st.sampled_from([-1, 0])) for _ in range(n)]  # since then some have got one
    kernels.order_candidates(BLOCK, n, step, record, candidates)
    expected = set()
    for i in range(n):
        entries = of(candidates, i)
        likely = entries[:1] if candidates.likely[i] else []
        if step == LIKELY:
            expected |= set(likely)
        elif step == JOIN or record[BLOCK + i] < 0:
            expected |= set(entries) - (set(likely) if step == MATCH else set())
    bounds = candidates.stretches.tolist()
    order = candidates.order[: bounds[-2]].tolist()
    assert sorted(order) == sorted(expected)
    for stretch in range(len(bounds) - 2):
        here = candidates.records[order[bounds[stretch] : bounds[stretch + 1]]]
        assert (here >> STRETCH_BITS == stretch).all()
    every = {entry for i in range(n) for entry in of(candidates, i)}
    assert {entry for entry in every if candidates.bounds[entry] == 0} == expected


@pytest.mark.parametrize("room", [0, 40, 10_000])
@given(st.lists(st.text("abcdé漢 ", min_size=1, max_size=30), min_size=2, max_size=8, unique=True), st.data())
@settings(max_examples=60, deadline=None)
def test_a_bound_is_no_more_than_the_distance_and_copies_are_the_texts(
    room: int, texts: list[str], data: st.DataObject
) -> None:
    """Contents 1 and up against all before; some have a record already, which only a better one may displace."""
    contents, _ = to_cluster(texts, [], list(range(len(texts))))
    rule = Rule(3, 10, 20_000, buffers.frozen(NO), buffers.frozen(NO))
    n = len(texts)
    candidates = room_for(n, n * n, room)
    found = Found(np.full(n, -1, np.int32), np.zeros(n, np.uint32), np.zeros(n, np.uint32))
    for c in range(n):
        candidates.begins[c + 1] = candidates.begins[c] + c
        candidates.counts[c], candidates.likely[c] = c, 0
        at = slice(int(candidates.begins[c]), int(candidates.begins[c]) + c)
        candidates.records[at], candidates.owners[at] = np.arange(c), c
        if c and data.draw(st.booleans()):
            exact = oracles.measure(texts[0], texts[c])
            found.record[c], found.distance[c], found.total[c] = 0, exact.distance, exact.total
    kernels.order_candidates(0, n, JOIN, found.record, candidates)
    compared = np.zeros(5, dtype=np.int64)
    kernels.weigh_candidates(0, 0, 1, _texts(contents, IN_MEMORY), rule, found, candidates, 0, room, compared)
    assert compared.tolist() == [n * (n - 1) // 2, 0, 0, 0, 0]
    for c in range(n):
        for entry in of(candidates, c):
            columns = candidates.records, candidates.bounds, candidates.places
            other, bound, place = (int(column[entry]) for column in columns)
            exact = oracles.measure(texts[other], texts[c])
            if bound < 0:
                now, of_all = int(found.distance[c]), int(found.total[c])
                better = found.record[c] < 0 or exact.distance * of_all <= now * exact.total
                assert not (better and oracles.match(texts[other], texts[c], Decimal("0.7")))
                continue
            assert bound <= exact.distance
            if place >= 0:
                size = len(texts[other].encode())
                assert bytes(candidates.copied[place : place + size]).decode() == texts[other]
            else:
                assert room < sum(len(text.encode()) for text in texts)
