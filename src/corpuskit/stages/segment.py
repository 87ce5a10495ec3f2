"""Segment: decoded text to passages.

The idea: a line break is either a paragraph's end or a place where a sentence was cut, by wrapping or at a link.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import schema
from corpuskit.chartables import character_table
from corpuskit.kernels import passages as kernel_passages
from corpuskit.kernels import segment as kernel_segment
from corpuskit.kernels.lines import END_TRANSITIONS, LINE
from corpuskit.kernels.types import Bytes, Ints, Numbers

UNITS: Final = ("paragraph", "line", "document")

_FLAG_BITS: Final = {name: 1 << bit for bit, name in enumerate(schema.DOCUMENT_FLAGS)}
_LAYOUT_FLAGS: Final = (
    (kernel_segment.WRAPPED, _FLAG_BITS["wrapped"]),
    (kernel_segment.BROKEN_LINES, _FLAG_BITS["broken_lines"]),
    (kernel_segment.UNCERTAIN, _FLAG_BITS["layout_uncertain"]),
)
_JOINED: Final = 1 << list(schema.OCCURRENCE_FLAGS).index("joined")


def segment(decoded: pa.Table, *, unit: str) -> tuple[pa.Table, pa.Table]:
    """Cut each document of `decoded` (schema.DECODED; only `text` is read) into passages.

    `unit` is "paragraph" (the layout is judged and paragraphs are rebuilt), "line" (each line that is not blank) or
    "document" (the whole text, line ends as LF). Returns (schema.PASSAGES, schema.LAYOUTS), layouts one row a document.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    data, offsets = _text_buffers(decoded.column("text"))
    lines, document_lines, layouts = _judge_lines(data, offsets, unit)
    passages = _write_passages(data, offsets, lines, document_lines, unit == "document")
    flags = np.zeros(len(layouts), dtype=np.uint32)
    for bit, flag in _LAYOUT_FLAGS:
        flags[layouts & bit != 0] |= flag
    return passages, pa.table([pa.array(flags)], schema=schema.LAYOUTS)


def _text_buffers(texts: pa.ChunkedArray) -> tuple[Bytes, Ints]:
    """UTF-8 bytes, uint8[bytes], and where each document begins, int64[documents + 1]."""
    array = texts.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], pa.large_string())
    _, offset_buffer, data_buffer = array.buffers()
    if len(array) == 0 or offset_buffer is None:
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    if data_buffer is None:
        return np.empty(0, dtype=np.uint8), offsets
    return np.frombuffer(data_buffer, dtype=np.uint8), offsets


def _judge_lines(data: Bytes, offsets: Ints, unit: str) -> tuple[Numbers, Ints, Numbers]:
    """LINE[lines] with their relations, where each document's begin, and layout bits uint8[documents]."""
    lines = np.empty(kernel_segment.count_all_lines(data, offsets), dtype=LINE)
    document_lines = np.empty(len(offsets), dtype=np.int64)
    layouts = np.zeros(len(offsets) - 1, dtype=np.uint8)
    count = kernel_segment.judge_documents(
        data, offsets, character_table(), END_TRANSITIONS, unit == "paragraph", lines, document_lines, layouts
    )
    return lines[:count], document_lines, layouts


def _write_passages(
    data: Bytes, offsets: Ints, lines: Numbers, document_lines: Ints, whole: bool
) -> pa.Table:
    n, size = kernel_passages.measure_passages(lines, document_lines, data, whole)
    documents = np.empty(n, dtype=np.int32)
    ordinals = np.empty(n, dtype=np.int32)
    spans = np.empty((2, n), dtype=np.int64)
    line_ranges = np.empty((2, n), dtype=np.int32)
    flags = np.empty(n, dtype=np.uint32)
    text_offsets = np.empty(n + 1, dtype=np.int64)
    texts = np.empty(size, dtype=np.uint8)
    used = kernel_passages.write_passages(
        data,
        offsets,
        lines,
        document_lines,
        whole,
        documents,
        ordinals,
        spans,
        line_ranges,
        flags,
        text_offsets,
        texts,
    )
    flags *= _JOINED
    start, end = pa.array(spans[0]), pa.array(spans[1])
    kind = schema.PASSAGES.field("spans").type
    span = pa.StructArray.from_arrays([start, end], fields=list(kind.value_type))
    columns = {
        "document": pa.array(documents),
        "ordinal": pa.array(ordinals),
        "spans": pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32)), span, type=kind),
        "start": start,
        "end": end,
        "line_start": pa.array(line_ranges[0]),
        "line_end": pa.array(line_ranges[1]),
        "text": pa.LargeStringArray.from_buffers(n, pa.py_buffer(text_offsets), pa.py_buffer(texts[:used])),
        "flags": pa.array(flags),
    }
    return pa.table([columns[name] for name in schema.PASSAGES.names], schema=schema.PASSAGES)
