"""Rows of many small arrays into one large one."""

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.types import Ints, Words


@kernel
def put_rows(source: Words, rows: Ints, made: Words, places: Ints) -> None:
    """Copy row `rows[i]` of `source` to row `places[i]` of `made`, both uint64 of one width."""
    for i in range(len(rows)):
        row, place = source[rows[i]], made[places[i]]
        for at in range(len(row)):
            place[at] = row[at]
