"""THE FLOW: raw text in, merged passages out. Read it from `ingest` down.

In short:

    scan ─ jobs ─ [read decode segment filter normalize distinct sign] ─ shards      per batch, in worker processes
    shards ─ number contents ─ rank ─ block ─ cluster ─ protect ─ decisions   whole corpus
    records ─ contain ─ links                                                 where asked for
    shards + decisions ─ merge ─ build ─ publish                              shard by shard
"""

import fnmatch
import gc
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, manifest, schema, shards, store, warm, workers
from corpuskit import raw as raw_files
from corpuskit.corpus import open_corpus
from corpuskit.errors import CorpusError, RawError
from corpuskit.interrupt import interruptible
from corpuskit.kernels.jit import compiled_before, remember_compiled
from corpuskit.kernels.types import Ints
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.prepare import prepare, prepare_texts
from corpuskit.progress import Progress, Silent
from corpuskit.settings import Settings
from corpuskit.shards import Shard
from corpuskit.stages.block import Buckets, block
from corpuskit.stages.cluster import cluster, may_refuse
from corpuskit.stages.contain import contain, link_held
from corpuskit.stages.merge import (
    MEASURE_NAMES,
    Decisions,
    Places,
    choose_sources,
    decide,
    merge_occurrences,
    merge_records,
    of_content,
    reasons,
)
from corpuskit.stages.protect import Variant, cluster_parts, family_heads, link_variants, relatives, split, variants
from corpuskit.stages.rank import Copies, Ranking, explain, rank

JOB_BYTES: Final = 8 << 20
TEXTS_BYTES: Final = 4 << 20
"""Texts at hand are prepared so many bytes at a time, by one thread each."""

JOB_FILES: Final = 2_000
"""A job ends at so many bytes or files: small enough that two workers end together, large enough that kernels rule."""

SECONDS_A_PAIR: Final = 1e-7
NOTED_PAIRS: Final = 1_000_000_000
"""A pair of contents in a bucket takes about so long; more pairs than these are forecast before it begins."""

WRITE_ROWS: Final = 8_000
"""Passages written at a time: the paths of 64 sources of each, of at most 4 kB, fit the 2 GB of an Arrow column."""

POOL_BYTES: Final = 24 << 20
POOL_FILES: Final = 6_000
"""Below these, starting workers (about a second) costs more than they save."""


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
    variants: int
    contains: int
    raw_bytes: int
    seconds: float
    skipped: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, int] = field(default_factory=dict)
    filter_reasons: Mapping[str, int] = field(default_factory=dict)


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
    if (warning := settings.recall_warning()) is not None:
        progress.note(warning)
    progress.begin("scan")
    inventory = raw_files.scan(
        source, include=settings.include, ignore=settings.ignore, follow_symlinks=settings.symlinks == "follow"
    )
    _refuse_shrinking(source, target, inventory, allow_shrink=allow_shrink)
    with store.writing(target), store.scratch(target) as scratch:
        if not compiled_before():
            progress.note("first run: compiling kernels, about ten seconds on two cores, once")
            interruptible(lambda: _compile(settings))
        memory = Memory(scratch, settings.memory)
        batch_shards = _prepare(source, inventory, settings, scratch, memory, progress)
        progress.begin("merge")
        corpus = interruptible(lambda: resolve(batch_shards, settings, memory, progress.note))
        progress.begin("write")
        with store.staging(target) as staged:
            facts = manifest.facts(settings, batch_shards)
            _write(staged, batch_shards, corpus, facts, memory)
            result = _result(target, facts["build"], batch_shards, corpus, inventory, time.perf_counter() - started)
            counts = {name: getattr(result, name) for name in manifest.COUNTS}
            counts |= {name: result.compared[name] for name in ("crowded", "unlisted")}
            described = manifest.manifest(settings, facts, source, target, counts)
            store.publish(target, staged, described, _run_facts(result))
    remember_compiled()
    return result


