"""The cluster rule over texts and buckets: first the records, in order of priority; then each other's best record."""

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.measure import (
    forget_chars,
    indel_within,
    index_pattern,
    look_up_chars,
    number_chars,
    number_words,
)
from corpuskit.kernels.sign import hash_shingle, tokenize
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small
from corpuskit.kernels.utf8 import read_code_point

BAG_BINS = 64
WORD_BAG_BINS = 4096


@kernel
def fill_word_bags(
    data: Bytes, starts: Ints, ends: Ints, rows: Ints, longest: int, classes: Bytes, bags: Numbers, counts: Ints
) -> None:
    """Count the words of texts `rows` by their hash, into uint16[len(rows), 4096] that stop at 65,535; and in all.

    The counts' total difference is a lower bound of the distance in words. `longest` is the most bytes of a text.
    """
    words = np.empty(longest + 1, dtype=np.int64)
    kinds = np.empty(longest + 1, dtype=np.uint8)
    for i in range(len(rows)):
        row = rows[i]
        counts[i] = tokenize(data, starts[row], ends[row], classes, True, words, kinds)
        for word in range(counts[i]):
            end = words[word + 1]
            while end > words[word] and data[end - 1] == 32:
                end -= 1
            place = hash_shingle(data, words[word], end) & (WORD_BAG_BINS - 1)
            if bags[i, place] < 65535:
                bags[i, place] += 1


@kernel
def fill_bags(data: Bytes, starts: Ints, ends: Ints, bags: Numbers) -> None:
    """Count each text's code points modulo 64, into uint16[n, 64] that stop at 65,535.

    The counts' total difference is a lower bound of the Indel distance: one insertion or deletion changes one count.
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
    for index in range(bags.shape[1]):
        total += abs(np.int32(bags[left, index]) - np.int32(bags[right, index]))
    return total


@kernel
def _agreement(sketches: Bytes, left: int, right: int) -> int:
    """How many values of two sketches agree."""
    agreeing = np.int32(0)
    for index in range(sketches.shape[1]):
        agreeing += np.int32(sketches[left, index] == sketches[right, index])
    return agreeing


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
    word_bags: Numbers,
    word_bag: Ints,
    word_counts: Ints,
    sketches: Bytes,
    works: Ints,
    agreements: Ints,
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
    `long_chars` characters. Pairs whose lengths multiply to more than `works[i]` (ascending) need `agreements[i]` agreeing
    values in `sketches` (uint8[n, permutations]): the only bound that can lose a pair. `word_bag[c]` is c's row in `word_bags` and `word_counts`, -1 for none.

    Fills, for each content: `record` (itself for a record), `distance` and `total` to it. `compared` counts
    [candidate pairs, pairs refused by their sketches, pairs measured, matches].
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
            compared[0] += 1
            needed = 0
            for at in range(len(works)):
                if n_chars[c] * n_chars[other] > works[at]:
                    needed = agreements[at]
            if needed > 0 and _agreement(sketches, c, other) < needed:
                compared[1] += 1
                continue
            if n_chars[c] > long_chars or n_chars[other] > long_chars:
                left, right = word_bag[c], word_bag[other]
                if left >= 0 and right >= 0:
                    t = word_counts[left] + word_counts[right]
                    if _bag_distance(word_bags, left, right) > gap * t // scale:
                        continue
                compared[2] += 1
                d, t = _word_distance(data, starts, ends, c, other, classes, gap, scale)
            else:
                t = n_chars[c] + n_chars[other]
                limit = gap * t // scale
                if record[c] >= 0:
                    limit = min(limit, distance[c] * t // total[c])
                if abs(n_chars[c] - n_chars[other]) > limit or _bag_distance(bags, c, other) > limit:
                    continue
                compared[2] += 1
                if not prepared:
                    symbols = np.empty(n_chars[c], dtype=np.int32)
                    pattern = index_pattern(symbols, number_chars(data, starts[c], ends[c], number_of, symbols))
                    prepared = True
                look_up_chars(data, starts[other], ends[other], number_of, text)
                d = indel_within(pattern, text[: n_chars[other]], limit)
            if d < 0:
                continue
            compared[3] += 1
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
