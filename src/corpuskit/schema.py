"""THE DATA: every Arrow schema, published or passed between stages, with the meaning of each column.

Four tables are published (`DOCUMENTS`, `OCCURRENCES`, `RECORDS`, `LINKS`); the others are what stages hand
to each other. Each field carries `description`, `unit` and `nulls` in its metadata, and `docs/tables.md` is
generated from them.
"""

from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = "1.0.0"
"""Semantic version of the published tables and the manifest; VERSIONING says what each kind of change may do."""

VERSIONING: Final = {
    "patch": "Words only: a description says the same better. No column, type, null rule or value changes.",
    "minor": "Adds: a table, a column at the end of a table, a key of the manifest or of the files' metadata, or a "
    "value of an open list (reasons, measures, canonical reasons, relations, problems, flags). What was there stays as "
    "it was, so a reader that names its columns, and lets values pass that it does not know, goes on working.",
    "major": "All else: a column removed, renamed, moved or retyped; one that may be null and was never, or the other "
    "way round; another meaning; another way to make ids; a new fate; fields added inside a nested column. A corpus of "
    "another major version is not opened.",
}
"""What a change of SCHEMA_VERSION's patch, minor and major number may do."""

MAX_SOURCES: Final = 64
"""The most entries that `records.sources` holds; `occurrences` has them all."""

FATES: Final = {
    "kept": "its wording is the record's",
    "exact": "its normalized text is that of the record's wording",
    "near": "it is at or above the threshold to the record's wording by the exact measure",
    "filtered": "a filter took it out; it has no record",
}

REASONS: Final = {
    "canonical": "kept: the canonical policy chose this occurrence's wording",
    "same_text": "exact: the cleaned text is the record's, character for character",
    "same_normalized": "exact: only case, width, spacing, quotes or dashes differ",
    "similar": "near: `similarity` by `measure` reaches the threshold",
    "page_furniture": "filtered: a running head or foot, or a page number, between two pages of the document",
    "too_short": "filtered: its text has fewer characters than `min_chars`",
    "dropped": "filtered: an expression of `drop` is found in its text",
}

FILTER_REASONS: Final = ("page_furniture", "too_short", "dropped")
"""The reasons of filtered occurrences: of several that apply, the first."""

NOT_FILTERED: Final = -1
"""`PASSAGES.filtered` of a passage that no filter took out."""

MEASURES: Final = {
    "equal": "the normalized texts are equal",
    "indel_chars": "normalized Indel similarity over the characters of the normalized texts",
    "indel_words": "the same over their words, where one of the two is longer than 20,000 characters",
}

RELATIONS: Final = {
    "variant": "nearly the same, but differing in something that carries meaning",
    "contains": "the left record holds the right one: a piece of it is at or above the threshold to the right text",
}

CANONICAL_REASONS: Final = {
    "only_wording": "every copy has this wording",
    "most_documents": "more documents have this wording than any other in the cluster",
    "most_occurrences": "as many documents as the next, but more occurrences",
    "longest": "the longest wording in the cluster (among those equal before)",
    "earliest": "the first by path and position (among those equal before)",
    "trusted_source": "it stands in the most trusted source",
    "own_record": "no record before it was alike; a wording that the policy prefers joined it as the most similar",
}

PROBLEMS: Final = {
    "unreadable": "the file could not be opened or read",
    "vanished": "the file was listed and then was gone, or changed while it was read",
    "too_large": "the file is larger than `max_document_bytes`",
    "binary": "the bytes are not text",
    "undecodable": "no encoding decodes the bytes to text",
    "too_many_passages": "more passages than `max_document_passages`, or more than four times as many lines",
}
"""Codes that begin `documents.problem`; a colon and the particulars follow."""

DOCUMENT_FLAGS: Final = {
    "empty": "there is no text in the document",
    "encoding_uncertain": "the encoding is a guess that decodes without loss, but that another encoding might do too",
    "decode_loss": "some bytes could not be decoded and stand as U+FFFD",
    "wrapped": "the layout is hard-wrapped: paragraphs were rebuilt by joining lines",
    "broken_lines": "lines break in mid-sentence, as at a web page's links: paragraphs were rebuilt by joining lines",
    "layout_uncertain": "the paragraph layout was unclear: passages may be cut or joined wrongly",
}

OCCURRENCE_FLAGS: Final = {
    "joined": "lines were joined to make this passage",
    "no_content": "hardly any letters or digits: merged only when equal",
    "cut": "a piece of a passage longer than `max_passage_chars`",
}


def _field(name: str, kind: pa.DataType, description: str, *, unit: str = "", nulls: str = "never") -> pa.Field:
    metadata = {"description": description, "unit": unit, "nulls": nulls}
    return pa.field(name, kind, nullable=nulls != "never", metadata=metadata)


