"""Arrow columns as the flat arrays that kernels take, and back, without copying where possible."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.kernels.types import Bytes, Ints, Words

Allocate: TypeAlias = Callable[[Any, Any], Any]
"""Makes an array of a shape and a dtype, like numpy.empty: what grows with the corpus may live in a file."""

_HEX_PAIRS: Final = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)


def frozen(array: Any) -> Any:
    """The array as one that cannot be written to.

    Kernels are compiled anew for writable inputs: those that come from Arrow are not, so none should be.
    """
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def one_chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


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
