"""What made two builds, and what their manifests alone can tell of them."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import schema
from corpuskit.corpus import Corpus
from corpuskit.diffs.results import KINDS, Change
from corpuskit.errors import CorpusError

_VERSIONS: Final = ("schema_version", "version", "code_digest")


def settings(old: Corpus, new: Corpus) -> tuple[Change, ...]:
    """The settings whose values differ, by name."""
    return _changes(old.manifest.get("settings"), new.manifest.get("settings"))


def versions(old: Corpus, new: Corpus) -> tuple[Change, ...]:
    """The versions that differ: of the schema, of corpuskit and of what the rows may depend on."""
    own = [{name: corpus.manifest.get(name) for name in _VERSIONS} for corpus in (old, new)]
    return _changes(*own) + _changes(old.manifest.get("environment"), new.manifest.get("environment"))


def columns(old: Corpus, new: Corpus) -> tuple[Change, ...]:
    """Columns that only one has, or whose types differ, as the files have them."""
    found: list[dict[str, str]] = []
    for corpus in (old, new):
        found.append({})
        for table in schema.PUBLISHED:
            found[-1] |= {f"{table}.{field.name}": _type(field) for field in _schema(corpus, table)}
    return _changes(*found)


def unchanged_counts(corpus: Corpus) -> dict[str, dict[str, int]]:
    """The counts of a diff between a build and itself."""
    tables = corpus.manifest["tables"]
    rows = {table: sum(int(entry.get("rows", 0)) for entry in tables[table]) for table in KINDS}
    return {
        table: {"old": rows[table], "new": rows[table], **dict.fromkeys(kinds, 0)} for table, kinds in KINDS.items()
    }


def _changes(old: Any, new: Any) -> tuple[Change, ...]:
    """The keys whose values differ; of anything but mappings, none."""
    before: Mapping[str, Any] = old if isinstance(old, Mapping) else {}
    after: Mapping[str, Any] = new if isinstance(new, Mapping) else {}
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if json.dumps(before.get(name)) != json.dumps(after.get(name))
    )


def _type(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def _schema(corpus: Corpus, table: str) -> pa.Schema:
    files = corpus.files(table)
    try:
        return pq.read_schema(files[0]) if files else pa.schema([])
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{corpus.path}: the table {table} cannot be read: {error}; run `corpuskit check`") from None
