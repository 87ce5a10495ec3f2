"""The only module that writes: shards in the cache, tables in a build, and the one step that publishes them.

curated/.builds/<digest>/<table>.parquet   written once, never changed
curated/manifest.json                      replaced atomically: this is the commit
curated/<table>.parquet                    hard links to the build's files, for the convenience of readers
.corpuskit_cache/<corpus>/run-*/           shards of the run at work, beside the corpus, removed with it
"""

import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

import filelock
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import buffers, schema
from corpuskit.errors import WriteError
from corpuskit.memory import IN_MEMORY, Memory
from corpuskit.shards import Shard

MANIFEST: Final = "manifest.json"
BUILDS: Final = ".builds"
CACHE: Final = ".corpuskit_cache"

ROW_GROUP_ROWS: Final = 65_536
ROW_GROUP_BYTES: Final = 64 << 20
"""A row group ends at so many rows or bytes of text, whichever comes first: a bound on readers' memory."""

_ARRAYS: Final = ("band_keys", "sketches", "bags")
_IDS: Final = frozenset({"document_id", "occurrence_id", "record_id", "left_record", "right_record"})
_DICTIONARIES: Final = {
    "documents": ["media_type", "extractor", "encoding", "decode_errors", "language"],
    "occurrences": ["document_id", "path", "member", "fate", "measure", "reason"],
    "records": ["language", "canonical", "sources.list.element.path", "sources.list.element.document_id"],
    "links": ["relation"],
}
_SORTED_BY: Final = {"documents": ("path", "member"), "occurrences": ("path", "member", "ordinal")}


@contextmanager
def writing(curated: Path) -> Iterator[None]:
    """Hold the corpus folder for writing; create it if need be.

    Raises WriteError when it cannot be written to or another run holds it, and for any OSError inside.
    """
    lock = filelock.FileLock(curated / ".lock", timeout=0)
    try:
        str(curated.resolve()).encode("utf-8")
        curated.mkdir(parents=True, exist_ok=True)
        with lock:
            yield
    except filelock.Timeout:
        raise WriteError(f"{curated}: another run is writing to it; wait until it ends") from None
    except UnicodeEncodeError:
        raise WriteError("the path of the result is not UTF-8: Parquet readers could not open it") from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else f"{curated}: "
        raise WriteError(f"{place}cannot write: {os.strerror(error.errno or 0)}") from error


@contextmanager
def scratch(curated: Path) -> Iterator[Path]:
    """A folder for the shards of this run; what dead runs left is removed, and so is this one at the end.

    Only the holder of the corpus may ask for it.
    """
    cache = curated.resolve().parent / CACHE
    home = cache / curated.resolve().name
    home.mkdir(parents=True, exist_ok=True)
    tag = cache / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n# Made by corpuskit; safe to delete.\n")
        (cache / ".gitignore").write_text("*\n")
    for left in home.glob("run-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            home.rmdir()


def write_job(folder: Path, files: pa.Table) -> None:
    """Make a job's folder, with the list of its files (`raw.INVENTORY`)."""
    folder.mkdir()
    _write_arrow(folder / "files.arrow", files)


def read_file_list(folder: Path) -> pa.Table:
    """The list of files of a job."""
    return IN_MEMORY.map_table(folder / "files.arrow")


def write_shard(folder: Path, shard: Shard) -> None:
    """Write a shard into its job's folder."""
    _write_arrow(folder / "documents.arrow", shard.documents)
    _write_arrow(folder / "passages.arrow", shard.passages)
    _write_arrow(folder / "contents.arrow", shard.contents)
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(shard, name))


def read_shard(folder: Path, memory: Memory = IN_MEMORY) -> Shard:
    """A shard, mapped: nothing is read until it is used."""
    tables = [memory.map_table(folder / f"{name}.arrow") for name in ("documents", "passages", "contents")]
    return Shard(*tables, *(memory.map_array(folder / f"{name}.npy") for name in _ARRAYS))


def _write_arrow(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())


