"""What a run must read, and what it may take from the run before: a plan, made without touching a file.

The cache holds shards in path order: each the per-document half of a run of files. A file is the same when its hash is;
size, times and inode spare the hashing where they say enough. Shards that no change touches stay as they are. The
others are cut anew, so that what a run hands on is what a fresh one would have made, and no text that went stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import formats
from corpuskit.raw import INVENTORY, Inventory, batches

RACY_NS: Final = 2_000_000_000
"""A file touched so shortly before a scan, or later, may have been touched again with the same times."""

SLACK: Final = 1.5
"""A shard may grow to so many times the bound before it is cut in two."""

SMALL: Final = 4
"""A shard below this part of the bound is joined to its neighbour when that is cut anew."""

INDEX: Final = pa.schema([*INVENTORY, pa.field("sha256", pa.string()), pa.field("problem", pa.string())])
"""What is known of each file in the cache: as listed, the hash of the bytes that were read, and why there are none."""

JOB: Final = pa.schema([*INVENTORY, pa.field("shard", pa.string()), pa.field("row", pa.int64())])
"""The files of a shard to make: those without a `shard` are read, the others are row `row` of a cached one."""

Rows = npt.NDArray[np.int64]
Hashes = Sequence[tuple[str | None, str | None]]


@dataclass(frozen=True)
class CachedShard:
    """A shard in the cache: its folder's name, how many documents it has, and the checksum of each of its files."""

    name: str
    rows: int
    sums: Mapping[str, str]


@dataclass(frozen=True)
class Index:
    """What the cache holds.

    files: INDEX, in path order, and so in that of the shards; key: what else the shards depend on; raw: which folder
    it was; scanned_ns: when; problems: what could not be looked at, as in Inventory; inventory_digest: as in the
    manifest of the corpus that is made of it.
    """

    files: pa.Table
    shards: tuple[CachedShard, ...]
    key: str
    raw: str
    scanned_ns: int
    problems: tuple[tuple[str, str], ...]
    inventory_digest: str

    def without(self, names: Mapping[str, Any]) -> "Index":
        """The index without some shards and their files."""
        kept = np.repeat([shard.name not in names for shard in self.shards], [shard.rows for shard in self.shards])
        shards = tuple(shard for shard in self.shards if shard.name not in names)
        return replace(self, files=self.files.filter(pa.array(kept, pa.bool_())), shards=shards, inventory_digest="")


@dataclass(frozen=True)
class Piece:
    """The files `start` to `stop` of a plan, to be one shard: the cached one of that name, or one to be made."""

    start: int
    stop: int
    shard: str | None


@dataclass(frozen=True)
class Plan:
    """Where each file of an inventory comes from.

    files: INVENTORY; source: int64, the row of the index that has it, -1 where it must be read; in_place: whether that
    row has the same path; hashed: how many were read to be hashed; gone: how many paths of the index are not there any
    more; problems_changed: whether what cannot be looked at differs.
    """

    files: pa.Table
    source: Rows
    in_place: npt.NDArray[np.bool_]
    hashed: int
    gone: int
    problems_changed: bool

    @property
    def unchanged(self) -> bool:
        """Whether every file is as it was, and no other was there."""
        return bool(self.in_place.all()) and not self.gone and not self.problems_changed

    @property
    def to_read(self) -> pa.Table:
        """INVENTORY of the files to read, segment and sign."""
        return self.files.filter(pa.array(self.source < 0))

    @property
    def to_read_bytes(self) -> int:
        """Their size in bytes."""
        return int(self.files["size_bytes"].to_numpy()[self.source < 0].sum())

    @property
    def reused(self) -> int:
        """How many files are taken from the cache."""
        return int((self.source >= 0).sum())


