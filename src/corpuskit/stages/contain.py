"""Find records that hold others: a passage that is another one and more, or two that stand apart elsewhere.

The idea: the shingles of each text are sampled by their hash, the same ones wherever they stand. A text is looked for
by a few of them, the rarest of each of its parts that some other text has too. The texts, the shortest first, are read
once; where enough shingles of another one stand in it at about the same distances, the piece of it with the least Indel
distance to the other is found, and the other is *held* if the piece reaches the threshold to it.

Two texts that are alike as wholes are near copies or variants, not one inside the other.
"""

import bisect
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import Indel

from corpuskit import buffers, schema, text
from corpuskit.kernels.block import gather
from corpuskit.kernels.contain import (
    Bounds,
    Index,
    Sampling,
    Texts,
    choose_samples,
    count_shingles,
    find_holders,
    locate,
    number_hashes,
)
from corpuskit.kernels.types import Flags, Ints
from corpuskit.stages.cluster import LONG_CHARS
from corpuskit.stages.normalize import normalize

SIZE: Final = 16
SIZE_UNSPACED: Final = 6
RATE: Final = 4
"""Shingles of 10 characters, of which one in 4 is taken; of scripts without spaces 4, and all are taken."""

STRATA: Final = 16
"""A text is looked for by so many shingles at most."""

MOST: Final = 16
"""So many texts at most are looked for by one shingle: what more of them share everywhere finds nothing new."""

REPEATS: Final = 8
"""Of a shingle that stands in one text more often, the first so many places count."""

HOLDERS: Final = 8
"""Of each record so many that hold it are linked, the shortest."""

MEASURED: Final = 64
"""No text is measured against more candidates than these."""

BATCH: Final = 10_000
"""So many links are Python strings at a time."""

WORK: Final = ("contain_hits", "contain_candidates", "contain_measured")


@dataclass(frozen=True)
class Held:
    """Which texts hold others, by the one held and then from the shortest holder on; int64 each.

    left, right: rows of the holder and of what it holds; pieces: int64[n, 2], bytes of the holder's normalized text;
    beyond: for each text, candidates that were not measured any more.
    """

    left: Ints
    right: Ints
    pieces: Ints
    beyond: Ints

    def rows(self) -> Ints:
        """The texts that hold or are held, ascending."""
        return np.unique(np.concatenate([self.left, self.right]))


def contain(
    normalized: pa.ChunkedArray | pa.Array, n_chars: Ints, able: Flags, *, threshold: Decimal
) -> tuple[Held, dict[str, int]]:
    """Which of the texts hold others, and what it took to find out: the counts of WORK.

    `n_chars` are the texts' lengths in characters; `able` says which may be held by others (see `signable`); of those,
    texts longer than LONG_CHARS are not looked for.
    """
    texts = Texts(*buffers.text_buffers(normalized), buffers.frozen(n_chars))
    sampling = Sampling(SIZE, SIZE_UNSPACED, RATE, buffers.frozen(text.classes()))
    gap = 1 - Fraction(threshold)
    bounds = Bounds(gap.numerator, gap.denominator, HOLDERS, MEASURED, LONG_CHARS)
    index = _index(texts, able & (n_chars <= LONG_CHARS), sampling)
    order = np.argsort(n_chars, kind="stable")
    beyond = np.zeros(len(n_chars), dtype=np.int64)
    work = np.zeros(len(WORK), dtype=np.int64)
    found, rows = find_holders(texts, buffers.frozen(order), sampling, index, bounds, beyond, work)
    found = found[:rows]
    found = found[np.argsort(found[:, 1], kind="stable")]
    held = Held(found[:, 0].copy(), found[:, 1].copy(), found[:, 2:4].copy(), beyond)
    return held, dict(zip(WORK, work.tolist(), strict=True))


