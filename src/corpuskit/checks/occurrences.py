"""Check `occurrences`, some complete documents at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, hashing, schema
from corpuskit.checks.columns import (
    differing,
    flag_bits,
    flags_of,
    hex_words,
    is_null,
    unknown,
    without_blanks,
)
from corpuskit.checks.documents import Documents
from corpuskit.checks.findings import Findings
from corpuskit.checks.records import Records
from corpuskit.kernels.types import Flags, Ints, Words
from corpuskit.settings import Settings
from corpuskit.stages.distinct import describe_contents, number, repeat
from corpuskit.stages.filter import catch
from corpuskit.stages.merge import FATE_OF_REASON
from corpuskit.stages.normalize import normalize
from corpuskit.stages.sign import signable

FATE: Final = {name: place for place, name in enumerate(schema.FATES)}
_NO_CONTENT: Final = 1 << list(schema.OCCURRENCE_FLAGS).index("no_content")

# What goes with each fate.
_REASONS: Final = {
    fate: tuple(name for name, of in zip(schema.REASONS, FATE_OF_REASON.to_pylist(), strict=True) if of == fate)
    for fate in schema.FATES
}
_CAUGHT: Final = [list(schema.REASONS).index(name) for name in ("too_short", "dropped")]
_MEASURES: Final = {"kept": ("equal",), "exact": ("equal",), "near": ("indel_chars", "indel_words")}


@dataclass(frozen=True)
class Passages:
    """Occurrences of some complete documents, and what follows from their texts; a row for each.

    document, record: row numbers, -1 where there is none; run: counts stretches of rows of one document;
    fate: place in FATES, -1 for an unknown one; ids, content, visible: uint64[n, 2], the ids, the hashes of
    the own normalized text, and those of the text without blanks; near_rows: the rows that were merged as
    near and have a text; near (large_string), able: their normalized texts, and which may have near copies.
    """

    table: pa.Table
    document: Ints
    record: Ints
    run: Ints
    fate: Ints
    ids: Words
    content: Words
    visible: Words
    has_content: Flags
    near_rows: Ints
    near: pa.Array
    able: Flags


def by_documents(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut the rows anew, so that no stretch of rows of one document is cut; `text` becomes large_string."""
    held: list[pa.Table] = []
    for piece in pieces:
        if len(piece) == 0:
            continue
        place = piece.column_names.index("text")
        table = piece.set_column(place, "text", piece["text"].cast(pa.large_string()))
        ids = table["document_id"]
        if held and held[-1]["document_id"][-1] != ids[0]:
            yield pa.concat_tables(held)
            held = []
        others = np.flatnonzero(buffers.numbers(pc.not_equal(ids, ids[-1])))
        cut = int(others[-1]) + 1 if len(others) else 0
        if cut:
            yield pa.concat_tables([*held, table.slice(0, cut)])
            held = []
        held.append(table.slice(cut))
    if held:
        yield pa.concat_tables(held)


def check_occurrences(
    table: pa.Table, documents: Documents, records: Records, settings: Settings, findings: Findings
) -> Passages:
    """Check each row by itself and against its document and its record."""
    passages = _resolve(table, documents, records, settings)
    _check_values(passages, records, findings)
    _check_place(passages, documents, findings)
    _check_filters(passages, settings, findings)
    _check_ids(passages, findings)
    return passages


def _resolve(table: pa.Table, documents: Documents, records: Records, settings: Settings) -> Passages:
    record = records.lookup.rows(hex_words(table["record_id"])[0])
    record[is_null(table["record_id"])] = -1
    document_ids = table["document_id"]
    changes = buffers.numbers(pc.not_equal(document_ids.slice(1), document_ids.slice(0, len(table) - 1)))
    own = ~is_null(table["text"])
    texts = table["text"].filter(pa.array(own))
    normalized = normalize(texts)
    hashes = hashing.hash_texts(normalized, hashing.RECORD)
    content, visible = _of_records(records.contents, record), _of_records(records.visible, record)
    content[own] = hashes
    visible[own] = hashing.hash_slices(*without_blanks(texts), hashing.TEXT)
    fates = pc.fill_null(pc.index_in(table["fate"], pa.array(list(FATE))), -1)
    fate = buffers.numbers(fates).astype(np.int64)
    contents = describe_contents(normalized, hashes)
    has_content = np.zeros(len(table), dtype=np.bool_)
    has_content[record >= 0] = records.has_content[record[record >= 0]]
    has_content[own] = flags_of(contents["has_content"])
    near = contents.filter(pa.array((fate == FATE["near"])[own]))
    return Passages(
        table=table,
        document=documents.lookup.rows(hex_words(document_ids)[0]),
        record=record,
        run=np.cumsum(np.concatenate([[0], changes])).astype(np.int64),
        fate=fate,
        ids=hex_words(table["occurrence_id"])[0],
        content=content,
        visible=visible,
        has_content=has_content,
        near_rows=np.flatnonzero(own & (fate == FATE["near"])),
        near=buffers.one_chunk(near["normalized"]),
        able=signable(near, min_near_chars=settings.min_near_chars),
    )


def _of_records(words: Words, record: Ints) -> Words:
    """The records' words for each row; 0 where it has no record."""
    taken = np.zeros((len(record), 2), dtype=np.uint64)
    taken[record >= 0] = words[record[record >= 0]]
    return taken


