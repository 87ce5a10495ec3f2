"""The laws in the rows of a corpus whose files are sound: only what has to be done for the checks wanted is done."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np

from corpuskit.checks.conservation import check_conservation, place_columns, places
from corpuskit.checks.contains import check_contains
from corpuskit.checks.documents import Documents, check_documents
from corpuskit.checks.files import batches
from corpuskit.checks.findings import Findings
from corpuskit.checks.links import check_links
from corpuskit.checks.occurrences import by_documents, check_occurrences
from corpuskit.checks.records import check_records
from corpuskit.checks.similarity import check_direct_similarity, check_no_repeats
from corpuskit.checks.traceability import Tracer
from corpuskit.corpus import Corpus
from corpuskit.kernels.types import Flags
from corpuskit.settings import Settings

TRACED: Final = ("raw_changed", "traceability")
"""What only the raw files can show, and of `flags` the flag `empty`."""

Wanted = Callable[[str], bool]


class Sampled:
    """Which documents are decoded again, and what is to be said about the others."""

    def __init__(self, raw: Path, wanted: Wanted, *, sample: int | None, use_raw: bool) -> None:
        self.raw = raw
        self.sample = sample
        self.use_raw = use_raw and any(map(wanted, ("flags", "raw_missing", *TRACED)))
        self.note = ""

    def chosen(self, documents: Documents, build: str) -> Flags:
        """As many documents as asked for: by their ids, others for another build, the same ones each time."""
        number = len(documents.table)
        chosen = np.ones(number, dtype=np.bool_)
        if self.sample is not None and self.sample < number:
            key = int(build[:16], 16) if all(digit in "0123456789abcdef" for digit in build[:16]) else 0
            order = np.argsort(documents.ids[:, 0] ^ np.uint64(key), kind="stable")
            chosen[order[self.sample :]] = False
            self.note = f"{self.sample:,} of {number:,} documents were decoded again, the others not (--sample)"
        return chosen


def check_laws(corpus: Corpus, settings: Settings, sampled: Sampled, wanted: Wanted, findings: Findings) -> None:
    """Check all rows. Raises UnreadableTableError, with the finding made, where a file is damaged."""
    with ExitStack() as files:
        documents = check_documents(corpus, findings)
        records = check_records(corpus, settings, files, findings, sign_them=wanted("no_repeats"))
        tracer = _tracer(corpus, documents, settings, sampled, findings)
        pieces = []
        for table in by_documents(batches(corpus, "occurrences", findings)):
            passages = check_occurrences(table, documents, records, settings, findings)
            if wanted("direct_similarity"):
                check_direct_similarity(passages, records, settings, findings)
            if tracer:
                tracer.check(passages)
            pieces.append(place_columns(passages))
        if tracer:
            tracer.check_rest()
        check_conservation(corpus, documents, records, places(pieces), findings)
        part = check_links(corpus, records, settings, findings)
        if wanted("contains"):
            check_contains(corpus, records, settings, findings)
        if wanted("no_repeats"):
            crowded, unlisted = (bool(corpus.manifest["counts"].get(name)) for name in ("crowded", "unlisted"))
            check_no_repeats(records, part, settings, findings, crowded=crowded, unlisted=unlisted)


def _tracer(
    corpus: Corpus, documents: Documents, settings: Settings, sampled: Sampled, findings: Findings
) -> Tracer | None:
    if not sampled.use_raw:
        return None
    if sampled.raw.is_dir():
        chosen = sampled.chosen(documents, corpus.manifest["build"])
        return Tracer(sampled.raw, documents, settings, findings, chosen)
    message = f"{sampled.raw} is not there: traceability was not checked; --raw says where the files are now"
    findings.add("raw_missing", message)
    return None
