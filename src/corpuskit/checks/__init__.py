"""What one finished corpus can show of the laws, checked through its manifest; nothing is written.

    check ─ files ─ manifest, schema                       what is listed is there and whole
          ─ documents, records ─ ids, counts, flags        each row by itself
          ─ occurrences ─ place, ids, traceability, direct_similarity     some complete documents at a time
          ─ conservation, order, sources, no_repeats       all together

Texts are read in batches; some 70 bytes are held of each row, and normalized texts go to temporary files.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from corpuskit.checks.conservation import check_conservation, place_columns, places
from corpuskit.checks.contains import check_contains
from corpuskit.checks.documents import Documents, check_documents
from corpuskit.checks.files import UnreadableTableError, batches, check_files, settings_of
from corpuskit.checks.findings import CHECKS, SHOWN, WARNINGS, Finding, Findings
from corpuskit.checks.links import check_links
from corpuskit.checks.occurrences import by_documents, check_occurrences
from corpuskit.checks.records import check_records
from corpuskit.checks.similarity import check_direct_similarity, check_no_repeats
from corpuskit.checks.traceability import Tracer
from corpuskit.corpus import Corpus, open_corpus
from corpuskit.errors import CorpusError
from corpuskit.settings import Settings

__all__ = ["CHECKS", "SHOWN", "WARNINGS", "Finding", "check"]


def check(curated: str | os.PathLike[str], raw: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Check the corpus in `curated` against itself and its raw files; list what is wrong, by name.

    `raw` is where the raw files are now, if not where the manifest says; when they are not there at all, that
    is a warning and the rest is checked. Raises CorpusError when there is no corpus that could be checked.
    """
    corpus = open_corpus(curated)
    findings = Findings()
    try:
        if check_files(corpus, findings):
            settings = settings_of(corpus, findings)
            if settings is not None:
                with ExitStack() as files:
                    _check_rows(corpus, settings, corpus.raw if raw is None else Path(raw), files, findings)
    except UnreadableTableError:
        pass  # the finding has been made, and what depends on those rows cannot be checked
    except OSError as error:
        raise CorpusError(f"{curated}: cannot be checked: {os.strerror(error.errno or 0)}") from error
    return findings.listed()


def _check_rows(corpus: Corpus, settings: Settings, raw: Path, files: ExitStack, findings: Findings) -> None:
    documents = check_documents(corpus, findings)
    records = check_records(corpus, settings, files, findings)
    tracer = _tracer(raw, documents, settings, findings)
    pieces = []
    for table in by_documents(batches(corpus, "occurrences", findings)):
        passages = check_occurrences(table, documents, records, settings, findings)
        check_direct_similarity(passages, records, settings, findings)
        if tracer:
            tracer.check(passages)
        pieces.append(place_columns(passages))
    if tracer:
        tracer.check_rest()
    check_conservation(corpus, documents, records, places(pieces), findings)
    part = check_links(corpus, records, settings, findings)
    check_contains(corpus, records, settings, findings)
    crowded, unlisted = (bool(corpus.manifest["counts"].get(name)) for name in ("crowded", "unlisted"))
    check_no_repeats(records, part, settings, findings, crowded=crowded, unlisted=unlisted)


def _tracer(raw: Path, documents: Documents, settings: Settings, findings: Findings) -> Tracer | None:
    if raw.is_dir():
        return Tracer(raw, documents, settings, findings)
    findings.add("raw_missing", f"{raw} is not there: traceability was not checked; --raw says where the files are now")
    return None
