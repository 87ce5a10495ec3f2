"""Have the kernels compiled by two processes side by side, before the first run needs them one after another.

Compiling is slow Python code (type inference) that holds the interpreter's lock, so threads would not help. What each
process compiles goes to the cache on disk, where the other one, the workers and later runs find it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.stages.segment import segment

TEXTS: Final = (
    "The parties shall cooperate in the prevention of incidents, and shall share what they know of them in time.",
    "The parties shall cooperate in the prevention of incidents, and shall share what they know of these in time.",
    "The parties shall cooperate in the prevention of 3 incidents, and shall share what they know of them in time.",
    "A text that is not alike.",
)
"""Texts of which some are near copies: to merge them takes every kernel but those of segmenting."""


@contextmanager
def segmenting() -> Iterator[None]:
    """While the body compiles the other kernels, have those of segmenting compiled by another process."""
    command = [sys.executable, "-P", "-m", "corpuskit.warm"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
        child.wait()  # should it fail, the kernels are compiled when they are needed
    finally:
        child.kill()
        child.wait()


if __name__ == "__main__":
    columns = [
        pa.array([f"{TEXTS[0]}\n\n{TEXTS[1]}\n"] if name == "text" else [None], field.type)
        for name, field in zip(schema.DECODED.names, schema.DECODED, strict=True)
    ]
    segment(pa.table(columns, names=schema.DECODED.names), unit="paragraph")
