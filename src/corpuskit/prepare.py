"""The half of the flow that looks at one batch of documents alone, from decode to sign."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import buffers, hashing, raw, schema
from corpuskit.kernels.types import Ints, Minima, Numbers, Words
from corpuskit.settings import Settings
from corpuskit.shards import Shard
from corpuskit.splice import splice
from corpuskit.stages.decode import decode
from corpuskit.stages.distinct import distinct
from corpuskit.stages.filter import filter_passages
from corpuskit.stages.limit import cut_long, refuse_lines, refuse_passages
from corpuskit.stages.normalize import normalize
from corpuskit.stages.segment import segment
from corpuskit.stages.sign import band_keys, count_chars, sign, signable, sketch
from corpuskit.store import shards as stored

SIGNED: Final = 4_096
"""So many texts are signed at a time: with 256 permutations 4 MB, where one document of 5 million passages had 5 GB."""


def prepare_job(job: Path, raw_folder: Path, settings: Settings) -> None:
    """Write the shard of a job's list of files (`incremental.JOB`): read what must be read, and take the others."""
    listed = stored.read_file_list(job)
    taken = buffers.numbers(listed["shard"].is_valid())
    to_read = listed.filter(pa.array(~taken)).select(raw.INVENTORY.names)
    pieces = [prepare_files(raw_folder, to_read, settings)] if len(to_read) else []
    if taken.any():
        names = listed["shard"].unique().drop_null().to_pylist()
        pieces += [stored.read_cached(job, name) for name in names]
        counts = [len(to_read), *(len(piece.documents) for piece in pieces[len(pieces) - len(names) :])]
        starts = dict(zip(names, np.cumsum(counts)[:-1].tolist(), strict=True))
        rows = np.array([starts.get(name, 0) for name in listed["shard"].to_pylist()]) + buffers.numbers(listed["row"])
        rows[~taken] = np.arange(len(to_read))
        pieces = [splice(pieces, rows, listed["path"].to_pylist(), min_near_chars=settings.min_near_chars)]
    stored.write_shard(job, pieces[0])


def warm_up() -> None:
    """Load the kernels and make the tables that preparing takes, before there is anything to prepare."""
    text = "Kernels are loaded from the cache at their first call,\nwhich takes longer than all else here.\n"
    columns = {field.name: pa.nulls(1, field.type) for field in schema.SOURCES}
    columns |= {"path": pa.array([""]), "raw": pa.array([text.encode()], pa.large_binary())}
    prepare(pa.table(columns, schema=schema.SOURCES), Settings())


def prepare_files(raw_folder: Path, files: pa.Table, settings: Settings) -> Shard:
    """The shard of some files of an inventory (`raw.INVENTORY`)."""
    sources = raw.read_batch(
        raw_folder,
        files,
        max_document_bytes=settings.max_document_bytes,
        follow_symlinks=settings.symlinks == "follow",
    )
    return prepare(sources, settings)


def prepare(sources: pa.Table, settings: Settings) -> Shard:
    """The shard of a batch of SOURCES."""
    decoded = refuse_lines(decode(sources), max_passages=settings.max_document_passages)
    passages, layouts = segment(decoded, unit=settings.unit)
    passages = cut_long(passages, decoded["text"], max_chars=settings.max_passage_chars)
    decoded, passages = refuse_passages(decoded, passages, max_passages=settings.max_document_passages)
    ids = hashing.document_ids(decoded["path"].to_pylist(), decoded["member"].to_pylist())
    return Shard(_documents(decoded, passages, layouts, ids), *_contents(passages, ids, settings))


