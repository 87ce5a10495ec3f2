"""Arrow columns as the flat arrays that kernels take, and back, without copying where possible."""

import ctypes
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.kernels.types import Bytes, Ints, Words

_HEX_PAIRS: Final = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)


def frozen(array: Any) -> Any:
    """The array as one that cannot be written to.

    Kernels are compiled anew for writable inputs: those that come from Arrow are not, so none should be.
    """
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def one_chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column as one array, which may be a slice of a larger one."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    # A chunk alone would be copied as well: half a second for 200 MB.
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def text_buffers(column: pa.ChunkedArray | pa.Array) -> tuple[Bytes, Ints]:
    """The bytes (uint8) and offsets (int64[n + 1]) of a large_string or large_binary column without nulls."""
    array = one_chunk(column)
    if not (pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)):
        array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    if len(array) == 0 or offsets is None:
        return frozen(np.zeros(1, dtype=np.uint8)), frozen(np.zeros(1, dtype=np.int64))
    all_offsets = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    if data is None or data.size == 0:
        return frozen(np.zeros(1, dtype=np.uint8)), frozen(all_offsets)
    return frozen(np.frombuffer(data, dtype=np.uint8)), frozen(all_offsets)


def spanning(pieces: Sequence[Bytes]) -> tuple[Bytes, list[int]]:
    """One array that reaches over all of `pieces` where they lie in memory, and where in it each begins.

    What lies between them is not theirs and may not be memory at all: only what is inside a piece may be read. So texts
    of many mapped files are one array for a kernel, and none of them is copied.
    """
    addresses = [piece.ctypes.data for piece in pieces]
    first = min(addresses)
    end = max(address + len(piece) for address, piece in zip(addresses, pieces, strict=True))
    whole = (ctypes.c_uint8 * (end - first)).from_address(first)
    whole.pieces = pieces  # type: ignore[attr-defined]  # they live as long as what reads them
    return cast(Bytes, frozen(np.ctypeslib.as_array(whole))), [address - first for address in addresses]


def large_strings(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> pa.Array:
    """A large_string column of its bytes and offsets."""
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


def numbers(column: pa.ChunkedArray | pa.Array) -> Any:
    """A number column without nulls as a read-only numpy array."""
    return frozen(one_chunk(column).to_numpy(zero_copy_only=False))


def hash_words(column: pa.ChunkedArray | pa.Array) -> Words:
    """A fixed_size_binary(16) column as uint64[n, 2]."""
    array = one_chunk(column)
    data = array.buffers()[1]
    if len(array) == 0 or data is None:
        return cast(Words, frozen(np.zeros((0, 2), dtype=np.uint64)))
    words = np.frombuffer(data, dtype=np.uint64).reshape(-1, 2)
    return cast(Words, frozen(words[array.offset : array.offset + len(array)]))


def hashes(words: Words) -> pa.Array:
    """uint64[n, 2] as a fixed_size_binary(16) column."""
    data = pa.py_buffer(np.ascontiguousarray(words))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(words), [None, data])


def hex_strings(words: Words) -> pa.Array:
    """uint64[n, 2] as a string column of 32 hex characters each."""
    digits = _HEX_PAIRS[np.ascontiguousarray(words).view(np.uint8)]
    offsets = np.arange(len(words) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(digits)))


def flag_lists(bits: npt.NDArray[np.uint32], names: tuple[str, ...]) -> pa.Array:
    """Lists of flag names, sorted as in `names`, of their bits."""
    kinds, kind_of = np.unique(bits, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if kind >> bit & 1] for kind in kinds.tolist()]
    kind_lists = pa.array(lists, type=pa.list_(pa.field("element", pa.string(), nullable=False)))
    return kind_lists.take(pa.array(kind_of.reshape(-1)))
