"""The cluster rule over texts and buckets: first the records, in order of priority; then each other's best record."""

from typing import NamedTuple

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


class Texts(NamedTuple):
    """The normalized texts of contents, numbered by priority, and what bounds their distance from below.

    Text c is `data[starts[c]:ends[c]]`, of `n_chars[c]` characters. bags: uint16[n, 64]; sketches: uint8[n,
    permutations]; word_bag[c]: c's row in `word_bags` (uint16[rows, 4096]) and `word_counts`, -1 for none.
    """

    data: Bytes
    starts: Ints
    ends: Ints
    n_chars: Ints
    bags: Numbers
    sketches: Bytes
    word_bags: Numbers
    word_bag: Ints
    word_counts: Ints


class Rule(NamedTuple):
    """When two texts match: distance <= floor(gap * total / scale), where total is the length of both.

    gap / scale is 1 - threshold. Lengths are in characters, or in words where one text has more than `long_chars`
    characters. Pairs whose lengths multiply to more than `works[i]` (ascending) need `agreements[i]` agreeing values
    in their sketches: the only bound that can lose a pair.
    """

    gap: int
    scale: int
    long_chars: int
    works: Ints
    agreements: Ints


class Found(NamedTuple):
    """What is decided of each content: its record (itself for a record), the distance to it, the length of both.

    `compared` counts candidate pairs, pairs refused by their sketches, pairs measured, and matches.
    """

    record: Ints
    distance: Ints
    total: Ints
    compared: Ints


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
    return int(total)


@kernel
def _agreement(sketches: Bytes, left: int, right: int) -> int:
    """How many values of two sketches agree."""
    agreeing = np.int32(0)
    for index in range(sketches.shape[1]):
        agreeing += np.int32(sketches[left, index] == sketches[right, index])
    return int(agreeing)


@kernel
def _refused(texts: Texts, rule: Rule, left: int, right: int) -> bool:
    """Whether the sketches of a pair are too different for what measuring it would cost."""
    needed = 0
    for at in range(len(rule.works)):
        if texts.n_chars[left] * texts.n_chars[right] > rule.works[at]:
            needed = rule.agreements[at]
    return needed > 0 and _agreement(texts.sketches, left, right) < needed


@kernel
def _word_bags_differ(texts: Texts, rule: Rule, left: int, right: int) -> bool:
    """Whether the words alone put a long pair below the threshold."""
    a, b = texts.word_bag[left], texts.word_bag[right]
    if a < 0 or b < 0:
        return False
    total = texts.word_counts[a] + texts.word_counts[b]
    return bool(_bag_distance(texts.word_bags, a, b) > rule.gap * total // rule.scale)


@kernel
def _word_distance(texts: Texts, rule: Rule, left: int, right: int, classes: Bytes) -> tuple[int, int]:
    """Indel distance in words within the threshold, or -1, and the words of both together."""
    starts, ends = texts.starts, texts.ends
    room = max(ends[left] - starts[left], ends[right] - starts[right]) + 1
    words_left = np.empty(room, dtype=np.int64)
    words_right = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    n_left = tokenize(texts.data, starts[left], ends[left], classes, True, words_left, kinds)
    n_right = tokenize(texts.data, starts[right], ends[right], classes, True, words_right, kinds)
    total = n_left + n_right
    size = 16
    while size <= 2 * total:
        size *= 2
    table = np.zeros((size, 3), dtype=np.int64)
    left_symbols = np.empty(n_left, dtype=np.int32)
    right_symbols = np.empty(n_right, dtype=np.int32)
    known = number_words(texts.data, words_left, n_left, table, 0, left_symbols)
    number_words(texts.data, words_right, n_right, table, known, right_symbols)
    for i in range(n_right):
        if right_symbols[i] > known:
            right_symbols[i] = 0
    return indel_within(index_pattern(left_symbols, known), right_symbols, rule.gap * total // rule.scale), total


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
    listed: Ints,
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
                listed[count] = record
                count += 1
            shared[record] += 1
            entry = following[entry]
    best = 0
    for i in range(1, count):
        if shared[listed[i]] > shared[listed[best]]:
            best = i
    if count:
        listed[0], listed[best] = listed[best], listed[0]
    return count


@kernel
def cluster(
    texts: Texts, rule: Rule, memberships: Ints, buckets: Ints, n_buckets: int, classes: Bytes, found: Found
) -> None:
    """Decide the record of every content; contents are numbered by priority, `buckets[memberships[c]:...]` are c's.

    Two passes of one loop, so that it is compiled once: records first, then the best record of each of the others.
    """
    n = len(texts.starts)
    heads = np.full(n_buckets, -1, dtype=np.int64)
    following = np.empty(len(buckets), dtype=np.int64)
    owners = np.empty(len(buckets), dtype=np.int64)
    entries = 0
    stamps = np.full(n, -1, dtype=np.int64)
    shared = np.zeros(n, dtype=np.int32)
    candidates = np.empty(n, dtype=np.int64)
    number_of = np.zeros(0x110000, dtype=np.int32)
    longest = 1
    for c in range(n):
        if texts.n_chars[c] <= rule.long_chars:
            longest = max(longest, texts.n_chars[c])
    text = np.empty(longest, dtype=np.int32)
    record, distance, total = found.record, found.distance, found.total
    record[:] = -1

    for step in range(2 * n):
        choosing = step < n
        c = step if choosing else step - n
        if not choosing and record[c] == c:
            continue
        count = _candidates(c, memberships, buckets, heads, following, owners, stamps, step, shared, candidates)
        pattern = index_pattern(text[:0], 0)
        prepared = False
        for i in range(count):
            other = candidates[i]
            if other == record[c]:
                continue  # measured in the first pass
            found.compared[0] += 1
            if _refused(texts, rule, c, other):
                found.compared[1] += 1
                continue
            if texts.n_chars[c] > rule.long_chars or texts.n_chars[other] > rule.long_chars:
                if _word_bags_differ(texts, rule, c, other):
                    continue
                found.compared[2] += 1
                d, t = _word_distance(texts, rule, c, other, classes)
            else:
                t = texts.n_chars[c] + texts.n_chars[other]
                limit = rule.gap * t // rule.scale
                if record[c] >= 0:
                    limit = min(limit, distance[c] * t // total[c])
                apart = abs(texts.n_chars[c] - texts.n_chars[other])
                if apart > limit or _bag_distance(texts.bags, c, other) > limit:
                    continue
                found.compared[2] += 1
                if not prepared:
                    symbols = np.empty(texts.n_chars[c], dtype=np.int32)
                    pattern = index_pattern(symbols, number_chars(texts.data, texts.starts[c], number_of, symbols))
                    prepared = True
                look_up_chars(texts.data, texts.starts[other], texts.ends[other], number_of, text)
                d = indel_within(pattern, text[: texts.n_chars[other]], limit)
            if d < 0:
                continue
            found.compared[3] += 1
            # Compared as fractions; between equals the record of higher priority wins.
            if record[c] < 0 or (d * total[c], other) < (distance[c] * t, record[c]):
                record[c] = other
                distance[c] = d
                total[c] = t
            if choosing:
                break
        if prepared:
            forget_chars(texts.data, texts.starts[c], texts.ends[c], number_of)
        if choosing and record[c] < 0:
            record[c] = c
            distance[c] = 0
            total[c] = 2 * texts.n_chars[c]
            for at in range(memberships[c], memberships[c + 1]):
                owners[entries] = c
                following[entries] = heads[buckets[at]]
                heads[buckets[at]] = entries
                entries += 1