def _compile(settings: Settings) -> None:
    """Compile all kernels that these settings need."""
    with warm.segmenting():
        deduplicate(warm.TEXTS, settings)


def deduplicate(texts: Sequence[str] | pa.Array | pa.ChunkedArray, settings: Settings | None = None) -> pa.Table:
    """Merge texts at hand by the same laws: a row for each text, in order.

    Columns: `record` (int64), the position of the text whose wording stands for it, its own for a record;
    `similarity` (float64) to that text, 1 when the normalized texts are equal; `measure` and `reason` as in
    `occurrences`. Each text is a document of its own, and one passage. Those that `min_chars` or `drop` filter have
    null for all but `reason`. Nulls raise ValueError.
    """
    if isinstance(texts, str):
        raise TypeError("texts: a sequence of strings is wanted, not one string")
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, type=pa.large_string())
    if column.null_count:
        raise ValueError(f"texts: {column.null_count} of {len(column)} are null")
    settings = (settings or Settings()).model_copy(update={"contains": False})  # nothing here tells links
    corpus = resolve(_prepare_texts(column, settings), settings)
    places, decisions = corpus.places, corpus.decisions
    content, filtered = places.content, places.content < 0
    kept = decisions.kept[decisions.record_number]
    why = reasons(np.arange(len(column)), places, decisions)
    columns = {
        "record": pa.array(of_content(kept, content), mask=filtered),
        "similarity": pa.array(of_content(decisions.similarity, content), mask=filtered),
        "measure": MEASURE_NAMES.take(pa.array(of_content(decisions.measure, content), mask=filtered)),
        "reason": pa.array(list(schema.REASONS)).take(pa.array(why)),
    }
    return pa.table(columns)


def _prepare_texts(column: pa.Array | pa.ChunkedArray, settings: Settings) -> list[Shard]:
    """The shards of texts at hand, made side by side: nearly all the work is done in kernels and Arrow."""
    whole = buffers.one_chunk(column).cast(pa.large_string())
    offsets = buffers.text_buffers(whole)[1]
    size = int(offsets[-1] - offsets[0])
    cuts = np.searchsorted(offsets, offsets[0] + np.arange(0, size, TEXTS_BYTES))
    bounds = np.unique([0, *cuts, len(whole)]).tolist()
    pieces = [(first, whole.slice(first, last - first)) for first, last in pairwise(bounds)] or [(0, whole)]
    threads = min(_cores(settings), len(pieces))
    if threads == 1:
        return [prepare_texts(texts, settings, first) for first, texts in pieces]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda piece: prepare_texts(piece[1], settings, piece[0]), pieces))


@dataclass(frozen=True)
class Resolved:
    """The whole-corpus half's outcome."""

    places: Places
    decisions: Decisions
    links: pa.Table
    compared: Mapping[str, int]


