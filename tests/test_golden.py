"""The two documents that ship with the project give exactly this corpus.

The expected text is golden/raw.txt. To accept a change: ACCEPT_GOLDEN=1 pytest tests/test_golden.py, and read the diff.
"""

import os
from pathlib import Path

import pyarrow as pa
import pytest

import corpuskit

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "raw.txt"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> corpuskit.Corpus:
    curated = tmp_path_factory.mktemp("golden") / "curated"
    corpuskit.ingest(ROOT / "raw", curated)
    return corpuskit.open(curated)


def test_the_whole_result_is_as_accepted(corpus: corpuskit.Corpus) -> None:
    tables = {name: getattr(corpus, name).to_table() for name in ("documents", "occurrences", "records", "links")}
    found = "\n".join(_render(name, table) for name, table in tables.items())
    if os.environ.get("ACCEPT_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_seventeen_passages_make_thirteen_records(corpus: corpuskit.Corpus) -> None:
    records = corpus.records.to_table().to_pylist()
    assert corpus.occurrences.count_rows() == 17
    assert len(records) == 13
    shared = [record for record in records if record["n_documents"] == 2]
    assert len(shared) == 4
    assert all(record["n_occurrences"] == 2 and len(record["sources"]) == 2 for record in shared)
    assert sum("El Salvador" in record["text"] or "connection logs" in record["text"] for record in shared) == 4


def test_a_line_broken_at_a_link_is_whole_again(corpus: corpuskit.Corpus) -> None:
    texts = corpus.records.to_table(columns=["text"])["text"].to_pylist()
    assert next(text for text in texts if "Montenegro" in text).endswith("(norms)” [x].")
    assert any("signed a memorandum of understanding" in text for text in texts)


def _render(name: str, table: pa.Table) -> str:
    """One block for each row, one line for each value that is there."""
    blocks = [f"# {name}: {len(table)} rows\n"]
    for row in table.to_pylist():
        lines = [f"{key}: {_value(value)}" for key, value in row.items() if value not in (None, [])]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _value(value: object) -> str:
    if isinstance(value, list):
        return "".join(f"\n  - {item}" for item in value)
    return str(value)
