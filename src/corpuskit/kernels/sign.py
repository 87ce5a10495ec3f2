"""MinHash signatures of many normalized texts: shingle, hash, permute, keep the minima (Broder 1997).

Bit for bit datasketch's `affine32` scheme: a shingle's 32-bit hash goes through MurmurHash3's finalizer, then
permutation p is `a[p] * h + b[p]` modulo 2**32.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Ints, Minima
from corpuskit.kernels.utf8 import read_code_point


@kernel
def hash_shingle(data: Bytes, start: int, end: int) -> np.uint32:
    """64-bit FNV-1a of the shingle's UTF-8, folded to 32 bits, then MurmurHash3's finalizer."""
    h = np.uint64(0xCBF29CE484222325)
    for at in range(start, end):
        h = (h ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    x = np.uint32(h >> np.uint64(32)) ^ np.uint32(h & np.uint64(0xFFFFFFFF))
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


@kernel
def tokenize(data: Bytes, start: int, end: int, classes: Bytes, of_words: bool, starts: Ints, kinds: Bytes) -> int:
    """Where the units that shingles are made of begin and what classes they have; return how many there are.

    Units are characters, or words: runs of non-blank characters, each character of an unspaced script alone.
    `starts[count]` is where the last one ends. Both arrays need a place for each byte and one more.
    """
    count = 0
    at = start
    stop = start
    in_word = False
    while at < end:
        code, after = read_code_point(data, at)
        of = classes[code]
        if of_words and code == 32:
            in_word = False
        elif of_words and in_word and not of & 2:
            kinds[count - 1] |= of
            stop = after
        else:
            starts[count] = at
            kinds[count] = of
            count += 1
            in_word = not of & 2
            stop = after
        at = after
    starts[count] = stop
    return count


@kernel
def shingle(
    data: Bytes, starts: Ints, kinds: Bytes, count: int, size: int, size_unspaced: int, of_words: bool, hashes: Minima
) -> int:
    """Hash the shingles of `count` units; return how many there are.

    A shingle that begins in an unspaced script has `size_unspaced` characters, any other `size`: a choice made at each
    place alone, so that texts that are alike stay so. Shingles without a letter or digit are left out: rules and dot
    leaders would make anything alike. A text without a whole shingle is one shingle.
    """
    made = 0
    for first in range(count):
        length = size_unspaced if kinds[first] & 2 and not of_words else size
        last = first + length
        if last > count:
            continue
        letters = 0
        for unit in range(first, last):
            letters |= kinds[unit] & 1
        if letters:
            # A word shingle ends with its last word, not at the blank before the next.
            end = starts[last]
            while of_words and end > starts[first] and data[end - 1] == 32:
                end -= 1
            hashes[made] = hash_shingle(data, starts[first], end)
            made += 1
    if made == 0 and count > 0:
        hashes[0] = hash_shingle(data, starts[0], starts[count])
        made = 1
    return made


@kernel
def sign(
    data: Bytes,
    offsets: Ints,
    rows: Ints,
    classes: Bytes,
    of_words: bool,
    size: int,
    size_unspaced: int,
    a: Minima,
    b: Minima,
    signatures: Minima,
) -> None:
    """Write the signature of text `rows[i]` to `signatures[i]`, uint32[permutations], for every i."""
    longest = 0
    for row in rows:
        longest = max(longest, offsets[row + 1] - offsets[row])
    starts = np.empty(longest + 1, dtype=np.int64)
    kinds = np.empty(longest + 1, dtype=np.uint8)
    hashes = np.empty(longest + 1, dtype=np.uint32)
    n_permutations = len(a)
    for i in range(len(rows)):
        row = rows[i]
        count = tokenize(data, offsets[row], offsets[row + 1], classes, of_words, starts, kinds)
        made = shingle(data, starts, kinds, count, size, size_unspaced, of_words, hashes)
        minima = signatures[i]
        minima[:] = np.uint32(0xFFFFFFFF)
        for j in range(made):
            h = hashes[j]
            for p in range(n_permutations):
                value = a[p] * h + b[p]
                minima[p] = min(minima[p], value)
