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
from corpuskit.garbage import uncollected
from corpuskit.stages.protect import relatives, split
from corpuskit.stages.segment import segment

TEXTS: Final = (
    "The parties shall cooperate in the prevention of incidents, and shall share what they know of them in time.",
    "The parties shall cooperate in the prevention of incidents, and shall share what they know of these in time.",
    "The parties shall cooperate in the prevention of 3 incidents, and shall share what they know of them in time.",
    "A text that is not alike.",
)
"""Texts of which some are near copies: to merge them takes every kernel but those of segmenting."""

_FAMILY: Final = ([0, 0, 0], [0, 2, 6], [200, 200, 200], [0, 1, 1])
"""MEMBERS of the first three."""


@contextmanager
def segmenting() -> Iterator[None]:
    """While the body compiles the other kernels, have another process compile those of segmenting and protecting."""
    command = [sys.executable, "-P", "-m", "corpuskit.warm"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
        child.wait()  # should it fail, the kernels are compiled when they are needed
    finally:
        child.kill()
        child.wait()


def _compile() -> None:
    """Compile the kernels of protecting, which the other process comes to last, and then those of segmenting."""
    columns = [pa.array(column, field.type) for column, field in zip(_FAMILY, schema.MEMBERS, strict=True)]
    families = pa.table(columns, schema=schema.MEMBERS)
    texts = pa.array(TEXTS[:3], pa.large_string())
    kinds = ("numbers", "names", "negations")
    split(families, relatives(families), lambda contents: texts.take(pa.array(contents)), kinds=kinds)
    decoded = {field.name: pa.nulls(1, field.type) for field in schema.DECODED}
    decoded["text"] = pa.array([f"{TEXTS[0]}\n\n{TEXTS[1]}\n"], schema.DECODED.field("text").type)
    segment(pa.table(decoded), unit="paragraph")


if __name__ == "__main__":
    with uncollected():
        _compile()
