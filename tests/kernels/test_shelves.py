"""Who meets whom on the shelves, against plain lists."""

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit import buffers
from corpuskit.kernels import shelves as kernels
from corpuskit.kernels.shelves import Company, Met, Rule, Shelves

NO = buffers.frozen(np.zeros(0, dtype=np.int64))
RULE = Rule(15, 100, 20_000, NO, NO)

Bands = st.integers(1, 14).flatmap(
    lambda n: st.lists(st.lists(st.integers(-1, 3), min_size=n, max_size=n), min_size=1, max_size=4)
)


class Plain:
    """Shelves as lists of records."""

    def __init__(self, bands: list[list[int]], lengths: list[int], settled: list[bool], most: int) -> None:
        self.bands, self.lengths, self.settled, self.most = bands, lengths, settled, most
        self.shelves: dict[tuple[int, int], list[int]] = {}

    def may_match(self, one: int, other: int) -> bool:
        a, b = self.lengths[one], self.lengths[other]
        known = self.settled[one] and self.settled[other]
        return not known and (max(a, b) > 20_000 or 100 * abs(a - b) <= 15 * (a + b))

    def met(self, content: int) -> list[list[int]]:
        """Newest first, band by band."""
        return [
            [other for other in reversed(self.shelves.get((band, of[content]), [])) if self.may_match(content, other)]
            for band, of in enumerate(self.bands)
        ]

    def shelve(self, record: int) -> int:
        unlisted = 0
        for band, of in enumerate(self.bands):
            if of[record] >= 0:
                shelf = self.shelves.setdefault((band, of[record]), [])
                if len(shelf) < self.most:
                    shelf.append(record)
                else:
                    unlisted += 1
        return unlisted


def shelves_of(bands: list[list[int]], settled: list[bool], most: int) -> Shelves:
    """Empty ones; the buckets of each band have numbers of their own."""
    numbers = np.array(bands, dtype=np.int32)
    numbers = np.where(numbers < 0, -1, numbers + 4 * np.arange(len(bands), dtype=np.int32)[:, None]).astype(np.int32)
    sizes = np.bincount(numbers[numbers >= 0], minlength=4 * len(bands))
    bounds = np.zeros((len(sizes), 2), dtype=np.int64)
    bounds[:] = (np.cumsum(sizes) - sizes)[:, None]
    entries = np.zeros((int(sizes.sum()), 2), dtype=np.int32)
    return Shelves(buffers.frozen(numbers), buffers.frozen(np.array(settled)), bounds, entries, most)


def small(*shape: int) -> Any:
    return np.full(shape, -7, dtype=np.int32)


def company_of(bands: int, block: int) -> Company:
    newest, listed, room = (small(bands, block // 2 + 1) for _ in range(3))
    company = Company(small(block, bands), newest, listed, room, small(block, bands))
    company.group[:] = -1
    return company


@given(Bands, st.data())
@settings(max_examples=150, deadline=None)
def test_shelves_are_lists_of_records(bands: list[list[int]], data: st.DataObject) -> None:
    """Whatever is a record, however many a bucket lists, and with room for more of a block or less."""
    n = len(bands[0])
    draw = data.draw
    lengths = draw(st.lists(st.sampled_from([100, 120, 150, 30_000]), min_size=n, max_size=n))
    settled = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    is_record = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    most = draw(st.integers(1, 4))
    plain, shelves = Plain(bands, lengths, settled, most), shelves_of(bands, settled, most)
    n_chars = buffers.frozen(np.array(lengths, dtype=np.int64))
    record = np.full(n, -1, dtype=np.int32)
    met = Met(small(len(bands), n + 1), small(len(bands), draw(st.integers(most, 12))))
    first = 0
    while first < n:
        reach = kernels.meet_records(first, n, 0, len(bands), n_chars, record, RULE, shelves, met)
        assert reach > first
        for content in range(first, reach):
            lists = plain.met(content)
            for band, expected in enumerate(lists):
                begin, end = met.ends[band, content - first : content - first + 2]
                assert met.records[band, begin:end].tolist() == expected
            taken = small(sum(map(len, lists)))
            kernels.take_met(met, content - first, taken)
            assert taken.tolist() == [other for expected in lists for other in expected]
        unlisted = 0
        for content in range(first, reach):
            record[content] = content if is_record[content] else 0
            if record[content] == content:
                unlisted += plain.shelve(content)
        assert kernels.shelve_records(first, reach, 0, len(bands), n_chars, record, shelves) == unlisted
        first = reach


@given(Bands, st.data())
@settings(max_examples=150, deadline=None)
def test_company_is_the_records_of_the_block_that_the_shelves_will_list(
    bands: list[list[int]], data: st.DataObject
) -> None:
    n = len(bands[0])
    draw = data.draw
    lengths = draw(st.lists(st.sampled_from([100, 120, 150]), min_size=n, max_size=n))
    settled = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    is_record = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    most, first = draw(st.integers(1, 4)), draw(st.integers(0, n - 1))
    plain, shelves = Plain(bands, lengths, settled, most), shelves_of(bands, settled, most)
    n_chars = buffers.frozen(np.array(lengths, dtype=np.int64))
    record = np.array([content if is_record[content] else 0 for content in range(n)], dtype=np.int32)
    for content in range(first):
        if record[content] == content:
            plain.shelve(content)
    kernels.shelve_records(0, first, 0, len(bands), n_chars, record, shelves)
    matched = draw(st.sets(st.integers(first, n - 1)))  # by a record before the block
    record[first:] = -1
    record[list(matched)] = 0
    company = company_of(len(bands), n - first)
    kernels.find_company(first, n, 0, len(bands), record, shelves, company)
    for content in range(first, n):
        if content in matched:
            continue
        expected = [other for found in plain.met(content) for other in found if other >= first]
        room = kernels.count_company(company, content - first)
        taken = small(room)
        count = kernels.take_company(company, content - first, first, n_chars, shelves.settled, RULE, taken)
        assert taken[:count].tolist() == expected
        if is_record[content]:
            kernels.join_company(company, content - first)
            plain.shelve(content)


@given(st.lists(st.integers(0, 9), max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_most_frequent_one_comes_first(taken: list[int]) -> None:
    size = 16
    while size < 2 * len(taken):
        size *= 2
    candidates = small(max(len(taken), 1))
    found = kernels.tell_apart(np.array(taken, dtype=np.int32), small(size), small(max(len(taken), 1)), candidates)
    counts = Counter(taken)
    assert found == (len(counts), max(counts.values(), default=0))
    assert sorted(candidates[: found[0]].tolist()) == sorted(counts)
    if taken:
        assert counts[int(candidates[0])] == found[1]