def plan(
    inventory: Inventory, index: Index | None, hash_files: Callable[[pa.Table], Hashes], *, trusting: bool = True
) -> Plan:
    """Compare what a scan found to what the cache holds.

    `hash_files` gives the SHA-256 of files, or why they cannot be read; it is asked for those that the cache may hold
    though size, times and inode do not say so: all, where these are not to be trusted.
    """
    files = inventory.files
    if index is None:
        nothing = np.zeros(len(files), dtype=np.bool_)
        return Plan(files, np.full(len(files), -1), nothing, 0, 0, True)
    at = _places(files["path"], index.files["path"])
    known = np.flatnonzero(at >= 0)
    same = np.zeros(len(files), dtype=np.bool_)
    if trusting:
        same[known] = _same(files, known, index.files, at[known]) & _settled(index)[at[known]]
    sizes = files["size_bytes"].to_numpy()
    unread = index.files["sha256"].is_null().to_numpy()
    asked = ~same & np.isin(sizes, index.files["size_bytes"].to_numpy())
    asked[known[unread[at[known]]]] = True
    source = np.where(same, at, -1)
    rows = np.flatnonzero(asked)
    source[rows] = _by_hash(files.take(pa.array(rows)), hash_files, at[rows], index) if len(rows) else -1
    in_place = (source >= 0) & (source == at)
    changed = tuple(inventory.problems) != index.problems
    return Plan(files, source, in_place, len(rows), len(index.files) - len(known), changed)


def _places(paths: pa.ChunkedArray, among: pa.ChunkedArray) -> Rows:
    """The row of each path among others, -1 where it is not."""
    found = pc.fill_null(pc.index_in(paths, among.combine_chunks()), -1)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _same(files: pa.Table, rows: Rows, known: pa.Table, at: Rows) -> npt.NDArray[np.bool_]:
    """Whether size, times and inode are as they were."""
    alike = np.ones(len(rows), dtype=np.bool_)
    for name in ("size_bytes", "mtime_ns", "ctime_ns", "inode"):
        alike &= files[name].to_numpy()[rows] == known[name].to_numpy()[at]
    return alike


def _settled(index: Index) -> npt.NDArray[np.bool_]:
    """Which files were read, and had not been touched for some time when they were looked at."""
    touched = np.maximum(index.files["mtime_ns"].to_numpy(), index.files["ctime_ns"].to_numpy())
    read = index.files["sha256"].is_valid().to_numpy()
    return np.asarray(read & (touched < index.scanned_ns - RACY_NS), dtype=np.bool_)


def _by_hash(files: pa.Table, hash_files: Callable[[pa.Table], Hashes], at: Rows, index: Index) -> Rows:
    """The rows of the index that hold the same bytes as `files`: that of the same path, if it does, or any."""
    found = hash_files(files)
    hashes = index.files["sha256"]
    elsewhere = _places(pa.chunked_array([pa.array([sha256 for sha256, _ in found], pa.string())]), hashes)
    elsewhere[[sha256 is None for sha256, _ in found]] = -1
    paths = files["path"].to_pylist()
    source = np.full(len(files), -1)
    for row, said in enumerate(found):
        here, there = int(at[row]), int(elsewhere[row])
        if here >= 0 and said == _said(index, here):
            source[row] = here
        elif there >= 0 and _reader(paths[row]) == _reader(index.files["path"][there].as_py()):
            source[row] = there
    return source


def _said(index: Index, row: int) -> tuple[str | None, str | None]:
    sha256: str | None = index.files["sha256"][row].as_py()
    return sha256, None if sha256 else index.files["problem"][row].as_py()


def _reader(path: str) -> str:
    return formats.reader(path).extractor


@dataclass(frozen=True)
class _Bounds:
    """How large shards may be, in bytes and files, and where each file of a plan begins if all stand in a row."""

    max_bytes: int
    max_files: int
    starts: Rows

    def hold(self, start: int, stop: int, share: float = 1) -> bool:
        """Whether the files `start` to `stop` are within that share of the bounds."""
        size = int(self.starts[stop] - self.starts[start])
        return size <= self.max_bytes * share and stop - start <= self.max_files * share


