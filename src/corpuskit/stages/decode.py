"""Bytes to text: each document decoded, with the encoding and how sure it is.

How the encoding is found is told in `encodings`; here a table of bytes becomes a table of texts. A document
that is UTF-8 without a byte order mark is its own text: its bytes are taken over, hashed once, and offsets in
the text are offsets in the file.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.encodings import Decoding, bom, decode_bytes
from corpuskit.schema import DECODED, DOCUMENT_FLAGS

_BIT: Final = {flag: 1 << place for place, flag in enumerate(DOCUMENT_FLAGS)}
_COPIED: Final = ("path", "member", "size_bytes", "media_type", "extractor")
_FOUND: Final = (
    "sha256",
    "encoding",
    "encoding_confidence",
    "decode_errors",
    "text_sha256",
    "n_chars",
    "problem",
    "flags",
)


def decode(sources: pa.Table) -> pa.Table:
    """Decode `sources` (SOURCES) to one row of DECODED each, in order.

    Never raises for what the bytes are: those that are no text, or that no encoding decodes, become a
    `problem`.
    """
    raws = list(_views(sources["raw"]))
    texts: list[memoryview] = []
    rows: list[tuple[object, ...]] = []
    for raw, problem in zip(raws, sources["problem"].to_pylist(), strict=True):
        text, row = _document(raw, problem)
        texts.append(text)
        rows.append(row)
    nothing = pa.nulls(len(rows), pa.string())
    columns = {
        **{name: sources[name] for name in _COPIED},
        **{name: [row[place] for row in rows] for place, name in enumerate(_FOUND)},
        "language": nothing,
        "metadata": nothing,
        "text": _text_column(sources["raw"], raws, texts),
    }
    return pa.table(
        [pa.array(columns[f.name], f.type) if f.name in _FOUND else columns[f.name] for f in DECODED], DECODED
    )


def _document(raw: memoryview | None, problem: str | None) -> tuple[memoryview, tuple[object, ...]]:
    """The text of a document as UTF-8, `raw` itself where they are the same, and the values of _FOUND."""
    if raw is None:
        return _NOTHING, (None, None, None, None, None, None, problem or "unreadable: no bytes", 0)
    digest = hashlib.sha256(raw).hexdigest()
    data = bytes(raw)
    found = Decoding("", None, None, None, problem=problem) if problem else decode_bytes(data)
    if found.codec is None:
        return _NOTHING, (digest, None, None, None, None, None, found.problem, 0)
    skip = bom(data)[1]
    if found.codec != "utf-8" or found.errors != "strict":
        text = memoryview(found.text.encode("utf-8"))
    else:
        text = raw[skip:] if skip else raw
    text_digest = digest if text is raw else hashlib.sha256(text).hexdigest()
    row = (
        digest,
        found.codec,
        found.confidence,
        found.errors,
        text_digest,
        len(found.text),
        None,
        _flags(found),
    )
    return text, row


_NOTHING: Final = memoryview(b"")


def _flags(found: Decoding) -> int:
    empty = not found.text or found.text.isspace()
    return (
        empty * _BIT["empty"]
        | found.uncertain * _BIT["encoding_uncertain"]
        | (found.errors == "replace") * _BIT["decode_loss"]
    )


def _views(column: pa.ChunkedArray) -> Iterator[memoryview | None]:
    """The bytes of each row of a large_binary column, in place; None for null."""
    for chunk in column.chunks:
        _, offsets, data = chunk.buffers()
        ends = (
            np.frombuffer(offsets, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1].tolist() if offsets else [0]
        )
        whole = memoryview(data).cast("B") if data is not None else _NOTHING
        nulls = chunk.is_null().to_pylist()
        for start, end, null in zip(ends, ends[1:], nulls, strict=False):
            yield None if null else whole[start:end]


def _text_column(column: pa.ChunkedArray, raws: Sequence[memoryview | None], texts: Sequence[memoryview]) -> pa.Array:
    """One large_string array of `texts`; over the buffers of `column` where every text is its raw bytes."""
    if column.num_chunks == 1 and all(text is raw for text, raw in zip(texts, raws, strict=True)):
        chunk = column.chunk(0)
        _, offsets, data = chunk.buffers()
        return pa.LargeStringArray.from_buffers(len(chunk), offsets, data, offset=chunk.offset)
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=ends[1:])
    data = np.empty(int(ends[-1]), np.uint8)
    view = data.data
    for text, start, end in zip(texts, ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        view[start:end] = text
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(data))
