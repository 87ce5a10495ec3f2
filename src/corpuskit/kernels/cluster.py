"""The cluster rule over texts and buckets: first the records, in order of priority; then each other's best record."""

from typing import Final, NamedTuple

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
from corpuskit.kernels.shelves import (
    Company,
    Met,
    Rule,
    count_company,
    count_met,
    join_company,
    take_company,
    take_met,
    tell_apart,
)
from corpuskit.kernels.sign import hash_shingle, tokenize
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Small, Words

WORD_BAG_BINS: Final = 4_096
WIDE_BAG_BINS: Final = 65_536
WIDE_CHARS: Final = 200_000
"""Longer texts have a wide bag, too. In the narrow one 40 words share a bin, so that any two texts of 170,000 words
drawn alike look alike: measuring them takes 45 ms a pair, where wide bags refuse them in microseconds."""

# What `decide` does with its contents.
MATCH: Final = 0  # is there a match among the records that are listed in the buckets? The first one found will do
CHOOSE: Final = 1  # those without become records unless one of these matches, and are listed
JOIN: Final = 2  # the others join the best of all records

CANDIDATES: Final = 64
"""So many candidates' sketches are looked at together: 8 kB of the processor's nearest cache."""

LIKELY_BANDS: Final = 3
"""A candidate in so many of a content's buckets is looked at alone: if it matches, no other need be."""


class Texts(NamedTuple):
    """The normalized texts of contents, numbered by priority, and what bounds their distance from below.

    Text c is `data[starts[c]:ends[c]]`, of `n_chars[c]` characters. bags: uint16[n, 64]; sketches: uint64[n, words];
    word_bag[c]: c's row in `word_bags` (uint16[rows, 4096]) and `word_counts`, -1 for none; wide_bag[c]: in `wide_bags`
    (uint16[rows, 65536]).
    """

    data: Bytes
    starts: Ints
    ends: Ints
    n_chars: Ints
    bags: Numbers
    sketches: Words
    word_bags: Numbers
    word_bag: Ints
    word_counts: Ints
    wide_bags: Numbers
    wide_bag: Ints


class Found(NamedTuple):
    """What is decided of each content: its record (itself for a record, -1 at first), the distance, the length of both.

    int32, uint32 and uint32.
    """

    record: Small
    distance: Numbers
    total: Numbers


@kernel
def fill_word_bags(
    data: Bytes, starts: Ints, ends: Ints, rows: Ints, longest: int, classes: Bytes, bags: Numbers, counts: Ints
) -> None:
    """Count the words of texts `rows` by their hash, into uint16[len(rows), bins] that stop at 65,535; and in all.

    The counts' total difference is a lower bound of the distance in words. `longest` is the most bytes of a text.
    """
    of_words = bool(np.bool_(True))  # a literal would have `tokenize` compiled once more
    words = np.empty(longest + 1, dtype=np.int64)
    kinds = np.empty(longest + 1, dtype=np.uint8)
    for i in range(len(rows)):
        row = rows[i]
        counts[i] = tokenize(data, starts[row], ends[row], classes, of_words, words, kinds)
        for word in range(counts[i]):
            end = words[word + 1]
            while end > words[word] and data[end - 1] == 32:
                end -= 1
            place = hash_shingle(data, words[word], end) & (bags.shape[1] - 1)
            if bags[i, place] < 65535:
                bags[i, place] += 1


@kernel
def _bag_distance(bags: Numbers, left: int, right: int) -> int:
    total = np.int32(0)
    for index in range(bags.shape[1]):
        total += abs(np.int32(bags[left, index]) - np.int32(bags[right, index]))
    return int(total)


