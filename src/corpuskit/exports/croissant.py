"""Croissant metadata (MLCommons, version 1.0): what is in each file and column, as JSON-LD."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from corpuskit.corpus import Corpus
from corpuskit.exports.about import About
from corpuskit.exports.files import Folder
from corpuskit.exports.tables import DataFile, counts, write_tables
from corpuskit.progress import Progress

NAME: Final = "croissant.json"

CONFORMS: Final = "http://mlcommons.org/croissant/1.0"

_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_KEYS: Final = {"documents": "document_id", "occurrences": "occurrence_id", "records": "record_id"}


def dataset(corpus: Corpus, folder: Folder, about: About, provenance: bool, progress: Progress) -> Mapping[str, int]:
    """Write data/ and croissant.json."""
    files = write_tables(corpus, folder, provenance, progress)
    folder.write(NAME, described(about, files))
    return counts(files)


def described(about: About, files: Sequence[DataFile]) -> str:
    """The metadata of these files, as a JSON text."""
    told = {
        "description": about.description or "A corpus of text in which no passage is repeated.",
        "license": about.license,
        "url": about.url,
        "creator": [{"@type": "sc:Organization", "name": name} for name in about.creators],
        "citeAs": about.citation,
        "version": about.version,
        "datePublished": about.published and about.published.isoformat(),
        "inLanguage": list(about.languages),
        "isBasedOn": about.source,
    }
    metadata = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": about.name,
        **{key: value for key, value in told.items() if value},
        "distribution": [_file(file) for file in files],
        "recordSet": [_table(file) for file in files],
    }
    return json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"


def _file(file: DataFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _table(file: DataFile) -> dict[str, Any]:
    """A table's record set; one for each file where it has several."""
    name = file.name.removeprefix("data/").removesuffix(".parquet")
    key = {"key": {"@id": f"{name}/{_KEYS[file.table]}"}} if _KEYS.get(file.table) in file.columns.names else {}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        **key,
        "field": [_field(name, file, column) for column in file.columns],
    }


def _field(name: str, file: DataFile, column: pa.Field) -> dict[str, Any]:
    kind = column.type
    repeated = pa.types.is_list(kind)
    if repeated:
        kind = kind.value_type
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{name}/{column.name}",
        "name": column.name,
        "description": (column.metadata or {}).get(b"description", b"").decode(),
        "source": {"fileObject": {"@id": file.name}, "extract": {"column": column.name}},
    }
    if repeated:
        described["repeated"] = True
    if pa.types.is_struct(kind):
        return {**described, "subField": list(_parts(described, kind))}
    return {**described, "dataType": _type(kind)}


def _parts(described: Mapping[str, Any], kind: pa.StructType) -> Iterator[dict[str, Any]]:
    """The fields of a nested column."""
    for part in kind:
        source = {**described["source"], "transform": {"jsonPath": f"$[*].{part.name}"}}
        yield {
            "@type": "cr:Field",
            "@id": f"{described['@id']}/{part.name}",
            "name": part.name,
            "dataType": _type(part.type),
            "repeated": True,
            "source": source,
        }


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