def _check_values(passages: Passages, records: Records, findings: Findings) -> None:
    """Nulls, enumerations, and what must go together in one row."""
    table, fate = passages.table, passages.fate
    filtered = fate == FATE["filtered"]
    findings.add_rows("schema", fate < 0, "fate is not a known one", table)
    for name in ("record_id", "similarity", "measure"):
        wrong = is_null(table[name]) != filtered
        findings.add_rows(
            "schema", wrong, f"{name} is null in a passage not filtered, or given in a filtered one", table
        )
    for name, values in (("reason", _REASONS), ("measure", _MEASURES)):
        for kind, fitting in values.items():
            wrong = (fate == FATE[kind]) & (unknown(table[name], fitting) | is_null(table[name]))
            findings.add_rows("schema", wrong, f"{name} is not one that goes with the fate {kind}", table)
    bits, wrong = flag_bits(table["flags"], schema.OCCURRENCE_FLAGS)
    findings.add_rows("schema", wrong, "flags are not known names, each once, in the order of the list", table)
    known = ~is_null(table["text"]) | (passages.record >= 0)
    wrong = known & ((bits & _NO_CONTENT == 0) != passages.has_content)
    findings.add_rows("flags", wrong, "no_content does not go with the text", table)
    _check_texts(passages, records, findings)


def _check_texts(passages: Passages, records: Records, findings: Findings) -> None:
    """Where a text stands: only where it is not the record's."""
    table, fate = passages.table, passages.fate
    empty = is_null(table["text"])
    wrong = empty & ((fate == FATE["near"]) | (fate == FATE["filtered"]))
    findings.add_rows("schema", wrong, "text is null, but it cannot be equal to a record's", table)
    own = hashing.hash_texts(table["text"].filter(pa.array(~empty)), hashing.TEXT)
    same = np.zeros(len(table), dtype=np.bool_)
    same[~empty] = (own == _of_records(records.texts, passages.record)[~empty]).all(axis=1)
    findings.add_rows("schema", same & (passages.record >= 0), "text is given, but equal to the record's", table)
    reason_same = buffers.numbers(pc.is_in(table["reason"], pa.array(["canonical", "same_text"])))
    wrong = (fate != FATE["filtered"]) & (empty != reason_same) & ~same
    findings.add_rows("schema", wrong, "the reason does not go with where the text stands", table)


def _check_filters(passages: Passages, settings: Settings, findings: Findings) -> None:
    """What is caught by the settings, of the texts that stand here; records are checked with their own."""
    table = passages.table
    known = ~is_null(table["text"])
    own = np.flatnonzero(known)
    caught = np.full(len(table), schema.NOT_FILTERED, dtype=np.int8)
    caught[own] = catch(table["text"].take(pa.array(own)), min_chars=settings.min_chars, drop=settings.drop)
    reason = buffers.numbers(pc.fill_null(pc.index_in(table["reason"], pa.array(list(schema.REASONS))), -1))
    filtered = passages.fate == FATE["filtered"]
    furniture = filtered & (reason == list(schema.REASONS).index("page_furniture"))
    findings.add_rows("filters", ~filtered & (caught >= 0), "the settings filter it, but it was not", table)
    wrong = filtered & known & np.isin(reason, _CAUGHT) & (caught != reason)
    findings.add_rows("filters", wrong, "it was filtered, but not by the settings for this reason", table)
    lines = buffers.numbers(table["line_end"]) - buffers.numbers(table["line_start"])
    wrong = furniture & ((lines > 0) | (settings.unit != "paragraph"))
    findings.add_rows("filters", wrong, "page furniture is one line of a document cut into paragraphs", table)


def _check_place(passages: Passages, documents: Documents, findings: Findings) -> None:
    """What is said twice must agree: the document's path and member; the record must be there."""
    table, document = passages.table, passages.document
    findings.add_rows("conservation", document < 0, "document_id is that of no document", table)
    lost = ~is_null(table["record_id"]) & (passages.record < 0)
    findings.add_rows("conservation", lost, "record_id is that of no record", table)
    taken = (
        documents.table.select(["path", "member"]).take(pa.array(np.maximum(document, 0)))
        if len(documents.table)
        else None
    )
    for name in ("path", "member"):
        if taken is not None:
            wrong = (document >= 0) & differing(table[name], taken[name])
            findings.add_rows("conservation", wrong, f"{name} is not that of its document", table)


def _check_ids(passages: Passages, findings: Findings) -> None:
    table = passages.table
    ids, well_formed = hex_words(table["occurrence_id"])
    numbers, firsts = number(passages.content)
    repetitions, _ = repeat(passages.run, numbers, len(firsts))
    expected = hashing.occurrence_ids(hex_words(table["document_id"])[0], passages.content, repetitions)
    known = ~is_null(table["text"]) | (passages.record >= 0)
    wrong = well_formed & known & ~(ids == expected).all(axis=1)
    findings.add_rows("ids", ~well_formed, "occurrence_id is not 32 hex characters", table)
    message = "occurrence_id is not the hash of document, normalized text and repetition"
    findings.add_rows("ids", wrong, message, table)
