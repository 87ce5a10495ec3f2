"""The joins of a diff, in SQL: what is counted, and which rows are worth showing.

Each table is joined with its like by id; what is left over is small when little has changed, and all else is asked of
that.
"""

from typing import Any, Final, NamedTuple

from corpuskit.diffs.results import KINDS, MOST

_PREPARED: Final = (
    "CREATE TEMP TABLE gone AS SELECT id, n, place FROM old_records ANTI JOIN new_records USING (id)",
    "CREATE TEMP TABLE added AS SELECT id, n, place FROM new_records ANTI JOIN old_records USING (id)",
    # Occurrences of both builds whose records differ: few, unless the settings are others.
    """CREATE TEMP TABLE moved AS
       SELECT o.record AS before, n.record AS after, n.place
       FROM old_occurrences o JOIN new_occurrences n USING (id) WHERE o.record IS DISTINCT FROM n.record""",
    # More than half cannot be held by two: each old record has at most one rewording.
    f"""CREATE TEMP TABLE reworded AS
       SELECT before, after, any_value(gone.n) AS n, any_value(gone.place) AS old_place, any_value(added.place) AS place
       FROM moved JOIN gone ON before = gone.id JOIN added ON after = added.id
       GROUP BY before, after HAVING {MOST} * count(*) > any_value(gone.n)""",
    """CREATE TEMP VIEW records_gone AS SELECT * FROM gone ANTI JOIN reworded ON gone.id = before""",
    """CREATE TEMP VIEW records_added AS SELECT * FROM added ANTI JOIN reworded ON added.id = after""",
    """CREATE TEMP TABLE respelled AS
       SELECT n.n, o.place AS old_place, n.place FROM old_records o JOIN new_records n USING (id)
       WHERE o.spelling <> n.spelling""",
    """CREATE TEMP TABLE remerged AS
       SELECT moved.place, o.place AS old_record, n.place AS new_record FROM moved
       SEMI JOIN new_records ON before = new_records.id SEMI JOIN old_records ON after = old_records.id
       JOIN old_records o ON before = o.id JOIN new_records n ON after = n.id""",
    """CREATE TEMP TABLE changed AS
       SELECT o.place AS old_place, n.place FROM old_documents o JOIN new_documents n USING (id)
       WHERE (o.sha256, o.text_sha256, o.problem) IS DISTINCT FROM (n.sha256, n.text_sha256, n.problem)""",
)

_COUNTED: Final = {
    "documents": {
        "added": "new_documents ANTI JOIN old_documents USING (id)",
        "gone": "old_documents ANTI JOIN new_documents USING (id)",
        "changed": "changed",
    },
    "records": {
        "added": "records_added",
        "gone": "records_gone",
        "reworded": "reworded",
        "respelled": "respelled",
    },
    "occurrences": {
        "added": "new_occurrences ANTI JOIN old_occurrences USING (id)",
        "gone": "old_occurrences ANTI JOIN new_occurrences USING (id)",
        "remerged": "remerged",
        "filtered": "moved WHERE after IS NULL",
        "unfiltered": "moved WHERE before IS NULL",
    },
}

_MOST_COPIES: Final = "ORDER BY n DESC, place LIMIT ?"


class Pair(NamedTuple):
    """Rows of a changed document or record: in the old table and in the new one; None where it has none."""

    kind: str
    old: int | None
    new: int | None


class Moved(NamedTuple):
    """Rows of an occurrence that was merged again: its own in the new table, its records' in both."""

    occurrence: int
    old: int
    new: int


class Joins:
    """Two builds, joined; made of a connection of `tables.open_tables`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        for statement in _PREPARED:
            connection.execute(statement)

    def counts(self) -> dict[str, dict[str, int]]:
        """For each table the rows of both builds, and how many are of each of KINDS."""
        return {
            table: {
                "old": self._count(f"old_{table}"),
                "new": self._count(f"new_{table}"),
                **{kind: self._count(_COUNTED[table][kind]) for kind in kinds},
            }
            for table, kinds in KINDS.items()
        }

    def documents(self, first: int) -> list[Pair]:
        """The first documents of each kind, in the order of the corpus."""
        counted = _COUNTED["documents"]
        return [
            *self._pairs("added", f"SELECT NULL, place FROM {counted['added']} ORDER BY place LIMIT ?", first),
            *self._pairs("gone", f"SELECT place, NULL FROM {counted['gone']} ORDER BY place LIMIT ?", first),
            *self._pairs("changed", "SELECT old_place, place FROM changed ORDER BY place LIMIT ?", first),
        ]

    def records(self, first: int) -> list[Pair]:
        """The records of each kind with most copies, then the first of the corpus."""
        return [
            *self._pairs("added", f"SELECT NULL, place FROM records_added {_MOST_COPIES}", first),
            *self._pairs("gone", f"SELECT place, NULL FROM records_gone {_MOST_COPIES}", first),
            *self._pairs("reworded", f"SELECT old_place, place FROM reworded {_MOST_COPIES}", first),
            *self._pairs("respelled", f"SELECT old_place, place FROM respelled {_MOST_COPIES}", first),
        ]

    def moves(self, first: int) -> list[Moved]:
        """The first occurrences that were merged again, in the order of the corpus."""
        query = "SELECT place, old_record, new_record FROM remerged ORDER BY place LIMIT ?"
        return [Moved(*row) for row in self._connection.execute(query, [first]).fetchall()]

    def _count(self, what: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    def _pairs(self, kind: str, query: str, first: int) -> list[Pair]:
        return [Pair(kind, *row) for row in self._connection.execute(query, [first]).fetchall()]
