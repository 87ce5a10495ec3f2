"""The tables as files of data/: whole, or the text of the records alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import schema
from corpuskit.corpus import Corpus
from corpuskit.errors import CorpusError
from corpuskit.exports.files import Folder
from corpuskit.exports.rows import batches
from corpuskit.progress import Progress

ALONE: Final = ("text", "n_chars", "n_words", "language")
"""Columns of the records where no provenance is wanted."""

ROW_GROUP_ROWS: Final = 65_536


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of the export: `name` below its folder, its table, columns, rows, bytes and SHA-256."""

    name: str
    table: str
    columns: pa.Schema
    rows: int
    size: int
    sha256: str


def write_tables(corpus: Corpus, folder: Folder, provenance: bool, progress: Progress) -> list[DataFile]:
    """Write the tables into data/: the records first, and with `provenance` all others beside them."""
    if not provenance:
        progress.begin("export", documents=0)
        return [_alone(corpus, folder, progress)]
    footers = {file: _footer(corpus, file) for table in schema.PUBLISHED for file in corpus.files(table)}
    sizes = {file: file.stat().st_size for file in footers}
    progress.begin("export", size=sum(sizes.values()))
    written = []
    for table in ("records", *(name for name in schema.PUBLISHED if name != "records")):
        for number, file in enumerate(corpus.files(table)):
            name = f"data/{table}{f'-{number:05d}' if len(corpus.files(table)) > 1 else ''}.parquet"
            digest = folder.copy(file, name)
            rows = footers[file].num_rows
            written.append(DataFile(name, table, schema.PUBLISHED[table], rows, sizes[file], digest))
            progress.advance(0, sizes[file])
    return written


def _footer(corpus: Corpus, file: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{corpus.path}: {file.name} cannot be read: {error}; run `corpuskit check`") from None


def _alone(corpus: Corpus, folder: Folder, progress: Progress) -> DataFile:
    """The records without what tells where they are from."""
    name = "data/records.parquet"
    columns = pa.schema([schema.RECORDS.field(column) for column in ALONE])
    rows = 0
    with folder.open(name) as file, pq.ParquetWriter(file, columns, compression="zstd") as writer:
        for batch in batches(corpus, "records", ALONE):
            writer.write_batch(batch.cast(columns), row_group_size=ROW_GROUP_ROWS)
            rows += len(batch)
            progress.advance(len(batch), batch.nbytes)
    return DataFile(name, "records", columns, rows, (folder.path / name).stat().st_size, folder.sha256(name))


def counts(files: Sequence[DataFile]) -> Mapping[str, int]:
    """The rows of each table."""
    found: dict[str, int] = {}
    for file in files:
        found[file.table] = found.get(file.table, 0) + file.rows
    return found
