"""What exports are made of: records, and documents rebuilt without repeats, in the order of the corpus.

The idea: records stand in the order of their kept occurrences, so both tables can be read side by side; the n-th kept
occurrence is the n-th record's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.corpus import Corpus
from corpuskit.errors import CorpusError

BATCH_ROWS: Final = 2_048
SEPARATOR: Final = "\n\n"
"""Between the passages of a rebuilt document."""

_DOCUMENT: Final = ("document_id", "path", "member", "sha256", "language")
_OCCURRENCE: Final = ("document_id", "record_id", "fate", "occurrence_id", "start", "end", "line_start", "line_end")


@dataclass(frozen=True)
class Rebuilt:
    """A document made of the passages that it keeps: each passage of the corpus stands in one document.

    `passages` tells of each its record, its occurrence, its span (bytes of the decoded document, UTF-8) and lines.
    """

    facts: Mapping[str, Any]
    texts: list[str] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text."""
        return SEPARATOR.join(self.texts)


def rows(corpus: Corpus, table: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table, in order, as plain values. Raises CorpusError where one cannot be read."""
    for batch in batches(corpus, table, columns):
        yield from batch.to_pylist()


def batches(corpus: Corpus, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The same in pieces. Raises CorpusError."""
    try:
        for path in corpus.files(table):
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=BATCH_ROWS, columns=columns and list(columns))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise CorpusError(f"{corpus.path}: the table {table} cannot be read: {error}; run `corpuskit check`") from None


def rebuilt(corpus: Corpus) -> Iterator[Rebuilt]:
    """The documents that keep a passage, in order. Raises CorpusError where the tables do not belong together."""
    documents = rows(corpus, "documents", _DOCUMENT)
    records = rows(corpus, "records", ["record_id", "text"])
    kept = (row for row in rows(corpus, "occurrences", _OCCURRENCE) if row["fate"] == "kept")
    for document_id, passages in groupby(kept, key=lambda row: row["document_id"]):
        facts = next((row for row in documents if row["document_id"] == document_id), None)
        if facts is None:
            raise _unordered(corpus)
        found = Rebuilt(facts)
        for passage in passages:
            record = next(records, None)
            if record is None or record["record_id"] != passage["record_id"]:
                raise _unordered(corpus)
            found.texts.append(record["text"])
            found.passages.append(
                {name: value for name, value in passage.items() if name not in ("document_id", "fate")}
            )
        yield found


def _unordered(corpus: Corpus) -> CorpusError:
    return CorpusError(f"{corpus.path}: its tables are not in the order that they should be; run `corpuskit check`")
