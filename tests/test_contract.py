"""The schema and the manifest are what was agreed: any change is a visible decision.

The expected schema is golden/schema.txt. To accept a change: ACCEPT_GOLDEN=1 pytest tests/test_contract.py, raise
SCHEMA_VERSION as schema.VERSIONING says, and read the diff.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import corpuskit
from corpuskit import schema
from corpuskit.settings import make

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).parent / "golden" / "schema.txt"
MANIFEST = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))

LISTS = {
    "fates": schema.FATES,
    "reasons": schema.REASONS,
    "measures": schema.MEASURES,
    "relations": schema.RELATIONS,
    "canonical reasons": schema.CANONICAL_REASONS,
    "problems": schema.PROBLEMS,
    "document flags": schema.DOCUMENT_FLAGS,
    "occurrence flags": schema.OCCURRENCE_FLAGS,
}


def rendered() -> str:
    return "\n".join(_rendered()) + "\n"


def _rendered() -> Iterator[str]:
    yield f"schema version {schema.SCHEMA_VERSION}"
    for table, columns in schema.PUBLISHED.items():
        yield f"\n# {table}"
        for column in columns:
            about = {key.decode(): value.decode() for key, value in column.metadata.items()}
            unit = f" [{about['unit']}]" if about["unit"] else ""
            nulls = "" if about["nulls"] == "never" else f"; null: {about['nulls']}"
            yield f"{column.name}: {_type(column)}{unit}{nulls}\n    {about['description']}"
    for name, values in LISTS.items():
        yield f"\n# {name}"
        yield from (f"{value}\n    {meaning}" for value, meaning in values.items())


def _type(field: pa.Field) -> str:
    kind = field.type
    if pa.types.is_list(kind):
        shown = f"list<{_type(kind.value_field)}>"
    elif pa.types.is_struct(kind):
        shown = "struct<" + ", ".join(f"{part.name}: {_type(part)}" for part in kind) + ">"
    else:
        shown = str(kind)
    return shown if field.nullable else f"{shown} not null"


def test_the_schema_is_as_accepted() -> None:
    found = rendered()
    if os.environ.get("ACCEPT_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8"), "accept it as the docstring of this file says"


def test_the_version_is_a_semantic_one_and_each_kind_of_change_has_a_rule() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", schema.SCHEMA_VERSION)
    assert list(schema.VERSIONING) == ["patch", "minor", "major"]


# --- the manifest ---


@pytest.fixture(
    scope="module", params=[{}, {"profile": "noisy", "drop": ["x"], "canonical": ["a/*"]}, {"contains": True}]
)
def curated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract")
    (folder / "raw").mkdir()
    (folder / "raw" / "a.txt").write_text("A passage that stands here.\n\nAnd another one, which is longer than it.")
    (folder / "raw" / "b.txt").write_bytes(b"\0\1\2")
    corpuskit.ingest(folder / "raw", folder / "curated", make(request.param))
    return folder / "curated"


def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(MANIFEST)
    return Draft202012Validator(MANIFEST)


def test_a_manifest_is_as_its_schema_says(curated: Path) -> None:
    assert [error.message for error in validator().iter_errors(manifest_of(curated))] == []


def test_every_key_of_a_manifest_is_described(curated: Path) -> None:
    manifest = manifest_of(curated)
    assert list(undescribed(manifest, MANIFEST)) == []
    manifest["counts"]["more"] = manifest["another"] = 1
    assert list(undescribed(manifest, MANIFEST)) == [".counts.more", ".another"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("build", "short"),
        ("schema_version", "1"),
        ("counts", {"documents": -1}),
        ("tables", {"records": []}),
        ("settings", []),
        ("raw", None),
    ],
)
def test_what_is_no_manifest_is_refused(curated: Path, key: str, value: Any) -> None:
    assert not validator().is_valid({**manifest_of(curated), key: value})
    lacking = {name: found for name, found in manifest_of(curated).items() if name != key}
    assert not validator().is_valid(lacking)


@pytest.mark.parametrize("path", ["../records.parquet", "/records.parquet", "a/../../b.parquet"])
def test_files_outside_the_corpus_are_refused(curated: Path, path: str) -> None:
    manifest = manifest_of(curated)
    manifest["tables"]["records"][0]["path"] = path
    assert not validator().is_valid(manifest)


def test_files_say_what_the_manifest_says(curated: Path) -> None:
    manifest = manifest_of(curated)
    for table, entries in manifest["tables"].items():
        metadata = pq.read_schema(curated / entries[0]["path"]).metadata
        assert metadata[b"corpuskit.build"].decode() == manifest["build"], table
        assert metadata[b"corpuskit.schema_version"].decode() == schema.SCHEMA_VERSION


def manifest_of(curated: Path) -> dict[str, Any]:
    return dict(json.loads((curated / "manifest.json").read_text(encoding="utf-8")))


def undescribed(value: Any, described: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """The keys of a manifest that its schema does not describe; of settings only that they are there."""
    if isinstance(value, dict) and name != ".settings":
        rest = described.get("additionalProperties", True)
        for key, part in value.items():
            known = described.get("properties", {}).get(key, rest)
            if known is True or "description" not in known:
                yield f"{name}.{key}"
            else:
                yield from undescribed(part, known, f"{name}.{key}")
