"""What `diff` counts and shows is what plain dictionaries find, and it holds little memory."""

import dataclasses
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpuskit
from corpuskit import schema
from corpuskit.diffs import KINDS, diff
from corpuskit.diffs.results import MAX_TEXT
from oracles import Rows, diff_counts


def rows_of(corpus: corpuskit.Corpus) -> Rows:
    return {table: pq.ParquetFile(corpus.files(table)[0]).read().to_pylist() for table in KINDS}


# --- corpora by hand: any ids, in the published columns ---


def build(folder: Path, records: dict[int, str], occurrences: dict[int, int | None], documents: dict[int, str]) -> None:
    """A corpus of these texts by record, records by occurrence, and hashes by document, all by small numbers."""
    copies = Counter(occurrences.values())
    rows: Rows = {
        "documents": [
            {"document_id": f"{name:032x}", "path": f"{name}.txt", "sha256": sha} for name, sha in documents.items()
        ],
        "records": [
            {
                "record_id": f"{name:032x}",
                "text": text,
                "n_occurrences": copies[name],
                "sources": [{"path": f"{name}.txt", "line_start": 1, "line_end": 2}],
            }
            for name, text in records.items()
        ],
        "occurrences": [
            {
                "occurrence_id": f"{name:032x}",
                "record_id": None if record is None else f"{record:032x}",
                "path": f"{name}.txt",
                "line_start": name,
                "line_end": name,
            }
            for name, record in occurrences.items()
        ],
        "links": [],
    }
    folder.mkdir(exist_ok=True)
    for table, found in rows.items():
        nullable = pa.schema([field.with_nullable(True) for field in schema.PUBLISHED[table]])
        if table == "records":  # the fields of sources, too
            entry = nullable.field("sources").type.value_type
            loose = pa.list_(pa.struct([field.with_nullable(True) for field in entry]))
            nullable = nullable.set(nullable.get_field_index("sources"), pa.field("sources", loose))
        pq.write_table(pa.Table.from_pylist(found, nullable), folder / f"{table}.parquet", row_group_size=2)
    tables = {table: [{"path": f"{table}.parquet"}] for table in rows}
    manifest = {"schema_version": "1.0.0", "build": folder.name, "raw": "raw", "counts": {}, "tables": tables}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@st.composite
def corpora(draw: st.DrawFn) -> tuple[dict[int, str], dict[int, int | None], dict[int, str]]:
    texts = draw(st.dictionaries(st.integers(0, 7), st.sampled_from(["a", "b"]), max_size=6))
    names = [*texts, None]
    merged = draw(st.dictionaries(st.integers(0, 9), st.sampled_from(names), max_size=10))
    for number, record in enumerate(texts):  # each record has a copy
        merged[20 + number if draw(st.booleans()) else 40 + record] = record
    return texts, merged, draw(st.dictionaries(st.integers(0, 4), st.sampled_from(["x", "y"]), max_size=4))


@settings(max_examples=40)
@given(corpora(), corpora())
def test_counts_are_those_of_brute_force(tmp_path_factory: pytest.TempPathFactory, old: Any, new: Any) -> None:
    folder = tmp_path_factory.mktemp("diff")
    build(folder / "old", *old)
    build(folder / "new", *new)
    before, after = corpuskit.open(folder / "old"), corpuskit.open(folder / "new")
    found = diff(before, after, examples=100)
    assert found.counts == diff_counts(rows_of(before), rows_of(after))
    shown = Counter(str(change.kind) for change in found.records)
    assert all(shown[kind] == found.counts["records"][kind] for kind in KINDS["records"])
    assert len(found.moves) == found.counts["occurrences"]["remerged"]
    assert len(found.documents) == sum(found.counts["documents"][kind] for kind in KINDS["documents"])


