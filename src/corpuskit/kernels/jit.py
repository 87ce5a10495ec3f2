"""How kernels are compiled; `compiled` says where the machine code is kept."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, cast

import numba
from llvmlite import binding

from corpuskit.kernels.compiled import cache_folder

F = TypeVar("F", bound=Callable[..., object])

numba.config.CACHE_DIR = str(cache_folder())

LOCK: Final = "lock"
LOCK_SECONDS: Final = 60
"""So long a process waits for its turn to save what it compiled; then it does not save it."""


def take_whole_vectors() -> None:
    """Have LLVM use all of a vector on Intel's AVX-512, unless the user chose a processor or its features.

    It takes half ones for the clock's sake; whole ones sign texts in 0.85 of the time (Emerald Rapids).
    """
    with suppress(RuntimeError):  # LLVM cannot tell what every processor has
        features = binding.get_host_cpu_features()
        if features.get("avx512f") and not numba.config.CPU_FEATURES and not numba.config.CPU_NAME:
            numba.config.CPU_FEATURES = f"{features.flatten()},-prefer-256-bit"


take_whole_vectors()


def kernel(function: F) -> F:
    """Compile `function` at its first call: no GIL, cached on disk, division as in C."""
    compiled = numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    save_in_turn(compiled)
    return cast(F, compiled)


def save_in_turn(compiled: Any) -> None:
    """Have processes that compile at the same time write to the cache one after another.

    numba reads a kernel's index, takes the next free number and writes the index, then the code: two processes with the
    same kernel for other types took the same number, and whoever read that afterwards ran the wrong code.
    """
    cached = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cached is None:  # NUMBA_DISABLE_JIT, or a numba that has it elsewhere: the tests would tell
        return

    def save(key: object, data: object) -> None:
        import filelock  # nothing else needs it in a worker

        # What is not saved is compiled again: a full disk or one without locks must not end a run.
        with suppress(OSError, NotImplementedError), filelock.FileLock(cache_folder() / LOCK, timeout=LOCK_SECONDS):
            known = cached._load_index()
            taken = set(known.values())
            names = (cached._data_name(number) for number in itertools.count(1))
            name = known.get(key) or next(name for name in names if name not in taken)
            cached._save_data(name, data)  # before the index, so that nobody finds there what is not written yet
            cached._save_index({**known, key: name})

    cached.save = save
