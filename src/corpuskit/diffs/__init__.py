"""What differs between two builds of a corpus: documents, records, occurrences, and what made them.

    diff ─ made      settings, versions and columns, from manifests and footers
         ─ tables    ids, hashes and row numbers of both builds, read once, in order
         ─ joins     counts, and the rows worth showing (DuckDB, which spills)
         ─ examples  texts and places of those rows, by row number

The idea: ids are hashes of what a thing is, so that equal ids are the same thing in both builds, and all that is
left are joins by id.
"""

from typing import Final

from corpuskit.corpus import Corpus
from corpuskit.diffs import made
from corpuskit.diffs.examples import document_changes, moves, record_changes
from corpuskit.diffs.joins import Joins
from corpuskit.diffs.results import KINDS, Change, Diff, DocumentChange, Move, Passage, RecordChange, Side
from corpuskit.diffs.tables import open_tables

__all__ = ["KINDS", "Change", "Diff", "DocumentChange", "Move", "Passage", "RecordChange", "Side", "diff"]

MEMORY: Final = 200_000_000
"""Bytes that the joins may hold; what is more goes to temporary files."""

_COMPARED: Final = ("documents", "occurrences", "records")


def diff(old: Corpus, new: Corpus, *, examples: int = 5, memory: int = MEMORY) -> Diff:
    """What has changed from `old` to `new`: counts, settings, and up to `examples` of each kind of change.

    It costs one reading of the ids of both and of the texts of their records, and a few joins by id: linear. The
    joins hold up to `memory` bytes, and the rest is in temporary files; reading row groups of text takes some hundred
    MB on top, and each example reads one more. Two builds whose files have the same checksums cost nothing.

    Both must still have their files: publishing a build removes the one before it. Raises CorpusError when a table
    cannot be read.
    """
    sides = Side(str(old.path), old.manifest.get("build")), Side(str(new.path), new.manifest.get("build"))
    made_by = made.settings(old, new), made.versions(old, new), made.columns(old, new)
    if _same_files(old, new):
        return Diff(*sides, made.unchanged_counts(new), *made_by, (), (), ())
    with open_tables(old, new, memory) as tables:
        joins = Joins(tables)
        return Diff(
            *sides,
            joins.counts(),
            *made_by,
            document_changes(old, new, joins.documents(examples)),
            record_changes(old, new, joins.records(examples)),
            moves(old, new, joins.moves(examples)),
        )


def _same_files(old: Corpus, new: Corpus) -> bool:
    """Whether the manifests list the same bytes for all that is compared."""
    sums = [
        [[entry.get("sha256") for entry in corpus.manifest["tables"][table]] for table in _COMPARED]
        for corpus in (old, new)
    ]
    return sums[0] == sums[1] and not any(found is None for table in sums[0] for found in table)
