"""What a corpus was made of and by: the facts in its manifest and in each table's file."""

import hashlib
import json
import os
import platform
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.raw import escape
from corpuskit.settings import Settings

if TYPE_CHECKING:
    from corpuskit.shards import Shard

DISTRIBUTION: Final = "corpuskit-curation"

COUNTS: Final = ("documents", "problems", "passages", "exact", "near", "filtered", "records", "variants", "contains")
"""The counts of a run that its manifest holds, and beside them one for each of FILTER_REASONS."""

PINNED: Final = ("pyarrow", "numpy", "numba", "faust-cchardet", "rapidfuzz")
"""Libraries on which rows may depend; their versions are in the manifest."""

_INVENTORY: Final = ["path", "member", "sha256", "size_bytes", "problem"]


def facts(settings: Settings, shards: "Sequence[Shard]") -> dict[str, str]:
    """What the tables were made of and by: goes into each file, and into the manifest."""
    inventory = hashlib.blake2b(digest_size=16)
    documents = pa.concat_tables([shard.documents.select(_INVENTORY) for shard in shards])
    for row in zip(
        *(column.to_pylist() for column in documents.sort_by([("path", "ascending"), ("member", "ascending")]).columns),
        strict=True,
    ):
        inventory.update(json.dumps(row).encode())
    return stated(settings, inventory.hexdigest())


def stated(settings: Settings, inventory_digest: str) -> dict[str, str]:
    """The facts of documents whose digest is known."""
    found = {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version(DISTRIBUTION),
        "code_digest": code_digest(),
        "settings_digest": settings.digest,
        "inventory_digest": inventory_digest,
        "sketch": json.dumps(sketch(settings), sort_keys=True),
        "environment": json.dumps(_environment(), sort_keys=True),
    }
    build = hashlib.blake2b(json.dumps(found, sort_keys=True).encode(), digest_size=16).hexdigest()
    return {"build": build, **found}


def cache_key(settings: Settings) -> str:
    """Hash of all that the per-document half of a file depends on but its bytes: 32 hex characters."""
    depends = {"code": code_digest(), "environment": _environment(), "settings": settings.of_documents()}
    return hashlib.blake2b(json.dumps(depends, sort_keys=True).encode(), digest_size=16).hexdigest()


@cache
def code_digest() -> str:
    """Hash of the package's own sources: 32 hex characters. Between releases the version does not tell them apart."""
    package = Path(__file__).parent
    sources = hashlib.blake2b(digest_size=16)
    for path in sorted(package.rglob("*.py")):
        sources.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return sources.hexdigest()


def sketch(settings: Settings) -> dict[str, Any]:
    """What a signature is made of, enough to make it again, and the share of like pairs that its bands miss."""
    names = ("seed", "permutations", "shingle", "shingle_size", "shingle_size_unspaced", "bands", "rows")
    miss_rates = {str(jaccard): settings.miss_rate(jaccard) for jaccard in (0.3, 0.4, 0.5, 0.6, 0.8)}
    return {"scheme": "affine32", **{name: getattr(settings, name) for name in names}, "miss_rates": miss_rates}


@cache
def _environment() -> dict[str, str]:
    """Versions on which rows may depend."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "unicode": unicodedata.unidata_version,
        **{name: version(name) for name in PINNED},
    }


def manifest(
    settings: Settings, found: Mapping[str, str], raw: Path, curated: Path, counts: Mapping[str, int]
) -> dict[str, Any]:
    """The manifest of a build with the facts `found`; the list of its files is added when it is published."""
    return {
        **found,
        "sketch": sketch(settings),
        "environment": _environment(),
        "raw": escape(os.fsencode(Path(os.path.relpath(raw.resolve(), curated.resolve())).as_posix())),
        "settings": settings.effective(output_only=True),
        "counts": dict(counts),
    }
