"""What the checks of a whole corpus need at hand and memory need not hold: mapped temporary files."""

import tempfile
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit import buffers
from corpuskit.kernels.types import Bytes, Ints, Minima, Words


class Pieces:
    """Arrays written one after another to an unnamed temporary file, which closes with `files`."""

    def __init__(self, files: ExitStack) -> None:
        self._file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it does
        self._size = 0

    def add(self, array: npt.NDArray[Any]) -> None:
        """Write one more."""
        self._file.write(np.ascontiguousarray(array).data)
        self._size += array.nbytes

    def mapped(self) -> Bytes:
        """All bytes written so far, at least one; they stay on disk until they are used."""
        if self._size == 0:
            return np.zeros(1, dtype=np.uint8)
        self._file.flush()
        return np.memmap(self._file, dtype=np.uint8, mode="r", shape=(self._size,))


class Texts:
    """A column of texts, added to piece by piece and then read as one."""

    def __init__(self, files: ExitStack) -> None:
        self._pieces = Pieces(files)
        self._ends: list[Ints] = [np.zeros(1, dtype=np.int64)]
        self._size = 0

    def add(self, column: pa.ChunkedArray | pa.Array) -> None:
        """Add the texts of a large_string column."""
        data, offsets = buffers.text_buffers(column)
        self._pieces.add(data[offsets[0] : offsets[-1]])
        self._ends.append(offsets[1:] - offsets[0] + self._size)
        self._size += int(offsets[-1] - offsets[0])

    def column(self) -> pa.Array:
        """All texts, large_string."""
        return buffers.large_strings(self._pieces.mapped(), np.concatenate(self._ends))


class Sketches:
    """What signatures leave: band keys, uint32[bands, n], and sketches, uint64[n, words]."""

    def __init__(self, files: ExitStack, *, bands: int, permutations: int) -> None:
        self._keys, self._sketches = Pieces(files), Pieces(files)
        self._bands = bands
        self._words = 1
        self._counts: list[int] = []
        self.permutations = permutations

    def add(self, keys: Minima, sketches: Words) -> None:
        """Add those of some more signatures."""
        self._keys.add(keys)
        self._sketches.add(sketches)
        self._counts.append(keys.shape[1])
        self._words = sketches.shape[1]

    def band(self, which: int) -> Words:
        """The keys of one band, uint64[n]."""
        ends = np.cumsum([0, *self._counts]) * self._bands
        keys = self._keys.mapped()[: 4 * ends[-1]].view(np.uint32)
        pieces = [keys[begin:end].reshape(self._bands, -1) for begin, end in pairwise(ends) if begin < end]
        found = np.concatenate([piece[which] for piece in pieces]) if pieces else np.zeros(0, dtype=np.uint32)
        return found.astype(np.uint64)

    def sketches(self) -> Words:
        """All sketches."""
        size = sum(self._counts) * self._words * 8
        return self._sketches.mapped()[:size].view(np.uint64).reshape(-1, self._words)