def _index(texts: Texts, wanted: Flags, sampling: Sampling) -> Index:
    """The shingles by which the `wanted` texts are looked for."""
    room = int(np.minimum(texts.n_chars[wanted], STRATA).sum())
    # Two to four counts for each shingle that is taken: one in ten that stands once is believed to be shared.
    size = 1 << max(int(texts.n_chars.sum()) * 2 // RATE, 1 << 16).bit_length()
    counts = np.zeros(size, dtype=np.uint8)
    count_shingles(texts, sampling, counts)
    hashes = np.empty(room, dtype=np.uint64)
    owners, places = (np.empty(room, dtype=np.int64) for _ in range(2))
    needed = np.zeros(len(wanted), dtype=np.int64)
    made = choose_samples(
        texts, buffers.frozen(wanted), sampling, buffers.frozen(counts), STRATA, hashes, owners, places, needed
    )
    hashes, owners, places = hashes[:made], owners[:made], places[:made]
    table = np.full(1 << max(2 * made, 16).bit_length(), np.iinfo(np.uint64).max, dtype=np.uint64)
    numbers = np.empty(made, dtype=np.int64)
    count = number_hashes(buffers.frozen(hashes), table, numbers)
    starts = np.zeros(count + 1, dtype=np.int64)
    order = np.empty(made, dtype=np.int64)
    gather(buffers.frozen(numbers), count, starts, order)
    postings = np.column_stack([owners[order], places[order]])
    table, starts, postings, needed = map(buffers.frozen, (table, starts, postings, needed))
    return Index(table, starts, postings, needed, MOST, REPEATS)


def link_held(
    held: Held, ids: pa.Array, wordings: pa.Array, normalized: pa.ChunkedArray | pa.Array, *, threshold: Decimal
) -> pa.Table:
    """LINKS of holders to the records that they hold.

    `ids` and `normalized` are those of all texts, `wordings` (large_string) of `held.rows()`.

    The piece of the holder's own wording is measured once more, since characters that are one in the wording may be
    several in its normalized text; what is not at the threshold then is no link.
    """
    kept, spans, alike, sizes = [], [], [], []
    left, right = (np.searchsorted(held.rows(), rows) for rows in (held.left, held.right))  # rows of `wordings`
    for begin in range(0, len(held.left), BATCH):
        rows = np.arange(begin, min(begin + BATCH, len(held.left)))
        holders = buffers.one_chunk(wordings.take(pa.array(left[rows])))
        found = place(holders, held.pieces[rows])
        rights = normalized.take(pa.array(held.right[rows])).to_pylist()
        similar = similarities(holders, found, rights, threshold)
        fine = np.flatnonzero(similar >= 0)
        kept.append(rows[fine])
        spans.append(found[fine])
        alike.append(similar[fine])
        sizes.append(_sizes(wordings.take(pa.array(right[rows[fine]]))))
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
    whole = np.column_stack([np.zeros_like(rows), np.concatenate([np.zeros(0, dtype=np.int64), *sizes])])
    columns = [
        ids.take(pa.array(held.left[rows])),
        ids.take(pa.array(held.right[rows])),
        pa.array(["contains"] * len(rows), pa.string()),
        pa.array(np.concatenate([np.zeros(0), *alike])),
        _span_lists(np.concatenate([np.zeros((0, 2), dtype=np.int64), *spans])),
        _span_lists(whole),
        pa.array(_reasons(held.right[rows], held.beyond), pa.string()),
    ]
    return pa.table(columns, schema=schema.LINKS)


def place(wordings: pa.Array, pieces: Ints) -> Ints:
    """Where the bytes `pieces` (int64[n, 2]) of normalized texts stand in their wordings: bytes, int64[n, 2]."""
    tables = text.fold_tables()
    spans = np.zeros_like(pieces)
    slow = np.zeros(len(wordings), dtype=np.bool_)
    kind, start, found = map(buffers.frozen, (tables.kind, tables.start, pieces))
    locate(*buffers.text_buffers(wordings), kind, start, found, spans, slow)
    for row in np.flatnonzero(slow).tolist():
        spans[row] = _place_slowly(wordings[row].as_py(), *pieces[row].tolist())
    return spans


def _place_slowly(wording: str, begin: int, end: int) -> tuple[int, int]:
    """`place` for one wording with combining marks, by bisection: a longer beginning has no shorter normalized text.

    Where marks make that untrue the span is a little off, which the measure then sees.
    """

    def size(length: int) -> int:
        return len(text.normalize(wording[:length]).encode())

    lengths = range(len(wording) + 1)
    first = bisect.bisect_right(lengths, begin, key=size) - 1
    last = max(bisect.bisect_left(lengths, end, key=size), bisect.bisect_right(lengths, end, key=size) - 1)
    return len(wording[:first].encode()), len(wording[:last].rstrip().encode())


def similarities(wordings: pa.Array, spans: Ints, others: list[str], threshold: Decimal) -> npt.NDArray[np.float64]:
    """Normalized Indel similarity of each wording's span to another normalized text; -1 below the threshold."""
    pieces = [
        wording.encode()[begin:end].decode(errors="replace")
        for wording, (begin, end) in zip(wordings.to_pylist(), spans.tolist(), strict=True)
    ]
    gap = 1 - Fraction(threshold)
    found = np.full(len(others), -1.0)
    folded = normalize(pa.array(pieces, pa.large_string())).to_pylist()
    for at, (piece, other) in enumerate(zip(folded, others, strict=True)):
        total = len(piece) + len(other)
        limit = gap.numerator * total // gap.denominator
        distance = Indel.distance(piece, other, score_cutoff=limit)
        if distance <= limit:
            found[at] = 1 - distance / total
    return found


def _sizes(wordings: pa.ChunkedArray | pa.Array) -> Ints:
    return np.diff(buffers.text_buffers(wordings)[1])


def _span_lists(spans: Ints) -> pa.Array:
    """A list of one span each."""
    kind = schema.LINKS.field("left_spans").type
    structs = pa.StructArray.from_arrays([pa.array(spans[:, side]) for side in (0, 1)], fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(np.arange(len(spans) + 1, dtype=np.int32)), structs, type=kind)


def _reasons(right: Ints, beyond: Ints) -> list[str]:
    """For each row, which of the holders it tells; rows of one held text stand together."""
    counts = np.bincount(right, minlength=len(beyond))
    first = np.cumsum(counts) - counts
    reasons = []
    for row, held in enumerate(right.tolist()):
        rank = f"holder {row - int(first[held]) + 1} of {counts[held]}"
        more = f"; {beyond[held]} longer candidates were not measured" if beyond[held] else ""
        reasons.append(rank + (", the shortest first" if counts[held] > 1 else "") + more)
    return reasons