def test_examples_tell_what_they_count(tmp_path: Path) -> None:
    build(
        tmp_path / "old",
        {1: "one", 2: "two", 3: "three", 4: "four", 5: "Five"},
        {1: 1, 2: 1, 3: 1, 4: 2, 5: 3, 6: 4, 7: 5, 8: 1},
        {1: "x", 2: "y"},
    )
    # 1 is now 6 with three of its four copies; 2 is gone; 8 moved from 1 (gone) to 3; 6 from 4 to 3, both standing.
    build(
        tmp_path / "new",
        {6: "one more", 3: "three", 4: "four", 5: "five", 7: "seven"},
        {1: 6, 2: 6, 3: 6, 5: 3, 6: 3, 7: 5, 8: 3, 9: 7, 10: 4},
        {1: "z", 3: "y"},
    )
    found = corpuskit.diff(corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new" / "manifest.json"))
    told = {(change.kind, change.old and change.old.text, change.new and change.new.text) for change in found.records}
    assert told == {
        ("added", None, "seven"),
        ("gone", "two", None),
        ("reworded", "one", "one more"),
        ("respelled", "Five", "five"),
    }
    (move,) = found.moves
    assert (move.path, move.line_start, move.old.text, move.new.text) == ("6.txt", 6, "four", "three")
    assert {(change.kind, change.path) for change in found.documents} == {
        ("added", "3.txt"),
        ("gone", "2.txt"),
        ("changed", "1.txt"),
    }
    assert json.loads(json.dumps(dataclasses.asdict(found)))["counts"] == found.counts


def test_half_of_the_occurrences_are_not_most(tmp_path: Path) -> None:
    build(tmp_path / "old", {1: "one"}, {1: 1, 2: 1}, {})
    build(tmp_path / "new", {2: "two", 3: "three"}, {1: 2, 2: 3}, {})
    found = diff(corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new"))
    assert found.counts["records"] == {"old": 1, "new": 2, "added": 2, "gone": 1, "reworded": 0, "respelled": 0}


def test_of_long_texts_the_place_where_they_differ_is_shown(tmp_path: Path) -> None:
    same = "word " * 50_000
    build(tmp_path / "old", {1: same + "before"}, {1: 1}, {})
    build(tmp_path / "new", {1: same + "after"}, {1: 1}, {})
    (change,) = diff(corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new")).records
    assert change.old is not None
    assert change.new is not None
    assert change.old.text.endswith(" before")
    assert change.new.text.endswith(" after")
    assert change.old.text_start == change.new.text_start > 200_000
    build(tmp_path / "new", {1: same + "after", 2: same * 2}, {1: 1, 2: 2}, {})
    added = diff(corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new")).records[0]
    assert added.new is not None
    assert len(added.new.text) == MAX_TEXT


# --- real builds ---

TEXT = "the parties shall report each year on what they did to keep systems of others from harm by their own"


def prose(seed: int, sentences: int = 3) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(TEXT.split(), k=12)).capitalize() + "." for _ in range(sentences))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two builds of thirty files: some removed, some edited, and a lower threshold."""
    folder = tmp_path_factory.mktemp("releases")
    raw = folder / "raw"
    raw.mkdir()
    for number in range(30):
        passages = [
            prose(number),
            prose(number % 5 + 100),
            prose(number % 3 + 200).replace("year", f"year{number % 7}"),
        ]
        (raw / f"{number:02}.txt").write_text("\n\n".join(passages))
    corpuskit.ingest(raw, folder / "old")
    for number in range(0, 30, 10):
        (raw / f"{number:02}.txt").unlink()
        edited = raw / f"{number + 1:02}.txt"
        edited.write_text(edited.read_text().replace("report", "inform others", 1) + "\n\nA new passage at the end.")
    corpuskit.ingest(raw, folder / "new", corpuskit.Settings(threshold="0.8", protect=()))  # type: ignore[arg-type]
    return folder / "old", folder / "new"


def test_two_releases_differ_as_brute_force_says(releases: tuple[Path, Path]) -> None:
    old, new = map(corpuskit.open, releases)
    found = diff(old, new)
    assert found.counts == diff_counts(rows_of(old), rows_of(new))
    assert found.counts["documents"] == {"old": 30, "new": 27, "added": 0, "gone": 3, "changed": 3}
    assert {change.name: (change.old, change.new) for change in found.settings} == {
        "threshold": (0.85, 0.8),
        "protect": (["numbers", "names", "negations"], []),
    }
    assert found.versions == found.columns == ()


def test_the_way_back_swaps_added_and_gone(releases: tuple[Path, Path]) -> None:
    old, new = map(corpuskit.open, releases)
    there, back = diff(old, new, examples=0).counts, diff(new, old, examples=0).counts
    for table, one, other in [("documents", "added", "gone"), ("occurrences", "added", "gone")]:
        assert (there[table][one], there[table][other]) == (back[table][other], back[table][one])
    assert there["records"]["respelled"] == back["records"]["respelled"]
    assert there["occurrences"]["remerged"] == back["occurrences"]["remerged"]


def test_a_build_does_not_differ_from_itself(releases: tuple[Path, Path]) -> None:
    old = corpuskit.open(releases[0])
    by_checksums = diff(old, old)
    assert by_checksums.n_changes == 0
    bare = {table: [{"path": entry["path"]} for entry in entries] for table, entries in old.manifest["tables"].items()}
    by_rows = diff(old, dataclasses.replace(old, manifest={**old.manifest, "tables": bare}))
    assert by_rows.counts == by_checksums.counts


def test_versions_and_columns_are_compared(releases: tuple[Path, Path], tmp_path: Path) -> None:
    old = corpuskit.open(releases[0])
    build(tmp_path / "new", {}, {}, {})
    found = diff(old, corpuskit.open(tmp_path / "new"))
    assert ("version", old.manifest["version"], None) in {dataclasses.astuple(change) for change in found.versions}
    assert "records.record_id" in {change.name for change in found.columns}
    assert found.counts["records"]["gone"] == old.records.count_rows()


def test_a_table_that_cannot_be_read_is_named(releases: tuple[Path, Path], tmp_path: Path) -> None:
    build(tmp_path / "new", {1: "one"}, {1: 1}, {})
    data = bytearray((tmp_path / "new" / "records.parquet").read_bytes())
    data[4:60] = bytes(56)
    (tmp_path / "new" / "records.parquet").write_bytes(data)
    with pytest.raises(corpuskit.CorpusError, match="cannot be compared"):
        diff(corpuskit.open(releases[0]), corpuskit.open(tmp_path / "new"))
    (tmp_path / "new" / "records.parquet").unlink()
    with pytest.raises(corpuskit.CorpusError, match="records cannot be read"):
        diff(corpuskit.open(releases[0]), corpuskit.open(tmp_path / "new"))


def test_what_is_no_id_is_refused(tmp_path: Path) -> None:
    build(tmp_path / "old", {1: "one"}, {1: 1}, {})
    build(tmp_path / "new", {1: "one"}, {1: 1}, {})
    table = pq.read_table(tmp_path / "new" / "occurrences.parquet")
    at = table.column_names.index("occurrence_id")
    pq.write_table(table.set_column(at, "occurrence_id", pa.array(["no id"])), tmp_path / "new" / "occurrences.parquet")
    with pytest.raises(corpuskit.CorpusError, match="cannot be compared"):
        diff(corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new"))
