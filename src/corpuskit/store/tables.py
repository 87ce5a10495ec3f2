"""Published tables as Parquet files, written piece by piece."""

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import buffers, schema

ROW_GROUP_ROWS: Final = 65_536
ROW_GROUP_BYTES: Final = 64 << 20
"""A row group ends at so many rows or bytes of text, whichever comes first: a bound on readers' memory."""

QUEUED_BYTES: Final = 64 << 20
LEAST_QUEUED_BYTES: Final = 8 << 20
"""So much waits for a thread that writes, where memory is to spare: while it is busy with a row group, the next one can
be made."""

_IDS: Final = frozenset({"document_id", "occurrence_id", "record_id", "left_record", "right_record"})
_DICTIONARIES: Final = {
    "documents": ["media_type", "extractor", "encoding", "decode_errors", "language"],
    "occurrences": ["document_id", "path", "member", "fate", "measure", "reason"],
    "records": ["language", "canonical", "sources.list.element.path", "sources.list.element.document_id"],
    "links": ["relation"],
}
_SORTED_BY: Final = {"documents": ("path", "member"), "occurrences": ("path", "member", "ordinal")}


class TableWriter:
    """Writes one published table, piece by piece; row groups depend on the rows alone, not on the pieces."""

    def __init__(self, folder: Path, name: str, metadata: Mapping[str, str]) -> None:
        self.name = name
        self.path = folder / f"{name}.parquet"
        self.rows = 0
        table_schema = schema.PUBLISHED[name]
        self._schema = table_schema.with_metadata({f"corpuskit.{key}": value for key, value in metadata.items()})
        ids = [field for field in table_schema.names if field in _IDS and field not in _DICTIONARIES[name]]
        order = _SORTED_BY.get(name)
        self._writer = pq.ParquetWriter(
            self.path,
            self._schema,
            compression="zstd",
            use_dictionary=_DICTIONARIES[name],
            write_page_index=True,
            write_page_checksum=True,
            bloom_filter_options={name: {"ndv": ROW_GROUP_ROWS} for name in ids} or None,
            sorting_columns=pq.SortingColumn.from_ordering(
                table_schema, [(key, "ascending") for key in order], "at_start"
            )
            if order
            else None,
        )
        self._pending: list[pa.Table] = []
        self._sizes: list[np.ndarray[Any, np.dtype[np.int64]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        try:
            if problem[0] is None:
                self.finish()
        finally:
            self._close()

    def _close(self) -> None:
        try:
            self._writer.close()
        finally:
            self._writer.is_open = False  # or it would try again when it is collected, and print that it failed

    def write(self, piece: pa.Table) -> None:
        """Add rows; they are written when a row group is full."""
        if piece.column_names != self._schema.names:
            raise ValueError(f"{self.name}: columns {piece.column_names} instead of {self._schema.names}")
        self._pending.append(piece)
        self._sizes.append(_row_sizes(piece))
        self._flush()

    def finish(self) -> None:
        """Write what no full row group has taken."""
        self._flush(last=True)

    def _flush(self, *, last: bool = False) -> None:
        if not self._pending:
            return
        sizes = np.concatenate(self._sizes)
        if not last and len(sizes) < ROW_GROUP_ROWS and sizes.sum() < ROW_GROUP_BYTES:
            return
        table = pa.concat_tables(self._pending)
        self._pending, self._sizes = [], []  # both: a group that fails is not tried again with the next rows
        ends = np.cumsum(sizes)
        start = 0
        while start < len(sizes):
            before = ends[start - 1] if start else 0
            full = int(np.searchsorted(ends, before + ROW_GROUP_BYTES)) + 1
            stop = min(full, start + ROW_GROUP_ROWS)
            if stop > len(sizes) and not last:
                break
            columns = table.slice(0, stop - start).columns
            table = table.slice(stop - start)
            group = _combined(columns, self._schema)
            self._writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
            self.rows += len(group)
            start += len(group)
        self._pending = [table] if len(table) else []
        self._sizes = [sizes[start:]] if len(table) else []


class WritingBeside:
    """Hands pieces to a table's writer in a thread of its own.

    It holds up to a quarter of the memory that is to `spare`, LEAST_QUEUED_BYTES to QUEUED_BYTES.
    """

    def __init__(self, writer: TableWriter, spare: Callable[[], int] = lambda: 1 << 62) -> None:
        self._writer = writer
        self._spare = spare
        self._thread = ThreadPoolExecutor(1)
        self._queued: deque[tuple[int, Future[None]]] = deque()
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def write(self, piece: pa.Table) -> None:
        """Have rows written, when there is room for them. Raises what writing earlier ones has raised."""
        self._bytes += piece.nbytes
        self._queued.append((piece.nbytes, self._thread.submit(self._writer.write, piece)))
        room = min(max(self._spare() // 4, LEAST_QUEUED_BYTES), QUEUED_BYTES)
        while self._queued and (self._bytes > room or self._queued[0][1].done()):
            self._take()

    def end(self) -> None:
        """Have the rest written; no more rows come."""
        self._queued.append((0, self._thread.submit(self._writer.finish)))

    def finish(self) -> None:
        """Wait until all is written. Raises what writing has raised."""
        while self._queued:
            self._take()

    def _take(self) -> None:
        size, written = self._queued.popleft()
        written.result()
        self._bytes -= size


def _combined(columns: list[pa.ChunkedArray], table_schema: pa.Schema) -> pa.Table:
    """A table of one chunk. The columns are taken from the list, so that no more than one is in memory twice."""
    columns.reverse()
    arrays = [buffers.one_chunk(columns.pop().cast(field.type)) for field in table_schema]
    return pa.table(arrays, schema=table_schema)


def _row_sizes(piece: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """About how many bytes each row has: its text's."""
    if "text" not in piece.column_names:
        return np.full(len(piece), 100, dtype=np.int64)
    lengths = pc.fill_null(pc.binary_length(piece["text"]), 0)
    return np.asarray(buffers.numbers(lengths), dtype=np.int64)
