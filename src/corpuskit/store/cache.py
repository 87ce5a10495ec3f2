"""The cache of the per-document half: shards that are written once, and an index that says what they hold.

The index is replaced in one step, and only when the shards that it names are whole; whatever it does not name is of no
use and is removed. So a run that dies leaves the cache of the run before. Nothing here is synced: what a power cut
spoils does not have the checksum that it should have, and is made again from the raw files.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import xxhash

from corpuskit.incremental import INDEX, CachedShard, Index
from corpuskit.kernels.types import Words
from corpuskit.memory import Memory
from corpuskit.store import files

CACHE: Final = ".corpuskit_cache"
_INDEX_FILE: Final = "index"
_APART: Final = "apart"
_APART_FILES: Final = ("hashes.npy", "about.json")
_SUM_BYTES: Final = 8
_META: Final = b"corpuskit.cache"


class Cache:
    """The cache of one corpus, in the folder `home`; only the holder of the corpus may write to it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def load(self, note: Callable[[str], None] = lambda _: None) -> Index | None:
        """The index; None when there is none, or when it is damaged, which `note` is told."""
        try:
            data = (self.home / _INDEX_FILE).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            note(f"{self.home / _INDEX_FILE}: cannot be read ({error.strerror}): every file is read again")
            return None
        body, found = data[:-_SUM_BYTES], data[-_SUM_BYTES:]
        if xxhash.xxh3_64_digest(body) == found:
            with suppress(pa.ArrowException, ValueError, KeyError, TypeError):
                return _index(pa.ipc.open_file(pa.BufferReader(body)).read_all())
        note(f"{self.home / _INDEX_FILE}: damaged (checksum): every file is read again")
        return None

    def damaged(self, index: Index) -> dict[str, str]:
        """The shards that are not as they were written, each with what is wrong, by their checksums."""
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda shard: _fault(self.home / shard.name, shard.sums), index.shards)
            return {shard.name: fault for shard, fault in zip(index.shards, found, strict=True) if fault}

    def commit(self, index: Index, made: Mapping[str, Path]) -> None:
        """Take in the shards that this run `made` (by name, their folders), and remove what `index` does not name."""
        for name, folder in made.items():
            folder.rename(self.home / name)
        files.replace(self.home / _INDEX_FILE, _data(index))
        self.prune(index, at_work=True)

    def prune(self, index: Index | None, *, at_work: bool = False) -> None:
        """Remove all that is not the index or named by it; unless a run is `at_work`, what dead ones left, too."""
        named = {_INDEX_FILE, _APART, *(shard.name for shard in index.shards)} if index else set()
        files.remove(
            path
            for path in list(self.home.iterdir())
            if path.name not in named and not (at_work and path.name.startswith("run-"))
        )

    def apart(self, key: str, memory: Memory, note: Callable[[str], None]) -> Words | None:
        """The hashes that `keep_apart` kept under that key, uint64[n, 2]; None when there are none, or damaged ones."""
        hashes, about = (self.home / _APART / name for name in _APART_FILES)
        if not hashes.parent.exists():
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(about.read_bytes())
            if _sum_apart(hashes, said["key"]) == said["sum"]:
                found: Words = memory.map_array(hashes)
                return found if said["key"] == key else None
        note(f"{self.home / _APART}: damaged: all contents are compared again")
        return None

    def keep_apart(self, found: Words | None, key: str, scratch: Path) -> None:
        """Keep the hashes of contents of which no two match, instead of those kept before.

        A disk that has no room for them ends nothing: all are compared again.
        """
        made = scratch / _APART
        with suppress(OSError):
            files.remove([self.home / _APART])
            if found is not None:
                made.mkdir()
                hashes, about = (made / name for name in _APART_FILES)
                files.write_array(hashes, found)
                about.write_text(json.dumps({"key": key, "sum": _sum_apart(hashes, key)}), encoding="utf-8")
                made.rename(self.home / _APART)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what this run makes, removed at the end."""
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=self.home))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def locate(curated: Path, place: str = "") -> Path:
    """Where the cache of a corpus is: beside it, or below the folder `place`."""
    target = curated.resolve()
    if not place:
        return target.parent / CACHE / target.name
    return (
        Path(place).expanduser().resolve()
        / f"{target.name}-{hashlib.blake2b(bytes(target), digest_size=4).hexdigest()}"
    )


@contextmanager
def open_cache(curated: Path, place: str = "") -> Iterator[Cache]:
    """The cache of a corpus, made if need be; only the holder of the corpus may ask for it."""
    home = locate(curated, place)
    home.mkdir(parents=True, exist_ok=True)
    tag = home.parent / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n# Made by corpuskit; safe to delete.\n")
        (home.parent / ".gitignore").write_text("*\n")
    try:
        yield Cache(home)
    finally:
        with suppress(OSError):
            home.rmdir()  # nothing came of it


def clean(curated: Path, place: str = "") -> tuple[int, int]:
    """Empty the cache of a corpus; how many files and bytes went. Only the holder of the corpus may ask for it."""
    home = locate(curated, place)
    sizes = [path.stat().st_size for path in home.rglob("*") if path.is_file()]
    files.remove([home])
    others = [path for path in home.parent.glob("*") if path.name not in ("CACHEDIR.TAG", ".gitignore")]
    if not place and home.parent.is_dir() and not others:
        files.remove([home.parent])
    return len(sizes), sum(sizes)


def _fault(folder: Path, sums: Mapping[str, str]) -> str:
    """What is wrong with a shard; empty when nothing is."""
    for name, expected in sums.items():
        try:
            if files.checksum(folder / name) != expected:
                return f"{name}: checksum"
        except OSError as error:
            return f"{name}: {error.strerror}"
    return ""


def _sum_apart(hashes: Path, key: str) -> str:
    """The checksum of the hashes under their key."""
    return xxhash.xxh3_64_hexdigest(f"{files.checksum(hashes)} {key}".encode())


def _data(index: Index) -> bytes:
    """The index as Arrow's file format, and its checksum behind."""
    about: dict[str, Any] = {
        "key": index.key,
        "raw": index.raw,
        "scanned_ns": index.scanned_ns,
        "problems": [list(problem) for problem in index.problems],
        "inventory_digest": index.inventory_digest,
        "shards": [[shard.name, shard.rows, dict(shard.sums)] for shard in index.shards],
    }
    table = index.files.replace_schema_metadata({_META: json.dumps(about).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    body: bytes = sink.getvalue().to_pybytes()
    return body + xxhash.xxh3_64_digest(body)


def _index(table: pa.Table) -> Index:
    about = json.loads(table.schema.metadata[_META])
    if table.schema.names != INDEX.names:
        raise ValueError("of another version")
    return Index(
        files=table.replace_schema_metadata(None),
        shards=_shards(about["shards"]),
        key=about["key"],
        raw=about["raw"],
        scanned_ns=about["scanned_ns"],
        problems=tuple((path, problem) for path, problem in about["problems"]),
        inventory_digest=about["inventory_digest"],
    )


def _shards(listed: Sequence[Any]) -> tuple[CachedShard, ...]:
    return tuple(CachedShard(name, rows, sums) for name, rows, sums in listed)