class TableWriter:
    """Writes one published table, piece by piece; row groups depend on the rows alone, not on the pieces."""

    def __init__(self, folder: Path, name: str, metadata: Mapping[str, str]) -> None:
        self.name = name
        self.path = folder / f"{name}.parquet"
        self.rows = 0
        table_schema = schema.PUBLISHED[name]
        self._schema = table_schema.with_metadata({f"corpuskit.{key}": value for key, value in metadata.items()})
        ids = [field for field in table_schema.names if field in _IDS and field not in _DICTIONARIES[name]]
        order = _SORTED_BY.get(name)
        self._writer = pq.ParquetWriter(
            self.path,
            self._schema,
            compression="zstd",
            use_dictionary=_DICTIONARIES[name],
            write_page_index=True,
            write_page_checksum=True,
            bloom_filter_options={name: {"ndv": ROW_GROUP_ROWS} for name in ids} or None,
            sorting_columns=pq.SortingColumn.from_ordering(
                table_schema, [(key, "ascending") for key in order], "at_start"
            )
            if order
            else None,
        )
        self._pending: list[pa.Table] = []
        self._sizes: list[np.ndarray[Any, np.dtype[np.int64]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if problem[0] is None:
            self._flush(last=True)
        self._writer.close()

    def write(self, piece: pa.Table) -> None:
        """Add rows; they are written when a row group is full."""
        self._pending.append(piece)
        self._sizes.append(_row_sizes(piece))
        self._flush()

    def _flush(self, *, last: bool = False) -> None:
        if not self._pending:
            return
        sizes = np.concatenate(self._sizes)
        if not last and len(sizes) < ROW_GROUP_ROWS and sizes.sum() < ROW_GROUP_BYTES:
            return
        table = pa.concat_tables(self._pending)
        ends = np.cumsum(sizes)
        start = 0
        while start < len(sizes):
            before = ends[start - 1] if start else 0
            full = int(np.searchsorted(ends, before + ROW_GROUP_BYTES)) + 1
            stop = min(full, start + ROW_GROUP_ROWS)
            if stop > len(sizes) and not last:
                break
            group = table.slice(start, stop - start)
            self._writer.write_table(group.cast(self._schema).combine_chunks(), row_group_size=ROW_GROUP_ROWS)
            self.rows += len(group)
            start += len(group)
        self._pending = [table.slice(start)] if start < len(sizes) else []
        self._sizes = [sizes[start:]] if start < len(sizes) else []


def _row_sizes(piece: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """About how many bytes each row has: its text's."""
    if "text" not in piece.column_names:
        return np.full(len(piece), 100, dtype=np.int64)
    lengths = pc.fill_null(pc.binary_length(piece["text"]), 0)
    return np.asarray(buffers.numbers(lengths), dtype=np.int64)


@contextmanager
def staging(curated: Path) -> Iterator[Path]:
    """A folder to write a build into; removed unless `publish` moved it. What dead runs left goes first."""
    builds = curated / BUILDS
    builds.mkdir(exist_ok=True)
    for left in builds.glob(".staging-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=builds))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(curated: Path, staged: Path, manifest: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    """Make the staged build the corpus: move it in place, replace the manifest, refresh links, drop old builds.

    `manifest` needs its key `build`; the list of table files is added here. `run` is what only this run knows.
    """
    found = {name: _describe(staged / f"{name}.parquet") for name in schema.PUBLISHED}
    build = _place(curated / BUILDS, str(manifest["build"]), found)
    if not build.exists():
        staged.chmod(0o755)
        _sync(staged)
        staged.rename(build)
        _sync(build.parent)
    tables = {
        name: [{"path": f"{BUILDS}/{build.name}/{name}.parquet", **described}] for name, described in found.items()
    }
    _replace(curated / MANIFEST, {**manifest, "tables": tables})
    for name in schema.PUBLISHED:
        _link(build / f"{name}.parquet", curated / f"{name}.parquet")
    _replace(curated / "run.json", run)
    for old in (curated / BUILDS).iterdir():
        if old != build:
            shutil.rmtree(old, ignore_errors=True)


def _place(builds: Path, digest: str, tables: Mapping[str, Mapping[str, Any]]) -> Path:
    """Where a build goes: a name that is free, or that holds the same files already.

    A build that the manifest names is never moved: until the manifest is replaced it is the corpus, even when damaged.
    """
    for suffix in itertools.count():
        build = builds / (f"{digest}-{suffix}" if suffix else digest)
        if not build.exists() or all(_is_whole(build / f"{name}.parquet", tables[name]) for name in tables):
            return build
    raise AssertionError("numbers do not end")


def _is_whole(file: Path, described: Mapping[str, Any]) -> bool:
    try:
        return _describe(file) == described
    except (OSError, pa.ArrowInvalid):
        return False


def _describe(file: Path) -> dict[str, Any]:
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    rows = pq.read_metadata(file).num_rows
    return {"sha256": digest, "size_bytes": file.stat().st_size, "rows": rows}


def _replace(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON so that readers see the old file or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("w", encoding="utf-8") as handle:
            handle.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def _link(file: Path, name: Path) -> None:
    """A hard link that replaces what was there; a copy where links are not to be had."""
    temporary = name.with_name(f".{name.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        try:
            os.link(file, temporary)
        except OSError:
            shutil.copyfile(file, temporary)
        temporary.replace(name)
    finally:
        temporary.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
