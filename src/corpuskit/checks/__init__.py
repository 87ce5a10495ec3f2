"""What one finished corpus can show, checked through its manifest; nothing is written.

    examine ─ files ─ manifest, schema                       what is listed is there and whole
            ─ laws ─ documents, records ─ ids, counts, flags          each row by itself
                   ─ occurrences ─ place, ids, traceability, direct_similarity     some complete documents at a time
                   ─ conservation, order, sources, links, no_repeats       all together
            ─ thresholds, rules                              what the settings ask for, in SQL
            ─ hygiene                                        what texts should not hold
            ─ report                                         an outcome for each check

Texts are read in batches; some 70 bytes are held of each row, and normalized texts go to temporary files.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from corpuskit.checks.catalogue import CATALOGUE, Check
from corpuskit.checks.examination import Examination
from corpuskit.checks.findings import CHECKS, SEVERITIES, SHOWN, WARNINGS, Finding, Severity
from corpuskit.checks.policy import Policy
from corpuskit.checks.report import Outcome, Report
from corpuskit.corpus import open_corpus
from corpuskit.errors import CorpusError

__all__ = [
    "CATALOGUE",
    "CHECKS",
    "SEVERITIES",
    "SHOWN",
    "WARNINGS",
    "Check",
    "Finding",
    "Outcome",
    "Policy",
    "Report",
    "Severity",
    "check",
    "examine",
]


_TIMES: Final = 3
"""So often a corpus is checked anew that another one replaces meanwhile."""


def check(curated: str | os.PathLike[str], raw: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Check the laws in the corpus in `curated` against itself and its raw files; list what is wrong, by name.

    `raw` is where the raw files are now, if not where the manifest says; when they are not there at all, that
    is a warning and the rest is checked. Raises CorpusError when there is no corpus that could be checked.
    """
    return examine(curated, raw).findings


def examine(
    curated: str | os.PathLike[str],
    raw: str | os.PathLike[str] | None = None,
    policy: Policy | None = None,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    sample: int | None = None,
    use_raw: bool = True,
) -> Report:
    """Check the corpus in `curated`: the laws, and what `policy` asks for besides; tell what came of each check.

    `only` and `skip` are names of checks. Of the raw files, `sample` documents are decoded again (default: all), and
    none without `use_raw`; the report says so. Where another build was published meanwhile, whose run removes the files
    of the one before, that one is checked instead. Raises CorpusError without a corpus, SettingsError for bad names.
    """
    policy = policy or Policy()
    checks = policy.selected(only, skip)
    for _ in range(_TIMES):
        corpus = open_corpus(curated)
        examination = Examination(
            corpus=corpus,
            raw=corpus.raw if raw is None else Path(raw),
            policy=policy,
            checks=checks,
            sample=sample,
            use_raw=use_raw,
        )
        try:
            report = examination.report()
        except (OSError, CorpusError) as error:
            if open_corpus(curated).manifest != corpus.manifest:
                continue
            if isinstance(error, CorpusError):
                raise
            raise CorpusError(f"{curated}: cannot be checked: {os.strerror(error.errno or 0)}") from error
        if open_corpus(curated).manifest == corpus.manifest:
            return report
    raise CorpusError(f"{curated}: published anew each of the {_TIMES} times that it was checked; check it at rest")
