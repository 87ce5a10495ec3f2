"""Segment: decoded text to passages.

The idea: a line break is a paragraph's end, or a place where a sentence was cut: by wrapping at a margin, or at a
link of a web page. Which, is learned from each document as a whole (`kernels.layout`), then decided break by break:

- One paragraph per line; blank lines between wrapped paragraphs; indented first lines; wrapped lines without either,
  where a short line ends a paragraph; lines cut in mid-sentence: each comes out as paragraphs.
- Blank lines always part passages. So do page breaks (form feeds), unless they cut a sentence by the same evidence.
- Page furniture is recognized where form feeds part pages: heads, feet and page numbers that come again from page to
  page (`kernels.furniture` has the rule). Each such line is a passage of its own that is filtered; a paragraph that
  it cuts is one passage with two spans. A form feed alone is blank: what it cuts has one span.
- List items, headings and lines drawn of dashes or stars are passages of their own; an item's wrapped lines are
  joined. A line drawn under a heading that stands alone stays with it.
- A block of verse, a table, code, and a few short lines (an address, the fields of a record) stay one passage, line by
  line: a stanza is a block between blank lines. Verse in a text of one paragraph per line stays one passage per line.

- A number in brackets, [5], that begins a line refers to a note where such numbers ascend, and begins the note where it
  comes again, or falls among those before.

What is never done: a line is not changed inside, and no character but blanks is lost or invented at a join.

- Lines join with one blank; with none between Han, kana and their punctuation; before points and after opening brackets
  (unless the document sets blanks there, as French does); and between letters of Thai, Lao, Khmer and Burmese, whose
  lines are broken between words that have no blank between them, unless a blank stands at the line's end.
- A hyphen at a line's end stays, since whether it belongs to the word is not certain, and what follows joins it without
  a blank: no letter is lost, and "inter-national" is still found. Where a document has as many hyphens at words' ends
  inside its lines ("in- and output"), the blank is kept.
- Lines that are kept apart lose blanks at their ends, and the indent that all of them share; tabs of indents become
  blanks.

Spans go from the first to after the last character that is not blank; what `str.isspace()` calls blank is.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit import schema
from corpuskit.buffers import text_buffers
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

_FURNITURE: Final = list(schema.REASONS).index("page_furniture")


def segment(decoded: pa.Table, *, unit: str) -> tuple[pa.Table, pa.Table]:
    """Cut each document of `decoded` (schema.DECODED; only `text` is read) into passages.

    `unit` is "paragraph" (the layout is judged and paragraphs are rebuilt), "line" (each line that is not blank)
    or "document" (the whole text, its line ends as LF, the rest as it is; none where it is blank). Returns
    (schema.PASSAGES, schema.LAYOUTS); layouts have one row a document.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    data, offsets = text_buffers(decoded["text"])
    lines, document_lines, layouts = _judge_lines(data, offsets, unit)
    passages = _write_passages(data, offsets, lines, document_lines, unit == "document")
    flags = np.zeros(len(layouts), dtype=np.uint32)
    for bit, flag in _LAYOUT_FLAGS:
        flags[layouts & bit != 0] |= flag
    return passages, pa.table([pa.array(flags)], schema=schema.LAYOUTS)


def _judge_lines(data: Bytes, offsets: Ints, unit: str) -> tuple[Numbers, Ints, Numbers]:
    """LINE[lines] with their relations, where each document's begin, and layout bits uint8[documents]."""
    lines = np.empty(kernel_segment.count_all_lines(data, offsets), dtype=LINE)
    document_lines = np.empty(len(offsets), dtype=np.int64)
    layouts = np.zeros(len(offsets) - 1, dtype=np.uint8)
    kernel_segment.judge_documents(
        data, offsets, character_table(), END_TRANSITIONS, unit == "paragraph", lines, document_lines, layouts
    )
    return lines[: document_lines[-1]], document_lines, layouts


def _write_passages(data: Bytes, offsets: Ints, lines: Numbers, document_lines: Ints, whole: bool) -> pa.Table:
    n, n_spans, size = kernel_passages.measure_passages(lines, document_lines, whole)
    documents = np.empty(n, dtype=np.int32)
    ordinals = np.empty(n, dtype=np.int32)
    spans = np.empty((2, n_spans), dtype=np.int64)
    span_offsets = np.empty(n + 1, dtype=np.int32)
    line_ranges = np.empty((2, n), dtype=np.int32)
    furniture = np.empty(n, dtype=np.bool_)
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
        span_offsets,
        line_ranges,
        furniture,
        flags,
        text_offsets,
        texts,
    )
    flags *= _JOINED
    kind = schema.PASSAGES.field("spans").type
    span = pa.StructArray.from_arrays([pa.array(spans[0]), pa.array(spans[1])], fields=list(kind.value_type))
    columns = {
        "document": pa.array(documents),
        "ordinal": pa.array(ordinals),
        "spans": pa.ListArray.from_arrays(pa.array(span_offsets), span, type=kind),
        "start": pa.array(spans[0][span_offsets[:-1]]),
        "end": pa.array(spans[1][span_offsets[1:] - 1]),
        "line_start": pa.array(line_ranges[0]),
        "line_end": pa.array(line_ranges[1]),
        "text": pa.LargeStringArray.from_buffers(n, pa.py_buffer(text_offsets), pa.py_buffer(texts[:used])),
        "flags": pa.array(flags),
        "filtered": pa.array(np.where(furniture, _FURNITURE, schema.NOT_FILTERED).astype(np.int8)),
    }
    return pa.table([columns[name] for name in schema.PASSAGES.names], schema=schema.PASSAGES)
