"""What batches of documents leave behind for the whole-corpus half, and its columns taken over all batches.

A `Shard` is one batch; tables in it are mapped from disk, so that what is not asked for is not read.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.kernels.gather import put_rows
from corpuskit.kernels.types import Ints, Minima, Numbers, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
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


def index_contents(shards: Sequence[Shard], *, min_near_chars: int, memory: Memory = IN_MEMORY) -> Contents:
    """Number the contents of all shards."""
    hashes = memory.concatenate([buffers.hash_words(shard.contents["content_hash"]) for shard in shards])
    numbers, firsts = number(hashes, memory)
    able = np.concatenate([signable(shard.contents, min_near_chars=min_near_chars) for shard in shards])
    signed = memory.where(memory.take(able, firsts))
    row_of: Ints = memory.empty(len(able), np.int64)
    np.cumsum(able, out=row_of)
    row_of -= 1
    signed_rows = memory.take(row_of, memory.take(firsts, signed))
    return Contents(numbers, firsts, memory.take(hashes, firsts), signed, signed_rows)


def sample(index: Contents, n_chars: Ints, *, texts: int, chars: int) -> Ints:
    """Contents with a signature, of the least hashes, whatever the order of files: `texts` and `chars` at most."""
    share = 4 * texts / max(len(index.signed), 1)  # hashes below this share of all there are: some four times as many
    most = np.uint64(min(share, 1) * 0xFFFF_FFFF_FFFF_0000)
    some = [index.signed[first:last] for first, last in steps(len(index.signed))]
    likely = np.concatenate([index.signed[:0], *(rows[index.hashes[rows, 0] <= most] for rows in some)])
    if len(likely) < min(texts, len(index.signed)):
        likely = index.signed
    order = likely[np.argsort(index.hashes[likely, 0], kind="stable")][:texts]
    return np.sort(order[np.cumsum(n_chars[order]) <= chars])


def places(shards: Sequence[Shard], index: Contents, memory: Memory = IN_MEMORY) -> Places:
    """Where all passages stand."""
    columns = {
        name: memory.concatenate([buffers.numbers(shard.passages[name]) for shard in shards])
        for name in ("start", "end", "line_start", "line_end", "filtered")
    }
    hashes = {
        name: memory.concatenate([buffers.hash_words(shard.passages[column]) for shard in shards])
        for name, column in (("occurrence_ids", "occurrence_id"), ("text_hashes", "text_hash"))
    }
    content: Ints = memory.empty(len(columns["start"]), np.int64)
    document: Ints = memory.empty(len(columns["start"]), np.int64)
    at, first_content, first_document = 0, 0, 0
    for shard in shards:
        here = slice(at, at + len(shard.passages))
        document[here] = buffers.numbers(shard.passages["document"])
        document[here] += first_document
        kept = columns["filtered"][here] == schema.NOT_FILTERED
        content[here] = -1
        content[here][kept] = index.numbers[buffers.numbers(shard.passages["content"])[kept] + first_content]
        at += len(shard.passages)
        first_content += len(shard.contents)
        first_document += len(shard.documents)
    found = pa.concat_tables([shard.documents.select(["document_id", "path", "member"]) for shard in shards])
    return Places(
        content=content,
        document=document,
        document_ids=buffers.one_chunk(found["document_id"]),
        paths=buffers.one_chunk(found["path"]),
        members=buffers.one_chunk(found["member"]),
        **columns,
        **hashes,
    )


def wordings(shards: Sequence[Shard], rows: Ints) -> pa.Array:
    """Texts of passages as cleaned, by their row over all shards, in any order.

    Each text makes the system map 16 pages around it where they are in its cache: 12,000 texts, 0.7 GB.
    """
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


def content_column(shards: Sequence[Shard], name: str, rows: Ints, memory: Memory = IN_MEMORY) -> Ints:
    """A number column of the shards' CONTENTS, at rows over all shards."""
    joined = memory.concatenate([buffers.numbers(shard.contents[name]) for shard in shards])
    found: Ints = memory.take(joined, rows)
    return found


