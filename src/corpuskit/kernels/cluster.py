"""The cluster rule over texts and buckets: first the records, in order of priority; then each other's best record."""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.measure import (
    Pattern,
    forget_chars,
    index_pattern,
    indel_within,
    look_up_chars,
    number_chars,
    number_words,
)
from corpuskit.kernels.sign import tokenize
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small
from corpuskit.kernels.utf8 import read_code_point

BAG_BINS = 64


@kernel
def fill_bags(data: Bytes, starts: Ints, ends: Ints, bags: Numbers) -> None:
    """Count each text's code points modulo 64, into uint16[n, 64] that stop at 65,535.

    Half of the counts' total difference is a lower bound of the LCS's shortfall: sum |a - b| <= Indel distance.
    """
    for i in range(len(starts)):
        at = starts[i]
        while at < ends[i]:
            code, at = read_code_point(data, at)
            if bags[i, code & 63] < 65535:
                bags[i, code & 63] += 1


@kernel
def _bag_distance(bags: Numbers, left: int, right: int) -> int:
    total = np.int32(0)
    for index in range(64):
        total += abs(np.int32(bags[left, index]) - np.int32(bags[right, index]))
    return total


@kernel
def _word_distance(
    data: Bytes, starts: Ints, ends: Ints, left: int, right: int, classes: Bytes, gap: int, scale: int
) -> tuple[int, int]:
    """Indel distance in words within the threshold, or -1, and the words of both together."""
    room = ends[left] - starts[left] + ends[right] - starts[right] + 2
    words_left = np.empty(room, dtype=np.int64)
    words_right = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    n_left = tokenize(data, starts[left], ends[left], classes, True, words_left, kinds)
    n_right = tokenize(data, starts[right], ends[right], classes, True, words_right, kinds)
    total = n_left + n_right
    size = 16
    while size <= 2 * total:
        size *= 2
    table = np.zeros((size, 3), dtype=np.int64)
    left_symbols = np.empty(n_left, dtype=np.int32)
    right_symbols = np.empty(n_right, dtype=np.int32)
    known = number_words(data, words_left, n_left, table, 0, left_symbols)
    number_words(data, words_right, n_right, table, known, right_symbols)
    for i in range(n_right):
        if right_symbols[i] > known:
            right_symbols[i] = 0
    return indel_within(index_pattern(left_symbols, known), right_symbols, gap * total // scale), total


@kernel
def _candidates(
    content: int,
    memberships: Ints,
    buckets: Ints,
    heads: Ints,
    following: Ints,
    owners: Ints,
    stamps: Ints,
    stamp: int,
    shared: Small,
    found: Ints,
) -> int:
    """List the records that share a bucket with `content`, the one that shares the most first; return their number."""
    count = 0
    for at in range(memberships[content], memberships[content + 1]):
        entry = heads[buckets[at]]
        while entry >= 0:
            record = owners[entry]
            if stamps[record] != stamp:
                stamps[record] = stamp
                shared[record] = 0
                found[count] = record
                count += 1
            shared[record] += 1
            entry = following[entry]
    best = 0
    for i in range(1, count):
        if shared[found[i]] > shared[found[best]]:
            best = i
    if count:
        found[0], found[best] = found[best], found[0]
    return count


@kernel
def cluster(
    data: Bytes,
    starts: Ints,
    ends: Ints,
    n_chars: Ints,
    bags: Numbers,
    memberships: Ints,
    buckets: Ints,
    n_buckets: int,
    classes: Bytes,
    gap: int,
    scale: int,
    long_chars: int,
    record: Ints,
    distance: Ints,
    total: Ints,
    compared: Ints,
) -> None:
    """Decide the record of every content; contents are numbered by priority, and `buckets[memberships[c]:...]` are c's.

    Text c is `data[starts[c]:ends[c]]`, normalized. A pair matches when distance <= floor(gap * total / scale), where
    gap / scale is 1 - threshold and total both lengths; in characters, or in words where one has more than
    `long_chars` characters. Fills, for each content: `record` (itself for a record), `distance` and `total` to it.
    `compared` counts [candidate pairs, pairs after the bounds, matches].
    """
    n = len(starts)
    heads = np.full(n_buckets, -1, dtype=np.int64)
    following = np.empty(len(buckets), dtype=np.int64)
    owners = np.empty(len(buckets), dtype=np.int64)
    entries = 0
    stamps = np.full(n, -1, dtype=np.int64)
    shared = np.zeros(n, dtype=np.int32)
    found = np.empty(n, dtype=np.int64)
    number_of = np.zeros(0x110000, dtype=np.int32)
    longest = 1
    for c in range(n):
        if n_chars[c] <= long_chars:
            longest = max(longest, n_chars[c])
    text = np.empty(longest, dtype=np.int32)
    record[:] = -1

    # Two passes of one loop: records first, then the best record of each of the others, so that compiling is cheap.
    for step in range(2 * n):
        choosing = step < n
        c = step if choosing else step - n
        if not choosing and record[c] == c:
            continue
        count = _candidates(
            c, memberships, buckets, heads, following, owners, stamps, step, shared, found
        )
        pattern = index_pattern(text[:0], 0)
        prepared = False
        for i in range(count):
            other = found[i]
            if other == record[c]:
                continue  # measured in the first pass
            if n_chars[c] > long_chars or n_chars[other] > long_chars:
                compared[0] += 1
                compared[1] += 1
                d, t = _word_distance(data, starts, ends, c, other, classes, gap, scale)
            else:
                t = n_chars[c] + n_chars[other]
                limit = gap * t // scale
                if record[c] >= 0:
                    limit = min(limit, distance[c] * t // total[c])
                compared[0] += 1
                if abs(n_chars[c] - n_chars[other]) > limit or _bag_distance(bags, c, other) > limit:
                    continue
                compared[1] += 1
                if not prepared:
                    symbols = np.empty(n_chars[c], dtype=np.int32)
                    pattern = index_pattern(symbols, number_chars(data, starts[c], ends[c], number_of, symbols))
                    prepared = True
                look_up_chars(data, starts[other], ends[other], number_of, text)
                d = indel_within(pattern, text[: n_chars[other]], limit)
            if d < 0:
                continue
            compared[2] += 1
            # Compared as fractions; between equals the record of higher priority wins.
            if (
                record[c] < 0
                or d * total[c] < distance[c] * t
                or (d * total[c] == distance[c] * t and other < record[c])
            ):
                record[c] = other
                distance[c] = d
                total[c] = t
            if choosing:
                break
        if prepared:
            forget_chars(data, starts[c], ends[c], number_of)
        if choosing and record[c] < 0:
            record[c] = c
            distance[c] = 0
            total[c] = 2 * n_chars[c]
            for at in range(memberships[c], memberships[c + 1]):
                owners[entries] = c
                following[entries] = heads[buckets[at]]
                heads[buckets[at]] = entries
                entries += 1
