"""JSON lines: a record, or a document rebuilt without repeats, in each line."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from corpuskit.corpus import Corpus
from corpuskit.exports.about import About
from corpuskit.exports.files import Folder
from corpuskit.exports.rows import rebuilt, rows
from corpuskit.progress import Progress

_TEXT: Final = ("text",)
_PROVENANCE: Final = (
    "record_id",
    "text",
    "language",
    "n_occurrences",
    "n_documents",
    "min_similarity",
    "variant_group",
    "sources",
)


def records(corpus: Corpus, folder: Folder, about: About, provenance: bool, progress: Progress) -> Mapping[str, int]:
    """Write records.jsonl: one line for each record, in the order of the corpus."""
    columns = _PROVENANCE if provenance else _TEXT
    return {"records": _write(folder, "records.jsonl", rows(corpus, "records", columns), about, progress)}


def documents(corpus: Corpus, folder: Folder, about: About, provenance: bool, progress: Progress) -> Mapping[str, int]:
    """Write documents.jsonl: one line for each document that keeps a passage."""
    found = (
        {**document.facts, "text": document.text, "passages": document.passages}
        if provenance
        else {"text": document.text}
        for document in rebuilt(corpus)
    )
    return {"documents": _write(folder, "documents.jsonl", found, about, progress)}


def line(row: Mapping[str, Any]) -> bytes:
    """A row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n"


def _write(folder: Folder, name: str, found: Iterable[Mapping[str, Any]], about: About, progress: Progress) -> int:
    progress.begin("export")
    more = about.on_each()
    count = 0
    with folder.open(name) as file:
        for row in found:
            size = file.write(line({**row, **more}))
            count += 1
            progress.advance(1, size)
    return count