def resolve(
    batch_shards: Sequence[Shard],
    settings: Settings,
    memory: Memory = IN_MEMORY,
    note: Callable[[str], None] | None = None,
) -> Resolved:
    """Decide which contents of all shards become records, and which record each other one joins.

    `note` is told when that will take long.
    """
    index = shards.index_contents(batch_shards, min_near_chars=settings.min_near_chars, memory=memory)
    places = shards.places(batch_shards, index, memory)
    ranking, kept = _rank(batch_shards, places, settings, memory)
    priority = buffers.numbers(ranking.ranks["priority"])
    order = memory.hold(np.argsort(priority[index.signed]))
    signed_rows = memory.hold(index.signed_rows[order])
    buckets = block(
        lambda band: shards.band(batch_shards, band, signed_rows),
        memory.hold(index.signed[order]),
        bands=settings.bands,
        threads=_cores(settings),
        memory=memory,
    )
    if buckets.n_pairs > NOTED_PAIRS and note is not None:
        note(_forecast(buckets, settings))
    contents = shards.measurable(
        batch_shards, index, order, buckets.in_company, permutations=settings.permutations, memory=memory
    )
    rule: dict[str, Any] = {
        "n_chars": shards.content_column(batch_shards, "n_chars", index.firsts, memory),
        "threshold": settings.threshold,
        "refuse": may_refuse(
            shingle=settings.shingle, shingle_size=settings.shingle_size, permutations=settings.permutations
        ),
        "memory": memory,
    }
    families, compared = cluster(contents, buckets, threads=_cores(settings), **rule)
    compared["crowded"] = buckets.crowded
    members, found = families, []
    if settings.protect:
        rows = relatives(families)
        wordings = shards.wordings(batch_shards, kept[rows])
        with _uncollected():
            parts = split(families, rows, wordings, kinds=settings.protect)
        members, more = cluster_parts(families, parts, buckets, contents, **rule)
        compared = {name: count + more.get(name, 0) for name, count in compared.items()}
        found = variants(families, members, parts)
    canonical = explain(ranking, buffers.numbers(members["record"]), memory)
    n_words = shards.content_column(batch_shards, "n_words", index.firsts, memory)
    family = memory.hold(family_heads(families, members))
    decisions = decide(places, members, kept, index.hashes, n_words, canonical, family, memory)
    links = _links(batch_shards, found, decisions, kept)
    if settings.contains:
        held, work = _contained(batch_shards, index, decisions, kept, settings)
        links, compared = pa.concat_tables([links, held]), {**compared, **work}
    return Resolved(places, decisions, links, compared)


def _forecast(buckets: Buckets, settings: Settings) -> str:
    """What comparing will take, and what would take less."""
    each = buckets.n_pairs / max(len(buckets.contents), 1)
    minutes = buckets.n_pairs * SECONDS_A_PAIR / _cores(settings) / 60
    advice = "" if settings.profile == "scale" else "; --profile scale compares far less and misses a little more"
    return f"up to {each:,.0f} comparisons a passage, about {max(minutes, 1):,.0f} minutes{advice}"


def _rank(batch_shards: Sequence[Shard], places: Places, settings: Settings, memory: Memory) -> tuple[Ranking, Ints]:
    """The canonical policy's ranking of the contents, and the passage that each content keeps."""
    policy, trust = _policy(settings, places)
    lengths = shards.text_lengths(batch_shards, memory)
    rows = np.flatnonzero(places.content >= 0)
    every = len(rows) == len(lengths)
    taken: list[Any] = [places.content, places.document, places.text_hashes, lengths]
    if not every:
        taken = [memory.hold(column[rows]) for column in taken]
    content, document, text_hashes, lengths = taken
    copies = Copies(content, document, text_hashes, lengths, trust)
    ranking = rank(copies, policy=policy, memory=memory)
    kept = buffers.numbers(ranking.ranks["kept"])
    return ranking, kept if every else memory.hold(rows[kept])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for cyclic garbage, of which there is none: on 50,000 texts as words they took 40 % of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _links(batch_shards: Sequence[Shard], found: list[Variant], decisions: Decisions, kept: Ints) -> pa.Table:
    """LINKS of variants, in the order of the records."""
    found = sorted(found, key=lambda variant: int(kept[variant.content]))
    pairs = np.array([(variant.content, variant.head) for variant in found], dtype=np.int64).reshape(-1)
    ids = buffers.hex_strings(decisions.content_hashes[pairs])
    with _uncollected():
        return link_variants(found, ids, shards.wordings(batch_shards, kept[pairs]))


def _contained(
    batch_shards: Sequence[Shard], index: shards.Contents, decisions: Decisions, kept: Ints, settings: Settings
) -> tuple[pa.Table, dict[str, int]]:
    """LINKS of records that hold others, in the order of the contents held, and what it took."""
    records = np.flatnonzero(decisions.record == np.arange(len(decisions.record)))
    rows = index.firsts[records]
    normalized = shards.texts(batch_shards, rows)
    n_chars = shards.content_column(batch_shards, "n_chars", rows)
    held, work = contain(normalized, n_chars, np.isin(records, index.signed), threshold=settings.threshold)
    ids = buffers.hex_strings(decisions.content_hashes[records])
    told = held.rows()
    wordings = shards.wordings(batch_shards, kept[records[told]])
    return link_held(held, ids, wordings, normalized, threshold=settings.threshold), work


