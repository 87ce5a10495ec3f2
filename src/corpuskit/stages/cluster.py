"""Decide which contents become records, and which record each of the others joins.

First, in order of priority, a content becomes a record if no earlier record that shares a bucket with it matches it.
Then every other content joins the most similar of the records that share a bucket with it, earlier or later, ties to
the earlier. So each copy is like its record by the exact measure, and no chain A~B~C can merge what is not alike.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema, text
from corpuskit.kernels.block import gather
from corpuskit.kernels.cluster import BAG_BINS, WORD_BAG_BINS, Found, Rule, Texts, fill_bags, fill_word_bags
from corpuskit.kernels.cluster import cluster as cluster_kernel
from corpuskit.kernels.types import Bytes, Ints, Numbers

LONG_CHARS: Final = 20_000
"""Above this many characters on either side a pair is measured in words: by characters the cost is quadratic."""

COMPARED: Final = ("candidate_pairs", "refused_by_sketch", "measured_pairs", "matches")

# The dearer the measure, the surer the signatures must be: a pair whose lengths multiply to more than the first number
# is measured only when at least threshold - margin of the signatures' values agree (a microsecond at the first step,
# ten to more than a thousand at the second). Measured for shingles of 5 characters, and used for those alone: of pairs
# of licence texts of 2,000 to 20,000 characters the least Jaccard was .66 at similarities of .85 and more, and .43 at
# .70; of unrelated ones the median was .14 to .23, growing with length, and of passages of speeches below .1. With 256
# permutations a pair with Jaccard .25 passes the first step at threshold .85 in 9,999 of 10,000 cases, one with .4 the
# second; their bands find one in five and four in five.
AGREEMENT_STEPS: Final = ((300 * 300, Decimal("0.70")), (2_000 * 2_000, Decimal("0.55")))


def may_refuse(*, shingle: str, shingle_size: int, permutations: int) -> bool:
    """Whether the steps above were measured for such signatures: 5 characters, and enough values to estimate by."""
    return shingle == "chars" and shingle_size == 5 and permutations >= 128


def cluster(
    normalized: pa.ChunkedArray | pa.Array,
    active: Ints,
    buckets: pa.Table,
    *,
    sketches: Bytes,
    n_chars: Ints,
    priority: Ints,
    threshold: Decimal,
    refuse: bool = True,
) -> tuple[pa.Table, dict[str, int]]:
    """MEMBERS of all contents, and what it took.

    `active` (int64, ascending) are the contents that BUCKETS names, `normalized` their texts, `sketches` (uint8[active,
    permutations]) the low bytes of their signatures; `n_chars` and `priority` (place in the policy's order) are those
    of all contents. `refuse` lets signatures refuse dear pairs (see `may_refuse`). The counts are those of COMPARED:
    pairs that share a bucket, pairs whose signatures are too different, pairs measured after the bounds that lose
    nothing, matches.
    """
    by_priority = np.argsort(priority[active])
    place = np.full(len(priority), -1, dtype=np.int64)
    place[active[by_priority]] = np.arange(len(active))
    data, offsets = buffers.text_buffers(normalized)
    starts, ends = offsets[by_priority], offsets[by_priority + 1]
    active = active[by_priority]
    bags = np.zeros((len(active), BAG_BINS), dtype=np.uint16)
    classes = buffers.frozen(text.classes())
    fill_bags(data, buffers.frozen(starts), buffers.frozen(ends), bags)

    long_rows = np.flatnonzero(n_chars[active] > LONG_CHARS // 4)
    word_bag = np.full(len(active), -1, dtype=np.int64)
    word_bag[long_rows] = np.arange(len(long_rows))
    word_bags = np.zeros((len(long_rows), WORD_BAG_BINS), dtype=np.uint16)
    word_counts = np.zeros(len(long_rows), dtype=np.int64)
    bounds = (buffers.frozen(starts), buffers.frozen(ends), buffers.frozen(long_rows))
    fill_word_bags(data, *bounds, int((ends - starts).max(initial=0)), classes, word_bags, word_counts)

    holders = place[buffers.numbers(buckets["content"])]
    memberships = np.zeros(len(active) + 1, dtype=np.int64)
    order = np.empty(len(holders), dtype=np.int64)
    gather(buffers.frozen(holders), len(active), memberships, order)
    bucket = buffers.numbers(buckets["bucket"])[order]

    gap = 1 - Fraction(threshold)
    steps = AGREEMENT_STEPS if refuse else ()
    works = np.array([work for work, _ in steps], dtype=np.int64)
    needed = [math.ceil((threshold - margin) * sketches.shape[1]) for _, margin in steps]
    agreements = np.array(needed, dtype=np.int64)
    rule = Rule(gap.numerator, gap.denominator, LONG_CHARS, buffers.frozen(works), buffers.frozen(agreements))
    fields = (data, starts, ends, n_chars[active], bags, sketches[by_priority], word_bags, word_bag, word_counts)
    texts = Texts(*map(buffers.frozen, fields))
    found = Found(*(np.zeros(size, dtype=np.int64) for size in (*[len(active)] * 3, len(COMPARED))))
    n_buckets = int(bucket.max(initial=-1)) + 1
    cluster_kernel(texts, rule, buffers.frozen(memberships), buffers.frozen(bucket), n_buckets, classes, found)
    members = _members(active, found, n_chars)
    return members, dict(zip(COMPARED, found.compared.tolist(), strict=True))


def _members(active: Ints, found: Found, n_chars: Ints) -> pa.Table:
    """MEMBERS of all contents, of what was decided for the active ones."""
    everyone = np.arange(len(n_chars), dtype=np.int64)
    columns: list[Numbers] = [everyone.copy(), np.zeros_like(everyone), 2 * n_chars]
    for column, decided in zip(columns, (active[found.record], found.distance, found.total), strict=True):
        column[active] = decided
    longest = np.maximum(n_chars, n_chars[columns[0]])
    kinds = np.where(columns[0] == everyone, 0, np.where(longest > LONG_CHARS, 2, 1))
    measures = pa.array(list(schema.MEASURES)).take(pa.array(kinds))
    return pa.table([*map(pa.array, columns), measures], schema=schema.MEMBERS)


def similarity(members: pa.Table) -> Numbers:
    """Each content's similarity to its record, float64: 1 - distance / total."""
    total = buffers.numbers(members["total"])
    return np.asarray(1 - buffers.numbers(members["distance"]) / np.maximum(total, 1))
