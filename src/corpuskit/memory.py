"""Arrays that memory need not hold: what grows with the corpus lives in mapped files, and their pages are let go of.

The idea: a mapped page counts as resident from its first use until it is unmapped. The system would unmap it only when
memory is short everywhere; a run that promises a bound must do so itself: a thread looks how much is resident, and lets
go of all such pages when that is too much. A page that is let go of stays in the system's cache as long as there is
room, so that coming back to it costs a fault (a microsecond), seldom a read.
"""

import ctypes
import mmap
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa

KEPT_SHARE: Final = 4
LEAST_KEPT_SHARE: Final = 16
REST_BYTES: Final = 750_000_000
"""Arrays made here may take half of what the budget leaves beside everything else, and between these parts of it."""

MAPPED_SHARE: Final = 64
"""An array at hand that is larger than this part of the budget is put into a file."""

GAIN_SHARE: Final = 16
"""Pages are let go of when that frees this part of the budget at least: it takes a system call for each file."""

LOOK_SECONDS: Final = 0.01
"""Between two looks at what is resident. To look twice as often cost a tenth of the time of a corpus that just fits:
its pages go and come back more often."""

HURRY_SHARES: Final = (13, 16)
"""Above this part of the budget whoever is about to map more lets go of pages first. Kernels that look at texts here
and there map 64 kB at each look, 30 GB a second: between two looks at what is resident, 300 MB."""

STEP: Final = 1 << 20
"""So many rows are worked on at a time where results go to files."""


def steps(n: int) -> Iterator[tuple[int, int]]:
    """The bounds of steps through `n` rows."""
    for first in range(0, n, STEP):
        yield first, min(first + STEP, n)


