"""What batches of documents leave behind for the whole-corpus half, and its columns taken over all batches.

A `Shard` is one batch; tables in it are mapped from disk, so that what is not asked for is not read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers
from corpuskit.buffers import Allocate
from corpuskit.kernels.types import Bytes, Flags, Ints, Minima, Numbers, Words
from corpuskit.kernels.utf8 import copy_texts
from corpuskit.stages.cluster import Measurable
from corpuskit.stages.distinct import number
from corpuskit.stages.merge import Places
from corpuskit.stages.sign import signable


@dataclass(frozen=True)
class Shard:
    """What one batch of documents gives, all that the whole-corpus half needs of it.

    documents: DOCUMENTS; passages: NUMBERED; contents: CONTENTS. Of the signable contents alone: band_keys,
    uint32[bands, n]; sketches, uint64[n, words]; bags, uint16[n, 64] (see `stages.sign`).
    """

    documents: pa.Table
    passages: pa.Table
    contents: pa.Table
    band_keys: Minima
    sketches: Words
    bags: Numbers


@dataclass(frozen=True)
class Contents:
    """The distinct contents of all shards, numbered by first appearance.

    numbers: int64, the number of each row of the shards' CONTENTS taken together; firsts: int64[contents], the first
    such row of each; hashes: uint64[contents, 2]. signed: int64, the contents with a signature; signed_rows: where
    theirs is among all signatures of the shards.
    """

    numbers: Ints
    firsts: Ints
    hashes: Words
    signed: Ints
    signed_rows: Ints


def index_contents(shards: Sequence[Shard], *, min_near_chars: int) -> Contents:
    """Number the contents of all shards."""
    hashes = np.concatenate([buffers.hash_words(shard.contents["content_hash"]) for shard in shards])
    numbers, firsts = number(hashes)
    able = np.concatenate([signable(shard.contents, min_near_chars=min_near_chars) for shard in shards])
    signed = np.flatnonzero(able[firsts])
    return Contents(numbers, firsts, hashes[firsts], signed, (np.cumsum(able) - 1)[firsts[signed]])


def places(shards: Sequence[Shard], index: Contents) -> Places:
    """Where all passages stand."""
    columns = {name: _passage_column(shards, name) for name in ("start", "end", "line_start", "line_end")}
    hashes = {
        name: np.concatenate([buffers.hash_words(shard.passages[column]) for shard in shards])
        for name, column in (("occurrence_ids", "occurrence_id"), ("text_hashes", "text_hash"))
    }
    found = pa.concat_tables([shard.documents for shard in shards])
    return Places(
        content=index.numbers[_rebased(shards, "content", [len(shard.contents) for shard in shards])],
        document=_rebased(shards, "document", [len(shard.documents) for shard in shards]),
        document_ids=buffers.one_chunk(found["document_id"]),
        paths=buffers.one_chunk(found["path"]),
        members=buffers.one_chunk(found["member"]),
        **columns,
        **hashes,
    )


def wordings(shards: Sequence[Shard], rows: Ints) -> pa.Array:
    """Texts of passages as cleaned, by their row over all shards, in any order."""
    order = np.argsort(rows, kind="stable")
    ascending = rows[order]
    bounds = np.searchsorted(ascending, np.cumsum([0, *(len(shard.passages) for shard in shards)]))
    base = 0
    parts: list[pa.Array] = []
    for shard, begin, end in zip(shards, bounds, bounds[1:], strict=False):
        parts.append(buffers.one_chunk(shard.passages["text"].take(pa.array(ascending[begin:end] - base))))
        base += len(shard.passages)
    back = np.empty(len(rows), dtype=np.int64)
    back[order] = np.arange(len(rows))
    return pa.concat_arrays(parts).take(pa.array(back))


def _rebased(shards: Sequence[Shard], name: str, sizes: Sequence[int]) -> Ints:
    """A column of row numbers inside each shard, as row numbers over all shards."""
    bases = np.cumsum([0, *sizes])[:-1]
    columns = [buffers.numbers(shard.passages[name]) for shard in shards]
    return np.concatenate([column + base for column, base in zip(columns, bases, strict=True)]).astype(np.int64)


def _passage_column(shards: Sequence[Shard], name: str) -> Numbers:
    return np.concatenate([buffers.numbers(shard.passages[name]) for shard in shards])


def content_column(shards: Sequence[Shard], name: str) -> Ints:
    """A number column of the shards' CONTENTS taken together."""
    return np.concatenate([buffers.numbers(shard.contents[name]) for shard in shards])


def text_lengths(shards: Sequence[Shard]) -> Ints:
    """Length in characters of each passage's text."""
    lengths = [buffers.numbers(pc.utf8_length(shard.passages["text"])) for shard in shards]
    return np.concatenate(lengths).astype(np.int64)


def band(shards: Sequence[Shard], which: int, rows: Ints) -> Words:
    """The keys of one band for contents, by their row among the signable ones over all shards: uint64."""
    return np.concatenate([shard.band_keys[which] for shard in shards])[rows].astype(np.uint64)


def measurable(
    shards: Sequence[Shard], index: Contents, order: Ints, needed: Flags, *, permutations: int, allocate: Allocate
) -> Measurable:
    """What it takes to measure the signed contents `order` (rows of `index.signed`); only of those `needed`, and the
    lengths of all.
    """
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    chosen = np.flatnonzero(needed[place])  # rows of index.signed, and so in the order of the shards
    places = place[chosen]
    n_chars = content_column(shards, "n_chars")[index.firsts[index.signed]][order]
    words, bins = shards[0].sketches.shape[1], shards[0].bags.shape[1]
    sketches: Words = allocate((len(order), words), np.uint64)
    bags: Numbers = allocate((len(order), bins), np.uint16)
    for column, name in ((sketches, "sketches"), (bags, "bags")):
        for here, rows, shard in _by_shard(shards, index.signed_rows[chosen], "sketches"):
            column[places[here]] = getattr(shard, name)[rows]
    starts, ends = np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.int64)
    firsts = index.firsts[index.signed[chosen]]
    pieces = list(_by_shard(shards, firsts, "contents"))
    size = 0
    for here, rows, shard in pieces:
        offsets = buffers.text_buffers(shard.contents["normalized"])[1]
        lengths = offsets[rows + 1] - offsets[rows]
        ends[places[here]] = size + np.cumsum(lengths)
        starts[places[here]] = ends[places[here]] - lengths
        size += int(lengths.sum())
    data: Bytes = allocate(max(size, 1), np.uint8)
    at = 0
    for _, rows, shard in pieces:
        at = copy_texts(*buffers.text_buffers(shard.contents["normalized"]), buffers.frozen(rows), data, at)
    return Measurable(buffers.frozen(data), starts, ends, n_chars, bags, sketches, permutations)


def _by_shard(shards: Sequence[Shard], rows: Ints, name: str) -> Iterator[tuple[slice, Ints, Shard]]:
    """Ascending rows over all shards, shard by shard: which of them, their rows in it, and the shard."""
    bounds = np.cumsum([0, *(len(getattr(shard, name)) for shard in shards)])
    cuts = np.searchsorted(rows, bounds)
    for shard, base, begin, end in zip(shards, bounds, cuts, cuts[1:], strict=False):
        yield slice(int(begin), int(end)), rows[begin:end] - base, shard
