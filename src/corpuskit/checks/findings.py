"""What checks report: findings with a name, a severity and a place; many of one kind are cut short."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

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
    "absent": "no passage that only the files of `--absent` held is in a table, a build or the cache",
}
"""Every name that a finding can have, and what holds when there is none."""

WARNINGS: Final = frozenset({"links_stale", "raw_missing", "problem_document"})
"""Findings that break no law; all others are errors."""

SHOWN: Final = 20
"""The most findings of one name that are listed; one more says how many there are beyond."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: what (`name` is a key of CHECKS), how bad, and where."""

    name: str
    severity: Severity
    message: str
    path: str | None = None
    record_id: str | None = None
    occurrence_id: str | None = None


class Findings:
    """Collects findings; keeps the first SHOWN of each name and counts the others."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def add(
        self,
        name: str,
        message: object,
        *,
        path: str | None = None,
        record_id: str | None = None,
        occurrence_id: str | None = None,
    ) -> None:
        """Add one; the message becomes one line."""
        self._counts[name] += 1
        if self._counts[name] <= SHOWN:
            line = " ".join(str(message).split())
            self._kept.append(Finding(name, _severity(name), line, path, record_id, occurrence_id))

    def add_rows(self, name: str, wrong: Flags, message: str | Callable[[int], str], table: pa.Table) -> None:
        """Add a finding for each row of `table` that is marked `wrong`; its columns tell the place.

        `message` may be a function of the row; it is asked only for findings that will be shown.
        """
        rows = np.flatnonzero(wrong)
        places = [column for column in ("path", "record_id", "occurrence_id") if column in table.column_names]
        for row in rows[: max(SHOWN - self._counts[name], 0)].tolist():
            place = {column: table[column][row].as_py() for column in places}
            line = message if isinstance(message, str) else message(row)
            self._kept.append(Finding(name, _severity(name), line, **place))
        self._counts[name] += len(rows)

    def listed(self) -> list[Finding]:
        """All findings by name, in the order of CHECKS, with a count where some are not shown."""
        listed: list[Finding] = []
        for name in CHECKS:
            listed += [finding for finding in self._kept if finding.name == name]
            if self._counts[name] > SHOWN:
                more = f"and {self._counts[name] - SHOWN:,} more like these"
                listed.append(Finding(name, _severity(name), more))
        return listed


def _severity(name: str) -> Severity:
    return "warning" if name in WARNINGS else "error"
