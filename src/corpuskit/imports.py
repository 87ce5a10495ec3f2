"""What processes of corpuskit's own do without."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder


class _WithoutPandas(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:  # noqa: ARG002
        """Refuse pandas; leave every other module to the finders that follow."""
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def hide_pandas() -> None:
    """Have pyarrow find no pandas: it would import it where it is installed, a quarter of a second in each process.

    For processes that are corpuskit's alone: nothing in it uses pandas.
    """
    sys.meta_path.insert(0, _WithoutPandas())
