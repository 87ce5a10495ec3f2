"""A run: what there is, what the last run left, and whether anything must be done; `pipeline` does it.

Nothing here loads compiled code, so that a run with nothing to do is over before that would be loaded.
"""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from corpuskit import manifest, schema, store
from corpuskit import raw as raw_files
from corpuskit.corpus import Corpus, open_corpus
from corpuskit.errors import CorpusError, RawError
from corpuskit.incremental import INDEX, CachedShard, Index, Plan, plan
from corpuskit.interrupt import interruptible
from corpuskit.kernels.compiled import compiled_before
from corpuskit.pool import Pool, workers_for
from corpuskit.progress import Progress, Silent
from corpuskit.settings import Settings

if TYPE_CHECKING:
    from corpuskit.diffs.results import Since


@dataclass(frozen=True)
class Result:
    """What a run did: counts of rows, bytes and seconds.

    read: files that were decoded, segmented and signed; reused: files of which the cache had all that; gone: files
    of the last run that are not there any more; published: whether the corpus was replaced. When nothing had changed
    it was not, and the counts are those of the corpus that is there. since: which records the run added, lost and
    reworded, by the definitions of `diff`; None where it replaced no corpus.
    """

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
    read: int = 0
    reused: int = 0
    gone: int = 0
    published: bool = True
    skipped: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, int] = field(default_factory=dict)
    filter_reasons: Mapping[str, int] = field(default_factory=dict)
    since: "Since | None" = None


@dataclass(frozen=True)
class Forecast:
    """What a run would do: how many files it would read (and how large they are), reuse, and find gone.

    publishes: whether it would replace the corpus; when files are to be read that is not known before, and assumed.
    """

    read: int
    read_bytes: int
    reused: int
    gone: int
    publishes: bool


@dataclass(frozen=True)
class Run:
    """A run that holds the corpus: where from and to, what was found, and what is to be done about it."""

    source: Path
    target: Path
    settings: Settings
    progress: Progress
    inventory: raw_files.Inventory
    scanned_ns: int
    started: float
    cache: store.Cache
    key: str
    index: Index | None
    plan: Plan
    verify_raw: bool

    @property
    def seconds(self) -> float:
        """Since it began."""
        return round(time.perf_counter() - self.started, 3)

    @property
    def raw_bytes(self) -> int:
        """The size of all files."""
        return int(self.inventory.files["size_bytes"].to_numpy().sum())

    def without(self, damaged: Mapping[str, str]) -> "Run":
        """The run without shards of the cache that are damaged: their files are read again."""
        if not damaged or self.index is None:
            return self
        for name, fault in damaged.items():
            self.progress.note(f"{self.cache.home / name}: damaged ({fault}): its files are read again")
        index = self.index.without(damaged)
        found = _plan(self.source, self.inventory, index, self.settings, verify_raw=self.verify_raw)
        return replace(self, index=index, plan=found)

    def keep(
        self, shards: Sequence[CachedShard], read_as: pa.Table, inventory_digest: str, made: Mapping[str, Path]
    ) -> None:
        """Have the cache hold `shards`, of which the folders `made` are new, and nothing else.

        `read_as` has the hash and the problem of each file.
        """
        files = pa.table([*self.inventory.files.columns, *read_as.columns], schema=INDEX)
        problems = tuple(self.inventory.problems)
        raw_id = _identity(self.source)
        index = Index(files, tuple(shards), self.key, raw_id, self.scanned_ns, problems, inventory_digest)
        self.cache.commit(index, made)

    def published(self, build: str) -> Result | None:
        """The result, when the corpus is that build already, and whole; else None."""
        with suppress(CorpusError):
            corpus = open_corpus(self.target)
            if (folder := store.published(corpus, build)) is not None:
                store.tidy(self.target, folder)
                return self._as_it_is(corpus)
        return None

    def _as_it_is(self, corpus: Corpus) -> Result:
        counts = corpus.manifest["counts"]
        return Result(
            curated=self.target,
            build=corpus.manifest["build"],
            **{name: counts[name] for name in manifest.COUNTS},
            raw_bytes=self.raw_bytes,
            seconds=self.seconds,
            read=len(self.plan.to_read),
            reused=self.plan.reused,
            gone=self.plan.gone,
            published=False,
            skipped=dict(self.inventory.skipped),
            filter_reasons={name: counts[name] for name in schema.FILTER_REASONS if counts[name]},
        )