class Memory:
    """Where arrays that grow with the corpus are put: in memory up to a part of `budget` (bytes), then in files.

    As a context, keeps what is resident below the budget: pages of files are let go of above three quarters of it. To
    write to a page of a file for the first time takes several times as long: 0.6 instead of 0.15 s for 200 MB.

    Without `folder` everything is in memory. The files are unlinked at once: nothing is left when the run ends, however
    it does. Raises OSError where the disk is full: room is taken when an array is made, not when it is written to.
    """

    def __init__(self, folder: Path | None = None, budget: int = 1 << 62) -> None:
        self._folder = folder
        self._budget = budget
        self._left = min(max((budget - REST_BYTES) // 2, budget // LEAST_KEPT_SHARE), budget // KEPT_SHARE)
        self._lent = 0
        self._least = 0  # what was resident when that was least since pages were let go of
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch_over, daemon=True)
        self._made: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
        self._mapped: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
        self._hurrying = threading.Lock()
        self._lock = threading.Lock()  # a set that grows while another thread goes through it raises

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._watcher.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._ended.set()
        if self._folder is not None:
            self._watcher.join()

    def has_room(self, size: int) -> bool:
        """Whether so many bytes are a quarter of the budget at most: what may be had on top for a while."""
        return size <= self._budget // 4

    def spare(self) -> int:
        """How many bytes may be resident on top before pages are let go of."""
        return max(0, self._budget // 4 * 3 - self._lent - resident())

    @property
    def folder(self) -> Path | None:
        """Where the files are; None where everything is in memory."""
        return self._folder

    @contextmanager
    def lent(self, size: int) -> Iterator[None]:
        """While the body runs, leave so many bytes of the budget to other processes, a quarter of it at most."""
        size = min(size, self._budget // 4)
        self._lent += size
        try:
            yield
        finally:
            self._lent -= size

    def _watch_over(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            with suppress(MemoryError, OSError):  # the next look may do better
                self.relieve()

    def empty(self, shape: int | tuple[int, ...], dtype: Any) -> Any:
        """An array with anything in it, like numpy.empty."""
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        with self._lock:
            kept = self._folder is None or size == 0 or size <= self._left
            self._left -= size if kept else 0
        if kept:
            return np.empty(shape, dtype)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
            mapped = self._watch(mmap.mmap(file.fileno(), size), self._made)
            if hasattr(mmap, "MADV_RANDOM"):
                # Pages written in a row would be put together, 2 MB, and from then on a look at any would map them all.
                mapped.madvise(mmap.MADV_RANDOM)
            return np.frombuffer(mapped, dtype=dtype).reshape(shape)

    def hold(self, array: Any) -> Any:
        """The array, or if it is large a copy in a file, so that the memory it took is free once nobody else has it."""
        if self._folder is None or array.nbytes <= self._budget // MAPPED_SHARE:
            return array
        held = self.empty(array.shape, array.dtype)
        held[:] = array
        return held

    def full(self, shape: int | tuple[int, ...], value: Any, dtype: Any) -> Any:
        """An array of one value."""
        array = self.empty(shape, dtype)
        array[:] = value
        return array

    def take(self, array: Any, rows: Any) -> Any:
        """`array[rows]`, of which no more is ever held in memory than STEP rows if it is large."""
        taken = self.empty((len(rows), *array.shape[1:]), array.dtype)
        for first, last in steps(len(rows)):
            taken[first:last] = array[rows[first:last]]
        return taken

    def where(self, flags: Any) -> Any:
        """The rows whose flag is set, int64, ascending: like numpy.flatnonzero."""
        rows = self.empty(int(np.count_nonzero(flags)), np.int64)
        at = 0
        for first, last in steps(len(flags)):
            some = np.flatnonzero(flags[first:last])
            rows[at : at + len(some)] = some
            rows[at : at + len(some)] += first
            at += len(some)
        return rows

    def order(self, numbers: Any, below: int) -> Any:
        """The rows of distinct numbers from 0 to `below` in ascending order, int64: like numpy.argsort, by places."""
        row_of = self.full(below, -1, np.int64)
        for first, last in steps(len(numbers)):
            row_of[numbers[first:last]] = np.arange(first, last)
        ordered = self.empty(len(numbers), np.int64)
        at = 0
        for first, last in steps(below):
            rows = row_of[first:last]
            rows = rows[rows >= 0]
            ordered[at : at + len(rows)] = rows
            at += len(rows)
        return ordered

    def concatenate(self, pieces: Sequence[Any]) -> Any:
        """The arrays one after another (along the first axis), of the first one's type."""
        size = sum(len(piece) for piece in pieces)
        joined = self.empty((size, *pieces[0].shape[1:]), pieces[0].dtype)
        at = 0
        for piece in pieces:
            joined[at : at + len(piece)] = piece
            at += len(piece)
        return joined

    def map_array(self, path: Path) -> Any:
        """The array of a `.npy` file, read-only."""
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            shape, _, kind = np.lib.format.read_array_header_1_0(file)
            if 0 in shape:  # nothing to map
                return np.zeros(shape, dtype=kind)
            mapped = self._watch(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), self._mapped)
            return np.frombuffer(mapped, dtype=kind, offset=file.tell()).reshape(shape)

    def map_table(self, path: Path) -> pa.Table:
        """The table of an Arrow file; nothing is read until it is used."""
        with path.open("rb") as file:
            mapped = self._watch(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), self._mapped)
        return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all()

    def _watch(self, mapped: mmap.mmap, among: weakref.WeakSet[mmap.mmap]) -> mmap.mmap:
        with self._lock:
            among.add(mapped)
        return mapped

    def relieve(self) -> None:
        """Let go of mapped pages if the process has more than three quarters of the budget resident."""
        if self._folder is None:
            return
        found = resident()
        self._least = min(self._least, found)
        most, gain = self._budget // 4 * 3 - self._lent, self._budget // GAIN_SHARE
        if found >= max(most, self._least + gain):
            self._let_go(most - gain)

    def hurry(self) -> None:
        """Let go of mapped pages now if the budget is nearly full: between pieces of work that map much.

        A thread that comes here while another does so waits for it, and maps nothing meanwhile.
        """
        if self._folder is None:
            return
        share, of = HURRY_SHARES
        with self._hurrying:
            most, gain = self._budget // of * share - self._lent, self._budget // GAIN_SHARE
            if resident() >= max(most, self._least + gain):
                self._let_go(most - gain)

    def _let_go(self, enough: int) -> None:
        """Let go of mapped pages until so many bytes are resident."""
        # First the arrays made here, which are few: shards have thousands of mappings, and while their turn lasts
        # others map new pages.
        for among in (self._made, self._mapped):
            with self._lock:
                maps = list(among)
            for mapped in maps:
                if hasattr(mapped, "madvise"):
                    mapped.madvise(mmap.MADV_DONTNEED)
            if resident() < enough:
                break
        give_back()
        self._least = resident()


def give_back() -> None:
    """Give back to the system what arrow and the C library have free, where they can."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, TypeError, AttributeError):  # glibc has it, others may not
        ctypes.CDLL(None).malloc_trim(0)


IN_MEMORY: Final = Memory()


def resident() -> int:
    """Bytes of this process that are resident; 0 where the system does not tell."""
    status = _status()
    return 0 if status is None else int(os.pread(status, 100, 0).split()[1]) * mmap.PAGESIZE


@cache
def _status() -> int | None:
    """A file that tells what is resident, open for good: each step of opening it would wait for the interpreter."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
