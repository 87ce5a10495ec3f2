"""Which of the records that the contents of a block met are worth measuring: found out in the order of the records.

Content by content, each candidate's counts, sketch and text lie somewhere else, and at gigabytes each is a page that is
not at hand. Record by record, what lies together is looked at together, once for each block, and the texts that must be
measured are copied to one place.
"""

from typing import Final, NamedTuple

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.shelves import Met, Rule, take_met, tell_apart
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small, Words

# What is done with the contents of a block, in this order.
LIKELY: Final = 0  # does a record met in LIKELY_BANDS bands match? Then no other need be looked at
MATCH: Final = 1  # is there a match among the records that are listed in the buckets? The first one found will do
CHOOSE: Final = 2  # those without become records unless one of these matches, and are listed
JOIN: Final = 3  # the others join the best of all records

LIKELY_BANDS: Final = 3
"""A candidate in so many of a content's buckets is looked at before all others: if it matches, no other need be."""

STRETCH_BITS: Final = 9
"""Candidates are put in order by stretches of 512 records: their counts and sketches are 128 kB."""


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


class Candidates(NamedTuple):
    """The different records that contents of a block met.

    Those of content i of the block are `records[begins[i]:begins[i] + counts[i]]`, the most frequent one first;
    `likely` says whether that is in LIKELY_BANDS bands. begins: int64[block + 1]; counts, likely: int32[block]. Of each
    candidate (int32[room]): `owners`, its content, counted from the block's first; `bounds`, no more than the distance,
    -1 if it need not be measured; `places`, where its text is in `copied`, -1 where there was no room for it. order:
    int32[room], the candidates by stretches of records; those of stretch s are `order[stretches[s]:stretches[s + 1]]`.
    """

    begins: Ints
    counts: Small
    likely: Small
    records: Small
    owners: Small
    bounds: Small
    places: Small
    order: Small
    stretches: Ints
    copied: Bytes


@kernel
def count_candidates(met: Met, n: int, candidates: Candidates) -> int:
    """Give each of a block's first `n` contents room for what it met; return how many contents there was room for."""
    begins = candidates.begins
    for i in range(n + 1):
        begins[i] = 0
    for band in range(len(met.ends)):
        for i in range(n):
            begins[i + 1] += met.ends[band, i + 1] - met.ends[band, i]
    for i in range(n):
        begins[i + 1] += begins[i]
        if begins[i + 1] > len(candidates.records):
            return i
    return n


