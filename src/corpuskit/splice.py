"""Shards cut anew: documents of several, in any order, as one batch of their files would have given them.

Nothing is decoded, segmented or signed. Ids hang on paths, so documents that are found again under another path get
theirs from what is known of their passages.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from corpuskit import buffers, formats, hashing
from corpuskit.kernels.types import Ints
from corpuskit.shards import Shard
from corpuskit.stages.distinct import number, repeat
from corpuskit.stages.normalize import normalize
from corpuskit.stages.sign import signable


def splice(shards: Sequence[Shard], rows: Ints, paths: Sequence[str], *, min_near_chars: int) -> Shard:
    """The shard of the documents at `rows` (counted over all `shards`), each under its path of `paths`."""
    shards, rows = _thinned(shards, rows, min_near_chars)
    return _renamed(_joined(shards, rows, min_near_chars), paths)


def _thinned(shards: Sequence[Shard], rows: Ints, min_near_chars: int) -> tuple[list[Shard], Ints]:
    """The shards without documents that are not wanted, where that is more than half: the others are small then."""
    thin: list[Shard] = []
    rows = rows.copy()
    base, less = 0, 0
    for shard in shards:
        count = len(shard.documents)
        here = (rows >= base) & (rows < base + count)
        wanted, place = np.unique(rows[here] - base, return_inverse=True)
        if 2 * len(wanted) < count:
            thin.append(_joined([shard], wanted, min_near_chars))
            rows[here] = place.reshape(-1) + base - less
            less += count - len(wanted)
        else:
            thin.append(shard)
            rows[here] -= less
        base += count
    return thin, rows


def _joined(shards: Sequence[Shard], rows: Ints, min_near_chars: int) -> Shard:
    documents = pa.concat_tables([shard.documents for shard in shards]).take(pa.array(rows)).combine_chunks()
    passages, contents_before = _passages(shards, rows)
    old = buffers.numbers(passages["content"])
    kept = np.flatnonzero(old >= 0)
    of_all = old[kept] + contents_before[buffers.numbers(passages["document"])[kept]]
    hashes = np.concatenate([buffers.hash_words(shard.contents["content_hash"]) for shard in shards])
    numbers, firsts = number(hashes[of_all])
    content = np.full(len(passages), -1, dtype=np.int64)
    content[kept] = numbers
    chosen = of_all[firsts]
    passages = _with(passages, "content", pa.array(content))
    contents = pa.concat_tables([shard.contents for shard in shards])
    able = signable(contents, min_near_chars=min_near_chars)
    signed = (np.cumsum(able) - 1)[chosen[able[chosen]]]
    return Shard(
        documents,
        passages,
        contents.take(pa.array(chosen)).combine_chunks(),
        np.take(np.concatenate([shard.band_keys for shard in shards], axis=1), signed, axis=1),
        np.concatenate([shard.sketches for shard in shards])[signed],
        np.concatenate([shard.bags for shard in shards])[signed],
    )


def _passages(shards: Sequence[Shard], rows: Ints) -> tuple[pa.Table, Ints]:
    """NUMBERED of the documents at `rows`, `content` as it was; and how many contents stand before each one's shard."""
    starts, stops, before = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
    n_passages, n_contents = 0, 0
    for shard in shards:
        count = len(shard.documents)
        bounds = np.searchsorted(buffers.numbers(shard.passages["document"]), np.arange(count + 1)) + n_passages
        starts.append(bounds[:-1])
        stops.append(bounds[1:])
        before.append(np.full(count, n_contents, dtype=np.int64))
        n_passages += len(shard.passages)
        n_contents += len(shard.contents)
    start, stop = np.concatenate(starts)[rows], np.concatenate(stops)[rows]
    every = pa.concat_tables([shard.passages for shard in shards])
    breaks = np.flatnonzero(start[1:] != stop[:-1]) + 1
    firsts, lasts = np.concatenate([[0], breaks]), np.concatenate([breaks, [len(rows)]]) - 1
    runs = [every.slice(start[a], stop[b] - start[a]) for a, b in zip(firsts, lasts, strict=True) if len(rows)]
    passages = pa.concat_tables([every.slice(0, 0), *runs]).combine_chunks()
    document = np.repeat(np.arange(len(rows), dtype=np.int32), stop - start)
    return _with(passages, "document", pa.array(document)), np.concatenate(before)[rows]


def _renamed(shard: Shard, paths: Sequence[str]) -> Shard:
    """The shard with its documents under other paths, and the ids that follow from them."""
    before = shard.documents["path"].to_pylist()
    moved = np.array([old != new for old, new in zip(before, paths, strict=True)], dtype=np.bool_)
    if not moved.any():
        return shard
    ids = hashing.document_ids(list(paths), shard.documents["member"].to_pylist())
    columns = {
        "document_id": buffers.hex_strings(ids),
        "path": pa.array(paths, pa.string()),
        "media_type": pa.array([formats.reader(path).media_type for path in paths], pa.string()),
    }
    documents = shard.documents
    for name, column in columns.items():
        documents = _with(documents, name, column)
    rows = np.flatnonzero(moved[buffers.numbers(shard.passages["document"])])
    passages = shard.passages.take(pa.array(rows))
    document = buffers.numbers(passages["document"]).astype(np.int64)
    content = buffers.numbers(passages["content"])
    hashes = np.empty((len(rows), 2), dtype=np.uint64)
    kept, filtered = content >= 0, np.flatnonzero(content < 0)
    hashes[kept] = buffers.hash_words(shard.contents["content_hash"])[content[kept]]
    texts = normalize(passages["text"].take(pa.array(filtered)))
    hashes[filtered] = hashing.hash_texts(texts, hashing.RECORD)
    numbers, firsts = number(hashes)
    repetitions, _ = repeat(document, numbers, len(firsts))
    occurrence = buffers.hash_words(shard.passages["occurrence_id"]).copy()
    occurrence[rows] = hashing.occurrence_ids(ids[document], hashes, repetitions)
    named = _with(shard.passages, "occurrence_id", buffers.hashes(occurrence))
    return Shard(documents, named, shard.contents, shard.band_keys, shard.sketches, shard.bags)


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), column)
