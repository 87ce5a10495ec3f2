"""THE FLOW: raw text in, merged passages out. Read it from `ingest` down.

scan ─ jobs ─ [read decode segment normalize distinct sign] ─ shards      per batch, in worker processes
shards ─ number contents ─ rank ─ block ─ cluster ─ decisions             whole corpus
shards + decisions ─ merge ─ build ─ publish                              shard by shard
"""

import fnmatch
import hashlib
import json
import os
import platform
import re
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema, store, workers
from corpuskit import raw as raw_files
from corpuskit.corpus import open_corpus
from corpuskit.errors import CorpusError, RawError
from corpuskit.kernels.types import Bytes, Ints, Numbers, Words
from corpuskit.prepare import Shard, prepare, prepare_texts
from corpuskit.progress import Progress, Silent
from corpuskit.settings import Settings
from corpuskit.stages.block import block
from corpuskit.stages.cluster import cluster
from corpuskit.stages.distinct import number
from corpuskit.stages.merge import Decisions, Places, decide, list_sources, merge_occurrences, merge_records, reasons
from corpuskit.stages.rank import explain, rank
from corpuskit.stages.sign import signable

JOB_BYTES: Final = 8 << 20
JOB_FILES: Final = 2_000
"""A job ends at so many bytes or files: small enough that two workers end together, large enough that kernels rule."""

POOL_BYTES: Final = 24 << 20
POOL_FILES: Final = 6_000
"""Below these, starting workers (about a second) costs more than they save."""

DISTRIBUTION: Final = "corpuskit-curation"
COUNTS: Final = ("documents", "problems", "passages", "exact", "near", "filtered", "records")
_INVENTORY: Final = ["path", "member", "sha256", "size_bytes", "problem"]

PINNED: Final = ("pyarrow", "numpy", "numba", "faust-cchardet")
"""Libraries on which rows may depend; their versions are in the manifest."""


@dataclass(frozen=True)
class Result:
    """What a run did: counts of rows, bytes and seconds."""

    curated: Path
    build: str
    documents: int
    problems: int
    passages: int
    exact: int
    near: int
    filtered: int
    records: int
    raw_bytes: int
    seconds: float
    skipped: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, int] = field(default_factory=dict)


