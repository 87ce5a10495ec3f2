"""MinHash signatures of many normalized texts: shingle, hash, permute, keep the minima (Broder 1997).

Bit for bit datasketch's `affine32` scheme: a shingle's 32-bit hash goes through MurmurHash3's finalizer, then
permutation p is `a[p] * h + b[p]` modulo 2**32.
"""

from typing import Final

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Ints, Minima, Numbers, Words
from corpuskit.kernels.utf8 import read_code_point

BAG_BINS: Final = 64

HASHES: Final = 8
"""Hashes that go through all permutations at a time."""


@kernel
def _finish(h: np.uint64) -> np.uint32:
    """Fold a 64-bit hash to 32 bits, then MurmurHash3's finalizer."""
    # numba widens products and sums of uint32 to 64 bits: each step is cut back.
    x = np.uint32(h >> np.uint64(32)) ^ np.uint32(h)
    x = np.uint32(x ^ (x >> np.uint32(16)))
    x = np.uint32(x * np.uint32(0x85EBCA6B))
    x = np.uint32(x ^ (x >> np.uint32(13)))
    x = np.uint32(x * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ (x >> np.uint32(16)))


@kernel
def hash_shingle(data: Bytes, start: int, end: int) -> np.uint32:
    """64-bit FNV-1a of the shingle's UTF-8, finished."""
    h = np.uint64(0xCBF29CE484222325)
    for at in range(start, end):
        h = (h ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return _finish(h)


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
def hash_windows(piece: Bytes, size: int, hashes: Minima) -> None:
    """`hash_shingle` of the `size` bytes of `piece` from each place on, for all places that have so many.

    The loop goes over places inside and over bytes outside, 256 places at a time. It is over slices, from 0 on: an
    index that numba cannot see to be positive may count from the end, and such a loop is not vectorized. 600 million
    places a second, against 170 with `piece[first + offset + i]` (one core, AVX-512).
    """
    state = np.empty(256, dtype=np.uint64)
    places = len(piece) - size + 1
    for first in range(0, places, 256):
        n = min(256, places - first)
        states, found = state[:n], hashes[first : first + n]
        for i in range(n):
            states[i] = np.uint64(0xCBF29CE484222325)
        for offset in range(size):
            read = piece[first + offset : first + offset + n]
            for i in range(n):
                states[i] = (states[i] ^ np.uint64(read[i])) * np.uint64(0x100000001B3)
        for i in range(n):
            found[i] = _finish(states[i])


@kernel
def shingle_bytes(piece: Bytes, size: int, classes: Bytes, kinds: Bytes, hashes: Minima) -> int:
    """Hash the shingles of a text whose characters are a byte each, none of an unspaced script: `shingle`, but faster.

    Returns how many there are; -1 when the text is another one.
    """
    bits = np.uint8(0)
    for i in range(len(piece)):
        bits |= piece[i]
    if bits >= 0x80 or len(piece) < size:
        return -1
    without = longest = 0  # characters that are no letters or digits, in a row
    for i in range(len(piece)):
        kinds[i] = classes[piece[i]]
        without = (without + 1) * (1 - int(kinds[i] & 1))
        longest = max(longest, without)
    hash_windows(piece, size, hashes)
    made = len(piece) - size + 1
    if longest < size:
        return made
    kept, letters = 0, 0
    for i in range(size - 1):
        letters += kinds[i] & 1
    for i in range(made):
        letters += kinds[i + size - 1] & 1
        hashes[kept] = hashes[i]
        kept += letters > 0
        letters -= kinds[i] & 1
    return kept if kept else -1


@kernel
def shingle(
    data: Bytes,
    starts: Ints,
    kinds: Bytes,
    count: int,
    size: int,
    size_unspaced: int,
    of_words: bool,
    windows: Minima,
    hashes: Minima,
) -> int:
    """Hash the shingles of `count` units; return how many there are.

    A shingle that begins in an unspaced script has `size_unspaced` characters, any other `size`: a choice made at each
    place alone, so that texts that are alike stay so. Shingles without a letter or digit are left out: rules and dot
    leaders would make anything alike. A text without a whole shingle is one shingle. `windows` has room for each byte.
    """
    made = 0
    if not of_words:
        hash_windows(data[starts[0] : starts[count]], size, windows)
    letter = count  # the next unit that is a letter or digit
    for first in range(count - 1, -1, -1):
        if kinds[first] & 1:
            letter = first
        last = first + (size_unspaced if kinds[first] & 2 and not of_words else size)
        if last > count or letter >= last:
            continue
        start, end = starts[first], starts[last]
        if of_words:  # a word shingle ends with its last word, not at the blank before the next
            while end > start and data[end - 1] == 32:
                end -= 1
        if not of_words and end - start == size:
            hashes[made] = windows[start - starts[0]]
        else:
            hashes[made] = hash_shingle(data, start, end)
        made += 1
    if made == 0 and count > 0:
        hashes[0] = hash_shingle(data, starts[0], starts[count])
        made = 1
    return made


@kernel
def permute(hashes: Minima, a: Minima, b: Minima, minima: Minima) -> None:
    """The least value of each permutation over the hashes, a multiple of HASHES.

    All permutations inside, eight hashes at a time, so that factors, summands and minima are read once for eight: 95
    to 100 million shingles a second with 256 permutations, for texts of 32 as for those of 8,000 (AVX-512, one core).
    With each permutation over all hashes, in registers, it is 40 million at 32 shingles: the least of a vector's lanes
    takes as long to find as all before.
    """
    n = len(a)
    summands, least = b[:n], minima[:n]  # of one length for LLVM, or it keeps a check
    for p in range(n):
        least[p] = np.uint32(0xFFFFFFFF)
    for i in range(0, len(hashes) - 7, HASHES):
        h0, h1, h2, h3 = hashes[i], hashes[i + 1], hashes[i + 2], hashes[i + 3]
        h4, h5, h6, h7 = hashes[i + 4], hashes[i + 5], hashes[i + 6], hashes[i + 7]
        for p in range(n):
            x = min(np.uint32(a[p] * h0 + summands[p]), np.uint32(a[p] * h1 + summands[p]))
            y = min(np.uint32(a[p] * h2 + summands[p]), np.uint32(a[p] * h3 + summands[p]))
            z = min(np.uint32(a[p] * h4 + summands[p]), np.uint32(a[p] * h5 + summands[p]))
            w = min(np.uint32(a[p] * h6 + summands[p]), np.uint32(a[p] * h7 + summands[p]))
            least[p] = min(least[p], min(min(x, y), min(z, w)))


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
    windows = np.empty(longest + 1, dtype=np.uint32)
    hashes = np.empty(longest + HASHES, dtype=np.uint32)
    for i in range(len(rows)):
        start, end = offsets[rows[i]], offsets[rows[i] + 1]
        made = -1
        if not of_words:
            made = shingle_bytes(data[start:end], size, classes, kinds, hashes)
        if made < 0:
            count = tokenize(data, start, end, classes, of_words, starts, kinds)
            made = shingle(data, starts, kinds, count, size, size_unspaced, of_words, windows, hashes)
        while made % HASHES:
            hashes[made] = hashes[0]  # again, which changes no minimum
            made += 1
        permute(hashes[:made], a, b, signatures[i])


@kernel
def pack_sketches(signatures: Minima, sketches: Words) -> None:
    """Write the low four bits of each value, 16 to a word of `sketches`, uint64[n, words]."""
    for i in range(len(signatures)):
        for word in range(sketches.shape[1]):
            packed = np.uint64(0)
            first = 16 * word
            for at in range(max(0, min(16, signatures.shape[1] - first))):
                packed |= np.uint64(signatures[i, first + at] & np.uint32(15)) << np.uint64(4 * at)
            sketches[i, word] = packed


@kernel
def fill_bags(data: Bytes, offsets: Ints, rows: Ints, bags: Numbers) -> None:
    """Count the code points of texts `rows` modulo 64, into uint16[len(rows), 64] (zeros) that stop at 65,535.

    The counts' total difference is a lower bound of the Indel distance: one insertion or deletion changes one count.
    """
    for i in range(len(rows)):
        at, end = offsets[rows[i]], offsets[rows[i] + 1]
        while at < end:
            code, at = read_code_point(data, at)
            if bags[i, code & 63] < 65535:
                bags[i, code & 63] += 1
