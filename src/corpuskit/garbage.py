"""Python's looks for cyclic garbage, and when they cost more than they find."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looks for cyclic garbage, of which there is none to speak of.

    They took 40 % of the time with 50,000 texts as words at hand, and a quarter of that of compiling the kernels.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