def _prepare(
    raw: Path,
    inventory: raw_files.Inventory,
    settings: Settings,
    scratch: Path,
    memory: Memory,
    progress: Progress,
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
    prepared = [store.read_shard(folder, memory) for folder in folders]
    if inventory.problems or not prepared:
        prepared.append(prepare(raw_files.failed(inventory.problems), settings))
    return prepared


def _worker_count(settings: Settings, inventory: raw_files.Inventory, jobs: int) -> int:
    size = int(buffers.numbers(inventory.files["size_bytes"]).sum())
    if settings.workers == 0 and size < POOL_BYTES and len(inventory.files) < POOL_FILES:
        return 1
    return max(1, min(_cores(settings), jobs)) if sys.executable else 1


def _cores(settings: Settings) -> int:
    """How many things to do at a time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return settings.workers or cores


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


def _write(
    folder: Path, batch_shards: Sequence[Shard], corpus: Resolved, facts: Mapping[str, str], memory: Memory
) -> None:
    """Write the four tables into `folder`, shard by shard; the two large ones side by side."""
    places, decisions = corpus.places, corpus.decisions
    sources = choose_sources(places, decisions, memory)
    writers = {name: store.TableWriter(folder, name, facts) for name in schema.PUBLISHED}
    with ExitStack() as stack:
        for writer in writers.values():
            stack.enter_context(writer)
        documents = pa.concat_tables([shard.documents for shard in batch_shards])
        writers["documents"].write(documents.sort_by([("path", "ascending"), ("member", "ascending")]))
        writers["links"].write(corpus.links)
        pool = stack.enter_context(ThreadPoolExecutor(2))
        first = 0
        for shard in batch_shards:
            for at in range(0, len(shard.passages), WRITE_ROWS):
                passages = shard.passages.slice(at, WRITE_ROWS)
                occurrences = merge_occurrences(passages, first, places, decisions)
                records = merge_records(passages, first, places, decisions, sources)
                both = ((writers["occurrences"], occurrences), (writers["records"], records))
                list(pool.map(lambda pair: pair[0].write(pair[1]), both))
                first += len(passages)
                memory.relieve()


def _run_facts(result: Result) -> dict[str, Any]:
    """What only this run knows: for run.json."""
    return {name: value for name, value in asdict(result).items() if name != "curated"}


def _result(
    curated: Path,
    build: str,
    batch_shards: Sequence[Shard],
    corpus: Resolved,
    inventory: raw_files.Inventory,
    seconds: float,
) -> Result:
    decisions, content = corpus.decisions, corpus.places.content
    taken = content[content >= 0]
    near = int((decisions.record[taken] != taken).sum())
    records = len(decisions.kept)
    names = list(schema.REASONS)
    reason = corpus.places.filtered
    filtered = {name: int((reason == names.index(name)).sum()) for name in schema.FILTER_REASONS}
    return Result(
        curated=curated,
        build=build,
        documents=sum(len(shard.documents) for shard in batch_shards),
        problems=sum(len(shard.documents) - shard.documents["problem"].null_count for shard in batch_shards),
        passages=len(content),
        exact=len(taken) - near - records,
        near=near,
        filtered=sum(filtered.values()),
        filter_reasons={name: count for name, count in filtered.items() if count},
        records=records,
        variants=int(pc.sum(pc.equal(corpus.links["relation"], "variant")).as_py() or 0),
        contains=int(pc.sum(pc.equal(corpus.links["relation"], "contains")).as_py() or 0),
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
        before = int(open_corpus(curated).manifest["counts"].get("documents", 0))
    if 2 * found < before:
        raise RawError(
            f"{raw}: {found} documents, where the last run had {before}: is a disk missing? "
            "If they are meant to go, say --allow-shrink"
        )
