"""Decide which contents become records, and which record each of the others joins.

First, in order of priority, a content becomes a record if no earlier record that shares a bucket with it matches it.
Then every other content joins the most similar of the records that share a bucket with it, earlier or later, ties to
the earlier. So each copy is like its record by the exact measure, and no chain A~B~C can merge what is not alike.

The first pass goes block by block: the contents of a block are compared with the records before it side by side, and
those without a match then with each other, in order. Its outcome is that of one loop, whatever the blocks and threads.
Who shares a bucket with whom is found out band by band (see `kernels.shelves`).
"""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit import buffers, schema, text
from corpuskit.kernels import cluster as kernels
from corpuskit.kernels.candidates import (
    CHOOSE,
    JOIN,
    LIKELY,
    MATCH,
    STRETCH_BITS,
    Candidates,
    Found,
    Texts,
    count_candidates,
    list_candidates,
    order_candidates,
    weigh_candidates,
)
from corpuskit.kernels.cluster import WIDE_BAG_BINS, WIDE_CHARS, WORD_BAG_BINS, fill_word_bags
from corpuskit.kernels.shelves import Company, Met, Rule, Shelves, find_company, meet_records, shelve_records
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Small, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.stages.block import MOST_COMPANY, Buckets
from corpuskit.stages.sign import count_chars

T = TypeVar("T")

LONG_CHARS: Final = 20_000
"""Above this many characters on either side a pair is measured in words: by characters the cost is quadratic."""

BLOCK: Final = 4_096
LARGEST_BLOCK: Final = 65_536
BLOCKS: Final = 512
MAPPED_BLOCKS: Final = 64
"""Contents in a block: a part of all, but not less than the first number, nor more than the second. The larger, the
seldomer all shelves and records are gone through, which costs most where they are mapped; the smaller, the less there
is to compare in order."""

MET: Final = 4
CANDIDATES: Final = 0.5
"""There is room for so many records met in a band by each content of a block, and for so many candidates; where they
meet more, it is shorter."""

PIECE: Final = 256
STRETCHES: Final = 32
"""Contents, and stretches of records, that a thread takes at a time: what maps little enough to look in between at what
is resident. With 4,096 contents at a time 10 GB of raw text and a budget of 1 GB were at 1.3 GB for moments."""

BAND_BYTES: Final = 44
"""What a block takes for each content and band: what it met, its company, and half a candidate."""

COPIED_BYTES: Final = 32 << 20
"""There is room for so much of the texts that a block must measure."""

MOST_LISTED: Final = MOST_COMPANY
"""A bucket lists so many records: what comes to it then is compared with these and no more. Only a bucket that cannot
be divided further has so many (see `block`): texts of the same shingles in other orders, which somebody made."""

COMPARED: Final = ("candidate_pairs", "refused_by_sketch", "measured_pairs", "matches", "unlisted")
"""What is counted. The first two are a little more where candidates are weighed: those behind a match count, too."""

# The dearer the measure, the surer the signatures must be: a pair whose lengths multiply to more than the first number
# is measured only when the values of the signatures agree as at a Jaccard of threshold - margin (a microsecond at the
# first step, ten to more than a thousand at the second). Measured for shingles of 5 characters, and used for those
# alone: of pairs of licence texts of 2,000 to 20,000 characters the least Jaccard was .66 at similarities of .85 and
# more, and .43 at .70; of unrelated ones the median was .14 to .23, growing with length, and of passages of speeches
# below .1. With 256 permutations a pair with Jaccard .30 passes the first step at threshold .85 in 995 of 1,000 cases
# and one with .35 always, one with .4 the second in 9,997 of 10,000; their bands find 41, 62 and 81 of 100.
AGREEMENT_STEPS: Final = ((150 * 150, Decimal("0.63")), (2_000 * 2_000, Decimal("0.56")))


@dataclass(frozen=True)
class Measurable:
    """What it takes to measure contents against each other; rows are those of `Buckets.contents`.

    Text i is `data[starts[i]:ends[i]]` (UTF-8) of `n_chars[i]` characters. bags: uint16[n, 64]; sketches: uint64[n,
    words], four bits of each value of `permutations` (see `sign`).
    """

    data: Bytes
    starts: Ints
    ends: Ints
    n_chars: Ints
    bags: Numbers
    sketches: Words
    permutations: int

    def take(self, rows: Ints, memory: Memory = IN_MEMORY) -> Self:
        """The contents at `rows`."""
        starts, ends, n_chars = (memory.take(column, rows) for column in (self.starts, self.ends, self.n_chars))
        bags, sketches = (memory.take(column, rows) for column in (self.bags, self.sketches))
        return type(self)(self.data, starts, ends, n_chars, bags, sketches, self.permutations)