def prepare_texts(texts: pa.ChunkedArray | pa.Array, settings: Settings, first: int = 0) -> Shard:
    """The shard of texts at hand, from number `first` on: each a document with one passage, the whole text.

    The documents have no names.
    """
    column = buffers.one_chunk(texts).cast(pa.large_string())
    rows = np.arange(len(column), dtype=np.int64)
    lengths = np.diff(buffers.text_buffers(column)[1])
    spans = pa.StructArray.from_arrays(
        [pa.array(np.zeros_like(rows)), pa.array(lengths)], fields=list(schema.PASSAGES.field("spans").type.value_type)
    )
    columns = {
        "document": pa.array(rows.astype(np.int32)),
        "ordinal": pa.array(np.zeros(len(rows), dtype=np.int32)),
        "spans": pa.ListArray.from_arrays(
            pa.array(np.arange(len(rows) + 1, dtype=np.int32)), spans, type=schema.PASSAGES.field("spans").type
        ),
        "start": pa.array(np.zeros_like(rows)),
        "end": pa.array(lengths),
        "line_start": pa.array(np.ones(len(rows), dtype=np.int32)),
        "line_end": pa.array(np.ones(len(rows), dtype=np.int32)),
        "text": column,
        "flags": pa.array(np.zeros(len(rows), dtype=np.uint32)),
        "filtered": pa.array(np.full(len(rows), schema.NOT_FILTERED, dtype=np.int8)),
    }
    passages = pa.table(columns, schema=schema.PASSAGES)
    ids = np.column_stack([rows + first, np.zeros_like(rows)]).astype(np.uint64)
    unnamed = pa.nulls(len(rows), pa.string())
    documents = pa.table({"document_id": unnamed, "path": pa.repeat("", len(rows)), "member": unnamed})
    return Shard(documents, *_contents(passages, ids, settings))


def _contents(passages: pa.Table, ids: Words, settings: Settings) -> tuple[pa.Table, pa.Table, Minima, Words, Numbers]:
    passages = filter_passages(passages, min_chars=settings.min_chars, drop=settings.drop)
    numbered, contents = distinct(passages, normalize(passages["text"]), document_ids=ids)
    rows = np.flatnonzero(signable(contents, min_near_chars=settings.min_near_chars))
    keys, sketches = _signed(contents["normalized"], rows, settings)
    return numbered, contents, keys, sketches, count_chars(contents["normalized"], rows)


def _signed(normalized: pa.ChunkedArray, rows: Ints, settings: Settings) -> tuple[Minima, Words]:
    """The keys of the bands of the texts at `rows`, and their sketches; signatures are not kept."""
    normalized = buffers.one_chunk(normalized)  # once, not for each piece
    keys, sketches = [np.empty((settings.bands, 0), dtype=np.uint32)], []
    for first in range(0, max(len(rows), 1), SIGNED):
        signatures = sign(
            normalized,
            rows[first : first + SIGNED],
            permutations=settings.permutations,
            seed=settings.seed,
            shingle=settings.shingle,
            shingle_size=settings.shingle_size,
            shingle_size_unspaced=settings.shingle_size_unspaced,
        )
        keys.append(band_keys(signatures, bands=settings.bands, rows=settings.rows))
        sketches.append(sketch(signatures))
    return np.concatenate(keys, axis=1), np.concatenate(sketches)


def _documents(decoded: pa.Table, passages: pa.Table, layouts: pa.Table, ids: Words) -> pa.Table:
    """DOCUMENTS of what was decoded and found in it."""
    fine = np.asarray(buffers.numbers(decoded["problem"].is_null()), dtype=np.bool_)
    flags = buffers.numbers(decoded["flags"]) | np.where(fine, buffers.numbers(layouts["flags"]), np.uint32(0))
    found = np.bincount(buffers.numbers(passages["document"]), minlength=len(decoded)).astype(np.int32)
    columns = {name: decoded[name] for name in schema.DOCUMENTS.names if name in decoded.column_names} | {
        "document_id": buffers.hex_strings(ids),
        "n_passages": pa.array(found),
        "flags": buffers.flag_lists(flags, tuple(schema.DOCUMENT_FLAGS)),
    }
    return pa.table(columns, schema=schema.DOCUMENTS)
