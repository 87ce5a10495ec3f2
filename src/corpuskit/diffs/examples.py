"""Rows by number, with their texts and places: what a diff shows."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.corpus import Corpus
from corpuskit.diffs.joins import Moved, Pair
from corpuskit.diffs.results import (
    MAX_TEXT,
    DocumentChange,
    DocumentKind,
    Move,
    Passage,
    RecordChange,
    RecordKind,
)
from corpuskit.errors import CorpusError

BEFORE: Final = 500
"""Characters shown before the first difference of two long texts."""

_Rows = dict[int | None, dict[str, Any]]

_RECORD: Final = ("record_id", "text", "n_occurrences", "sources")
_OCCURRENCE: Final = ("occurrence_id", "path", "member", "line_start", "line_end")
_DOCUMENT: Final = ("path", "member", "sha256", "problem")


def document_changes(old: Corpus, new: Corpus, pairs: Sequence[Pair]) -> tuple[DocumentChange, ...]:
    """The documents of `pairs`."""
    before, after = _both(old, new, "documents", _DOCUMENT, [(pair.old, pair.new) for pair in pairs])
    found = []
    for pair in pairs:
        here, there = before.get(pair.old, {}), after.get(pair.new, {})
        known = there or here
        found.append(
            DocumentChange(
                cast(DocumentKind, pair.kind),
                known["path"],
                known["member"],
                here.get("sha256"),
                there.get("sha256"),
                known["problem"],
            )
        )
    return tuple(found)


def record_changes(old: Corpus, new: Corpus, pairs: Sequence[Pair]) -> tuple[RecordChange, ...]:
    """The records of `pairs`."""
    before, after = _both(old, new, "records", _RECORD, [(pair.old, pair.new) for pair in pairs])
    return tuple(
        RecordChange(cast(RecordKind, pair.kind), *_passages(before.get(pair.old), after.get(pair.new)))
        for pair in pairs
    )


def moves(old: Corpus, new: Corpus, moved: Sequence[Moved]) -> tuple[Move, ...]:
    """The occurrences of `moved`, with the records that they left and joined."""
    places = _rows(new, "occurrences", _OCCURRENCE, [move.occurrence for move in moved])
    before, after = _both(old, new, "records", _RECORD, [(move.old, move.new) for move in moved])
    found = []
    for move in moved:
        left, joined = _passages(before[move.old], after[move.new])
        assert left is not None
        assert joined is not None
        found.append(Move(**places[move.occurrence], old=left, new=joined))
    return tuple(found)


def _passages(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[Passage | None, Passage | None]:
    """The records of a pair, their texts cut to where they begin to differ."""
    texts = [row["text"] for row in (old, new) if row is not None]
    start = _start(texts)
    return _passage(old, start), _passage(new, start)


def _start(texts: Sequence[str]) -> int:
    """Where to begin to show texts, so that their first difference is seen."""
    if len(texts) < 2 or max(map(len, texts)) <= MAX_TEXT:
        return 0
    first = next((at for at, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    return max(first - BEFORE, 0)


def _passage(row: dict[str, Any] | None, start: int) -> Passage | None:
    if row is None:
        return None
    place = row["sources"][0]
    where = {name: place[name] for name in ("path", "member", "line_start", "line_end")}
    text = row["text"][start : start + MAX_TEXT]
    return Passage(row["record_id"], text, start, row["n_occurrences"], **where)


def _both(
    old: Corpus, new: Corpus, table: str, columns: Sequence[str], pairs: Iterable[tuple[int | None, int | None]]
) -> tuple[_Rows, _Rows]:
    """The rows of pairs in both tables, by row number."""
    listed = list(pairs)
    before = _rows(old, table, columns, [row for row, _ in listed if row is not None])
    after = _rows(new, table, columns, [row for _, row in listed if row is not None])
    return before, after


def _rows(corpus: Corpus, table: str, columns: Sequence[str], wanted: Sequence[int]) -> _Rows:
    """Rows of a table by number; of its row groups only those that hold one are read."""
    found: _Rows = {}
    first = 0
    try:
        for path in corpus.files(table):
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    last = first + file.metadata.row_group(group).num_rows
                    here = sorted({row for row in wanted if first <= row < last})
                    if here:
                        rows = file.read_row_group(group, columns=list(columns)).take([row - first for row in here])
                        found |= dict(zip(here, rows.to_pylist(), strict=True))
                    first = last
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{corpus.path}: the table {table} cannot be read: {error}; run `corpuskit check`") from None
    return found
