"""How kernels are compiled; `compiled` says where the machine code is kept."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba
from llvmlite import binding

from corpuskit.kernels.compiled import cache_folder

F = TypeVar("F", bound=Callable[..., object])

numba.config.CACHE_DIR = str(cache_folder())

if not numba.config.CPU_FEATURES and not numba.config.CPU_NAME and binding.get_host_cpu_features().get("avx512f"):
    # LLVM takes half vectors on Intel's AVX-512, for the clock's sake: whole ones sign texts in 0.85 of the time
    # (Emerald Rapids).
    numba.config.CPU_FEATURES = f"{binding.get_host_cpu_features().flatten()},-prefer-256-bit"


def kernel(function: F) -> F:
    """Compile `function` at its first call: no GIL, cached on disk, division as in C."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
