"""THE FLOW: raw text in, merged passages out. Read it from `build` down; `runs.ingest` decides whether it is needed.

In short:

    plan ─ jobs ─ [read decode segment filter normalize distinct sign] ─ shards      per batch, here and in workers
    shards ─ number contents ─ rank ─ block ─ cluster ─ protect ─ decisions   whole corpus
    records ─ contain ─ links                                                 where asked for
    shards + decisions ─ merge ─ build ─ publish                              shard by shard
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, manifest, schema, store, warm
from corpuskit import raw as raw_files
from corpuskit.diffs.since import Build, since
from corpuskit.garbage import uncollected
from corpuskit.incremental import CachedShard, cut, job
from corpuskit.interrupt import interruptible
from corpuskit.kernels.compiled import compiled_before, remember_compiled
from corpuskit.memory import IN_MEMORY, Memory, give_back, steps
from corpuskit.pool import WORKER_BYTES, Pool, beside, cores
from corpuskit.prepare import prepare, prepare_job, prepare_texts
from corpuskit.resolve import Resolved, resolve
from corpuskit.runs import Result, Run
from corpuskit.runs import ingest as ingest  # the flow begins there, and is called by either name
from corpuskit.settings import Settings
from corpuskit.shards import Shard
from corpuskit.stages.merge import (
    MEASURE_NAMES,
    choose_sources,
    merge_occurrences,
    merge_records,
    of_content,
    reasons,
)
from corpuskit.store import shards as store_shards
from corpuskit.store.tables import TableWriter, WritingBeside

JOB_BYTES: Final = 8 << 20
TEXTS_BYTES: Final = 4 << 20
"""Texts at hand are prepared so many bytes at a time, by one thread each."""

JOB_FILES: Final = 2_000
"""A job ends at so many bytes or files: small enough that two workers end together, large enough that kernels rule."""

SHORT: Final = Memory(budget=0)
"""Memory that has room for nothing: with it all kernels are needed, also those for more than fits."""

WRITE_ROWS: Final = 8_000
"""Passages written at a time: the paths of 64 sources of each, of at most 4 kB, fit the 2 GB of an Arrow column."""


def build(run: Run, pool: Pool) -> Result:
    """Make the corpus of a run anew, of what the cache holds and of what `pool` must read, and publish it."""
    settings, progress = run.settings, run.progress
    with run.cache.scratch() as scratch, ExitStack() as stack:
        if not compiled_before():
            progress.note("first run: compiling kernels, about half a minute on two cores, once")
            interruptible(lambda: _compile(settings))
        memory = stack.enter_context(Memory(scratch, settings.memory))
        with _loading(settings) if pool.count else nullcontext(), memory.lent(pool.count * WORKER_BYTES):
            batch_shards, facts, run = _prepare(run, pool, scratch, memory)
        give_back()
        if (published := run.published(facts["build"])) is not None:
            return published
        progress.begin("merge")
        key = f"{run.key} {settings.threshold}"
        apart = run.cache.apart(key, memory, progress.note)
        corpus = interruptible(lambda: resolve(batch_shards, settings, memory, progress.note, apart))
        run.cache.keep_apart(corpus.apart, key, scratch)
        progress.begin("write")
        with store.staging(run.target) as staged:
            with beside(
                lambda: since(run.target, _build(corpus, memory), memory), at_once=cores(settings) > 1
            ) as changed:
                _write(staged, batch_shards, corpus, facts, memory)
                result = replace(_result(run, facts["build"], batch_shards, corpus), since=changed())
            described = manifest.manifest(settings, facts, run.source, run.target, _counts(result))
            store.publish(run.target, staged, described, _run_facts(result))
    remember_compiled()
    return result


def _compile(settings: Settings) -> None:
    """Compile all kernels that these settings need."""
    with warm.segmenting(), uncollected():
        _deduplicate(pa.array(warm.TEXTS), settings, SHORT)


@contextmanager
def _loading(settings: Settings) -> Iterator[None]:
    """While the body reads, load the kernels of the other half: a second, and each at its first call."""

    def load() -> None:
        with suppress(Exception), uncollected():  # what cannot be loaded now is told when it is needed
            _deduplicate(pa.array(warm.TEXTS), settings, SHORT)

    thread = Thread(target=load, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def deduplicate(texts: Sequence[str] | pa.Array | pa.ChunkedArray, settings: Settings | None = None) -> pa.Table:
    """Merge texts at hand by the same laws: a row for each text, in order.

    Columns: `record` (int64), the position of the text whose wording stands for it, its own for a record;
    `similarity` (float64) to that text, 1 when the normalized texts are equal; `measure` and `reason` as in
    `occurrences`. Each text is a document of its own, and one passage. Those that `min_chars` or `drop` filter have
    null for all but `reason`. Nulls raise ValueError.

    Where there are 20,000 near copies or more and several cores, differences are judged by processes beside this one,
    which get the texts in files in the system's folder for temporary ones.
    """
    if isinstance(texts, str):
        raise TypeError("texts: a sequence of strings is wanted, not one string")
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, type=pa.large_string())
    if column.null_count:
        raise ValueError(f"texts: {column.null_count} of {len(column)} are null")
    return _deduplicate(column, settings or Settings(), IN_MEMORY)


def _deduplicate(column: pa.Array | pa.ChunkedArray, settings: Settings, memory: Memory) -> pa.Table:
    """`deduplicate` with so much memory."""
    settings = settings.model_copy(update={"contains": False})  # nothing here tells links
    corpus = resolve(_prepare_texts(column, settings), settings, memory)
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
    threads = min(cores(settings), len(pieces))
    if threads == 1:
        return [prepare_texts(texts, settings, first) for first, texts in pieces]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda piece: prepare_texts(piece[1], settings, piece[0]), pieces))


def _prepare(run: Run, pool: Pool, scratch: Path, memory: Memory) -> tuple[list[Shard], dict[str, str], Run]:
    """The shards of all files, in path order, of which the cache keeps those of files; what they are made of; the run.

    The run's plan is another one when shards of the cache are damaged.
    """
    run = run.without(run.cache.damaged(run.index) if run.index else {})
    plan, index = run.plan, run.index
    pieces = cut(plan, index, max_bytes=JOB_BYTES, max_files=JOB_FILES)
    names = [piece.shard or f"{scratch.name.removeprefix('run-')}-{place:06d}" for place, piece in enumerate(pieces)]
    jobs = {scratch / name: piece for name, piece in zip(names, pieces, strict=True) if not piece.shard}
    for folder, piece in jobs.items():
        store_shards.write_job(folder, job(plan, index, piece))
    run.progress.begin("read", documents=len(plan.to_read), size=plan.to_read_bytes)
    threads = max(1, min(cores(run.settings), len(jobs))) if plan.reused else 1
    start = {"raw": str(run.source), "settings": run.settings.effective()}
    for folder in pool.run(jobs, start, lambda job: prepare_job(job, run.source, run.settings), threads):
        here = slice(jobs[folder].start, jobs[folder].stop)
        fresh = plan.source[here] < 0
        sizes = buffers.numbers(plan.files["size_bytes"])[here]
        run.progress.advance(int(fresh.sum()), int(sizes[fresh].sum()))
    folders = [
        run.cache.home / name if piece.shard else scratch / name for name, piece in zip(names, pieces, strict=True)
    ]
    prepared = [store_shards.read_shard(folder, memory) for folder in folders]
    of_files = list(prepared)
    if run.inventory.problems or not prepared:
        prepared.append(prepare(raw_files.failed(run.inventory.problems), run.settings))
    facts = manifest.facts(run.settings, prepared)
    made = {folder.name: folder for folder in jobs}
    sums = {shard.name: shard.sums for shard in index.shards} if index else {}
    sums |= {name: store_shards.read_sums(folder) for name, folder in made.items()}
    cached = [
        CachedShard(name, piece.stop - piece.start, sums[name]) for name, piece in zip(names, pieces, strict=True)
    ]
    run.keep(cached, _read_as(of_files), facts["inventory_digest"], made)
    return prepared, facts, run


def _read_as(prepared: Sequence[Shard]) -> pa.Table:
    """Hash and problem of each file, as it was read."""
    columns = ["sha256", "problem"]
    nothing = schema.DOCUMENTS.empty_table().select(columns)
    return pa.concat_tables([nothing, *(shard.documents.select(columns) for shard in prepared)])


def _write(
    folder: Path, batch_shards: Sequence[Shard], corpus: Resolved, facts: Mapping[str, str], memory: Memory
) -> None:
    """Write the four tables into `folder`, shard by shard; the two large ones side by side, and beside merging."""
    places, decisions = corpus.places, corpus.decisions
    sources = choose_sources(places, decisions, memory)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(TableWriter(folder, name, facts)) for name in schema.PUBLISHED}
        documents = pa.concat_tables([shard.documents for shard in batch_shards])
        writers["documents"].write(documents.sort_by([("path", "ascending"), ("member", "ascending")]))
        writers["links"].write(corpus.links)
        tables = {
            name: stack.enter_context(WritingBeside(writers[name], memory.spare)) for name in ("occurrences", "records")
        }
        first = 0
        for shard in batch_shards:
            for at in range(0, len(shard.passages), WRITE_ROWS):
                passages = shard.passages.slice(at, WRITE_ROWS)
                for name, table in (
                    ("occurrences", merge_occurrences(passages, first, places, decisions)),
                    ("records", merge_records(passages, first, places, decisions, sources)),
                ):
                    tables[name].write(table)
                first += len(passages)
        for written in tables.values():
            written.end()
        for written in tables.values():
            written.finish()


def _build(corpus: Resolved, memory: Memory) -> Build:
    """What the build has been made of, by id."""
    places, decisions = corpus.places, corpus.decisions
    records = memory.take(decisions.content_hashes, memory.take(places.content, decisions.kept))
    return Build(records, places.occurrence_ids, decisions.of_passage)


def _run_facts(result: Result) -> dict[str, Any]:
    """What only this run knows: for run.json."""
    return {name: value for name, value in asdict(result).items() if name != "curated"}


def _counts(result: Result) -> dict[str, int]:
    """What the manifest counts."""
    reasons = {name: result.filter_reasons.get(name, 0) for name in schema.FILTER_REASONS}
    bounded = {name: result.compared[name] for name in ("crowded", "unlisted")}
    return {name: getattr(result, name) for name in manifest.COUNTS} | reasons | bounded


def _result(run: Run, build: str, batch_shards: Sequence[Shard], corpus: Resolved) -> Result:
    decisions, content = corpus.decisions, corpus.places.content
    kept, near = 0, 0
    for first, last in steps(len(content)):
        taken = content[first:last][content[first:last] >= 0]
        kept += len(taken)
        near += int((decisions.record[taken] != taken).sum())
    records = len(decisions.kept)
    names = list(schema.REASONS)
    reason = corpus.places.filtered
    filtered = {name: int((reason == names.index(name)).sum()) for name in schema.FILTER_REASONS}
    return Result(
        curated=run.target,
        build=build,
        documents=sum(len(shard.documents) for shard in batch_shards),
        problems=sum(len(shard.documents) - shard.documents["problem"].null_count for shard in batch_shards),
        passages=len(content),
        exact=kept - near - records,
        near=near,
        filtered=sum(filtered.values()),
        filter_reasons={name: count for name, count in filtered.items() if count},
        records=records,
        variants=int(pc.sum(pc.equal(corpus.links["relation"], "variant")).as_py() or 0),
        contains=int(pc.sum(pc.equal(corpus.links["relation"], "contains")).as_py() or 0),
        raw_bytes=run.raw_bytes,
        seconds=run.seconds,
        read=len(run.plan.to_read),
        reused=run.plan.reused,
        gone=run.plan.gone,
        skipped=dict(run.inventory.skipped),
        compared=dict(corpus.compared),
    )
