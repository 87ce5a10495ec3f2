"""Decide which contents become records, and which record each of the others joins.

First, in order of priority, a content becomes a record if no earlier record that shares a bucket with it matches it.
Then every other content joins the most similar of the records that share a bucket with it, earlier or later, ties to
the earlier. So each copy is like its record by the exact measure, and no chain A~B~C can merge what is not alike.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, schema, text
from corpuskit.kernels.block import gather
from corpuskit.kernels.cluster import BAG_BINS, fill_bags
from corpuskit.kernels.cluster import cluster as cluster_kernel
from corpuskit.kernels.types import Ints, Numbers

LONG_CHARS: Final = 20_000
"""Above this many characters on either side a pair is measured in words: by characters the cost is quadratic."""

COMPARED: Final = ("candidate_pairs", "measured_pairs", "matches")


def cluster(
    normalized: pa.ChunkedArray | pa.Array,
    active: Ints,
    buckets: pa.Table,
    *,
    n_chars: Ints,
    priority: Ints,
    threshold: Decimal,
) -> tuple[pa.Table, dict[str, int]]:
    """MEMBERS of all contents, and what it took.

    `active` (int64, ascending) are the contents that BUCKETS names, `normalized` their texts; `n_chars` and `priority`
    (place in the policy's order) are those of all contents. The counts are those of COMPARED: pairs that share a
    bucket, pairs left by the bounds that lose nothing, matches.
    """
    by_priority = np.argsort(priority[active])
    place = np.full(len(priority), -1, dtype=np.int64)
    place[active[by_priority]] = np.arange(len(active))
    data, offsets = buffers.text_buffers(normalized)
    starts, ends = offsets[by_priority], offsets[by_priority + 1]
    active = active[by_priority]
    bags = np.zeros((len(active), BAG_BINS), dtype=np.uint16)
    fill_bags(data, buffers.frozen(starts), buffers.frozen(ends), bags)

    holders = place[buffers.numbers(buckets["content"])]
    memberships = np.zeros(len(active) + 1, dtype=np.int64)
    order = np.empty(len(holders), dtype=np.int64)
    gather(buffers.frozen(holders), len(active), memberships, order)
    bucket = buffers.numbers(buckets["bucket"])[order]

    gap = 1 - Fraction(threshold)
    record, distance, total = (np.zeros(len(active), dtype=np.int64) for _ in range(3))
    compared = np.zeros(len(COMPARED), dtype=np.int64)
    inputs = map(buffers.frozen, (starts, ends, n_chars[active], bags, memberships, bucket))
    cluster_kernel(
        data,
        *inputs,
        int(bucket.max()) + 1 if len(bucket) else 0,
        buffers.frozen(text.classes()),
        gap.numerator,
        gap.denominator,
        LONG_CHARS,
        record,
        distance,
        total,
        compared,
    )
    members = _members(active, record, distance, total, n_chars)
    return members, dict(zip(COMPARED, compared.tolist(), strict=True))


def _members(active: Ints, record: Ints, distance: Ints, total: Ints, n_chars: Ints) -> pa.Table:
    """MEMBERS of all contents, of what was decided for the active ones."""
    everyone = np.arange(len(n_chars), dtype=np.int64)
    columns: list[Numbers] = [everyone.copy(), np.zeros_like(everyone), 2 * n_chars]
    for column, decided in zip(columns, (active[record], distance, total), strict=True):
        column[active] = decided
    longest = np.maximum(n_chars, n_chars[columns[0]])
    kinds = np.where(columns[0] == everyone, 0, np.where(longest > LONG_CHARS, 2, 1))
    measures = pa.array(list(schema.MEASURES)).take(pa.array(kinds))
    return pa.table([*map(pa.array, columns), measures], schema=schema.MEMBERS)


def similarity(members: pa.Table) -> Numbers:
    """Each content's similarity to its record, float64: 1 - distance / total."""
    total = buffers.numbers(members["total"])
    return np.asarray(1 - buffers.numbers(members["distance"]) / np.maximum(total, 1))
