"""Strong hashes of many byte strings at once: BLAKE2b (RFC 7693) with 16-byte digests.

Equal to `hashlib.blake2b(data, digest_size=16, person=person)` for each string, so that anybody can recompute an id.
"""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Bytes, Ints, Small, Word, Words
from corpuskit.kernels.utf8 import copy_bytes

_IV = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)

# RFC 7693, section 2.7; rounds 10 and 11 use rows 0 and 1 again.
_SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    dtype=np.int64,
)


@kernel
def _rotate_right(x: Word, n: int) -> Word:
    return (x >> np.uint64(n)) | (x << np.uint64(64 - n))


@kernel
def _quarter(a: Word, b: Word, c: Word, d: Word, x: Word, y: Word) -> tuple[Word, Word, Word, Word]:
    """The function G of RFC 7693, section 3.1."""
    a = a + b + x
    d = _rotate_right(d ^ a, 32)
    c = c + d
    b = _rotate_right(b ^ c, 24)
    a = a + b + y
    d = _rotate_right(d ^ a, 16)
    c = c + d
    b = _rotate_right(b ^ c, 63)
    return a, b, c, d


@kernel
def _compress(h: Words, m: Words, counted: int, last: bool) -> None:
    v0, v1, v2, v3, v4, v5, v6, v7 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
    v8, v9, v10, v11 = _IV[0], _IV[1], _IV[2], _IV[3]
    v12, v13, v14, v15 = _IV[4] ^ np.uint64(counted), _IV[5], _IV[6], _IV[7]
    if last:
        v14 = ~v14
    for i in range(12):
        s = _SIGMA[i]
        v0, v4, v8, v12 = _quarter(v0, v4, v8, v12, m[s[0]], m[s[1]])
        v1, v5, v9, v13 = _quarter(v1, v5, v9, v13, m[s[2]], m[s[3]])
        v2, v6, v10, v14 = _quarter(v2, v6, v10, v14, m[s[4]], m[s[5]])
        v3, v7, v11, v15 = _quarter(v3, v7, v11, v15, m[s[6]], m[s[7]])
        v0, v5, v10, v15 = _quarter(v0, v5, v10, v15, m[s[8]], m[s[9]])
        v1, v6, v11, v12 = _quarter(v1, v6, v11, v12, m[s[10]], m[s[11]])
        v2, v7, v8, v13 = _quarter(v2, v7, v8, v13, m[s[12]], m[s[13]])
        v3, v4, v9, v14 = _quarter(v3, v4, v9, v14, m[s[14]], m[s[15]])
    h[0] ^= v0 ^ v8
    h[1] ^= v1 ^ v9
    h[2] ^= v2 ^ v10
    h[3] ^= v3 ^ v11
    h[4] ^= v4 ^ v12
    h[5] ^= v5 ^ v13
    h[6] ^= v6 ^ v14
    h[7] ^= v7 ^ v15


@kernel
def blake2b_128(data: Bytes, offsets: Ints, person: Words, digests: Words) -> None:
    """Hash `data[offsets[i]:offsets[i + 1]]` into `digests[i]`, two little-endian words each, for every i.

    `person` is the 16-byte personalization as two little-endian words.
    """
    h = np.empty(8, dtype=np.uint64)
    block = np.empty(128, dtype=np.uint8)
    m = block.view(np.uint64)
    for i in range(len(offsets) - 1):
        start, end = offsets[i], offsets[i + 1]
        for word in range(8):
            h[word] = _IV[word]
        h[0] ^= np.uint64(0x01010010)  # depth 1, fanout 1, no key, 16 bytes of digest
        h[6] ^= person[0]
        h[7] ^= person[1]
        at = start
        last = False
        while not last:
            last = end - at <= 128
            if last:
                block[copy_bytes(data, at, end, block, 0) :] = 0
                at = end
            else:
                copy_bytes(data, at, at + 128, block, 0)
                at += 128
            _compress(h, m, at - start, last)
        digests[i, 0] = h[0]
        digests[i, 1] = h[1]


@kernel
def number_distinct(hashes: Words, parts: int, numbers: Ints, firsts: Ints) -> int:
    """Number the distinct rows of `hashes` (n, 2) by first appearance; return how many there are.

    `numbers[i]` becomes the number of row i and `firsts[number]` the first row with it (both of length n). An
    open-addressing table on the first word, at most half full: linear, where sorting would not be. `parts`, a power of
    two, is how many times the rows are gone through, each time for another part of them, so that the table is small.
    """
    n = len(hashes)
    size = 16
    while size * parts < 2 * n + 64 * parts:
        size *= 2
    table = np.empty(size, dtype=np.int32)
    others = np.uint64(parts - 1)
    for part in range(parts):
        for empty in range(size):
            table[empty] = -1
        for i in range(n):
            if (hashes[i, 0] >> np.uint64(48)) & others != np.uint64(part):
                continue
            slot = np.int64(hashes[i, 0] & np.uint64(size - 1))
            while table[slot] >= 0:
                first = table[slot]
                if hashes[first, 0] == hashes[i, 0] and hashes[first, 1] == hashes[i, 1]:
                    break
                slot = (slot + 1) & (size - 1)
            if table[slot] < 0:
                table[slot] = i
            numbers[i] = table[slot]
    count = 0
    for i in range(n):
        if numbers[i] == i:
            firsts[count] = i
            numbers[i] = count
            count += 1
        else:
            numbers[i] = numbers[numbers[i]]
    return count


@kernel
def count_repetitions(groups: Ints, numbers: Ints, n_numbers: int, repetitions: Ints, distinct: Ints) -> None:
    """How often each row's number came before it in the same group, and the distinct groups of each number.

    `groups` never decreases. `repetitions` has a value for each row, `distinct` one for each number (zeros at first).
    """
    last = np.full(n_numbers, -1, dtype=np.int64)
    seen = np.zeros(n_numbers, dtype=np.int64)
    for i in range(len(groups)):
        number = numbers[i]
        if last[number] != groups[i]:
            last[number] = groups[i]
            seen[number] = 0
            distinct[number] += 1
        repetitions[i] = seen[number]
        seen[number] += 1


@kernel
def count_copies(groups: Ints, numbers: Ints, n_copies: Ints, n_groups: Ints, last: Small) -> None:
    """How often each number occurs (`n_copies`), and in how many groups (`n_groups`); both zeros at first.

    `groups` never decreases; negative numbers do not count. `last` is int32, -1 for each number.
    """
    for i in range(len(groups)):
        number = numbers[i]
        if number >= 0:
            n_copies[number] += 1
            if last[number] != groups[i]:
                last[number] = groups[i]
                n_groups[number] += 1