@kernel
def _refuse(
    sketches: Words,
    n_chars: Ints,
    works: Ints,
    disagreements: Ints,
    content: int,
    but: int,
    listed: Small,
    left: int,
    first: int,
    last: int,
) -> tuple[int, int, np.uint64]:
    """Move those of the candidates from `first` to `last` that may be worth measuring to `left`, in their order.

    The others have sketches too different for what measuring would cost, or are `but`, measured before. Return where
    they end, how many were refused, and a number without meaning. One call for many candidates, with plain arrays: with
    all of `Texts` for each candidate this took twice as long.
    """
    touched = np.uint64(0)
    for i in range(first, last):  # a word of each cache line, so that all come from memory side by side
        touched ^= np.uint64(n_chars[listed[i]])
        for word in range(0, sketches.shape[1], 8):
            touched ^= sketches[listed[i], word]
    ones = np.uint64(0x1111111111111111)
    low = np.uint64(0x0F0F0F0F0F0F0F0F)
    mine = sketches[content]
    length = n_chars[content]
    refused = np.int64(0)
    for i in range(first, last):
        other = listed[i]
        if other == but:
            continue
        allowed = np.int64(-1)
        for at in range(len(works)):
            if length * n_chars[other] > works[at]:
                allowed = disagreements[at]
        if allowed >= 0:
            theirs = sketches[other]
            differing = np.int64(0)
            for word in range(0, len(mine), 8):
                counts = np.uint64(0)  # of 16 columns of values (of four bits)
                for at in range(word, word + 8):
                    x = mine[at] ^ theirs[at]
                    x |= x >> np.uint64(2)
                    x |= x >> np.uint64(1)
                    counts += x & ones
                counts = (counts & low) + ((counts >> np.uint64(4)) & low)
                differing += np.int64((counts * np.uint64(0x0101010101010101)) >> np.uint64(56))
            if differing > allowed:
                refused += 1
                continue
        listed[left] = other
        left += 1
    return int(left), int(refused), touched


@kernel
def _word_bags_differ(texts: Texts, rule: Rule, left: int, right: int) -> bool:
    """Whether the words alone put a long pair below the threshold."""
    a, b = texts.word_bag[left], texts.word_bag[right]
    if a < 0 or b < 0:
        return False
    total = texts.word_counts[a] + texts.word_counts[b]
    limit = rule.gap * total // rule.scale
    if _bag_distance(texts.word_bags, a, b) > limit:
        return True
    a, b = texts.wide_bag[left], texts.wide_bag[right]
    return bool(a >= 0 and b >= 0 and _bag_distance(texts.wide_bags, a, b) > limit)


