"""The ids of two builds in DuckDB: each table read once, row by row numbered, its text as a hash.

Nothing but Arrow batches is handed to DuckDB: it opens no file of the corpus, and no name is part of a query.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.corpus import Corpus
from corpuskit.errors import CorpusError

BATCH_ROWS: Final = 2_048
BUFFER: Final = 1 << 20
"""Bytes read at a time of each column, instead of all that a row group has of it."""

THREADS: Final = 4
"""Joins hold some memory for each."""

# Ids as 128-bit numbers: half the size of the hex strings, and nothing outside the tables' own memory.
_LOADED: Final = {
    "documents": (
        ("document_id", "sha256", "text_sha256", "problem"),
        "document_id::uuid AS id, sha256, text_sha256, problem, place",
    ),
    "records": (
        ("record_id", "text", "n_occurrences"),
        "record_id::uuid AS id, hash(text) AS spelling, n_occurrences AS n, place",
    ),
    "occurrences": (
        ("occurrence_id", "record_id"),
        "occurrence_id::uuid AS id, record_id::uuid AS record, place",
    ),
}


@contextmanager
def open_tables(old: Corpus, new: Corpus, memory: int) -> Iterator[Any]:
    """A DuckDB connection with `old_documents`, `new_documents` and so on; `place` is the row of each, from 0.

    Raises CorpusError, also for what goes wrong inside with damaged tables or a full disk.
    """
    import duckdb  # a tenth of a second, and needed for nothing else

    with tempfile.TemporaryDirectory(prefix="corpuskit-") as folder:
        limits: dict[str, Any] = {
            "memory_limit": f"{memory}B",
            "temp_directory": folder,
            "threads": min(os.cpu_count() or 1, THREADS),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(":memory:", config=limits) as connection:
            connection.execute("SET enable_external_access = false; SET lock_configuration = true")
            try:
                for name, corpus in (("old", old), ("new", new)):
                    for table in _LOADED:
                        _load(connection, f"{name}_{table}", corpus, table)
                yield connection
            except (duckdb.DataError, duckdb.OperationalError, duckdb.InvalidInputException) as error:
                reason = str(error).splitlines()[0]
                raise CorpusError(f"{old.path} and {new.path} cannot be compared: {reason}") from None


def _load(connection: Any, name: str, corpus: Corpus, table: str) -> None:
    columns, loaded = _LOADED[table]
    kinds = {"n_occurrences": pa.int64()}
    layout = pa.schema([*((column, kinds.get(column, pa.string())) for column in columns), ("place", pa.int64())])
    reader = pa.RecordBatchReader.from_batches(layout, _batches(corpus, table, columns, layout))
    connection.register("rows", reader)
    try:
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {loaded} FROM rows")
    finally:
        connection.unregister("rows")


def _batches(corpus: Corpus, table: str, columns: Sequence[str], layout: pa.Schema) -> Iterator[pa.RecordBatch]:
    at = 0
    for path in corpus.files(table):
        with pq.ParquetFile(path, buffer_size=BUFFER) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
                rows = pa.array(np.arange(at, at + len(batch)))
                named = [batch[column].cast(layout.field(column).type) for column in columns]
                yield pa.RecordBatch.from_arrays([*named, rows], schema=layout)
                at += len(batch)
