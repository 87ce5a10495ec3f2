"""Put contents that may be alike into buckets: those that agree on a whole band of their signatures.

P(two contents with shingle Jaccard J share a bucket) = 1 - (1 - J**rows)**bands   (Leskovec et al., section 3.4)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpuskit import buffers
from corpuskit.buffers import Allocate
from corpuskit.errors import CorpuskitError
from corpuskit.kernels.block import bucket_band
from corpuskit.kernels.types import Flags, Ints, Small, Words

TABLE_KEYS: Final = 1 << 22
"""A band's hash table takes so many keys at a time (32 MB); more are gone through several times."""


@dataclass(frozen=True)
class Buckets:
    """Which contents share a bucket.

    contents: int64, the contents, in order of priority. numbers: int32[bands, contents], the bucket of each in each
    band, counted over all bands; -1 where it is alone. n_buckets: how many there are.
    """

    contents: Ints
    numbers: Small
    n_buckets: int

    @property
    def in_company(self) -> Flags:
        """Which of the contents share a bucket with another."""
        found = np.zeros(len(self.contents), dtype=np.bool_)
        for band in self.numbers:
            found |= band >= 0
        return found


def block(band_keys: Iterable[Words], contents: Ints, *, bands: int, allocate: Allocate = np.empty) -> Buckets:
    """The buckets of `contents` (int64, by priority).

    `band_keys` yields, for each of the `bands`, a uint64 key of every content. One band is in memory at a time.
    """
    numbers: Small = allocate((bands, len(contents)), np.int32)
    parts = 1
    while parts * TABLE_KEYS < len(contents):
        parts *= 2
    free = 0
    for band, keys in enumerate(band_keys):
        free = bucket_band(buffers.frozen(keys), free, parts, numbers[band])
        if free > np.iinfo(np.int32).max - len(contents):
            raise CorpuskitError("more than two billion buckets: fewer bands, or more rows, will do for such a corpus")
    return Buckets(contents, numbers, free)


def split_buckets(buckets: Buckets, part: Ints) -> Buckets:
    """The buckets of those contents alone whose `part` (int64, of each of `buckets.contents`) is not negative.

    Contents of one bucket and one part share a bucket; those alone in theirs get none.
    """
    inside = np.flatnonzero(part >= 0)
    of = part[inside].astype(np.uint64)
    parts = np.uint64(int(part.max(initial=0)) + 1)
    unshared = np.uint64(buckets.n_buckets) * parts + np.arange(len(inside), dtype=np.uint64)

    def keys(band: Small) -> Words:
        numbers = band[inside]
        shared = numbers.astype(np.int64).view(np.uint64) * parts + of
        return np.where(numbers >= 0, shared, unshared)

    return block(map(keys, buckets.numbers), buckets.contents[inside], bands=len(buckets.numbers))
