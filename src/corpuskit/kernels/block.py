"""Buckets of one band at a time: the contents that agree on all of its rows.

A hash table instead of a sort: linear, and buckets come out numbered by their first content, whatever the machine.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Ints, Minima, Words


@kernel
def band_keys(signatures: Minima, first: int, rows: int, keys: Words) -> None:
    """Mix the `rows` values from column `first` on into one 64-bit key for each signature.

    Equal values give equal keys. Different ones may too (about once in 2**64 pairs), which costs one comparison.
    """
    for i in range(len(signatures)):
        key = np.uint64(0)
        for row in range(first, first + rows):
            # splitmix64's finalizer (Steele, Lea and Flood 2014), chained
            key += np.uint64(signatures[i, row]) + np.uint64(0x9E3779B97F4A7C15)
            key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            key ^= key >> np.uint64(31)
        keys[i] = key


@kernel
def bucket_band(keys: Words, first_bucket: int, contents: Ints, buckets: Ints) -> tuple[int, int]:
    """List (content, bucket) for each content with company, in content order; buckets are numbered from `first_bucket`.

    Returns the length of the list and the next free bucket number. Both arrays have room for every content.
    """
    n = len(keys)
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    places = np.empty(n, dtype=np.int64)
    company = np.zeros(n, dtype=np.int64)
    for i in range(n):
        slot = np.int64(keys[i] & np.uint64(size - 1))
        while table[slot] >= 0 and keys[table[slot]] != keys[i]:
            slot = (slot + 1) & (size - 1)
        if table[slot] < 0:
            table[slot] = i
        places[i] = table[slot]
        company[places[i]] += 1
    numbers = np.full(n, -1, dtype=np.int64)
    listed = 0
    free = first_bucket
    for i in range(n):
        first = places[i]
        if company[first] > 1:
            if numbers[first] < 0:
                numbers[first] = free
                free += 1
            contents[listed] = i
            buckets[listed] = numbers[first]
            listed += 1
    return listed, free


@kernel
def gather(keys: Ints, n_keys: int, starts: Ints, order: Ints) -> None:
    """Counting sort: `order[starts[k]:starts[k + 1]]` are the positions with key k, in order; negative keys nowhere."""
    starts[:] = 0
    for key in keys:
        if key >= 0:
            starts[key + 1] += 1
    for key in range(n_keys):
        starts[key + 1] += starts[key]
    free = starts[:n_keys].copy()
    for position in range(len(keys)):
        key = keys[position]
        if key >= 0:
            order[free[key]] = position
            free[key] += 1
