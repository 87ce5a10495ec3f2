import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import oracles
from corpuskit import schema
from corpuskit.prepare import prepare
from corpuskit.resolve import resolve
from corpuskit.settings import Settings
from corpuskit.stages.merge import choose_sources, merge_occurrences, merge_records
from corpuskit.text import normalize

BASE = "The Parties shall cooperate in the peaceful uses of outer space and shall inform each other of it."
WORDINGS = [
    BASE,
    BASE.upper(),
    BASE.replace("peaceful", "pacific"),
    "Short.",
    "short.",
    "* * *",
    f"{BASE} {BASE}",
]


def merge(documents: list[list[str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Occurrences and records of documents that have a passage on each line."""
    columns = {
        "path": [f"{number:03}.txt" for number in range(len(documents))],
        "member": pa.nulls(len(documents), pa.string()),
        "size_bytes": [len("\n".join(lines).encode()) for lines in documents],
        "media_type": ["text/plain"] * len(documents),
        "extractor": ["plain/1"] * len(documents),
        "raw": ["\n".join(lines).encode() for lines in documents],
        "problem": pa.nulls(len(documents), pa.string()),
    }
    settings = Settings(unit="line")
    shard = prepare(pa.table(columns, schema=schema.SOURCES), settings)
    corpus = resolve([shard], settings)
    places, decisions = corpus.places, corpus.decisions
    occurrences = merge_occurrences(shard.passages, 0, places, decisions)
    records = merge_records(shard.passages, 0, places, decisions, choose_sources(places, decisions))
    occurrences.validate(full=True)
    records.validate(full=True)
    assert occurrences.schema.equals(schema.OCCURRENCES, check_metadata=True)
    assert records.schema.equals(schema.RECORDS, check_metadata=True)
    return occurrences.to_pylist(), records.to_pylist()


@given(st.lists(st.lists(st.sampled_from(WORDINGS), max_size=5), min_size=1, max_size=5))
@hypothesis_settings(max_examples=40, deadline=None)
def test_every_passage_has_one_fate_and_every_record_its_copies(documents: list[list[str]]) -> None:
    occurrences, records = merge(documents)
    lines = [(number, line) for number, held in enumerate(documents) for line in held]
    texts = {record["record_id"]: record["text"] for record in records}
    assert [(int(row["path"][:3]), row["text"] or texts[row["record_id"]]) for row in occurrences] == lines
    for row, (_, line) in zip(occurrences, lines, strict=True):
        text = texts[row["record_id"]]
        same = line == text
        equal = normalize(line) == normalize(text)
        assert (row["text"] is None) == same
        assert (row["similarity"] == 1) == equal
        assert row["reason"] == (row["reason"] if same else "same_normalized" if equal else "similar")
        assert (
            row["fate"]
            == {"canonical": "kept", "same_text": "exact", "same_normalized": "exact", "similar": "near"}[row["reason"]]
        )
        if not equal:
            assert row["similarity"] == oracles.measure(normalize(line), normalize(text)).stored >= 0.85
    order = [row["record_id"] for row in occurrences if row["fate"] == "kept"]
    assert [record["record_id"] for record in records] == order
    for record in records:
        check_record(record, occurrences)


def check_record(record: dict[str, Any], occurrences: list[dict[str, Any]]) -> None:
    """A record's counts and sources against its occurrences."""
    rows = [at for at, row in enumerate(occurrences) if row["record_id"] == record["record_id"]]
    mine = [occurrences[at] for at in rows]
    assert record["record_id"] == oracles.record_id(record["text"])
    assert record["n_occurrences"] == len(rows)
    assert record["n_documents"] == len({row["document_id"] for row in mine})
    assert record["min_similarity"] == min(row["similarity"] for row in mine)
    assert record["n_chars"] == len(record["text"])
    assert record["n_words"] == oracles.describe(normalize(record["text"])).n_words
    kept = next(at for at in rows if occurrences[at]["fate"] == "kept")
    expected = oracles.sources([int(row["path"][:3]) for row in occurrences], rows, kept)
    names = list(record["sources"][0])
    assert record["sources"] == [{name: occurrences[at][name] for name in names} for at in expected]


def test_sources_stop_at_64_and_show_each_document_before_any_twice() -> None:
    random_ = random.Random(5)
    documents = [["once more"] * random_.randrange(1, 4) for _ in range(50)]
    occurrences, (record,) = merge(documents)
    assert len(record["sources"]) == schema.MAX_SOURCES < len(occurrences)
    assert len({source["document_id"] for source in record["sources"][:50]}) == 50
    check_record(record, occurrences)
    occurrences, (record,) = merge([["once more"]] * 80)
    assert [source["path"] for source in record["sources"]] == [f"{number:03}.txt" for number in range(64)]


@pytest.mark.parametrize("copies", [1, 63, 64, 65])
def test_sources_of_one_document(copies: int) -> None:
    occurrences, (record,) = merge([["a line"] * copies])
    check_record(record, occurrences)


def test_documents_without_passages_give_empty_tables() -> None:
    assert merge([[], []]) == ([], [])
