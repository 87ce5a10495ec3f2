"""What memory need not hold lives in files, and nothing else about it differs."""

import errno
import itertools
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.memory import IN_MEMORY, Memory, resident
from corpuskit.store.files import write_array, write_arrow

LARGE = 1_000_000  # values of 8 bytes


def test_large_arrays_are_in_files_that_nobody_sees(tmp_path: Path) -> None:
    memory = Memory(tmp_path, budget=16 << 20)
    array = memory.empty((LARGE // 10, 10), np.int64)
    array[:] = 7
    assert array.shape == (LARGE // 10, 10)
    assert array.base is not None
    assert list(tmp_path.iterdir()) == []
    assert memory.empty(10, np.int32).base is None
    assert IN_MEMORY.empty(LARGE, np.int64).base is None


def test_arrays_that_are_small_one_by_one_are_in_files_when_they_are_many(tmp_path: Path) -> None:
    memory = Memory(tmp_path, budget=16 << 20)
    arrays = [memory.empty(1 << 17, np.uint8) for _ in range(64)]
    assert arrays[0].base is None
    assert arrays[-1].base is not None


@pytest.mark.parametrize("budget", [1 << 10, 1 << 40])
def test_held_and_joined_arrays_are_what_they_were(tmp_path: Path, budget: int) -> None:
    memory = Memory(tmp_path, budget)
    array = np.arange(LARGE).reshape(-1, 2)
    assert (memory.hold(array) == array).all()
    joined = memory.concatenate([array[:3], array[:0], array[3:]])
    assert (joined == array).all()
    assert joined.dtype == array.dtype


@pytest.mark.parametrize("budget", [1 << 4, 1 << 40])
@given(numbers=st.permutations(range(40)), flags=st.sets(st.integers(0, 39)), step=st.integers(1, 50))
def test_rows_are_found_and_ordered_as_numpy_does(budget: int, numbers: list[int], flags: set[int], step: int) -> None:
    flagged = np.isin(np.arange(40), sorted(flags))
    some = np.array(numbers, dtype=np.int64)[flagged]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpuskit.memory.STEP", step)
        memory = Memory(Path(folder), budget)
        assert memory.where(flagged).tolist() == sorted(flags)
        assert memory.order(some, 40).tolist() == np.argsort(some).tolist()


def test_saved_arrays_and_tables_are_mapped(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    for array in (np.arange(12, dtype=np.uint32).reshape(3, 4), np.zeros((0, 5), dtype=np.uint64)):
        np.save(tmp_path / "array.npy", array)
        mapped = memory.map_array(tmp_path / "array.npy")
        assert (mapped.shape, mapped.dtype) == (array.shape, array.dtype)
        assert (mapped == array).all()
    table = pa.table({"text": ["a", None, "漢"]})
    with pa.OSFile(str(tmp_path / "table.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    assert memory.map_table(tmp_path / "table.arrow").equals(table)


@pytest.mark.skipif(resident() == 0, reason="the system does not tell what is resident")
def test_pages_are_let_go_of_and_nothing_is_lost(tmp_path: Path) -> None:
    memory = Memory(tmp_path, budget=1 << 20)  # less than the process has anyway
    array = memory.empty(8 << 20, np.int64)
    array[:] = np.arange(8 << 20)
    before = resident()
    memory.relieve()
    assert before - resident() > 48 << 20
    assert (array == np.arange(8 << 20)).all()


@pytest.mark.skipif(resident() == 0, reason="the system does not tell what is resident")
def test_pages_are_let_go_of_meanwhile(tmp_path: Path) -> None:
    """By a thread that looks, as long as the memory is a context."""
    threads = threading.active_count()
    with Memory(tmp_path, budget=1 << 20) as memory:
        before = resident()
        array = memory.empty(8 << 20, np.int64)
        array[:] = 7
        until = time.monotonic() + 10
        while resident() - before > 16 << 20 and time.monotonic() < until:
            time.sleep(0.01)
        assert resident() - before < 16 << 20
        assert (array == 7).all()
    assert threading.active_count() == threads


@pytest.mark.skipif(resident() == 0, reason="the system does not tell what is resident")
def test_a_look_at_one_place_does_not_map_what_was_written_around_it(tmp_path: Path) -> None:
    """Linux maps as much around a place as was written at once: 2 MB, if nothing is done."""
    write_array(tmp_path / "array.npy", np.ones(4 << 20, dtype=np.int64))
    write_arrow(tmp_path / "table.arrow", pa.table({"number": np.ones(4 << 20, dtype=np.int64)}))
    memory = Memory(tmp_path, budget=1 << 20)
    made = memory.empty(16 << 20, np.int64)
    made[:] = 1
    arrays = [made, memory.map_array(tmp_path / "array.npy")]
    arrays.append(memory.map_table(tmp_path / "table.arrow")["number"].chunk(0).to_numpy())
    memory.relieve()
    for array in arrays:
        before = resident()
        assert sum(int(array[at * len(array) >> 4]) for at in range(16)) == 16  # in 16 places, 2 MB apart or more
        assert resident() - before < 8 << 20


def test_what_is_lent_to_other_processes_is_let_go_of_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(tmp_path, budget=1_600)
    sizes = iter([1_000, 1_000, 900, 900, 900])  # looks, after the arrays, after the shards, at the end
    monkeypatch.setattr("corpuskit.memory.resident", lambda: next(sizes))
    memory.relieve()  # 1,000 of 1,200
    with memory.lent(400):
        memory.relieve()  # 1,000 of 800
    assert next(sizes, None) is None


def test_who_maps_much_lets_go_when_the_budget_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not before: what the thread that looks would let go of soon need not be waited for."""
    memory = Memory(tmp_path, budget=1_600)
    sizes = iter([1_290, 1_310, 1_100, 1_100, 1_290])  # looks at 1,290 and 1,310 of 1,300, two after, a look
    monkeypatch.setattr("corpuskit.memory.resident", lambda: next(sizes))
    for _ in range(3):
        memory.hurry()
    assert next(sizes, None) is None


def test_a_full_disk_is_found_when_an_array_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        Memory(tmp_path, budget=1 << 20).empty(LARGE, np.int64)


def test_pages_are_let_go_of_while_other_threads_make_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = itertools.count(1 << 40, 1 << 10)  # more each time, so that pages are let go of
    monkeypatch.setattr("corpuskit.memory.resident", lambda: next(sizes))
    memory = Memory(tmp_path, budget=1 << 10)
    arrays = [memory.empty(1 << 12, np.uint8) for _ in range(200)]

    def make(_: int) -> int:
        return sum(len(memory.empty(1 << 12, np.uint8)) for _ in range(200))

    def let_go() -> None:
        for _ in range(300):
            memory.relieve()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads meet
    try:
        with ThreadPoolExecutor(4) as pool:
            letting_go = pool.submit(let_go)
            assert list(pool.map(make, range(4))) == [200 << 12] * 4
            letting_go.result()
    finally:
        sys.setswitchinterval(interval)
    assert len(arrays) == 200
