"""What batches of documents leave behind for the whole-corpus half, and its columns taken over all batches.

A `Shard` is one batch; tables in it are mapped from disk, so that what is not asked for is not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.kernels.types import Bytes, Ints, Numbers, Words
from corpuskit.stages.distinct import number
from corpuskit.stages.merge import Places
from corpuskit.stages.sign import signable


@dataclass(frozen=True)
class Shard:
    """What one batch of documents gives, all that the whole-corpus half needs of it.

    documents: DOCUMENTS; passages: NUMBERED; contents: CONTENTS; band_keys: uint64[bands, signable contents];
    sketches: uint8[signable contents, permutations].
    """

    documents: pa.Table
    passages: pa.Table
    contents: pa.Table
    band_keys: Words
    sketches: Bytes


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
    columns = {name: _passage_column(shards, name) for name in ("start", "end", "line_start", "line_end", "filtered")}
    hashes = {
        name: np.concatenate([buffers.hash_words(shard.passages[column]) for shard in shards])
        for name, column in (("occurrence_ids", "occurrence_id"), ("text_hashes", "text_hash"))
    }
    found = pa.concat_tables([shard.documents for shard in shards])
    kept = columns["filtered"] == schema.NOT_FILTERED
    content = np.full(len(kept), -1, dtype=np.int64)
    content[kept] = index.numbers[_rebased(shards, "content", [len(shard.contents) for shard in shards])[kept]]
    return Places(
        content=content,
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


def band(shards: Sequence[Shard], which: int) -> Words:
    """The keys of one band for the signable contents of all shards."""
    return np.concatenate([shard.band_keys[which] for shard in shards])


def sketches(shards: Sequence[Shard], rows: Ints) -> Bytes:
    """Sketches of contents, by their row among the signable ones over all shards (ascending rows are quickest)."""
    found = np.empty((len(rows), shards[0].sketches.shape[1]), dtype=np.uint8)
    base = 0
    for shard in shards:
        here = np.flatnonzero((rows >= base) & (rows < base + len(shard.sketches)))
        found[here] = shard.sketches[rows[here] - base]
        base += len(shard.sketches)
    return found


def texts(shards: Sequence[Shard], rows: Ints) -> pa.Array:
    """Normalized texts of contents, by their row over all shards."""
    bounds = np.searchsorted(rows, np.cumsum([0, *(len(shard.contents) for shard in shards)]))
    base = 0
    parts: list[pa.Array] = []
    for shard, begin, end in zip(shards, bounds, bounds[1:], strict=False):
        parts.append(buffers.one_chunk(shard.contents["normalized"].take(pa.array(rows[begin:end] - base))))
        base += len(shard.contents)
    return pa.concat_arrays(parts)
