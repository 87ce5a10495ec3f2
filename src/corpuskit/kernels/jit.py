"""How kernels are compiled; `compiled` says where the machine code is kept."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

from corpuskit.kernels.compiled import cache_folder

F = TypeVar("F", bound=Callable[..., object])

numba.config.CACHE_DIR = str(cache_folder())


def kernel(function: F) -> F:
    """Compile `function` at its first call: no GIL, cached on disk, division as in C."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
