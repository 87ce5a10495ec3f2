"""A Hugging Face dataset: the tables in data/, a configuration for each, and the card that tells what they are.

The card's YAML is written as JSON, which YAML reads as it is: no text of anybody's can break out of its value.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from corpuskit.corpus import Corpus
from corpuskit.exports import croissant
from corpuskit.exports.about import About
from corpuskit.exports.files import Folder
from corpuskit.exports.tables import DataFile, counts, write_tables
from corpuskit.progress import Progress

_SIZES: Final = {
    1_000: "n<1K",
    10_000: "1K<n<10K",
    100_000: "10K<n<100K",
    1_000_000: "100K<n<1M",
    10_000_000: "1M<n<10M",
    100_000_000: "10M<n<100M",
    1_000_000_000: "100M<n<1B",
}
"""The classes of size that dataset cards have, by the rows that they end below."""

_SPDX: Final = re.compile(r"[A-Za-z0-9.+-]+")

_MEANING: Final = {
    "records": "one row for each distinct passage: the text to use",
    "occurrences": "one row for each passage found: where it stands and what became of it",
    "documents": "one row for each file",
    "links": "relations between records that are not merges",
}


def dataset(corpus: Corpus, folder: Folder, about: About, provenance: bool, progress: Progress) -> Mapping[str, int]:
    """Write data/, README.md and croissant.json."""
    files = write_tables(corpus, folder, provenance, progress)
    folder.write("README.md", card(corpus, about, files))
    folder.write(croissant.NAME, croissant.described(about, files))
    return counts(files)


def card(corpus: Corpus, about: About, files: Sequence[DataFile]) -> str:
    """The dataset card: what machines read in YAML, then what people do."""
    head = "\n".join(_yaml(_facts(about, files)))
    return f"---\n{head}\n---\n\n" + "\n\n".join(_text(corpus, about, files)) + "\n"


def _facts(about: About, files: Sequence[DataFile]) -> dict[str, Any]:
    rows = counts(files)["records"]
    size = next((name for limit, name in _SIZES.items() if rows < limit), "n>1B")
    configs = [
        {
            "config_name": table,
            "data_files": [
                {"split": "train", "path": [file.name for file in files if file.table == table]},
            ],
            **({"default": True} if table == "records" else {}),
        }
        for table in counts(files)
        if counts(files)[table] or table == "records"  # a split without rows cannot be loaded
    ]
    licence = {"license": about.license.lower()} if about.license and _SPDX.fullmatch(about.license) else {}
    if about.license and not licence:
        licence = {"license": "other", "license_name": "see-below", "license_link": about.license}
    return {
        "pretty_name": about.name,
        **licence,
        **({"language": list(about.languages)} if about.languages else {}),
        "size_categories": [size],
        "tags": ["deduplicated", "corpuskit"],
        "configs": configs,
    }


def _yaml(facts: Mapping[str, Any]) -> Iterator[str]:
    for key, value in facts.items():
        yield f"{key}: {json.dumps(value, ensure_ascii=True)}"


def _text(corpus: Corpus, about: About, files: Sequence[DataFile]) -> Iterator[str]:
    yield f"# {_plain(about.name)}"
    if about.description:
        yield _plain(about.description)
    told = {
        "Licence": about.license,
        "Source": about.source,
        "Creators": ", ".join(about.creators),
        "Version": about.version,
        "Published": about.published and about.published.isoformat(),
        "Home page": about.url,
    }
    yield "\n".join(f"- **{key}:** {_plain(value)}" for key, value in told.items() if value) or "No licence is stated."
    yield "## Tables"
    rows = counts(files)
    yield "\n".join(
        ["| configuration | rows | what it has |", "| --- | ---: | --- |"]
        + [f"| `{table}` | {rows[table]:,} | {_MEANING[table]} |" for table in rows]
    )
    yield "## How it was made"
    yield (
        f"By corpuskit {_plain(str(corpus.manifest.get('version')))}, build {_plain(str(corpus.manifest['build']))}: "
        "passages that say the same are one record; each merged passage is itself at or above the threshold of "
        f"{_plain(str(corpus.manifest.get('settings', {}).get('threshold')))} to its record, by the exact measure. "
        f"Of {corpus.manifest['counts'].get('passages', 0):,} passages found, {rows['records']:,} are records."
    )
    if about.citation:
        yield "## Citation"
        yield "\n".join(f"    {line}" for line in about.citation.splitlines())


def _plain(text: str) -> str:
    """A text in one line of Markdown in which nothing but an address does anything."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