def cut(plan: Plan, index: Index | None, *, max_bytes: int, max_files: int) -> list[Piece]:
    """The shards of a plan, in path order: cached ones that no change touches, others of about the bounds at most."""
    starts = np.concatenate([[0], np.cumsum(plan.files["size_bytes"].to_numpy())])
    bounds = _Bounds(max_bytes, max_files, starts)
    return [piece for joined in _joined(_stretches(plan, index), bounds) for piece in _split(joined, plan, bounds)]


def _stretches(plan: Plan, index: Index | None) -> list[Piece]:
    """The files from the first of each cached shard to its last, and those between; by name, where nothing changed."""
    count = len(plan.files)
    if not count:
        return []
    owner = np.full(count, -1)
    if index:
        ends = np.cumsum([shard.rows for shard in index.shards])
        owner[plan.in_place] = np.searchsorted(ends, plan.source[plan.in_place], side="right")
    before = np.maximum.accumulate(owner)  # shards stand in path order
    after = np.minimum.accumulate(np.where(owner < 0, np.iinfo(np.int64).max, owner)[::-1])[::-1]
    label = np.where(before == after, before, -1)
    stretches: list[Piece] = []
    for start, stop in pairwise([0, *(np.flatnonzero(np.diff(label)) + 1).tolist(), count]):
        shard = index.shards[label[start]] if index and label[start] >= 0 else None
        whole = shard is not None and stop - start == shard.rows and bool(plan.in_place[start:stop].all())
        stretches.append(Piece(start, stop, shard.name if shard and whole else None))
    return stretches


def _joined(stretches: Sequence[Piece], bounds: _Bounds) -> list[Piece]:
    """The stretches, with those that must be made joined to their neighbours as far as the bounds allow.

    Small shards beside them, or beside each other, are made anew too: or there would be ever more of them.
    """
    small = [piece.shard is None or bounds.hold(piece.start, piece.stop, 1 / SMALL) for piece in stretches]
    joined: list[Piece] = []
    for at, piece in enumerate(stretches):
        company = any(small[place] for place in (at - 1, at + 1) if 0 <= place < len(small))
        last = joined[-1] if joined else None
        if piece.shard and not (small[at] and company):
            joined.append(piece)
        elif last and last.shard is None and bounds.hold(last.start, piece.stop):
            joined[-1] = Piece(last.start, piece.stop, None)
        else:
            joined.append(Piece(piece.start, piece.stop, None))
    return joined


def _split(piece: Piece, plan: Plan, bounds: _Bounds) -> list[Piece]:
    """The piece, or several of the bounds' size if it is larger; with a little more if much of it is there already."""
    fresh = bool((plan.source[piece.start : piece.stop] < 0).all())
    if piece.shard or bounds.hold(piece.start, piece.stop, 1 if fresh else SLACK):
        return [piece]
    files = plan.files.slice(piece.start, piece.stop - piece.start)
    sizes = [len(batch) for batch in batches(files, max_bytes=bounds.max_bytes, max_files=bounds.max_files)]
    stops = (piece.start + np.cumsum(sizes)).tolist()
    return [Piece(start, stop, None) for start, stop in pairwise([piece.start, *stops])]


def job(plan: Plan, index: Index | None, piece: Piece) -> pa.Table:
    """JOB: the files of a piece, with where each comes from."""
    files = plan.files.slice(piece.start, piece.stop - piece.start)
    source = plan.source[piece.start : piece.stop]
    ends = np.cumsum([shard.rows for shard in index.shards]) if index else np.zeros(0, dtype=np.int64)
    owner = np.searchsorted(ends, source, side="right")
    taken = source >= 0
    names = np.array([*(shard.name for shard in index.shards), ""] if index else [""], dtype=object)
    starts = np.concatenate([[0], ends]).astype(np.int64)
    shards = pa.array(names[np.where(taken, owner, -1)], pa.string(), mask=~taken)
    rows = pa.array(np.where(taken, source - starts[np.where(taken, owner, 0)], 0))
    return pa.table([*files.columns, shards, rows], schema=JOB)
