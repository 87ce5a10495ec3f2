"""Records on the shelves of their buckets, and who meets whom there: band by band, for a block of contents at a time.

A corpus has some fifty bands, and of each a shelf that grows with it. Content by content, every look goes to another
shelf, and at gigabytes each is a page that is not at hand. Band by band, one shelf at a time is.
"""

from typing import NamedTuple

import numpy as np

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Flags, Ints, Small


class Rule(NamedTuple):
    """When two texts match: distance <= floor(gap * total / scale), where total is the length of both.

    gap / scale is 1 - threshold. Lengths are in characters, or in words where one text has more than `long_chars`
    characters. Pairs whose lengths multiply to more than `works[i]` (ascending) may have `disagreements[i]` values of
    their sketches that differ: the only bound that can lose a pair.
    """

    gap: int
    scale: int
    long_chars: int
    works: Ints
    disagreements: Ints


class Shelves(NamedTuple):
    """The buckets, and the records listed in each.

    numbers: int32[bands, n], each content's bucket in each band, -1 where it is alone. settled: bool[n], contents of
    which no two match. The records of bucket b are `entries[bounds[b, 0]:bounds[b, 1]]` (int32[n, 2]; `bounds` is
    int64), ascending, each with its length in characters, and if it is settled the complement of that: most candidates
    are too long or too short, or known, and are left out without a look at anything else of theirs. At most `most` are
    listed of each.
    """

    numbers: Small
    settled: Flags
    bounds: Ints
    entries: Small
    most: int


class Met(NamedTuple):
    """Records on the shelves that may match the contents of a block, those of content i of it in band b are
    `records[b, ends[b, i]:ends[b, i + 1]]`. ends: int32[bands, block + 1]; records: int32[bands, room]."""

    ends: Small
    records: Small


class Company(NamedTuple):
    """Contents of a block without a match that share a bucket with another such one, and the records among them.

    group: int32[block, bands], -1 for none. Of each group (int32[bands, groups]) `newest` is the record listed last,
    `listed` how many are, and `room` how many more the bucket may list; before: int32[block, bands], the record that
    was listed before a record. Contents and records are counted from the block's first; -1 where there is none.
    """

    group: Small
    newest: Small
    listed: Small
    room: Small
    before: Small


@kernel
def may_match(rule: Rule, length: int, other: int) -> bool:
    """Whether two lengths in characters leave room for a match."""
    if length > rule.long_chars or other > rule.long_chars:  # measured in words
        return True
    return bool(abs(length - other) * rule.scale <= (length + other) * rule.gap)


@kernel
def meet_records(
    first: int,
    last: int,
    first_band: int,
    last_band: int,
    n_chars: Ints,
    record: Small,
    rule: Rule,
    shelves: Shelves,
    met: Met,
) -> int:
    """List what the contents from `first` to `last` that are no records meet on the shelves of some bands.

    `record` is each content's record, itself for a record. Return up to which content there was room in all bands; to
    have room for any content, `met.records` must hold as many as a bucket may list.
    """
    reach = last
    bounds, entries, settled = shelves.bounds, shelves.entries, shelves.settled
    for band in range(first_band, last_band):
        numbers, ends, records = shelves.numbers[band], met.ends[band], met.records[band]
        count = np.int64(0)
        ends[0] = 0
        for c in range(first, reach):
            bucket = np.int64(numbers[c])
            if bucket >= 0 and record[c] != c:
                begin, at = int(bounds[bucket, 0]), int(bounds[bucket, 1])
                if count + at - begin > len(records):
                    reach = c
                    break
                length = n_chars[c]
                while at > begin:
                    at -= 1
                    other = int(entries[at, 1])
                    if other < 0:
                        if settled[c]:
                            continue
                        other = ~other
                    if may_match(rule, length, other):
                        records[count] = entries[at, 0]
                        count += 1
            ends[c - first + 1] = count
    return int(reach)


@kernel
def shelve_records(
    first: int, last: int, first_band: int, last_band: int, n_chars: Ints, record: Small, shelves: Shelves
) -> int:
    """Put the records from `first` to `last` onto the shelves of some bands; return how often a bucket had no room."""
    unlisted = np.int64(0)
    for band in range(first_band, last_band):
        for c in range(first, last):
            bucket = np.int64(shelves.numbers[band, c])
            if bucket < 0 or record[c] != c:
                continue
            begin, end = shelves.bounds[bucket]
            if end - begin >= shelves.most:
                unlisted += 1
                continue
            shelves.entries[end, 0] = c
            shelves.entries[end, 1] = ~n_chars[c] if shelves.settled[c] else n_chars[c]
            shelves.bounds[bucket, 1] = end + 1
    return int(unlisted)