def ingest(
    raw: str | os.PathLike[str],
    curated: str | os.PathLike[str],
    settings: Settings | None = None,
    *,
    allow_shrink: bool = False,
    verify_raw: bool = False,
    wait: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Read the text files below `raw` that are new or changed, merge all passages, and publish the corpus in `curated`.

    All or nothing: until the last step `curated` shows the corpus that was there before. A bad file is a row of
    `documents` with its problem. Raises RawError, WriteError or another CorpuskitError; nothing is changed then.

    `allow_shrink` lets an empty `raw`, or one with less than half of the last run's documents, replace a corpus.
    `verify_raw` hashes every file, where otherwise one whose size, times and inode are as before is taken to be as
    before. `wait` waits for another run on `curated` to end, instead of raising WriteError.
    """
    started = time.perf_counter()
    settings = settings or Settings()
    progress = progress or Silent()
    source, target = Path(raw), Path(curated)
    refuse_nested(source, target, settings.cache)
    if (warning := settings.recall_warning()) is not None:
        progress.note(warning)
    scanned_ns, inventory = _look(source, target, settings, progress, allow_shrink=allow_shrink)
    with (
        store.writing(target, wait=wait, note=progress.note) as waited,
        store.open_cache(target, settings.cache) as cache,
    ):
        if waited:  # for a run that may have taken long
            scanned_ns, inventory = _look(source, target, settings, progress, allow_shrink=allow_shrink)
        key = manifest.cache_key(settings)
        index = cache.load(progress.note)
        cache.prune(index)
        index = _fitting(index, key)
        found = _plan(source, inventory, index, settings, verify_raw=verify_raw)
        run = Run(
            source, target, settings, progress, inventory, scanned_ns, started, cache, key, index, found, verify_raw
        )
        if index and found.unchanged and (result := _nothing_to_do(run, index)) is not None:
            return result
        count = workers_for(len(found.to_read), found.to_read_bytes, settings)
        if "memory" in settings.model_fields_set and count < min(settings.workers, len(found.to_read)):
            progress.note(f"the memory that is set has room for {count} of {settings.workers} workers")
        with Pool(count - 1) as pool:
            if compiled_before():
                pool.start()  # they load what they need while this process does
            from corpuskit.pipeline import build  # loads compiled code

            return build(run, pool)


def forecast(
    raw: str | os.PathLike[str],
    curated: str | os.PathLike[str],
    settings: Settings | None = None,
    *,
    verify_raw: bool = False,
) -> Forecast:
    """What `ingest` would do; nothing is written, and files are read only to be hashed."""
    settings = settings or Settings()
    source, target = Path(raw), Path(curated)
    refuse_nested(source, target, settings.cache)
    _, inventory = _look(source, target, settings, Silent(), allow_shrink=True)
    cache = store.Cache(store.locate(target, settings.cache))
    index = _fitting(cache.load(), manifest.cache_key(settings))
    found = _plan(source, inventory, index, settings, verify_raw=verify_raw)
    publishes = True
    if index and found.unchanged:
        with suppress(CorpusError):
            build = manifest.stated(settings, index.inventory_digest)["build"]
            publishes = store.published(open_corpus(target), build) is None
    return Forecast(len(found.to_read), found.to_read_bytes, found.reused, found.gone, publishes)


def _look(
    source: Path, target: Path, settings: Settings, progress: Progress, *, allow_shrink: bool
) -> tuple[int, raw_files.Inventory]:
    """When `raw` was scanned, and what was found; raises RawError when that cannot be right."""
    progress.begin("scan")
    scanned_ns = time.time_ns()
    inventory = raw_files.scan(
        source, include=settings.include, ignore=settings.ignore, follow_symlinks=settings.symlinks == "follow"
    )
    refuse_shrinking(source, target, inventory, allow_shrink=allow_shrink)
    return scanned_ns, inventory


def _fitting(index: Index | None, key: str) -> Index | None:
    """What the cache holds, if it was made by this version with these settings."""
    return index if index and index.key == key else None


def _plan(
    source: Path, inventory: raw_files.Inventory, index: Index | None, settings: Settings, *, verify_raw: bool
) -> Plan:
    limit = settings.max_document_bytes
    trusting = not verify_raw and index is not None and index.raw == _identity(source)
    return interruptible(
        lambda: plan(
            inventory,
            index,
            lambda files: raw_files.hash_files(
                source, files, max_document_bytes=limit, follow_symlinks=settings.symlinks == "follow"
            ),
            trusting=trusting,
        )
    )


def _identity(source: Path) -> str:
    """Which folder it is: inodes and times of files say something in the same one alone."""
    info = source.stat()
    return f"{info.st_dev}:{info.st_ino}"


def _nothing_to_do(run: Run, index: Index) -> Result | None:
    """The result of a run in which no file has changed, if the corpus is what it would make; else None."""
    result = run.published(manifest.stated(run.settings, index.inventory_digest)["build"])
    if result and run.plan.hashed:  # so that the next run need not hash them
        run.keep(index.shards, index.files.select(["sha256", "problem"]), index.inventory_digest, {})
    return result


def refuse_nested(raw: Path, curated: Path, cache: str = "") -> None:
    """Refuse folders that are the same, or one inside the other, and a cache in either."""
    source, target = raw.resolve(), curated.resolve()
    if source == target:
        raise RawError(f"{raw} and {curated} are the same folder: the result needs one of its own")
    if source in target.parents or target in source.parents:
        raise RawError(f"{raw} and {curated} are nested: neither may lie inside the other")
    inside = [folder for folder in (source, target) if folder in store.locate(curated, cache).parents]
    if inside:
        raise RawError(f"cache = {cache!r} lies inside {inside[0].name}: it needs a place of its own")


def refuse_shrinking(raw: Path, curated: Path, inventory: raw_files.Inventory, *, allow_shrink: bool) -> None:
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