def measurable(
    normalized: pa.ChunkedArray | pa.Array, *, n_chars: Ints, sketches: Words, permutations: int
) -> Measurable:
    """Normalized texts at hand as what `cluster` takes."""
    data, offsets = buffers.text_buffers(normalized)
    return Measurable(data, offsets[:-1], offsets[1:], n_chars, count_chars(normalized), sketches, permutations)


def may_refuse(*, shingle: str, shingle_size: int, permutations: int) -> bool:
    """Whether the steps above were measured for such signatures: 5 characters, and enough values to estimate by."""
    return shingle == "chars" and shingle_size == 5 and permutations >= 128


def cluster(
    contents: Measurable,
    buckets: Buckets,
    *,
    n_chars: Ints,
    threshold: Decimal,
    refuse: bool = True,
    threads: int = 1,
    memory: Memory = IN_MEMORY,
) -> tuple[pa.Table, dict[str, int]]:
    """MEMBERS of all contents, and what it took.

    `contents` are those of `buckets`; `n_chars` are the lengths of all contents. `refuse` lets signatures refuse dear
    pairs (see `may_refuse`). The counts are those of COMPARED: pairs that share a bucket, pairs whose signatures are
    too different, pairs measured after the bounds that lose nothing, matches, and how often a record found a bucket
    with MOST_LISTED.
    """
    n = len(buckets.contents)
    rule = _rule(threshold, contents.permutations if refuse else 0)
    found = Found(memory.empty(n, np.int32), memory.empty(n, np.uint32), memory.empty(n, np.uint32))
    found.record[:] = -1
    with ThreadPoolExecutor(threads) as pool:
        work = _Work(contents, buckets, rule, found, threads, pool, memory)
        first = 0
        while first < n:
            last = work.compare(MATCH, first)
            work.choose(first, last)
            first = last
        first = 0
        while first < n:
            first = work.compare(JOIN, first)
    members = _members(buckets.contents, found, n_chars, memory)
    return members, dict(zip(COMPARED, work.compared.tolist(), strict=True))


