"""What processes of corpuskit's own do without."""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Final

UNUSED: Final = frozenset({"pandas", "scipy"})


class _Without(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:  # noqa: ARG002
        """Refuse what is unused; leave every other module to the finders that follow."""
        if name in UNUSED:
            raise ModuleNotFoundError(name, name=name)


def spare() -> None:
    """Have libraries do without what nothing in corpuskit uses: to be called before numpy is loaded.

    pyarrow imports pandas where it is installed (a quarter of a second in each process), numba scipy (0.13 s), and
    numpy begins a thread of linear algebra for each core, which waits in a loop at first (0.1 s of the processor).
    """
    sys.meta_path.insert(0, _Without())
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
