"""Look for what texts should not hold: addresses, keys, broken characters, boilerplate.

The texts of records, and those of occurrences that are not their record's, are read in batches; RE2 picks the few
that a search must look at. A finding tells record or occurrence and span, and what was found masked.
"""

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.patterns import Search
from corpuskit.corpus import Corpus

_RECORD: Final = ["record_id", "text", "sources"]
_OCCURRENCE: Final = ["record_id", "occurrence_id", "path", "line_start", "line_end", "text"]


def check_hygiene(corpus: Corpus, searches: Sequence[Search], findings: Findings) -> None:
    """Look in all texts of the corpus."""
    for table, columns in (("records", _RECORD), ("occurrences", _OCCURRENCE)):
        for batch in batches(corpus, table, findings, columns):
            for search in searches:
                _look(batch, search, findings)


def _look(batch: pa.Table, search: Search, findings: Findings) -> None:
    rows = pc.indices_nonzero(pc.match_substring_regex(batch["text"], search.filter))
    for row in batch.take(rows).to_pylist() if len(rows) else ():
        text = row["text"]
        found = list(search.places(text))
        for at, (start, end, said) in enumerate(found):
            if not findings.wants(search.name):
                findings.pass_over(search.name, len(found) - at)
                break
            span = tuple(len(text[:place].encode()) for place in (start, end))
            findings.add(search.name, said, span=(span[0], span[1]), **_place(row, text, start, end))


def _place(row: dict[str, Any], text: str, start: int, end: int) -> dict[str, Any]:
    """Where a piece of a text stands: in the raw file of the record's kept occurrence, or of the occurrence."""
    source = next(iter(row["sources"]), {}) if "sources" in row else row
    place: dict[str, Any] = {name: row[name] for name in ("record_id", "occurrence_id") if name in row}
    if not source:
        return place  # a record without sources: another check tells
    first, last = source["line_start"], source["line_end"]
    if text.count("\n") == last - first:  # its lines are the file's
        first, last = first + text.count("\n", 0, start), first + text.count("\n", 0, end)
    return {**place, "path": source["path"], "lines": (first, last)}