class _Work:
    """The steps that are taken for one block of contents after another, each side by side where it can be."""

    def __init__(
        self,
        contents: Measurable,
        buckets: Buckets,
        rule: Rule,
        found: Found,
        threads: int,
        pool: ThreadPoolExecutor,
        memory: Memory,
    ) -> None:
        n, bands = len(buckets.contents), len(buckets.numbers)
        self._n, self._bands, self._threads, self._rule, self._found = n, bands, threads, rule, found
        # More than an eighth of the budget is in mapped files, whose pages come and go.
        self._weighed = not memory.has_room(2 * (contents.bags.nbytes + contents.sketches.nbytes))
        self._block = _block(n, bands, memory, parts=MAPPED_BLOCKS if self._weighed else BLOCKS)
        self._memory = memory
        self._run: Callable[..., Iterable[Any]] = pool.map if threads > 1 else map
        self._texts = _texts(contents, memory)
        self._shelves = _shelves(buckets, memory)
        self._met, self._company = _room(bands, self._block)
        self._candidates = _room_for_candidates(bands, self._block, n, weighed=self._weighed)
        self._copied = buffers.frozen(self._candidates.copied)
        self._classes = buffers.frozen(text.classes())
        self._numbers_of = [np.zeros(0x110000, dtype=np.int32) for _ in range(threads)]
        self.compared = np.zeros(len(COMPARED), dtype=np.int64)

    def compare(self, step: int, first: int) -> int:
        """Take MATCH or JOIN for the block from `first`, with the records on the shelves; return where it ends."""
        last = self._meet(first)
        record, met, candidates = self._found.record, self._met, self._candidates
        self._in_parts(
            lambda begin, end: list_candidates(first, begin, end, met, record, candidates), first, last, PIECE
        )
        for one in (LIKELY, MATCH) if self._weighed and step == MATCH else (step,):
            if self._weighed:
                self._weigh(one, first, last)
            self._decide(one, first, last)
        return last

    def choose(self, first: int, last: int) -> None:
        """Choose the records of a block, and put them onto the shelves."""
        self._company.group[: last - first] = -1
        self._in_bands(
            lambda begin, end: find_company(first, last, begin, end, self._found.record, self._shelves, self._company)
        )
        self._decide(CHOOSE, first, last)
        unlisted = self._in_bands(
            lambda begin, end: shelve_records(
                first, last, begin, end, self._texts.n_chars, self._found.record, self._shelves
            )
        )
        self.compared[COMPARED.index("unlisted")] += sum(unlisted)

    def _meet(self, first: int) -> int:
        """List what contents from `first` meet on the shelves; return up to which there was room for it."""
        last, record = min(first + self._block, self._n), self._found.record
        n_chars, rule, shelves, met = self._texts.n_chars, self._rule, self._shelves, self._met
        ends = self._in_bands(
            lambda begin, end: meet_records(first, last, begin, end, n_chars, record, rule, shelves, met)
        )
        reach = min(ends, default=last)
        return first + count_candidates(met, reach - first, self._candidates)

    def _weigh(self, step: int, first: int, last: int) -> None:
        """Bound the distances of the candidates of a block that a step looks at."""
        stretches = self._candidates.stretches
        order_candidates(first, last - first, step, self._found.record, self._candidates)
        bounds = np.minimum(np.arange(0, len(stretches) - 2 + STRETCHES, STRETCHES), len(stretches) - 2)
        occupied = np.flatnonzero(np.diff(stretches[bounds])).tolist()
        share = len(self._candidates.copied) // max(len(occupied), 1)

        def weigh(number: int, _: int) -> Ints:
            begin, end = bounds[occupied[number] : occupied[number] + 2].tolist()
            compared = np.zeros(len(COMPARED), dtype=np.int64)
            against = self._texts, self._rule, self._found, self._candidates
            weigh_candidates(first, begin, end, *against, number * share, (number + 1) * share, compared)
            return compared

        for compared in self._in_parts(weigh, 0, len(occupied), 1):
            self.compared += compared

    def _in_bands(self, work: Callable[[int, int], T]) -> list[T]:
        at_a_time = 1 if self._weighed else max(self._bands // (2 * self._threads), 1)
        return self._in_parts(work, 0, self._bands, at_a_time)

    def _decide(self, step: int, first: int, last: int) -> None:
        """Take a step for a block."""
        weighed = self._weighed and step != CHOOSE

        def decide(begin: int, end: int) -> Ints:
            compared = np.zeros(len(COMPARED), dtype=np.int64)
            number_of = self._numbers_of.pop()
            known = self._shelves.settled, self._candidates, weighed, self._copied, self._company, self._classes
            kernels.decide(step, first, begin, end, self._texts, self._rule, *known, number_of, self._found, compared)
            self._numbers_of.append(number_of)
            return compared

        for compared in self._in_parts(decide, first, last, PIECE, in_order=step == CHOOSE):
            self.compared += compared

    def _in_parts(
        self, work: Callable[[int, int], T], first: int, last: int, step: int, *, in_order: bool = False
    ) -> list[T]:
        """Do it for all between two numbers, `step` at a time, and side by side if not `in_order`."""

        def do(bounds: tuple[int, int]) -> T:
            self._memory.hurry()
            return work(*bounds)

        run = map if in_order else self._run
        return list(run(do, pairwise([*range(first, last, step), last])))


def _block(n: int, bands: int, memory: Memory, *, parts: int) -> int:
    """How many contents a block has."""
    block = min(n // parts, LARGEST_BLOCK)
    while block > BLOCK and not memory.has_room(block * bands * BAND_BYTES):
        block //= 2
    return min(max(BLOCK, block), max(n, 1))


def _room(bands: int, block: int) -> tuple[Met, Company]:
    """Room for what a block needs: at most 34 bytes for each of its contents in each band."""
    met = Met(_small(bands, block + 1), _small(bands, max(MET * block, MOST_LISTED)))
    newest, listed, room = (_small(bands, block // 2 + 1) for _ in range(3))
    return met, Company(_small(block, bands), newest, listed, room, _small(block, bands))


def _room_for_candidates(bands: int, block: int, n: int, *, weighed: bool) -> Candidates:
    """Room for the candidates of a block: 8 bytes each, and to weigh them 12 more and their texts."""
    room = max(int(CANDIDATES * bands * block), MOST_LISTED * bands)
    begins = np.empty(block + 1, dtype=np.int64)
    stretches = np.empty((n >> STRETCH_BITS) + 3 if weighed else 0, dtype=np.int64)
    records, owners = _small(room), _small(room)
    bounds, places, order = (_small(room if weighed else 0) for _ in range(3))
    copied = np.empty(COPIED_BYTES if weighed else 0, dtype=np.uint8)
    return Candidates(begins, _small(block), _small(block), records, owners, bounds, places, order, stretches, copied)


def _small(*shape: int) -> Small:
    return np.empty(shape, dtype=np.int32)


def _texts(contents: Measurable, memory: Memory) -> Texts:
    """The contents as the kernel takes them, with the words of the long ones counted."""
    starts, ends, classes = map(buffers.frozen, (contents.starts, contents.ends, text.classes()))
    longest = int((ends - starts).max(initial=0))

    def bags(above: int, bins: int) -> tuple[Numbers, Ints, Ints]:
        rows = np.flatnonzero(contents.n_chars > above)
        bag: Ints = memory.full(len(starts), -1, np.int64)
        bag[rows] = np.arange(len(rows))
        filled: Numbers = memory.full((len(rows), bins), 0, np.uint16)
        counts = np.zeros(len(rows), dtype=np.int64)
        fill_word_bags(contents.data, starts, ends, buffers.frozen(rows), longest, classes, filled, counts)
        return filled, bag, counts

    wide_bags, wide_bag, _ = bags(WIDE_CHARS, WIDE_BAG_BINS)
    narrow = bags(LONG_CHARS // 4, WORD_BAG_BINS)
    bounds = (contents.n_chars, contents.bags, contents.sketches, *narrow, wide_bags, wide_bag)
    return Texts(contents.data, starts, ends, *map(buffers.frozen, bounds))


def _shelves(buckets: Buckets, memory: Memory) -> Shelves:
    """Room for the records of each bucket."""
    bounds: Ints = memory.empty((len(buckets.sizes), 2), np.int64)
    np.cumsum(buckets.sizes, out=bounds[:, 1])
    size = int(bounds[-1, 1]) if len(bounds) else 0
    bounds[:, 1] -= buckets.sizes
    bounds[:, 0] = bounds[:, 1]
    settled = np.zeros(len(buckets.contents), dtype=np.bool_) if buckets.settled is None else buckets.settled
    entries: Small = memory.empty((size, 2), np.int32)
    return Shelves(buffers.frozen(buckets.numbers), buffers.frozen(settled), bounds, entries, MOST_LISTED)


def _rule(threshold: Decimal, permutations: int) -> Rule:
    """The rule for a threshold; without `permutations` nothing is refused."""
    gap = 1 - Fraction(threshold)
    steps = AGREEMENT_STEPS if permutations else ()
    works = np.array([work for work, _ in steps], dtype=np.int64)
    # Of values that differ, one in 16 agrees in its four bits.
    allowed = [math.floor((1 - max(threshold - margin, Decimal(0))) * permutations * 15 / 16) for _, margin in steps]
    disagreements = np.array(allowed, dtype=np.int64)
    return Rule(gap.numerator, gap.denominator, LONG_CHARS, buffers.frozen(works), buffers.frozen(disagreements))


def _members(active: Ints, found: Found, n_chars: Ints, memory: Memory) -> pa.Table:
    """MEMBERS of all contents, of what was decided for the active ones."""
    record, distance, total = (memory.empty(len(n_chars), np.int64) for _ in range(3))
    measure = np.zeros(len(n_chars), dtype=np.int8)
    record[:] = np.arange(len(n_chars))
    distance[:] = 0
    total[:] = n_chars
    total *= 2
    for first, last in steps(len(active)):
        rows = slice(first, last)
        contents, records = active[rows], active[found.record[rows]]
        record[contents], distance[contents], total[contents] = records, found.distance[rows], found.total[rows]
        longest = np.maximum(n_chars[contents], n_chars[records])
        measure[contents] = np.where(records == contents, 0, np.where(longest > LONG_CHARS, 2, 1))
    return pa.table([*map(pa.array, (record, distance, total, measure))], schema=schema.MEMBERS)


def records_of(record: Ints) -> Flags:
    """Which contents are records: bool, of each content's record."""
    found = np.empty(len(record), dtype=np.bool_)
    for first, last in steps(len(record)):
        np.equal(record[first:last], np.arange(first, last), out=found[first:last])
    return found


def similarity(members: pa.Table) -> npt.NDArray[np.float64]:
    """Each content's similarity to its record, float64: 1 - distance / total."""
    total = buffers.numbers(members["total"])
    return np.asarray(1 - buffers.numbers(members["distance"]) / np.maximum(total, 1))