def ingest(
    raw: str | os.PathLike[str],
    curated: str | os.PathLike[str],
    settings: Settings | None = None,
    *,
    allow_shrink: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Read every text file below `raw`, merge its passages and publish the corpus in `curated`.

    All or nothing: until the last step `curated` shows the corpus that was there before. A bad file is a row of
    `documents` with its problem. Raises RawError, WriteError or another CorpuskitError; nothing is changed then.

    `allow_shrink` lets an empty `raw`, or one with less than half of the last run's documents, replace a corpus.
    """
    started = time.perf_counter()
    settings = settings or Settings()
    progress = progress or Silent()
    source, target = Path(raw), Path(curated)
    _refuse_nested(source, target)
    progress.begin("scan")
    inventory = raw_files.scan(source, include=settings.include, ignore=settings.ignore)
    _refuse_shrinking(source, target, inventory, allow_shrink=allow_shrink)
    with store.writing(target), store.scratch(target) as scratch:
        shards = _prepare(source, inventory, settings, scratch, progress)
        progress.begin("merge")
        corpus = resolve(shards, settings)
        progress.begin("write")
        with store.staging(target) as staged:
            metadata = _metadata(settings, shards)
            _write(staged, shards, corpus, metadata)
            result = _result(target, metadata["build"], shards, corpus, inventory, time.perf_counter() - started)
            store.publish(target, staged, _manifest(settings, metadata, source, target, result), _run_facts(result))
    return result


def deduplicate(texts: Sequence[str] | pa.Array | pa.ChunkedArray, settings: Settings | None = None) -> pa.Table:
    """Merge texts at hand by the same laws: a row for each text, in order.

    Columns: `record` (int64), the position of the text whose wording stands for it, its own for a record;
    `similarity` (float64) to that text, 1 when the normalized texts are equal; `measure` and `reason` as in
    `occurrences`. Each text is a document of its own. Nulls raise ValueError.
    """
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, type=pa.large_string())
    if column.null_count:
        raise ValueError(f"texts: {column.null_count} of {len(column)} are null")
    settings = settings or Settings()
    corpus = resolve([prepare_texts(column, settings)], settings)
    places, decisions = corpus.places, corpus.decisions
    why = reasons(np.arange(len(column)), places, decisions)
    columns = {
        "record": pa.array(decisions.kept[decisions.record_number[places.content]]),
        "similarity": pa.array(decisions.similarity[places.content]),
        "measure": decisions.measure.take(pa.array(places.content)),
        "reason": pa.array(list(schema.REASONS)).take(pa.array(why)),
    }
    return pa.table(columns)


@dataclass(frozen=True)
class Resolved:
    """The whole-corpus half's outcome."""

    places: Places
    decisions: Decisions
    compared: Mapping[str, int]


def resolve(shards: Sequence[Shard], settings: Settings) -> Resolved:
    """Decide which contents of all shards become records, and which record each other one joins."""
    hashes = np.concatenate([buffers.hash_words(shard.contents["content_hash"]) for shard in shards])
    numbers, firsts = number(hashes)
    places = _places(shards, numbers)
    policy, trust = _policy(settings, places)
    hashes_and_lengths = (places.text_hashes, _text_lengths(shards))
    ranking = rank(places.content, places.document, *hashes_and_lengths, policy=policy, trust=trust)

    able = np.concatenate([signable(s.contents, min_near_chars=settings.min_near_chars) for s in shards])
    signed = np.flatnonzero(able[firsts])
    rows_of_keys = (np.cumsum(able) - 1)[firsts[signed]]
    bands = (_band(shards, band)[rows_of_keys] for band in range(settings.bands))
    buckets = block(bands, signed)

    in_company = np.zeros(len(firsts), dtype=np.bool_)
    in_company[buffers.numbers(buckets["content"])] = True
    active = np.flatnonzero(in_company)
    n_chars = _content_column(shards, "n_chars")[firsts]
    members, compared = cluster(
        _texts(shards, firsts[active]),
        active,
        buckets,
        sketches=_sketches(shards, rows_of_keys[in_company[signed]]),
        n_chars=n_chars,
        priority=buffers.numbers(ranking.ranks["priority"]),
        threshold=settings.threshold,
    )
    canonical = explain(ranking, buffers.numbers(members["record"]))
    n_words = _content_column(shards, "n_words")[firsts]
    kept = buffers.numbers(ranking.ranks["kept"])
    return Resolved(places, decide(places, members, kept, hashes[firsts], n_words, canonical), compared)


def _prepare(
    raw: Path, inventory: raw_files.Inventory, settings: Settings, scratch: Path, progress: Progress
) -> list[Shard]:
    """The shards of all files, in path order."""
    jobs = list(raw_files.batches(inventory.files, max_bytes=JOB_BYTES, max_files=JOB_FILES))
    folders = {scratch / f"{index:08d}": files for index, files in enumerate(jobs)}
    for folder, files in folders.items():
        store.write_job(folder, files)
    size = int(buffers.numbers(inventory.files["size_bytes"]).sum())
    progress.begin("read", documents=len(inventory.files), size=size)
    for folder in workers.run(list(folders), raw, settings, _worker_count(settings, inventory, len(jobs))):
        files = folders[folder]
        progress.advance(len(files), int(buffers.numbers(files["size_bytes"]).sum()))
    shards = [store.read_shard(folder) for folder in folders]
    if inventory.problems or not shards:
        shards.append(prepare(raw_files.failed(inventory.problems), settings))
    return shards


def _worker_count(settings: Settings, inventory: raw_files.Inventory, jobs: int) -> int:
    size = int(buffers.numbers(inventory.files["size_bytes"]).sum())
    if settings.workers == 0 and size < POOL_BYTES and len(inventory.files) < POOL_FILES:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(settings.workers or cores, jobs)) if sys.executable else 1


