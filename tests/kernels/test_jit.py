"""Machine code in the cache is that of its types, also where processes compile at the same time."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from corpuskit.kernels import jit


def double(value: Any) -> Any:
    return value + value


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Makes `double` a kernel of its own each time, as in another process, with a cache that is empty at first."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kernels"))
    monkeypatch.setattr(jit, "cache_folder", lambda: tmp_path)
    return lambda: jit.kernel(double)


def test_two_that_compile_at_once_take_names_of_their_own(new: Callable[[], Any]) -> None:
    """Each waits, with the index read, for the other to have read it, too: which must not come to pass."""
    met = threading.Barrier(2)
    both: list[bool] = []
    kernels = [new(), new()]
    for one in kernels:
        read = one._cache._cache_file._load_index

        def read_and_wait(read: Callable[[], Any] = read) -> Any:
            found = read()
            if threading.current_thread() is not threading.main_thread():
                try:
                    met.wait(1)
                    both.append(True)
                except threading.BrokenBarrierError:
                    both.append(False)
            return found

        one._cache._cache_file._load_index = read_and_wait
    threads = [
        threading.Thread(target=one._cache._cache_file.save, args=(key, f"code of {key}"))
        for one, key in zip(kernels, ("int", "float"), strict=True)
    ]
    kernels[0]._cache._impl.locator.ensure_cache_path()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both == [False, False]
    third = new()._cache._cache_file
    assert {key: third.load(key) for key in ("int", "float")} == {"int": "code of int", "float": "code of float"}


def test_what_one_compiled_another_loads(new: Callable[[], Any]) -> None:
    assert (new()(2), new()(0.5)) == (4, 1.0)
    other = new()
    assert (other(2), other(0.5)) == (4, 1.0)
    assert sum(other.stats.cache_hits.values()) == 2


def test_a_cache_that_cannot_be_written_ends_nothing(new: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = new()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kernel._cache._cache_file, "_save_data", fail)
    assert kernel(2) == 4
