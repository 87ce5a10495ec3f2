"""Fold passages to what is compared: the kernel for nearly all, `text.normalize` for those with combining marks."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, text
from corpuskit.kernels.normalize import fold


def normalize(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The normalized form of each text: large_string in, large_string out, equal to `text.normalize` of each."""
    column = buffers.one_chunk(texts).cast(pa.large_string())
    data, offsets = buffers.text_buffers(column)
    tables = text.fold_tables()
    out = np.empty((int(offsets[-1] - offsets[0]) * 3) // 2 + 16, dtype=np.uint8)
    out_offsets = np.zeros(len(offsets), dtype=np.int64)
    slow = np.zeros(len(column), dtype=np.bool_)
    kind, start, utf8 = map(buffers.frozen, (tables.kind, tables.start, tables.utf8))
    fold(data, offsets, kind, start, utf8, out, out_offsets, slow)
    folded = buffers.large_strings(out[: out_offsets[-1]], out_offsets)
    if not slow.any():
        return folded
    mask = pa.array(slow)
    by_hand = [text.normalize(item) for item in column.filter(mask).to_pylist()]
    return pc.replace_with_mask(folded, mask, pa.array(by_hand, type=pa.large_string()))