def _places(shards: Sequence[Shard], numbers: Ints) -> Places:
    """Where all passages stand; `numbers` are the contents' numbers over all shards."""
    columns = {name: _passage_column(shards, name) for name in ("start", "end", "line_start", "line_end")}
    hashes = {
        name: np.concatenate([buffers.hash_words(shard.passages[column]) for shard in shards])
        for name, column in (("occurrence_ids", "occurrence_id"), ("text_hashes", "text_hash"))
    }
    found = pa.concat_tables([shard.documents for shard in shards])
    return Places(
        content=numbers[_rebased(shards, "content", [len(shard.contents) for shard in shards])],
        document=_rebased(shards, "document", [len(shard.documents) for shard in shards]),
        document_ids=buffers.one_chunk(found["document_id"]),
        paths=buffers.one_chunk(found["path"]),
        members=buffers.one_chunk(found["member"]),
        **columns,
        **hashes,
    )


def _rebased(shards: Sequence[Shard], name: str, sizes: Sequence[int]) -> Ints:
    """A column of row numbers inside each shard, as row numbers over all shards."""
    bases = np.cumsum([0, *sizes])[:-1]
    columns = [buffers.numbers(shard.passages[name]) for shard in shards]
    return np.concatenate([column + base for column, base in zip(columns, bases, strict=True)]).astype(np.int64)


def _passage_column(shards: Sequence[Shard], name: str) -> Numbers:
    return np.concatenate([buffers.numbers(shard.passages[name]) for shard in shards])


def _content_column(shards: Sequence[Shard], name: str) -> Ints:
    return np.concatenate([buffers.numbers(shard.contents[name]) for shard in shards])


def _text_lengths(shards: Sequence[Shard]) -> Ints:
    """Length in characters of each passage's text."""
    lengths = [buffers.numbers(pc.utf8_length(shard.passages["text"])) for shard in shards]
    return np.concatenate(lengths).astype(np.int64)


def _band(shards: Sequence[Shard], band: int) -> Words:
    """The keys of one band for the signable contents of all shards."""
    return np.concatenate([shard.band_keys[band] for shard in shards])


def _sketches(shards: Sequence[Shard], rows: Ints) -> Bytes:
    """Sketches of contents, by their row among the signable ones over all shards (ascending rows are quickest)."""
    sketches = np.empty((len(rows), shards[0].sketches.shape[1]), dtype=np.uint8)
    base = 0
    for shard in shards:
        here = np.flatnonzero((rows >= base) & (rows < base + len(shard.sketches)))
        sketches[here] = shard.sketches[rows[here] - base]
        base += len(shard.sketches)
    return sketches


def _texts(shards: Sequence[Shard], rows: Ints) -> pa.Array:
    """Normalized texts of contents, by their row over all shards."""
    bounds = np.searchsorted(rows, np.cumsum([0, *(len(shard.contents) for shard in shards)]))
    base = 0
    parts: list[pa.Array] = []
    for shard, begin, end in zip(shards, bounds, bounds[1:], strict=False):
        parts.append(buffers.one_chunk(shard.contents["normalized"].take(pa.array(rows[begin:end] - base))))
        base += len(shard.contents)
    return pa.concat_arrays(parts)


def _policy(settings: Settings, places: Places) -> tuple[str, Ints]:
    """The name of the canonical policy, and each document's trust: the first pattern that its path matches."""
    if isinstance(settings.canonical, str):
        return settings.canonical, np.zeros(int(places.document.max(initial=0)) + 1, dtype=np.int64)
    matchers = [re.compile(fnmatch.translate(pattern)).match for pattern in settings.canonical]
    trust = [
        next((index for index, matches in enumerate(matchers) if matches(path)), len(matchers))
        for path in places.paths.to_pylist()
    ]
    return "trusted", np.asarray(trust, dtype=np.int64)


def _write(folder: Path, shards: Sequence[Shard], corpus: Resolved, metadata: Mapping[str, str]) -> None:
    """Write the four tables into `folder`, shard by shard."""
    places, decisions = corpus.places, corpus.decisions
    sources = list_sources(places, decisions)
    writers = {name: store.TableWriter(folder, name, metadata) for name in schema.PUBLISHED}
    with ExitStack() as stack:
        for writer in writers.values():
            stack.enter_context(writer)
        documents = pa.concat_tables([shard.documents for shard in shards])
        writers["documents"].write(documents.sort_by([("path", "ascending"), ("member", "ascending")]))
        first = 0
        for shard in shards:
            writers["occurrences"].write(merge_occurrences(shard.passages, first, places, decisions))
            writers["records"].write(merge_records(shard.passages, first, places, decisions, sources))
            first += len(shard.passages)


