"""Put contents that may be alike into buckets: those that agree on a whole band of their signatures.

A bucket that is crowded, as when a million passages share a boilerplate sentence, would make the work grow with its
square. Its contents are divided by the keys of the following bands too. Texts that are alike still agree somewhere: on
bands that their other words decide, or, if they have none, on several bands in a row.

P(two contents with shingle Jaccard J share a bucket) = 1 - (1 - J**rows)**bands   (Leskovec et al., section 3.4)
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, cast

import numpy as np

from corpuskit import buffers
from corpuskit.errors import CorpuskitError
from corpuskit.kernels.block import bucket_band, count_numbers
from corpuskit.kernels.types import Flags, Ints, Minima, Small, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.stages.distinct import TABLE_KEYS

Keys = Minima | Words

MOST_COMPANY: Final = 1024
"""A bucket with more contents is divided. Of real corpora of 0.2 GB (licences, speeches) none is as large."""

DIVISIONS: Final = 3
"""So many times at most: by this many following bands."""


@dataclass(frozen=True)
class Buckets:
    """Which contents share a bucket.

    contents: int64, the contents, in order of priority. numbers: int32[bands, contents], the bucket of each in each
    band, counted over all bands; -1 where it is alone. sizes: int32, the contents of each bucket. crowded: how many
    times a content was in a bucket that had to be divided. settled: flags of contents of which no two match.
    """

    contents: Ints
    numbers: Small
    sizes: Small
    crowded: int = 0
    settled: Flags | None = None

    @property
    def n_pairs(self) -> int:
        """Pairs in all buckets together: what clustering compares if everything becomes a record, and no more."""
        sizes = self.sizes.astype(np.float64)
        return int((sizes * (sizes - 1) / 2).sum())


def block(
    key_of: Callable[[int], Keys], contents: Ints, *, bands: int, threads: int = 1, memory: Memory = IN_MEMORY
) -> Buckets:
    """The buckets of `contents` (int64, by priority).

    `key_of` gives a band's keys, a uint32 or uint64 for every content. Each thread has one band in memory at a time
    (while a crowded bucket is divided, two).
    """
    numbers: Small = memory.empty((bands, len(contents)), np.int32)
    free, crowded = 0, 0
    sizes = [np.zeros(0, dtype=np.int32)]
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, bands, threads):
            chosen = range(first, min(first + threads, bands))
            for band, (of_band, in_crowds) in zip(
                chosen, pool.map(lambda band: _bucket(key_of, bands, band, numbers[band]), chosen), strict=True
            ):
                numbers[band][numbers[band] >= 0] += free
                free += len(of_band)
                crowded += in_crowds
                sizes.append(of_band)
                if free > np.iinfo(np.int32).max - len(contents):
                    raise CorpuskitError("more than two billion buckets: fewer bands, or more rows, will do")
    return Buckets(contents, numbers, memory.concatenate(sizes), crowded)


def in_company(buckets: Buckets, memory: Memory = IN_MEMORY, *, threads: int = 1) -> tuple[Buckets, Ints]:
    """The buckets of the contents alone that share one with another, and which of the contents these are."""
    shares = np.zeros(len(buckets.contents), dtype=np.bool_)
    for band in buckets.numbers:
        shares |= band >= 0
    rows = memory.where(shares)
    numbers: Small = memory.empty((len(buckets.numbers), len(rows)), np.int32)

    def take(band: int) -> None:
        np.take(buckets.numbers[band], rows, out=numbers[band], mode="clip")  # the mode that needs no copy

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(take, range(len(numbers))))
    settled = None if buckets.settled is None else buckets.settled[rows]
    contents = memory.take(buckets.contents, rows)
    return Buckets(contents, numbers, buckets.sizes, buckets.crowded, settled), rows


def _bucket(key_of: Callable[[int], Keys], bands: int, band: int, numbers: Small) -> tuple[Small, int]:
    """Write the buckets of one band to `numbers`; return their sizes, and how many contents were in crowds."""
    keys = key_of(band)
    parts = 1
    while parts * TABLE_KEYS < len(keys):
        parts *= 2
    free, crowded = bucket_band(buffers.frozen(keys), 0, parts, numbers), 0
    sizes = _sizes(numbers, free)
    rows = _crowd(numbers, sizes)
    of_rows = keys[rows]
    del keys
    for division in range(1, DIVISIONS + 1):
        if len(rows) == 0:
            break
        crowded += len(rows)
        of_rows = _mix(of_rows, key_of((band + division) % bands)[rows])
        apart = np.empty(len(rows), dtype=np.int32)
        free = bucket_band(buffers.frozen(of_rows), free, 1, apart)
        numbers[rows] = apart
        sizes = _sizes(numbers, free)
        still = _crowd(apart, sizes)
        rows, of_rows = rows[still], of_rows[still]
    return sizes, crowded


def _sizes(numbers: Small, count: int) -> Small:
    """How many contents each of so many buckets has, int32."""
    sizes = np.zeros(count, dtype=np.int32)
    count_numbers(buffers.frozen(numbers), sizes)
    return sizes


def _crowd(numbers: Small, sizes: Small) -> Ints:
    """The contents whose buckets have too many."""
    found = [np.zeros(0, dtype=np.int64)]
    if sizes.max(initial=0) > MOST_COMPANY:
        for first, last in steps(len(numbers)):
            some = numbers[first:last]
            found.append(first + np.flatnonzero((some >= 0) & (sizes[np.maximum(some, 0)] > MOST_COMPANY)))
    return np.concatenate(found)


def _mix(keys: Keys, more: Keys) -> Words:
    """One key of two; equal pairs give equal keys."""
    first, second = (wide.astype(np.uint64) for wide in (keys, more))
    return cast(Words, (first * np.uint64(0x9E3779B97F4A7C15)) ^ (second + (first >> np.uint64(29))))


def divided(key_of: Callable[[int], Keys], bands: int) -> Callable[[int], Keys]:
    """The keys of bands divided as often as can be: contents that agree share a bucket, however crowded it was."""

    def keys(band: int) -> Keys:
        mixed = key_of(band)
        for division in range(1, DIVISIONS + 1):
            mixed = _mix(mixed, key_of((band + division) % bands))
        return mixed

    return keys


def split_buckets(buckets: Buckets, part: Ints, memory: Memory = IN_MEMORY) -> Buckets:
    """The buckets of those contents alone whose `part` (int64, of each of `buckets.contents`) is not negative.

    Contents of one bucket and one part share a bucket; those alone in theirs get none.
    """
    inside = memory.where(part >= 0)
    of = part[inside].astype(np.uint64)
    parts = np.uint64(int(part.max(initial=0)) + 1)
    unshared = np.uint64(len(buckets.sizes)) * parts + np.arange(len(inside), dtype=np.uint64)

    def keys(band: int) -> Words:
        numbers = buckets.numbers[band][inside]
        shared = numbers.astype(np.int64).view(np.uint64) * parts + of
        return np.where(numbers >= 0, shared, unshared)

    return block(keys, memory.take(buckets.contents, inside), bands=len(buckets.numbers), memory=memory)


def settle(buckets: Buckets, settled: Flags, *, threads: int = 1) -> Buckets:
    """The buckets but those of `settled` contents alone, of which no two match: they need not be compared again.

    `settled` is a flag for each of `buckets.contents`. `buckets.numbers` is overwritten.
    """
    wanted = np.zeros(len(buckets.sizes) + 1, dtype=np.bool_)  # the last one for contents that are alone, -1
    others = np.flatnonzero(~settled)
    for numbers in buckets.numbers:
        wanted[numbers[others]] = True
    wanted[-1] = False

    def leave_out(numbers: Small) -> None:
        numbers[~wanted[numbers]] = -1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(leave_out, buckets.numbers))
    sizes = np.where(wanted[:-1], buckets.sizes, np.int32(0))
    return Buckets(buckets.contents, buckets.numbers, sizes, buckets.crowded, settled)


def without_crowds(buckets: Buckets, most: int) -> Buckets:
    """The buckets of at most `most` contents; those in larger ones alone have no bucket there."""
    crowds = np.append(buckets.sizes > most, False)  # the last one for those that are alone, -1
    numbers = np.where(crowds[buckets.numbers], np.int32(-1), buckets.numbers)
    return Buckets(buckets.contents, numbers, buckets.sizes, buckets.crowded)