@kernel
def find_company(
    first: int, last: int, first_band: int, last_band: int, record: Small, shelves: Shelves, company: Company
) -> None:
    """Form the groups of the contents from `first` to `last` that have no record yet, in some bands; none is listed.

    `company.group` is -1 for all of them before.
    """
    size = 16
    while size < 2 * (last - first):
        size *= 2
    table = np.empty(size, dtype=np.int32)
    for band in range(first_band, last_band):
        numbers, group = shelves.numbers[band, first:last], company.group[:, band]
        for slot in range(size):
            table[slot] = -1
        groups = np.int32(0)
        for i in range(last - first):
            if numbers[i] < 0 or record[first + i] >= 0:
                continue
            slot = int((np.uint64(numbers[i]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & (size - 1)
            while table[slot] >= 0 and numbers[table[slot]] != numbers[i]:
                slot = (slot + 1) & (size - 1)
            if table[slot] < 0:
                table[slot] = i
                continue
            if group[table[slot]] < 0:
                begin, end = shelves.bounds[numbers[i]]
                group[table[slot]] = groups
                company.newest[band, groups] = -1
                company.listed[band, groups] = 0
                company.room[band, groups] = shelves.most - (end - begin)
                groups += np.int32(1)
            group[i] = group[table[slot]]


@kernel
def take_met(met: Met, i: int, taken: Small) -> None:
    """Write down the records that content `i` of the block met."""
    count = np.int64(0)
    for band in range(len(met.ends)):
        for at in range(met.ends[band, i], met.ends[band, i + 1]):
            taken[count] = met.records[band, at]
            count += 1


@kernel
def count_company(company: Company, i: int) -> int:
    """How many records there are by now in the groups of content `i` of the block."""
    count = np.int64(0)
    for band in range(company.group.shape[1]):
        group = company.group[i, band]
        if group >= 0:
            count += company.listed[band, group]
    return int(count)


@kernel
def take_company(company: Company, i: int, first: int, n_chars: Ints, settled: Flags, rule: Rule, taken: Small) -> int:
    """Write down the records in the groups of content `i` of the block from `first` that may match it, newest first.

    Return how many.
    """
    count = np.int64(0)
    length, known = n_chars[first + i], settled[first + i]
    for band in range(company.group.shape[1]):
        group = company.group[i, band]
        if group < 0:
            continue
        other = np.int64(company.newest[band, group])
        while other >= 0:
            if not (known and settled[first + other]) and may_match(rule, length, n_chars[first + other]):
                taken[count] = first + other
                count += 1
            other = np.int64(company.before[other, band])
    return int(count)


@kernel
def join_company(company: Company, i: int) -> None:
    """List content `i` of the block, which became a record, in its groups."""
    for band in range(company.group.shape[1]):
        group = company.group[i, band]
        if group >= 0 and company.room[band, group] > 0:
            company.before[i, band] = company.newest[band, group]
            company.newest[band, group] = i
            company.listed[band, group] += 1
            company.room[band, group] -= 1


@kernel
def tell_apart(taken: Small, table: Small, shared: Small, candidates: Small) -> tuple[int, int]:
    """Write the different ones of `taken` to `candidates`, the most frequent first; return their number, and how
    frequent that one is.

    `table` (int32, a power of two, twice `taken` or more) and `shared` are overwritten; the others have room for all.
    """
    mask = len(table) - 1
    for slot in range(len(table)):
        table[slot] = -1
    count = np.int64(0)
    best = np.int64(0)
    for record in taken:
        slot = int((np.uint64(record) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)) & mask
        while table[slot] >= 0 and candidates[table[slot]] != record:
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = count
            candidates[count] = record
            shared[count] = 0
            count += 1
        place = np.int64(table[slot])
        shared[place] += np.int32(1)
        if shared[place] > shared[best]:
            best = place
    if count == 0:
        return 0, 0
    first = np.int32(candidates[best])
    candidates[best] = candidates[0]
    candidates[0] = first
    return int(count), int(shared[best])