@kernel
def _word_distance(texts: Texts, rule: Rule, left: int, right: int, classes: Bytes) -> tuple[int, int]:
    """Indel distance in words within the threshold, or -1, and the words of both together."""
    starts, ends = texts.starts, texts.ends
    of_words = bool(np.bool_(True))  # a literal would have `tokenize` compiled once more
    room = max(ends[left] - starts[left], ends[right] - starts[right]) + 1
    words_left = np.empty(room, dtype=np.int64)
    words_right = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    n_left = tokenize(texts.data, starts[left], ends[left], classes, of_words, words_left, kinds)
    n_right = tokenize(texts.data, starts[right], ends[right], classes, of_words, words_right, kinds)
    total = n_left + n_right
    size = 16
    while size <= 2 * total:
        size *= 2
    table = np.zeros((size, 3), dtype=np.int64)
    left_symbols = np.empty(n_left, dtype=np.int32)
    right_symbols = np.empty(n_right, dtype=np.int32)
    known = number_words(texts.data, words_left, n_left, table, int(np.int64(0)), left_symbols)
    number_words(texts.data, words_right, n_right, table, known, right_symbols)
    for i in range(n_right):
        if right_symbols[i] > known:
            right_symbols[i] = 0
    return indel_within(index_pattern(left_symbols, known), right_symbols, rule.gap * total // rule.scale), total


@kernel
def decide(
    step: int,
    block: int,
    first: int,
    last: int,
    texts: Texts,
    rule: Rule,
    settled: Flags,
    met: Met,
    company: Company,
    classes: Bytes,
    number_of: Small,
    found: Found,
    compared: Ints,
) -> np.uint64:
    """Take one step (MATCH, CHOOSE or JOIN) for the contents from `first` to `last`; what it returns has no meaning.

    They are of the block that begins at `block`, of which `met` and `company` tell: MATCH and JOIN compare with the
    records met, change nothing but their own contents' rows of `found`, and may run side by side; CHOOSE compares with
    the records in company. One kernel, so that the loop is compiled once. `number_of` is int32[0x110000], zeros.
    `compared` counts candidate pairs, pairs refused by their sketches, pairs measured, and matches.
    """
    record, distance, total = found.record, found.distance, found.total
    sketches, n_chars, works, disagreements = texts.sketches, texts.n_chars, rule.works, rule.disagreements
    longest = np.int64(1)
    text = np.empty(1, dtype=np.int32)
    table = np.empty(1024, dtype=np.int32)
    taken = np.empty(512, dtype=np.int32)
    shared = np.empty(512, dtype=np.int32)
    listed = np.empty(512, dtype=np.int32)
    nothing = index_pattern(text[:0], int(np.int64(0)))
    touched = np.uint64(0)
    for c in range(first, last):
        if (step == JOIN and record[c] == c) or (step == CHOOSE and record[c] >= 0):
            continue
        place = c - block
        entries = count_company(company, place) if step == CHOOSE else count_met(met, place)
        count, most = 0, 0
        if entries > 0:
            size = np.int64(16)
            while size < 2 * entries:
                size *= 2
            if size > len(table):
                table = np.empty(size, dtype=np.int32)
                taken = np.empty(size // 2, dtype=np.int32)
                shared = np.empty(size // 2, dtype=np.int32)
                listed = np.empty(size // 2, dtype=np.int32)
            if step == CHOOSE:
                entries = take_company(company, place, block, n_chars, settled, rule, taken)
            else:
                take_met(met, place, taken)
            count, most = tell_apart(taken[:entries], table[:size], shared, listed)
        pattern = nothing
        prepared = False
        likely = step != JOIN and most >= LIKELY_BANDS
        at, left, seen = int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
        while at < left or seen < count:
            if at == left:
                last_seen = seen
                seen = min(count, 1 if likely and seen == 0 else seen + CANDIDATES)
                left, refused, read = _refuse(
                    sketches,
                    n_chars,
                    works,
                    disagreements,
                    c,
                    int(record[c]),
                    listed,
                    int(at),
                    int(last_seen),
                    int(seen),
                )
                touched ^= read
                compared[0] += left - at + refused
                compared[1] += refused
                continue
            other = int(np.int64(listed[at]))
            at += 1
            if texts.n_chars[c] > rule.long_chars or texts.n_chars[other] > rule.long_chars:
                if _word_bags_differ(texts, rule, c, other):
                    continue
                compared[2] += 1
                d, t = _word_distance(texts, rule, c, other, classes)
            else:
                t = texts.n_chars[c] + texts.n_chars[other]
                limit = rule.gap * t // rule.scale
                if record[c] >= 0:
                    limit = min(limit, np.int64(distance[c]) * t // np.int64(total[c]))
                apart = abs(texts.n_chars[c] - texts.n_chars[other])
                if apart > limit or _bag_distance(texts.bags, c, other) > limit:
                    continue
                compared[2] += 1
                if not prepared:
                    symbols = np.empty(texts.n_chars[c], dtype=np.int32)
                    pattern = index_pattern(symbols, number_chars(texts.data, texts.starts[c], number_of, symbols))
                    prepared = True
                if texts.n_chars[other] > longest:
                    longest = texts.n_chars[other]
                    text = np.empty(longest, dtype=np.int32)
                look_up_chars(texts.data, texts.starts[other], texts.ends[other], number_of, text)
                d = indel_within(pattern, text[: texts.n_chars[other]], limit)
            if d < 0:
                continue
            compared[3] += 1
            # Compared as fractions; between equals the record of higher priority wins.
            now, of = np.int64(distance[c]), np.int64(total[c])
            if record[c] < 0 or d * of < now * t or (d * of == now * t and other < record[c]):
                record[c] = other
                distance[c] = d
                total[c] = t
            if step != JOIN:
                break
        if prepared:
            forget_chars(texts.data, texts.starts[c], texts.ends[c], number_of)
        if step == CHOOSE and record[c] < 0:
            record[c] = c
            distance[c] = 0
            total[c] = 2 * texts.n_chars[c]
            join_company(company, place)
    return touched
