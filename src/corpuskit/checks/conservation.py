"""Check what only all occurrences together can show: counts, order, and the sources of the records."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, schema
from corpuskit.checks.columns import Lookup, differing, starts_of
from corpuskit.checks.documents import Documents
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.occurrences import FATE, Passages
from corpuskit.checks.records import Records
from corpuskit.corpus import Corpus
from corpuskit.kernels.block import gather
from corpuskit.kernels.rank import select_sources
from corpuskit.kernels.types import Flags, Ints, Words

_PLACE: Final = ("start", "end", "line_start", "line_end", "similarity")


@dataclass(frozen=True)
class Places:
    """All occurrences, about 70 bytes each: document and record (row numbers or -1), fate, id and place."""

    document: Ints
    record: Ints
    fate: Ints
    ids: Words
    ordinal: Ints
    columns: dict[str, Any]


def place_columns(passages: Passages) -> dict[str, Any]:
    """What is kept of some passages until all are seen; `places` joins the pieces."""
    table = passages.table
    columns = {name: buffers.numbers(table[name].fill_null(0)) for name in (*_PLACE, "ordinal")}
    return {
        **columns,
        "document": passages.document,
        "record": passages.record,
        "fate": passages.fate,
        "ids": passages.ids,
    }


def places(pieces: list[dict[str, Any]]) -> Places:
    """All passages, of their pieces."""
    joined = {name: np.concatenate([piece[name] for piece in pieces]) for name in (pieces[0] if pieces else ())}
    nothing = np.zeros(0, dtype=np.int64)
    return Places(
        document=joined.get("document", nothing),
        record=joined.get("record", nothing),
        fate=joined.get("fate", nothing),
        ids=joined.get("ids", np.zeros((0, 2), dtype=np.uint64)),
        ordinal=joined.get("ordinal", nothing).astype(np.int64),
        columns={name: joined.get(name, nothing) for name in _PLACE},
    )


def check_conservation(
    corpus: Corpus, documents: Documents, records: Records, found: Places, findings: Findings
) -> None:
    """Check counts, order and sources."""
    _check_counts(corpus, documents, records, found, findings)
    _check_order(documents, found, findings)
    n_passages = np.bincount(found.document[found.document >= 0], minlength=len(documents.table))
    wrong = n_passages != buffers.numbers(documents.table["n_passages"])
    message = "n_passages is not the number of its occurrences"
    findings.add_rows("conservation", wrong, message, documents.table)
    _check_records(corpus, documents, records, found, findings)


def _at(found: Places, row: int) -> str:
    return str(buffers.hex_strings(found.ids[row : row + 1])[0].as_py())


def _check_counts(corpus: Corpus, documents: Documents, records: Records, found: Places, findings: Findings) -> None:
    of_fate = {name: int((found.fate == place).sum()) for name, place in FATE.items()}
    counts = {
        "documents": len(documents.table),
        "problems": len(documents.table) - documents.table["problem"].null_count,
        "passages": len(found.record),
        "exact": of_fate["exact"],
        "near": of_fate["near"],
        "filtered": of_fate["filtered"],
        "records": len(records.ids),
    }
    for name, count in counts.items():
        stated = corpus.manifest["counts"].get(name)
        if stated != count:
            findings.add("manifest", f"the manifest counts {stated} {name}, the tables have {count}")
    copies = int(records.n_occurrences.sum())
    if copies + of_fate["filtered"] != len(found.record):
        findings.add(
            "conservation",
            f"the records count {copies} occurrences and {of_fate['filtered']} are filtered, "
            f"but the table has {len(found.record)}",
        )
    repeated = Lookup(found.ids).repeated()
    for row in repeated[:1].tolist():
        findings.add("ids", f"{len(repeated)} occurrences have the id of an earlier one", occurrence_id=_at(found, row))


def _check_order(documents: Documents, found: Places, findings: Findings) -> None:
    """Documents in order, and the passages of each numbered from 0."""
    document = found.document
    for row in (np.flatnonzero(document[1:] < document[:-1]) + 1)[:1].tolist():
        path = documents.table["path"][int(document[row])].as_py() if document[row] >= 0 else None
        findings.add(
            "order",
            "the occurrences are not in the order of documents",
            path=path,
            occurrence_id=_at(found, row),
        )
    new = np.ones(len(document), dtype=np.bool_)
    new[1:] = document[1:] != document[:-1]
    first = np.maximum.accumulate(np.where(new, np.arange(len(document)), 0))
    wrong = np.flatnonzero(found.ordinal != np.arange(len(document)) - first)
    if len(wrong):
        message = f"ordinal does not count the passages of its document from 0 ({len(wrong)} rows)"
        findings.add("order", message, occurrence_id=_at(found, int(wrong[0])))


def _kept(records: Records, found: Places) -> Ints:
    """The row of each record's only kept occurrence; -1 where there is none or more than one."""
    rows = np.flatnonzero((found.fate == FATE["kept"]) & (found.record >= 0))
    kept = np.full(len(records.ids), -1, dtype=np.int64)
    kept[found.record[rows]] = rows
    kept[np.bincount(found.record[rows], minlength=len(kept)) != 1] = -1
    return kept