def _metadata(settings: Settings, shards: Sequence[Shard]) -> dict[str, str]:
    """What the tables were made of and by: goes into each file, and into the manifest."""
    inventory = hashlib.blake2b(digest_size=16)
    documents = pa.concat_tables([shard.documents.select(_INVENTORY) for shard in shards])
    for row in zip(*(column.to_pylist() for column in documents.sort_by("path").columns), strict=True):
        inventory.update(json.dumps(row).encode())
    facts = {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version(DISTRIBUTION),
        "settings_digest": settings.digest,
        "inventory_digest": inventory.hexdigest(),
        "sketch": json.dumps(sketch(settings), sort_keys=True),
        "environment": json.dumps(_environment(), sort_keys=True),
    }
    build = hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16).hexdigest()
    return {"build": build, **facts}


def sketch(settings: Settings) -> dict[str, Any]:
    """What a signature is made of, enough to make it again, and the share of like pairs that its bands miss."""
    names = ("seed", "permutations", "shingle", "shingle_size", "shingle_size_unspaced", "bands", "rows")
    miss_rates = {str(jaccard): settings.miss_rate(jaccard) for jaccard in (0.3, 0.4, 0.5, 0.6, 0.8)}
    return {"scheme": "affine32", **{name: getattr(settings, name) for name in names}, "miss_rates": miss_rates}


def _environment() -> dict[str, str]:
    """Versions on which rows may depend."""
    return {
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        **{name: version(name) for name in PINNED},
    }


def _manifest(
    settings: Settings, metadata: Mapping[str, str], raw: Path, curated: Path, result: Result
) -> dict[str, Any]:
    return {
        **metadata,
        "sketch": sketch(settings),
        "environment": _environment(),
        "raw": Path(os.path.relpath(raw.resolve(), curated.resolve())).as_posix(),
        "settings": settings.effective(output_only=True),
        "counts": {name: getattr(result, name) for name in COUNTS},
    }


def _run_facts(result: Result) -> dict[str, Any]:
    """What only this run knows: for run.json."""
    return {name: value for name, value in asdict(result).items() if name != "curated"}


def _result(
    curated: Path,
    build: str,
    shards: Sequence[Shard],
    corpus: Resolved,
    inventory: raw_files.Inventory,
    seconds: float,
) -> Result:
    decisions, content = corpus.decisions, corpus.places.content
    near = int((decisions.record[content] != content).sum())
    records = len(decisions.kept)
    return Result(
        curated=curated,
        build=build,
        documents=sum(len(shard.documents) for shard in shards),
        problems=sum(len(shard.documents) - shard.documents["problem"].null_count for shard in shards),
        passages=len(content),
        exact=len(content) - near - records,
        near=near,
        filtered=0,
        records=records,
        raw_bytes=int(buffers.numbers(inventory.files["size_bytes"]).sum()),
        seconds=round(seconds, 3),
        skipped=dict(inventory.skipped),
        compared=dict(corpus.compared),
    )


def _refuse_nested(raw: Path, curated: Path) -> None:
    source, target = raw.resolve(), curated.resolve()
    if source == target:
        raise RawError(f"{raw} and {curated} are the same folder: the result needs one of its own")
    if source in target.parents or target in source.parents:
        raise RawError(f"{raw} and {curated} are nested: neither may lie inside the other")


def _refuse_shrinking(raw: Path, curated: Path, inventory: raw_files.Inventory, *, allow_shrink: bool) -> None:
    """Refuse an empty raw folder, or one that lost more than half of its documents: a disk may not be mounted."""
    if allow_shrink:
        return
    found = len(inventory.files) + len(inventory.problems)
    if found == 0:
        left_out = ", ".join(f"{count} {reason}" for reason, count in inventory.skipped.items())
        raise RawError(
            f"{raw}: no text files to read"
            + (f" (left out: {left_out}; --include names more patterns)" if left_out else "")
            + "; to publish an empty corpus, say --allow-shrink"
        )
    before = 0
    with suppress(CorpusError):
        before = int(open_corpus(curated).manifest["counts"]["documents"])
    if 2 * found < before:
        raise RawError(
            f"{raw}: {found} documents, where the last run had {before}: is a disk missing? "
            "If they are meant to go, say --allow-shrink"
        )
