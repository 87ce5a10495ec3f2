"""corpuskit: raw text in, merged passages out, with the provenance of every copy.

    result = corpuskit.ingest("raw", "curated")
    corpus = corpuskit.open("curated")
    corpus.records.to_table(columns=["text", "n_documents"])

The names below are the public interface; they are loaded when they are first used, so that importing is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuskit.checks import Finding, check
    from corpuskit.corpus import Corpus
    from corpuskit.corpus import open_corpus as open
    from corpuskit.diffs import Diff, diff
    from corpuskit.errors import (
        CorpusError,
        CorpuskitError,
        QueryError,
        RawError,
        SettingsError,
        WriteError,
    )
    from corpuskit.exports import About, Exported, export
    from corpuskit.pipeline import deduplicate
    from corpuskit.runs import Result, ingest
    from corpuskit.settings import Settings
    from corpuskit.trace import trace

__all__ = [
    "About",
    "Corpus",
    "CorpusError",
    "CorpuskitError",
    "Diff",
    "Exported",
    "Finding",
    "QueryError",
    "RawError",
    "Result",
    "Settings",
    "SettingsError",
    "WriteError",
    "check",
    "deduplicate",
    "diff",
    "export",
    "ingest",
    "open",
    "trace",
]

_HOMES = {
    "checks": ("Finding", "check"),
    "corpus": ("Corpus", "open"),
    "diffs": ("Diff", "diff"),
    "errors": ("CorpusError", "CorpuskitError", "QueryError", "RawError", "SettingsError", "WriteError"),
    "exports": ("About", "Exported", "export"),
    "pipeline": ("deduplicate",),
    "runs": ("Result", "ingest"),
    "settings": ("Settings",),
    "trace": ("trace",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            found = getattr(import_module(f"corpuskit.{home}"), "open_corpus" if name == "open" else name)
            globals()[name] = found  # over the module of this name, where there is one
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