def _check_records(corpus: Corpus, documents: Documents, records: Records, found: Places, findings: Findings) -> None:
    """Each record against its occurrences, in one more pass over the few columns that it takes."""
    kept = _kept(records, found)
    known = found.record >= 0
    copies = np.bincount(found.record[known], minlength=len(kept))
    least = np.full(len(kept), np.inf)
    np.minimum.at(least, found.record[known], found.columns["similarity"][known])
    n_documents = len(documents.table) + 1  # one more for what has no document
    pairs = np.unique(found.record[known] * n_documents + found.document[known] + 1)
    spread = np.bincount(pairs // n_documents, minlength=len(kept))
    before = np.maximum.accumulate(np.concatenate([[-1], kept]))[: len(kept)]
    wrongs: dict[tuple[str, str], Flags] = {
        ("conservation", "it has no kept occurrence, or more than one"): kept < 0,
        ("conservation", "n_occurrences is not the number of its occurrences"): copies != records.n_occurrences,
        ("conservation", "n_documents is not the number of its documents"): spread != records.n_documents,
        ("conservation", "min_similarity is not that of its least similar occurrence"): least != records.min_similarity,
        ("order", "the records are not in the order of their kept occurrences"): (kept >= 0) & (kept < before),
    }
    sources = _expected_sources(found, kept) if (kept >= 0).all() else None
    first = 0
    for table in batches(corpus, "records", findings, ["record_id", "sources"]):
        rows = slice(first, first + len(table))
        for (name, message), wrong in wrongs.items():
            findings.add_rows(name, wrong[rows], message, table)
        if sources is not None:
            wrong = _wrong_sources(table, documents, found, *sources, first)
            findings.add_rows("sources", wrong, "the sources are not those of its occurrences, or not in order", table)
        first += len(table)


def _expected_sources(found: Places, kept: Ints) -> tuple[Ints, Ints]:
    """Rows of the occurrences that each record's `sources` must list, and where each record's begin."""
    n_records = len(kept)
    starts = np.zeros(n_records + 1, dtype=np.int64)
    order = np.empty(len(found.record), dtype=np.int64)
    gather(buffers.frozen(found.record), n_records, starts, order)
    selected = np.empty(int(np.minimum(np.diff(starts), schema.MAX_SOURCES).sum()), dtype=np.int64)
    selected_starts = np.zeros(n_records + 1, dtype=np.int64)
    select_sources(
        buffers.frozen(starts),
        buffers.frozen(order),
        buffers.frozen(kept),
        buffers.frozen(found.document),
        schema.MAX_SOURCES,
        selected,
        selected_starts,
    )
    return selected, selected_starts


def _wrong_sources(
    table: pa.Table, documents: Documents, found: Places, selected: Ints, starts: Ints, first: int
) -> Flags:
    """Which records of `table` do not list the `selected` occurrences; its first row is record `first`."""
    offsets, values = starts_of(buffers.one_chunk(table["sources"]))
    bounds = starts[first : first + len(table) + 1]
    wrong = np.asarray(np.diff(offsets) != np.diff(bounds))
    owners = np.repeat(np.arange(len(table)), np.diff(offsets))
    rows = selected[bounds[0] : bounds[-1]][~wrong[np.repeat(np.arange(len(table)), np.diff(bounds))]]
    values = values.filter(pa.array(~wrong[owners]))
    owners = owners[~wrong[owners]]
    expected = {name: documents.table[name] for name in ("document_id", "path", "member")}
    known = pa.array(np.maximum(found.document[rows], 0))
    columns = {name: column.take(known) for name, column in expected.items()} if len(documents.table) else {}
    columns |= {name: pa.array(column[rows]) for name, column in found.columns.items()}
    columns["occurrence_id"] = buffers.hex_strings(found.ids[rows])
    for name, column in columns.items():
        wrong[owners[differing(pc.struct_field(values, name), column)]] = True
    return wrong
