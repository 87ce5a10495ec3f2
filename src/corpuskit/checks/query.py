"""SQL over a corpus, by DuckDB, which can read the files that the manifest lists and nothing else.

The idea: an in-memory database with a view for each table; then the file system but for those files, extensions,
Python variables and further settings are locked away. What does not fit into `memory` goes to a temporary folder.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corpuskit import schema
from corpuskit.corpus import Corpus
from corpuskit.errors import CorpuskitError

if TYPE_CHECKING:
    import duckdb

_LOCKED: Final[Mapping[str, Any]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


class QueryFailedError(CorpuskitError):
    """A query is no single SELECT, or could not be run to its end."""


class Database:
    """The tables of a corpus as views; a query is one SELECT."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; for queries with few. Raises QueryFailedError, one line."""
        with _told():
            return list(self._connection.execute(sql, [*values]).fetchall())

    def first(self, sql: str, most: int) -> tuple[list[dict[str, Any]], int]:
        """The first `most` rows of a user's query by column name, and the number of all, which are not held."""
        import duckdb

        with _told():
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise QueryFailedError("should be one SELECT")
            reader: Any = self._connection.sql(statements[0]).to_arrow_reader()
            kept: list[dict[str, Any]] = []
            count = 0
            for batch in reader:
                kept += batch.slice(0, most - len(kept)).to_pylist() if len(kept) < most else []
                count += batch.num_rows
            return kept, count


@contextmanager
def database(corpus: Corpus, *, memory: int) -> Iterator[Database]:
    """The corpus to query; DuckDB's buffers hold at most `memory` bytes."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="corpuskit-check-") as folder:
        home = Path(folder)
        with duckdb.connect(":memory:", config={**_LOCKED, "memory_limit": f"{memory}B"}) as connection:
            allowed = []
            for table in schema.PUBLISHED:
                links = [_link(file, home / f"{table}-{at}.parquet") for at, file in enumerate(corpus.files(table))]
                allowed += links
                connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{', '.join(links)}])")
            connection.execute(f"SET temp_directory = {_quoted(home / 'spill')}")
            connection.execute(f"SET allowed_paths = [{', '.join(allowed)}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield Database(connection)


def _link(file: Path, name: Path) -> str:
    """A name without wildcards, which DuckDB cannot escape, for a file that may stand anywhere; quoted."""
    name.symlink_to(file.resolve())
    return _quoted(name)


def _quoted(path: Path) -> str:
    """A path as SQL has it."""
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def _told() -> Iterator[None]:
    """Make one line of what DuckDB says."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        said = [line for line in str(error).splitlines() if line.strip() and set(line) - {" ", "^"}]
        raise QueryFailedError(" ".join(" ".join(said).split())[:400]) from None
