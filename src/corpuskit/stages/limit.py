"""Limit: documents with too many passages are problems, and passages that are too long are cut.

Without limits one file could take all memory (half a billion lines of one letter), and one passage all time: what it
costs to measure a pair grows with the product of their lengths.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.chartables import character_table
from corpuskit.kernels import pieces as kernels
from corpuskit.kernels.lines import END_TRANSITIONS
from corpuskit.kernels.types import Flags, Ints

LINES_A_PASSAGE: Final = 4
"""A document may have so many lines for each passage that it may have: each takes 80 bytes until it is judged."""

CUT: Final = 1 << list(schema.OCCURRENCE_FLAGS).index("cut")

_DECODED: Final = ("encoding", "encoding_confidence", "decode_errors", "text_sha256", "n_chars")
"""What is null in a document with a problem."""


def refuse_lines(decoded: pa.Table, *, max_passages: int) -> pa.Table:
    """DECODED in which documents with more lines than `LINES_A_PASSAGE` times `max_passages` have a problem."""
    most = LINES_A_PASSAGE * max_passages
    data, offsets = buffers.text_buffers(decoded["text"])
    if np.diff(offsets).max(initial=0) <= most:
        return decoded  # it takes a byte to end a line
    counts = np.zeros(len(decoded), dtype=np.int64)
    kernels.count_lines_of_each(data, offsets, counts)
    return _refuse(decoded, counts > most, counts, "lines")


def refuse_passages(decoded: pa.Table, passages: pa.Table, *, max_passages: int) -> tuple[pa.Table, pa.Table]:
    """DECODED in which documents with more than `max_passages` have a problem, and the PASSAGES of the others."""
    document = buffers.numbers(passages["document"])
    counts = np.bincount(document, minlength=len(decoded)).astype(np.int64)
    crowded = counts > max_passages
    if not crowded.any():
        return decoded, passages
    return _refuse(decoded, crowded, counts, "passages"), passages.filter(pa.array(~crowded[document]))


def _refuse(decoded: pa.Table, refused: Flags, counts: Ints, what: str) -> pa.Table:
    """DECODED with a problem for the documents that are `refused`, and nothing of what was decoded."""
    if not refused.any():
        return decoded
    mask = pa.array(refused)
    problems = pa.array([f"too_many_passages: {count} {what}" for count in counts.tolist()])
    nothing: dict[str, Any] = {"problem": problems, "flags": pa.scalar(0, pa.uint32()), "text": ""}
    nothing |= {name: pa.scalar(None, schema.DECODED.field(name).type) for name in _DECODED}
    columns = {
        name: pc.if_else(mask, nothing[name], decoded[name]) if name in nothing else decoded[name]
        for name in schema.DECODED.names
    }
    return pa.table(columns, schema=schema.DECODED)


def cut_long(passages: pa.Table, texts: pa.ChunkedArray | pa.Array, *, max_chars: int) -> pa.Table:
    """PASSAGES in which those with more than `max_chars` characters are cut; `texts` are the decoded documents.

    They are cut, of the places between half of `max_chars` and all of it, at the last end of a sentence, a line or a
    word, else between characters. Each piece is a passage, flagged `cut`, with its own part of the spans; blanks
    between pieces belong to none.
    """
    column = buffers.one_chunk(passages["text"])
    data, offsets = buffers.text_buffers(column)
    if np.diff(offsets).max(initial=0) <= max_chars:
        return passages  # a character takes at least a byte
    long = np.flatnonzero(buffers.numbers(pc.utf8_length(column)) > max_chars)
    if len(long) == 0:
        return passages
    cut = pa.concat_tables(
        [_cut(passages.slice(row, 1), data[offsets[row] : offsets[row + 1]], texts, max_chars) for row in long.tolist()]
    )
    kept = np.ones(len(passages), dtype=np.bool_)
    kept[long] = False
    return _in_order(pa.concat_tables([passages.filter(pa.array(kept)), cut]))


def _cut(passage: pa.Table, text: Any, texts: pa.ChunkedArray | pa.Array, max_chars: int) -> pa.Table:
    """The pieces of one passage (PASSAGES of one row) with the text `text` (uint8)."""
    row = passage.select(["document", "ordinal", "line_start", "flags", "filtered"]).to_pylist()[0]
    whole = buffers.one_chunk(passage["spans"]).flatten()
    starts, ends = (buffers.numbers(pc.struct_field(whole, name)) for name in ("start", "end"))
    table, text = character_table(), buffers.frozen(text)
    places = np.empty(4 * (len(text) // max(max_chars // 2, 1) + 2), dtype=np.int64)
    n = kernels.find_cuts(text, 0, len(text), table, END_TRANSITIONS, max_chars, places)
    cuts = places[: 2 * n]
    spans = np.empty((2, len(starts) + n), dtype=np.int64)
    n_spans, lines = np.empty(n, dtype=np.int32), np.empty((2, n), dtype=np.int32)
    document, documents = buffers.text_buffers(texts.slice(row["document"], 1))
    used = kernels.place_pieces(
        text, buffers.frozen(cuts), document, int(documents[0]), starts, ends, table, row["line_start"], spans,
        n_spans, lines,
    )  # fmt: skip
    firsts = np.concatenate([[0], np.cumsum(n_spans, dtype=np.int32)]).astype(np.int32)
    kind = schema.PASSAGES.field("spans").type
    span = pa.StructArray.from_arrays([pa.array(column[:used]) for column in spans], fields=list(kind.value_type))
    columns = {
        "document": pa.repeat(pa.scalar(row["document"], pa.int32()), n),
        "ordinal": pa.repeat(pa.scalar(row["ordinal"], pa.int32()), n),
        "spans": pa.ListArray.from_arrays(pa.array(firsts), span, type=kind),
        "start": pa.array(spans[0][firsts[:-1]]),
        "end": pa.array(spans[1][firsts[1:] - 1]),
        "line_start": pa.array(lines[0]),
        "line_end": pa.array(lines[1]),
        "text": pa.array([text[start:end].tobytes() for start, end in cuts.reshape(-1, 2)], pa.large_binary()).cast(
            pa.large_string()
        ),
        "flags": pa.repeat(pa.scalar(row["flags"] | CUT, pa.uint32()), n),
        "filtered": pa.repeat(pa.scalar(row["filtered"], pa.int8()), n),
    }
    return pa.table(columns, schema=schema.PASSAGES)


def _in_order(passages: pa.Table) -> pa.Table:
    """PASSAGES by document and place, with ordinals that say so."""
    document = buffers.numbers(passages["document"])
    order = np.lexsort((buffers.numbers(passages["start"]), document))
    document = document[order]
    firsts = np.flatnonzero(np.diff(document, prepend=-1))
    lengths = np.diff([*firsts, len(document)])
    ordinals = np.arange(len(document)) - np.repeat(firsts, lengths)
    place = schema.PASSAGES.get_field_index("ordinal")
    return (
        passages.take(pa.array(order))
        .set_column(place, schema.PASSAGES.field(place), pa.array(ordinals.astype(np.int32)))
        .combine_chunks()
    )
