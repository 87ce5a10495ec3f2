"""Write down what was decided: the fate of every passage, and a record for each cluster. Nothing is chosen here."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.kernels.block import gather
from corpuskit.kernels.rank import select_sources
from corpuskit.kernels.types import Ints, Numbers, Words
from corpuskit.memory import IN_MEMORY, Memory, steps
from corpuskit.stages.cluster import records_of, similarity
from corpuskit.stages.distinct import copies

MEASURE_NAMES: Final = pa.array(list(schema.MEASURES))
CANONICAL_NAMES: Final = pa.array(list(schema.CANONICAL_REASONS))
FATE_OF_REASON: Final = pa.array([about.partition(":")[0] for about in schema.REASONS.values()])
"""The fate that goes with each of REASONS."""


@dataclass(frozen=True)
class Places:
    """Where all passages of the corpus stand, in document order: what lists of sources are made of.

    content (-1 where filtered), document, start, end, line_start, line_end, filtered (place in REASONS of why, -1 where
    not): one number for each passage; occurrence_ids and text_hashes: uint64[passages, 2]; paths and members: of the
    documents; document_ids: their ids as hex strings.
    """

    content: Ints
    document: Ints
    start: Ints
    end: Ints
    line_start: Numbers
    line_end: Numbers
    filtered: Numbers
    occurrence_ids: Words
    text_hashes: Words
    document_ids: pa.Array
    paths: pa.Array
    members: pa.Array


@dataclass(frozen=True)
class Decisions:
    """What the whole corpus decided, for each content unless it says otherwise.

    content_hashes: uint64[contents, 2]; record: the content that is its record; similarity, measure (which of
    MEASURES): to that record; n_words; canonical: why its wording was kept (which of CANONICAL_REASONS); family: the
    head of its family, for records of families that have several, else -1; record_number: its record's row among
    records; of_passage: the same for each passage, -1 where it is filtered. For each record: kept, the passage kept;
    n_occurrences, n_documents, min_similarity.
    """

    content_hashes: Words
    record: Ints
    similarity: Numbers
    measure: Numbers
    n_words: Ints
    canonical: Numbers
    family: Ints
    kept: Ints
    record_number: Ints
    of_passage: Ints
    n_occurrences: Ints
    n_documents: Ints
    min_similarity: Numbers


@dataclass(frozen=True)
class Sources:
    """Which passages the records name: those of record r are `passages[starts[r]:starts[r + 1]]`."""

    starts: Ints
    passages: Ints


def decide(
    places: Places,
    members: pa.Table,
    kept: Ints,
    content_hashes: Words,
    n_words: Ints,
    canonical: Numbers,
    family: Ints,
    memory: Memory = IN_MEMORY,
) -> Decisions:
    """Draw up the decisions of MEMBERS; records are numbered by the place of the kept passage."""
    record = buffers.numbers(members["record"])
    records = memory.where(records_of(record))
    records = memory.take(records, memory.order(memory.take(kept, records), len(places.content)))
    number: Ints = memory.empty(len(record), np.int64)
    number[records] = np.arange(len(records))
    number = memory.take(number, record)
    alike: Numbers = memory.empty(len(record), np.float64)
    for first, last in steps(len(record)):
        alike[first:last] = similarity(members.slice(first, last - first))
    of_passage: Ints = memory.empty(len(places.content), np.int64)
    for first, last in steps(len(places.content)):
        content = places.content[first:last]
        of_passage[first:last] = np.where(content >= 0, of_content(number, content), -1)
    least: Numbers = memory.full(len(records), 1.0, np.float64)
    for first, last in steps(len(number)):
        np.minimum.at(least, number[first:last], alike[first:last])
    n_occurrences, n_documents = copies(places.document, of_passage, len(records), memory)
    return Decisions(
        content_hashes=content_hashes,
        record=record,
        similarity=alike,
        measure=buffers.numbers(members["measure"]),
        n_words=n_words,
        canonical=canonical,
        family=family,
        kept=memory.take(kept, records),
        record_number=number,
        of_passage=of_passage,
        n_occurrences=n_occurrences,
        n_documents=n_documents,
        min_similarity=least,
    )


def reasons(rows: Ints, places: Places, decisions: Decisions) -> Numbers:
    """Why the passages at `rows` have their fate: positions in REASONS."""
    reason = places.filtered[rows].astype(np.int64)
    some = np.flatnonzero(reason == schema.NOT_FILTERED)
    content = places.content[rows[some]]
    kept = decisions.kept[decisions.record_number[content]]
    same_text = (places.text_hashes[rows[some]] == places.text_hashes[kept]).all(axis=1)
    reason[some] = np.select([rows[some] == kept, same_text, content == decisions.record[content]], [0, 1, 2], 3)
    return reason


def of_content(values: Numbers, content: Ints) -> Numbers:
    """The value of each content; anything for -1, a filtered passage."""
    return values[content] if len(values) else np.zeros(len(content), dtype=values.dtype)


def merge_occurrences(passages: pa.Table, first: int, places: Places, decisions: Decisions) -> pa.Table:
    """OCCURRENCES of a batch of NUMBERED passages, of which the first is passage `first` of the corpus."""
    rows = np.arange(first, first + len(passages))
    content = places.content[rows]
    reason = reasons(rows, places, decisions)
    documents = pa.array(places.document[rows])
    # Taken, since texts that `if_else` makes null stay there unseen: two thirds of the table's bytes.
    text = passages["text"].take(pa.array(np.arange(len(rows)), mask=reason < 2))
    records = decisions.record[content[content >= 0]]
    record_ids = np.zeros((len(rows), 2), dtype=np.uint64)
    record_ids[content >= 0] = decisions.content_hashes[records]
    columns = {name: passages[name] for name in ("ordinal", "spans", "start", "end", "line_start", "line_end")} | {
        "occurrence_id": buffers.hex_strings(places.occurrence_ids[rows]),
        "document_id": places.document_ids.take(documents),
        "path": places.paths.take(documents),
        "member": places.members.take(documents),
        "text": text.cast(pa.string()),
        "record_id": pc.if_else(pa.array(content >= 0), buffers.hex_strings(record_ids), pa.scalar(None, pa.string())),
        "fate": FATE_OF_REASON.take(pa.array(reason)),
        "similarity": pa.array(of_content(decisions.similarity, content), mask=content < 0),
        "measure": MEASURE_NAMES.take(pa.array(of_content(decisions.measure, content), mask=content < 0)),
        "reason": pa.array(list(schema.REASONS)).take(pa.array(reason)),
        "flags": buffers.flag_lists(buffers.numbers(passages["flags"]), tuple(schema.OCCURRENCE_FLAGS)),
    }
    return pa.table(columns, schema=schema.OCCURRENCES)


def merge_records(passages: pa.Table, first: int, places: Places, decisions: Decisions, sources: Sources) -> pa.Table:
    """RECORDS whose kept passage is in a batch of NUMBERED passages, the first being passage `first`.

    `sources` is what `choose_sources` gave for all records.
    """
    begin, end = np.searchsorted(decisions.kept, [first, first + len(passages)])
    kept = decisions.kept[begin:end]
    content = places.content[kept]
    text = passages["text"].take(pa.array(kept - first))
    columns = {
        "record_id": buffers.hex_strings(decisions.content_hashes[content]),
        "text": text.cast(pa.string()),
        "n_chars": pc.utf8_length(text).cast(pa.int64()),
        "n_words": pa.array(decisions.n_words[content]),
        "language": pa.nulls(len(kept), pa.string()),
        "n_occurrences": pa.array(decisions.n_occurrences[begin:end]),
        "n_documents": pa.array(decisions.n_documents[begin:end]),
        "min_similarity": pa.array(decisions.min_similarity[begin:end]),
        "variant_group": _groups(decisions, decisions.family[content]),
        "canonical": CANONICAL_NAMES.take(pa.array(decisions.canonical[content])),
        "sources": _list_sources(places, decisions, sources, begin, end),
    }
    return pa.table(columns, schema=schema.RECORDS)


def _groups(decisions: Decisions, heads: Ints) -> pa.Array:
    """Ids of the heads of families; null for -1."""
    ids = buffers.hex_strings(decisions.content_hashes[np.maximum(heads, 0)])
    return pc.if_else(pa.array(heads >= 0), ids, pa.scalar(None, pa.string()))


def choose_sources(places: Places, decisions: Decisions, memory: Memory = IN_MEMORY) -> Sources:
    """Choose the passages that each record names, at most MAX_SOURCES: see `RECORDS.sources`."""
    n_records = len(decisions.kept)
    starts: Ints = memory.empty(n_records + 1, np.int64)
    order: Ints = memory.empty(int(decisions.n_occurrences.sum()), np.int64)
    gather(buffers.frozen(decisions.of_passage), n_records, starts, order)
    room = int(np.minimum(decisions.n_occurrences, schema.MAX_SOURCES).sum())
    selected: Ints = memory.empty(room, np.int64)
    selected_starts: Ints = memory.empty(n_records + 1, np.int64)
    listed, kept, documents_of = map(buffers.frozen, (order, decisions.kept, places.document))
    select_sources(buffers.frozen(starts), listed, kept, documents_of, schema.MAX_SOURCES, selected, selected_starts)
    return Sources(selected_starts, selected)


def _list_sources(places: Places, decisions: Decisions, sources: Sources, begin: int, end: int) -> pa.Array:
    """The column `sources` of the records from `begin` to `end`."""
    kind = schema.RECORDS.field("sources").type
    starts = sources.starts[begin : end + 1] - sources.starts[begin]
    selected = sources.passages[sources.starts[begin] : sources.starts[end]]
    documents = pa.array(places.document[selected])
    columns = [
        places.document_ids.take(documents),
        places.paths.take(documents),
        places.members.take(documents),
        buffers.hex_strings(places.occurrence_ids[selected]),
        pa.array(places.start[selected]),
        pa.array(places.end[selected]),
        pa.array(places.line_start[selected]),
        pa.array(places.line_end[selected]),
        pa.array(decisions.similarity[places.content[selected]]),
    ]
    structs = pa.StructArray.from_arrays(columns, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), structs, type=kind)
