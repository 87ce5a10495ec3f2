"""A corpus in the forms that others ask for: JSON lines, plain text, a Hugging Face dataset, Croissant.

    export ─ about    what `[export]` of corpuskit.toml says: name, licence, source
           ─ rows     records, and documents rebuilt without repeats, streamed from the tables
           ─ jsonl, texts, huggingface, croissant     one form each
           ─ files    a folder written aside, then put in place

Everything is read once, row group by row group, and written as it comes: memory does not grow with the corpus.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.corpus import Corpus, open_corpus
from corpuskit.exports import croissant, huggingface, jsonl, texts
from corpuskit.exports.about import About, about_of
from corpuskit.exports.files import Folder, writing
from corpuskit.progress import Progress, Silent

__all__ = ["FORMS", "About", "Exported", "about_of", "export"]

Form = Callable[[Corpus, Folder, About, bool, Progress], Mapping[str, int]]

FORMS: Final[Mapping[str, tuple[Form, str]]] = {
    "jsonl": (jsonl.records, "records.jsonl: one record a line"),
    "jsonl-documents": (jsonl.documents, "documents.jsonl: one document a line, rebuilt without repeats"),
    "text": (texts.texts, "text/: a plain text file for each document, rebuilt without repeats, named as in raw/"),
    "huggingface": (
        huggingface.dataset,
        "data/, README.md, croissant.json: a Hugging Face dataset with its card",
    ),
    "croissant": (croissant.dataset, "data/ and croissant.json: the tables with Croissant metadata"),
}
"""Each form: what writes it, and what it writes."""

FACTS: Final = "export.json"


@dataclass(frozen=True)
class Exported:
    """What was written: the counts of rows and files, and how many bytes."""

    target: Path
    form: str
    counts: Mapping[str, int]
    bytes: int


def export(
    curated: str | os.PathLike[str],
    target: str | os.PathLike[str],
    form: str,
    about: About | None = None,
    *,
    provenance: bool = True,
    force: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write the corpus in `curated` into the folder `target` in one of FORMS.

    All or nothing: `target` appears when all is written. A folder that is not empty is replaced only with `force`.
    Without `provenance` there is text alone, and what `about` says of it; with it ids, places and numbers of copies.

    Raises ValueError for an unknown form, CorpusError where the corpus cannot be read, WriteError where the target
    cannot be written.
    """
    if form not in FORMS:
        raise ValueError(f"{form}: no form of export; known are {', '.join(FORMS)}")
    corpus, about = open_corpus(curated), about or About()
    with writing(Path(target), corpus, force=force) as folder:
        counts = dict(FORMS[form][0](corpus, folder, about, provenance, progress or Silent()))
        facts = {"form": form, "provenance": provenance, "counts": counts, **about.told(), **_made_by(corpus)}
        folder.write(FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    return Exported(Path(target), form, counts, folder.bytes)


def _made_by(corpus: Corpus) -> dict[str, Any]:
    """What the corpus was made by, so that an export can be traced back to its build."""
    return {"corpus": {key: corpus.manifest.get(key) for key in ("build", "version", "schema_version", "settings")}}


def as_json(exported: Exported) -> dict[str, Any]:
    """Plain values."""
    return {**asdict(exported), "target": str(exported.target), "counts": dict(exported.counts)}
