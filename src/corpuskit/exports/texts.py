"""Plain text: a file for each document, rebuilt without repeats, where raw/ has it."""

from collections.abc import Mapping
from contextlib import ExitStack

from corpuskit.corpus import Corpus
from corpuskit.exports.about import About
from corpuskit.exports.files import Folder, safe_path
from corpuskit.exports.jsonl import line
from corpuskit.exports.rows import rebuilt
from corpuskit.progress import Progress


def texts(corpus: Corpus, folder: Folder, about: About, provenance: bool, progress: Progress) -> Mapping[str, int]:
    """Write text/, and provenance.jsonl: where each passage of each file is from.

    A document that keeps no passage, since others before it have them all, has no file.
    """
    progress.begin("export", documents=int(corpus.manifest["counts"].get("documents", 0)))
    count = 0
    with ExitStack() as stack:
        lines = stack.enter_context(folder.open("provenance.jsonl")) if provenance else None
        for document in rebuilt(corpus):
            name = f"text/{safe_path(document.facts['path'], document.facts['member'])}"
            folder.write(name, document.text + "\n")
            if lines:
                facts = {"file": name, **document.facts, "passages": document.passages, **about.on_each()}
                lines.write(line(facts))
            count += 1
            progress.advance(1, len(document.text))
    return {"documents": count}