_SPAN = pa.struct([pa.field("start", pa.int64(), nullable=False), pa.field("end", pa.int64(), nullable=False)])
_SPANS = pa.list_(pa.field("element", _SPAN, nullable=False))
_FLAGS = pa.list_(pa.field("element", pa.string(), nullable=False))
_SOURCE = pa.struct(
    [
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("member", pa.string()),
        pa.field("occurrence_id", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("line_start", pa.int32(), nullable=False),
        pa.field("line_end", pa.int32(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
    ]
)

_UTF8_BYTES = "bytes of the UTF-8 form of the decoded document"

DOCUMENTS: Final = pa.schema(
    [
        _field("document_id", pa.string(), "hash of path and member: 32 hex characters"),
        _field("path", pa.string(), "relative to `raw/`, POSIX, as on disk; undecodable bytes as %XX"),
        _field("member", pa.string(), "which document inside a container file", nulls="a plain file"),
        _field("sha256", pa.string(), "SHA-256 of the raw bytes, hex", nulls="the bytes could not be read"),
        _field("size_bytes", pa.int64(), "size of the raw file", unit="bytes", nulls="unknown"),
        _field("media_type", pa.string(), "media type, by the file's name"),
        _field("extractor", pa.string(), "the reader that made text of it, with its version"),
        _field("encoding", pa.string(), "Python codec that decodes it (after any BOM)", nulls="not decoded"),
        _field("encoding_confidence", pa.float64(), "how sure the encoding is, 0 to 1", nulls="not decoded"),
        _field("decode_errors", pa.string(), "Python's `errors=` for the codec", nulls="not decoded"),
        _field("text_sha256", pa.string(), "SHA-256 of the decoded document as UTF-8", nulls="not decoded"),
        _field("n_chars", pa.int64(), "length of the decoded document", unit="characters", nulls="not decoded"),
        _field("n_passages", pa.int32(), "occurrences found in it", unit="passages"),
        _field("language", pa.string(), "ISO 639 code of its main language", nulls="not identified"),
        _field("metadata", pa.string(), "what the source says of it, as JSON", nulls="nothing said"),
        _field("flags", _FLAGS, "doubts and particulars: names from the list of document flags"),
        _field("problem", pa.string(), "why it gave no passages: `code: particulars`", nulls="fine"),
    ]
)

OCCURRENCES: Final = pa.schema(
    [
        _field(
            "occurrence_id", pa.string(), "hash of document, normalized text and which repetition: 32 hex characters"
        ),
        _field("document_id", pa.string(), "its document"),
        _field("path", pa.string(), "the document's path"),
        _field("member", pa.string(), "the document's member", nulls="a plain file"),
        _field("ordinal", pa.int32(), "position among the document's passages, from 0", unit="passages"),
        _field("spans", _SPANS, "where it stands; several when page furniture cuts it", unit=_UTF8_BYTES),
        _field("start", pa.int64(), "start of the first span", unit=_UTF8_BYTES),
        _field("end", pa.int64(), "end of the last span, exclusive", unit=_UTF8_BYTES),
        _field("line_start", pa.int32(), "first line, from 1 (LF, CRLF and lone CR end lines)", unit="lines"),
        _field("line_end", pa.int32(), "last line, inclusive", unit="lines"),
        _field("text", pa.string(), "the passage as cleaned", nulls="equal to the record's text"),
        _field("record_id", pa.string(), "the record that it belongs to", nulls="filtered"),
        _field("fate", pa.string(), "kept, exact, near or filtered"),
        _field(
            "similarity", pa.float64(), "to the record, 0 to 1; 1 when the normalized texts are equal", nulls="filtered"
        ),
        _field("measure", pa.string(), "how similarity was measured", nulls="filtered"),
        _field("reason", pa.string(), "why it has this fate"),
        _field("flags", _FLAGS, "doubts and particulars: names from the list of occurrence flags"),
    ]
)

RECORDS: Final = pa.schema(
    [
        _field("record_id", pa.string(), "hash of its normalized text: 32 hex characters"),
        _field("text", pa.string(), "the clean text to use: the kept occurrence's"),
        _field("n_chars", pa.int64(), "length of the text", unit="characters"),
        _field("n_words", pa.int64(), "words; each character of a script without spaces is one", unit="words"),
        _field("language", pa.string(), "ISO 639 code", nulls="not identified"),
        _field("n_occurrences", pa.int64(), "copies, the kept one included", unit="occurrences"),
        _field("n_documents", pa.int64(), "distinct documents with a copy", unit="documents"),
        _field("min_similarity", pa.float64(), "of its least similar occurrence, 0 to 1"),
        _field("variant_group", pa.string(), "record id of the head of its family of variants", nulls="alone"),
        _field("canonical", pa.string(), "why this wording was chosen"),
        _field(
            "sources",
            pa.list_(pa.field("element", _SOURCE, nullable=False)),
            f"where copies stand, at most {MAX_SOURCES}: the kept one, one for each other document by path, the rest",
        ),
    ]
)

LINKS: Final = pa.schema(
    [
        _field("left_record", pa.string(), "record id"),
        _field("right_record", pa.string(), "record id"),
        _field("relation", pa.string(), "variant or contains"),
        _field(
            "similarity",
            pa.float64(),
            "0 to 1: of both texts (variant), or of the left one's piece to the right text (contains)",
        ),
        _field("left_spans", _SPANS, "the part meant of the left record's text", unit="bytes of the text in UTF-8"),
        _field("right_spans", _SPANS, "the part meant of the right record's text", unit="bytes of the text in UTF-8"),
        _field("reason", pa.string(), "what makes the relation"),
    ]
)

PUBLISHED: Final = {
    "documents": DOCUMENTS,
    "occurrences": OCCURRENCES,
    "records": RECORDS,
    "links": LINKS,
}

# What stages hand to each other. `document` is a row number of the batch's DECODED table; hashes are the 16 raw
# bytes whose hex form is published.

SOURCES: Final = pa.schema(
    [
        _field("path", pa.string(), "as in DOCUMENTS"),
        _field("member", pa.string(), "as in DOCUMENTS", nulls="a plain file"),
        _field("size_bytes", pa.int64(), "as in DOCUMENTS", unit="bytes", nulls="unknown"),
        _field("media_type", pa.string(), "as in DOCUMENTS"),
        _field("extractor", pa.string(), "as in DOCUMENTS"),
        _field("raw", pa.large_binary(), "the bytes", nulls="could not be read"),
        _field("problem", pa.string(), "as in DOCUMENTS", nulls="fine so far"),
    ]
)
"""What `raw.read_batch` hands to `decode`: one row for each document of a batch."""

DECODED: Final = pa.schema(
    [
        *(field for field in DOCUMENTS if field.name not in {"document_id", "n_passages", "flags"}),
        _field("flags", pa.uint32(), "bits, in the order of DOCUMENT_FLAGS"),
        _field("text", pa.large_string(), "the decoded document, without BOM; empty when there is a problem"),
    ]
)
"""What `decode` hands to `segment`: one row for each source, in its order."""

LAYOUTS: Final = pa.schema(
    [_field("flags", pa.uint32(), "bits to add to the document's flags, in the order of DOCUMENT_FLAGS")]
)
"""What `segment` says of each document as a whole, one row for each."""

PASSAGES: Final = pa.schema(
    [
        _field("document", pa.int32(), "row of the document in its batch"),
        *(OCCURRENCES.field(name) for name in ("ordinal", "spans", "start", "end", "line_start", "line_end")),
        _field("text", pa.large_string(), "the passage as cleaned"),
        _field("flags", pa.uint32(), "bits, in the order of OCCURRENCE_FLAGS"),
        _field("filtered", pa.int8(), "place in REASONS of why it is filtered; -1: it is not"),
    ]
)
"""What `segment` finds: one row for each passage, in document order."""


_HASH = pa.binary(16)

NUMBERED: Final = pa.schema(
    [
        *PASSAGES,
        _field("text_hash", _HASH, "hash of the text"),
        _field("content", pa.int64(), "row of its content in the batch's CONTENTS; -1: it is filtered"),
        _field("occurrence_id", _HASH, "as in OCCURRENCES"),
    ]
)
"""What `distinct` makes of PASSAGES: each knows its content."""

CONTENTS: Final = pa.schema(
    [
        _field("content_hash", _HASH, "hash of the normalized text; the record id of the record it may become"),
        _field("normalized", pa.large_string(), "the normalized text"),
        _field("n_chars", pa.int64(), "length of the normalized text", unit="characters"),
        _field("n_words", pa.int64(), "as in RECORDS", unit="words"),
        _field("weight", pa.int64(), "n_chars, with characters of unspaced scripts counted three times"),
        _field("has_content", pa.bool_(), "letters and digits make at least half of its non-blank characters"),
    ]
)
"""What `distinct` finds: one row for each different normalized text, by first appearance."""

RANKS: Final = pa.schema(
    [
        _field("priority", pa.int64(), "place of the content in the canonical policy's order, from 0"),
        _field("kept", pa.int64(), "the passage whose wording the content keeps"),
    ]
)
"""What `rank` decides: one row for each content."""

MEMBERS: Final = pa.schema(
    [
        _field("record", pa.int64(), "the content that became its record; itself for a record"),
        _field("distance", pa.int64(), "Indel distance to the record", unit="units of the measure"),
        _field("total", pa.int64(), "length of both together", unit="units of the measure"),
        _field("measure", pa.int8(), "which of MEASURES it is, from 0"),
    ]
)
"""What `cluster` decides: one row for each content."""