def text_lengths(shards: Sequence[Shard], threads: int = 1, memory: Memory = IN_MEMORY) -> Ints:
    """Length in characters of each passage's text."""
    bounds = np.cumsum([0, *(len(shard.passages) for shard in shards)]).tolist()
    found: Ints = memory.empty(bounds[-1], np.int64)

    def count(piece: tuple[Shard, int]) -> None:
        shard, at = piece
        found[at : at + len(shard.passages)] = buffers.numbers(pc.utf8_length(shard.passages["text"]))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count, zip(shards, bounds, strict=False)))
    return found


def band(shards: Sequence[Shard], which: int, rows: Ints) -> Minima:
    """The keys of one band for contents, by their row among the signable ones over all shards: uint32."""
    joined = np.concatenate([shard.band_keys[which] for shard in shards])
    keys = np.empty(len(rows), dtype=np.uint32)
    for first, last in steps(len(rows)):
        keys[first:last] = joined[rows[first:last]]
    return keys


def measurable(
    shards: Sequence[Shard],
    index: Contents,
    order: Ints,
    *,
    permutations: int,
    threads: int = 1,
    memory: Memory = IN_MEMORY,
) -> Measurable:
    """What it takes to measure contents: rows of `index.signed`, in the order `order`. Texts stay in the shards."""
    places: Ints = buffers.frozen(memory.order(order, len(index.signed)))
    chosen: Ints = memory.take(order, places)  # in the order of the shards
    firsts: Ints = memory.take(index.firsts, memory.take(index.signed, chosen))
    n_chars = content_column(shards, "n_chars", memory.take(index.firsts, memory.take(index.signed, order)), memory)
    words, bins = shards[0].sketches.shape[1], shards[0].bags.shape[1]
    sketches: Words = memory.empty((len(order), words), np.uint64)
    bags: Numbers = memory.empty((len(order), bins), np.uint16)

    def put(piece: tuple[slice, Ints, Shard]) -> None:
        here, rows, shard = piece
        for made, rows_of in ((sketches, shard.sketches), (bags.view(np.uint64), shard.bags.view(np.uint64))):
            put_rows(buffers.frozen(rows_of), buffers.frozen(rows), made, places[here])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(put, _by_shard(shards, index.signed_rows[chosen], "sketches")))
    starts, ends = (memory.empty(len(order), np.int64) for _ in range(2))
    of_shards = [buffers.text_buffers(shard.contents["normalized"]) for shard in shards]
    data, begins = buffers.spanning([texts for texts, _ in of_shards])
    of_texts = zip(_by_shard(shards, firsts, "contents"), of_shards, begins, strict=True)
    for (here, rows, _), (_, offsets), begin in of_texts:
        starts[places[here]] = offsets[rows] + begin
        ends[places[here]] = offsets[rows + 1] + begin
    return Measurable(data, starts, ends, n_chars, bags, sketches, permutations)


def texts(shards: Sequence[Shard], rows: Ints) -> pa.Array:
    """Normalized texts of contents, by their row over all shards, ascending."""
    pieces = _by_shard(shards, rows, "contents")
    return pa.concat_arrays(
        [buffers.one_chunk(shard.contents["normalized"].take(pa.array(here))) for _, here, shard in pieces]
    )


def _by_shard(shards: Sequence[Shard], rows: Ints, name: str) -> Iterator[tuple[slice, Ints, Shard]]:
    """Ascending rows over all shards, shard by shard: which of them, their rows in it, and the shard."""
    bounds = np.cumsum([0, *(len(getattr(shard, name)) for shard in shards)])
    cuts = np.searchsorted(rows, bounds)
    for shard, base, begin, end in zip(shards, bounds, cuts, cuts[1:], strict=False):
        yield slice(int(begin), int(end)), rows[begin:end] - base, shard
