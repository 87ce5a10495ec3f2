"""What came of checking a corpus: an outcome for each check, in one object that every output format is made of."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.checks.catalogue import Check
from corpuskit.checks.findings import SEVERITIES, Finding, Severity
from corpuskit.corpus import Corpus
from corpuskit.errors import CorpusError
from corpuskit.raw import unescape

Status = Literal["passed", "found", "skipped", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What came of one check.

    status: passed, found (something), skipped (nothing could or should be judged), failed (it could not be done);
    findings: those shown, and one more that counts the others where there are; count: of all; note: what was not
    judged, or why.
    """

    check: Check
    severity: Severity
    status: Status
    findings: tuple[Finding, ...] = ()
    count: int = 0
    note: str = ""


@dataclass(frozen=True)
class Report:
    """The outcomes of the checks done, in their order; `counts` are the manifest's."""

    curated: Path
    raw: Path
    build: str
    counts: Mapping[str, int]
    outcomes: tuple[Outcome, ...]

    @property
    def findings(self) -> list[Finding]:
        """All findings, check by check."""
        return [finding for outcome in self.outcomes for finding in outcome.findings]

    @property
    def failed(self) -> list[Outcome]:
        """The checks that could not be done."""
        return [outcome for outcome in self.outcomes if outcome.status == "failed"]

    def found(self, fail_on: Severity | Literal["never"]) -> bool:
        """Whether there is a finding as bad as `fail_on` or worse."""
        if fail_on == "never":
            return False
        counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        return any(finding.severity in counted for finding in self.findings)

    def file(self, finding: Finding) -> str:
        """The file that a finding is about: POSIX, relative to the working folder where it is inside.

        Bytes of its name that are no UTF-8 are surrogates, as `os.fsdecode` has them. For findings about no file it is
        the manifest.
        """
        base = self.raw if finding.path is not None and finding.base == "raw" else self.curated
        return shown_path(base / os.fsdecode(unescape(finding.path or "manifest.json")))


def shown_path(path: Path) -> str:
    """A path relative to the working folder, if it is inside; else absolute. POSIX."""
    relative = os.path.relpath(path)
    return Path(os.path.abspath(path) if relative.startswith("..") else relative).as_posix()  # noqa: PTH100


_NEEDED: Final = {
    "records": ["record_id", "sources"],
    "occurrences": ["occurrence_id", "path", "line_start", "line_end"],
}


def located(corpus: Corpus, outcomes: list[Outcome]) -> list[Outcome]:
    """Tell the raw file and lines of findings that name only a record or an occurrence, if the tables can say."""
    found = [finding for outcome in outcomes for finding in outcome.findings]
    open_ones = [finding for finding in found if finding.lines is None and finding.base == "raw"]
    occurrences = {finding.occurrence_id for finding in open_ones if finding.occurrence_id}
    records = {finding.record_id for finding in open_ones if finding.record_id and not finding.path}
    try:
        places = {
            **{row["record_id"]: row["sources"][0] for row in _rows(corpus, "records", records) if row["sources"]},
            **{row["occurrence_id"]: row for row in _rows(corpus, "occurrences", occurrences)},
        }
    except (OSError, pa.ArrowException, CorpusError):
        return outcomes  # a damaged table: the finding stands, without its place
    return [
        replace(outcome, findings=tuple(_at(finding, places) for finding in outcome.findings)) for outcome in outcomes
    ]


def _rows(corpus: Corpus, table: str, ids: set[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    columns = _NEEDED[table]
    wanted = pc.is_in(pc.field(columns[0]), pa.array(sorted(ids), pa.string()))
    rows: list[dict[str, Any]] = getattr(corpus, table).to_table(columns=columns, filter=wanted).to_pylist()
    return rows


def _at(finding: Finding, places: Mapping[str, Mapping[str, Any]]) -> Finding:
    place = places.get(finding.occurrence_id or finding.record_id or "")
    if place is None or finding.lines is not None or finding.path not in (None, place["path"]):
        return finding
    return replace(finding, path=place["path"], lines=(place["line_start"], place["line_end"]))
