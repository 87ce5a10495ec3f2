"""What checks report: findings with a name, a severity and a place; many of one kind are cut short."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa

from corpuskit.kernels.types import Flags

CHECKS: Final = {
    "manifest": "the files are those that the manifest lists, whole, of one build, with its counts",
    "links_stale": "the Parquet files beside the manifest are those of its build",
    "schema": "each table has the published columns, its nulls where they belong and no unknown value",
    "ids": "ids are unique, 32 hex characters, and the hash of what the thing is",
    "order": "documents and occurrences stand in path order, records in that of their kept occurrences",
    "conservation": "every passage has one fate, every record one kept occurrence, and all counts add up",
    "sources": "the sources of a record are its occurrences, in the order that the table promises",
    "flags": "flags that follow from the text or the encoding stand where they should, and only there",
    "filters": "what `min_chars` and `drop` catch is filtered, for that reason, and nothing else but page furniture is",
    "raw_missing": "the raw files are there to check traceability against",
    "raw_changed": "each raw file has the bytes that were read",
    "traceability": "each passage is its document's text at its spans, and nothing else is in a document",
    "direct_similarity": "each merged occurrence is itself at or above the threshold to its record",
    "variants": "each record of a family of variants is like its head, and linked to it with the words that differ",
    "contains": "each record linked as holding another has a piece at or above the threshold to it, where it says",
    "no_repeats": "no two records that share a bucket are at or above the threshold to each other, but for variants",
    "problem_document": "each document could be read and decoded",
}
"""The laws by the name of the finding, and what holds when there is none; `catalogue` has all other checks too."""

WARNINGS: Final = frozenset({"links_stale", "raw_missing", "problem_document"})
"""Of these, the findings that break no law; all others are errors."""

SHOWN: Final = 20
"""The most findings of one name that are listed; one more says how many there are beyond."""

Severity = Literal["error", "warning", "info"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")
"""From the worst."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: what (`name` is that of a check), how bad, and where.

    path: below raw/, or below the corpus where `base` says so; lines: the first and the last, from 1; span: start and
    end in the text of the occurrence, or else of the record, in bytes of UTF-8.
    """

    name: str
    severity: Severity
    message: str
    path: str | None = None
    record_id: str | None = None
    occurrence_id: str | None = None
    lines: tuple[int, int] | None = None
    span: tuple[int, int] | None = None
    base: Literal["raw", "curated"] = "raw"


class Findings:
    """Collects findings; keeps the first SHOWN of each name and counts the others.

    `severities` tells how bad each name is, where that is not as the laws have it.
    """

    def __init__(self, severities: Mapping[str, Severity] | None = None) -> None:
        self._severities = severities or {}
        self._kept: dict[str, list[Finding]] = {}
        self._counts: Counter[str] = Counter()

    def add(
        self,
        name: str,
        message: object,
        *,
        path: str | None = None,
        record_id: str | None = None,
        occurrence_id: str | None = None,
        lines: tuple[int, int] | None = None,
        span: tuple[int, int] | None = None,
        base: Literal["raw", "curated"] = "raw",
    ) -> None:
        """Add one; the message becomes one line."""
        self._counts[name] += 1
        if self._counts[name] <= SHOWN:
            line = " ".join(str(message).split())
            place = (path, record_id, occurrence_id, lines, span, base)
            self._kept.setdefault(name, []).append(Finding(name, self._severity(name), line, *place))

    def add_rows(self, name: str, wrong: Flags, message: str | Callable[[int], str], table: pa.Table) -> None:
        """Add a finding for each row of `table` that is marked `wrong`; its columns tell the place.

        `message` may be a function of the row; it is asked only for findings that will be shown.
        """
        rows = np.flatnonzero(wrong)
        shown = rows[: max(SHOWN - self._counts[name], 0)].tolist()
        for row in shown:
            self.add(name, message if isinstance(message, str) else message(row), **_place(table, row))
        self.pass_over(name, len(rows) - len(shown))

    def pass_over(self, name: str, count: int) -> None:
        """Count more findings of a name that will not be shown."""
        self._counts[name] += count

    def wants(self, name: str) -> bool:
        """Whether one more finding of this name would be shown."""
        return self._counts[name] < SHOWN

    def count(self, name: str) -> int:
        """How many there are of a name, shown or not."""
        return self._counts[name]

    def of(self, name: str) -> list[Finding]:
        """The findings of a name, with a count where some are not shown."""
        listed = list(self._kept.get(name, ()))
        if self._counts[name] > len(listed):
            more = f"and {self._counts[name] - len(listed):,} more like these"
            listed.append(Finding(name, self._severity(name), more))
        return listed

    def _severity(self, name: str) -> Severity:
        return self._severities.get(name, "warning" if name in WARNINGS else "error")


def _place(table: pa.Table, row: int) -> dict[str, Any]:
    """What the columns of a table tell of the place of a row."""
    names = table.column_names
    place = {name: table[name][row].as_py() for name in ("path", "record_id", "occurrence_id") if name in names}
    if "line_start" in names and "line_end" in names:
        place["lines"] = (table["line_start"][row].as_py(), table["line_end"][row].as_py())
    return place
