"""Buckets of one band at a time: the contents that agree on all of its rows.

A hash table instead of a sort: linear, and buckets come out numbered by their first content, whatever the machine.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Ints, Minima, Small, Words


@kernel
def band_keys(signatures: Minima, rows: int, keys: Minima) -> None:
    """Mix each `rows` values of a signature into one 32-bit key: `keys` is uint32[bands, signatures].

    Equal values give equal keys. Different ones may too (about once in 2**32 pairs), which costs one comparison.
    """
    for i in range(len(signatures)):
        for band in range(len(keys)):
            key = np.uint64(0)
            for row in range(band * rows, (band + 1) * rows):
                # splitmix64's finalizer (Steele, Lea and Flood 2014), chained
                key += np.uint64(signatures[i, row]) + np.uint64(0x9E3779B97F4A7C15)
                key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                key ^= key >> np.uint64(31)
            keys[band, i] = np.uint32(key)


@kernel
def bucket_band(keys: Minima | Words, first_bucket: int, parts: int, numbers: Small) -> int:
    """Write each content's bucket to `numbers` (int32), -1 where no other has its key; return the next free number.

    Buckets are numbered from `first_bucket` in the order of their first contents. `parts`, a power of two, is how many
    times the keys are gone through, each time for another part of them, so that the hash table need not hold them all.
    """
    n = len(keys)
    size = 16
    while size * parts < 2 * n + 64 * parts:
        size *= 2
    table = np.empty(size, dtype=np.int32)
    company = np.zeros(n, dtype=np.int32)
    others = np.uint64(parts - 1)
    for part in range(parts):
        for empty in range(size):
            table[empty] = -1
        for i in range(n):
            h = keys[i] * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, volume 3, 6.4)
            if (h >> np.uint64(56)) & others != np.uint64(part):
                continue
            slot = np.int64(h >> np.uint64(20)) & (size - 1)
            while table[slot] >= 0 and keys[table[slot]] != keys[i]:
                slot = (slot + 1) & (size - 1)
            if table[slot] < 0:
                table[slot] = i
            numbers[i] = table[slot]
            company[numbers[i]] += np.int32(1)
    free = first_bucket
    for i in range(n):
        first = numbers[i]
        if first == i:  # the first of its bucket: from here on `company` holds the bucket's number
            if company[i] > 1:
                company[i] = free
                free += 1
            else:
                company[i] = -1
        numbers[i] = company[first]
    return free


@kernel
def count_numbers(numbers: Small, counts: Small) -> None:
    """How often each number occurs, added to `counts` (int32); negative ones nowhere. Without copies of the numbers."""
    for number in numbers:
        if number >= 0:
            counts[number] += np.int32(1)


@kernel
def gather(keys: Ints, n_keys: int, starts: Ints, order: Ints) -> None:
    """Counting sort: `order[starts[k]:starts[k + 1]]` are the positions with key k, in order; negative keys nowhere."""
    for key in range(n_keys + 1):
        starts[key] = 0
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
