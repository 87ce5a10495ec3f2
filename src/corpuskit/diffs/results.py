"""The shape of a diff: plain values, ready for `dataclasses.asdict` and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "documents": {
        "added": "path and member are new",
        "gone": "path and member are no longer there",
        "changed": "other bytes, another decoded text or another problem",
    },
    "records": {
        "added": "new, and not the rewording of an old one",
        "gone": "no longer there, and no new one holds most of the occurrences",
        "reworded": "no longer there, but a new record holds most (more than half) of the occurrence ids",
        "respelled": "there in both builds, but spelled otherwise: case, spacing, quotes, dashes",
    },
    "occurrences": {
        "added": "the passage is new in the document, or the document is new",
        "gone": "the passage is no longer in the document, or the document has gone",
        "remerged": "moved to another record, while both records stand in both builds",
        "filtered": "in a record before, and taken out by a filter now",
        "unfiltered": "taken out by a filter before, and in a record now",
    },
}
"""What is counted of each table, besides how many rows the `old` and the `new` build have.

The words follow a number in headings, so they fit one and many.
"""

MOST: Final = 2
"""A new record rewords an old one when it holds more than one in so many of its occurrences: no two can."""

MAX_TEXT: Final = 10_000
"""Examples hold at most so many characters of a text."""

RecordKind = Literal["added", "gone", "reworded", "respelled"]
DocumentKind = Literal["added", "gone", "changed"]


@dataclass(frozen=True)
class Since:
    """How many records a run added, lost and reworded (see KINDS), or why the corpus before could not be compared."""

    added: int = 0
    gone: int = 0
    reworded: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Side:
    """One of the two corpora: where it is, and the digest of its build."""

    path: str
    build: str | None


@dataclass(frozen=True)
class Change:
    """A setting, version or column by name, with its values before and after; None where there was none."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Passage:
    """A record of one build, and where its kept occurrence stands.

    `text` has at most MAX_TEXT characters, from `text_start` (characters) on: where a pair differs.
    """

    record_id: str
    text: str
    text_start: int
    n_occurrences: int
    path: str
    member: str | None
    line_start: int
    line_end: int


@dataclass(frozen=True)
class RecordChange:
    """A record that changed; `old` is None when it was added, `new` when it has gone."""

    kind: RecordKind
    old: Passage | None
    new: Passage | None


@dataclass(frozen=True)
class Move:
    """An occurrence, where it stands in the new build, and the records that it left and joined."""

    occurrence_id: str
    path: str
    member: str | None
    line_start: int
    line_end: int
    old: Passage
    new: Passage


@dataclass(frozen=True)
class DocumentChange:
    """A document that changed; `problem` is the new build's, or the old one's where it has gone."""

    kind: DocumentKind
    path: str
    member: str | None
    old_sha256: str | None
    new_sha256: str | None
    problem: str | None


@dataclass(frozen=True)
class Diff:
    """What differs between two builds.

    `counts` has for each table how many rows the `old` and the `new` build have, and how many are of each of KINDS.
    The examples come in the order of KINDS, those with most copies first, then in the order of the corpus.
    """

    old: Side
    new: Side
    counts: Mapping[str, Mapping[str, int]]
    settings: tuple[Change, ...]
    versions: tuple[Change, ...]
    columns: tuple[Change, ...]
    documents: tuple[DocumentChange, ...]
    records: tuple[RecordChange, ...]
    moves: tuple[Move, ...]

    @property
    def n_changes(self) -> int:
        """How many documents, records and occurrences are counted under any of KINDS."""
        return sum(self.counts[table][kind] for table, kinds in KINDS.items() for kind in kinds)