@kernel
def list_candidates(block: int, first: int, last: int, met: Met, record: Small, candidates: Candidates) -> None:
    """List the candidates of the contents from `first` to `last`, of the block from `block`, without their own records.

    Where its record was met, the order and `likely` say nothing: then all are looked at (JOIN).
    """
    table = np.empty(1024, dtype=np.int32)
    taken = np.empty(512, dtype=np.int32)
    shared = np.empty(512, dtype=np.int32)
    for i in range(first - block, last - block):
        begin, end = candidates.begins[i], candidates.begins[i + 1]
        size = np.int64(16)
        while size < 2 * (end - begin):
            size *= 2
        if size > len(table):
            table = np.empty(size, dtype=np.int32)
            taken = np.empty(size // 2, dtype=np.int32)
            shared = np.empty(size // 2, dtype=np.int32)
        count, most = 0, 0
        if end > begin:
            take_met(met, i, taken)
            count, most = tell_apart(taken[: end - begin], table[:size], shared, candidates.records[begin:end])
        candidates.likely[i] = np.int32(most >= LIKELY_BANDS)
        for at in range(begin, begin + count):
            if candidates.records[at] == record[block + i]:
                count -= 1
                candidates.records[at] = candidates.records[begin + count]
                break
        candidates.counts[i] = count
        for at in range(begin, begin + count):
            candidates.owners[at] = i


@kernel
def order_candidates(block: int, n: int, step: int, record: Small, candidates: Candidates) -> None:
    """Put the candidates of a block's `n` contents that a step (LIKELY, MATCH or JOIN) looks at in order of records.

    LIKELY looks at those that are likely, MATCH at the others of contents that have no record yet, and JOIN at all.
    `bounds` gives the rest -1.
    """
    stretches, records, bounds = candidates.stretches, candidates.records, candidates.bounds
    for stretch in range(len(stretches)):
        stretches[stretch] = 0
    for i in range(n):
        begin = candidates.begins[i]
        mine = record[block + i]
        for at in range(begin, begin + candidates.counts[i]):
            likely = at == begin and candidates.likely[i] == 1
            wanted = step == JOIN or (likely if step == LIKELY else mine < 0 and not likely)
            bounds[at] = 0 if wanted else -1
            if wanted:
                stretches[(records[at] >> STRETCH_BITS) + 2] += 1
    for stretch in range(2, len(stretches)):
        stretches[stretch] += stretches[stretch - 1]
    for i in range(n):
        begin = candidates.begins[i]
        for at in range(begin, begin + candidates.counts[i]):
            if bounds[at] == 0:
                stretch = (records[at] >> STRETCH_BITS) + 1
                candidates.order[stretches[stretch]] = at
                stretches[stretch] += 1


@kernel
def weigh_candidates(
    block: int,
    first: int,
    last: int,
    texts: Texts,
    rule: Rule,
    found: Found,
    candidates: Candidates,
    room: int,
    room_end: int,
    compared: Ints,
) -> np.uint64:
    """Bound the distances of the candidates in the stretches from `first` to `last`; what it returns has no meaning.

    The texts of those that may match, and better than the content's record, are copied to `candidates.copied` from
    `room` to `room_end`. `compared` counts pairs, and those refused by their sketches (see `sketches_refuse`).
    """
    starts, ends, n_chars, bags, sketches = texts.starts, texts.ends, texts.n_chars, texts.bags, texts.sketches
    records, owners, order, stretches = candidates.records, candidates.owners, candidates.order, candidates.stretches
    bounds, places, copied = candidates.bounds, candidates.places, candidates.copied
    record, distance, total = found.record, found.distance, found.total
    gap, scale, long_chars, works, disagreements = rule
    copies = np.empty(1 << STRETCH_BITS, dtype=np.int32)
    cheap = works[0] if len(works) > 0 else np.int64(np.iinfo(np.int64).max)
    touched = np.uint64(0)
    for stretch in range(first, last):
        begin, end = stretches[stretch], stretches[stretch + 1]
        if begin == end:
            continue
        for i in range(len(copies)):
            copies[i] = -1
        for i in range(begin, end):  # one number of each cache line, so that all come from memory side by side
            other = int(np.int64(records[order[i]]))
            if n_chars[block + np.int64(owners[order[i]])] * n_chars[other] > cheap:
                for word in range(0, sketches.shape[1], 8):
                    touched ^= sketches[other, word]
            else:
                touched ^= np.uint64(bags[other, 0]) ^ np.uint64(bags[other, 32])
        for i in range(begin, end):
            at = order[i]
            other, content = int(np.int64(records[at])), int(block + np.int64(owners[at]))
            places[at] = -1
            compared[0] += 1
            if sketches_refuse(sketches, n_chars, works, disagreements, content, other):
                compared[1] += 1
                bounds[at] = -1
                continue
            length, length_there = n_chars[content], n_chars[other]
            if length > long_chars or length_there > long_chars:
                continue
            both = length + length_there
            limit = gap * both // scale
            if record[content] >= 0:
                limit = min(limit, np.int64(distance[content]) * both // np.int64(total[content]))
            bound = abs(length - length_there)
            if bound <= limit:
                bound = max(bound, bag_distance(bags, content, other))
            if bound > limit:
                bounds[at] = -1
                continue
            bounds[at] = bound
            place = np.int64(copies[other & (len(copies) - 1)])
            if place < 0 and ends[other] - starts[other] <= room_end - room:
                place = np.int64(room)
                copies[other & (len(copies) - 1)] = place
                for byte in range(starts[other], ends[other]):
                    copied[room] = texts.data[byte]
                    room += 1
            places[at] = place
    return touched


@kernel
def bag_distance(bags: Numbers, left: int, right: int) -> int:
    """How much the counts of two rows differ, in all."""
    total = np.int32(0)
    for index in range(bags.shape[1]):
        total += abs(np.int32(bags[left, index]) - np.int32(bags[right, index]))
    return int(total)


@kernel
def sketches_refuse(sketches: Words, n_chars: Ints, works: Ints, disagreements: Ints, content: int, other: int) -> bool:
    """Whether two sketches are too different for what measuring the texts would cost."""
    allowed = np.int64(-1)
    for at in range(len(works)):
        if n_chars[content] * n_chars[other] > works[at]:
            allowed = disagreements[at]
    if allowed < 0:
        return False
    ones = np.uint64(0x1111111111111111)
    low = np.uint64(0x0F0F0F0F0F0F0F0F)
    mine, theirs = sketches[content], sketches[other]
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
    return bool(differing > allowed)
