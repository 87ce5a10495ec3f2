"""A finished corpus is opened through its manifest, or refused with what to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import corpuskit


@pytest.fixture
def curated(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.\n\nAnd some more of it.")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    return tmp_path / "curated"


def test_tables_are_datasets(curated: Path) -> None:
    corpus = corpuskit.open(curated)
    assert corpus.records.to_table(columns=["text"])["text"].to_pylist() == [
        "Some text that is here to be read.",
        "And some more of it.",
    ]
    assert corpus.documents.count_rows() == 1
    assert corpus.occurrences.count_rows() == 2
    assert corpus.links.count_rows() == 0
    assert corpus.raw.resolve() == (curated.parent / "raw").resolve()


def test_readers_do_not_follow_links_that_were_not_refreshed(curated: Path) -> None:
    (curated / "records.parquet").unlink()
    assert corpuskit.open(curated).records.count_rows() == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no corpus here"),
        ("{", "not valid JSON"),
        ("[]", "schema version None"),
        (json.dumps({"schema_version": "2.0.0"}), "schema version 2.0.0, this corpuskit reads 1"),
        (json.dumps({"schema_version": "1.0.0"}), "damaged: no valid `build`"),
    ],
)
def test_what_is_no_corpus_is_refused(curated: Path, content: str | None, message: str) -> None:
    (curated / "manifest.json").unlink()
    if content is not None:
        (curated / "manifest.json").write_text(content)
    with pytest.raises(corpuskit.CorpusError, match=message):
        corpuskit.open(curated)


def test_a_damaged_manifest_does_not_stop_the_next_run(curated: Path) -> None:
    (curated / "manifest.json").write_text(json.dumps({"schema_version": "1.0.0"}))
    corpuskit.ingest(curated.parent / "raw", curated)
    assert not corpuskit.check(curated)


def test_a_table_that_is_gone_is_named(curated: Path) -> None:
    corpus = corpuskit.open(curated)
    corpus.files("records")[0].unlink()
    with pytest.raises(corpuskit.CorpusError, match="table records cannot be read"):
        _ = corpus.records


def test_importing_is_quick_and_all_names_are_there() -> None:
    """The public names load what they need when they are used, and not before."""
    code = "import sys, corpuskit; print(sorted({'pyarrow', 'numba', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert all(getattr(corpuskit, name) for name in corpuskit.__all__)
    with pytest.raises(AttributeError):
        _ = corpuskit.nothing
