"""What a run says that it changed is what `diff` says, whatever the builds; and it says so when it cannot tell."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpuskit
from corpuskit import buffers
from corpuskit.diffs import diff
from corpuskit.diffs.since import Build, count, words
from corpuskit.memory import Memory
from diffs.test_diffs import build, corpora, prose

KINDS = ("added", "gone", "reworded")


def at_hand(corpus: corpuskit.Corpus) -> Build:
    """A finished build as the arrays that a run has of it."""
    records = pq.read_table(corpus.files("records")[0], columns=["record_id"])["record_id"]
    occurrences = pq.read_table(corpus.files("occurrences")[0], columns=["occurrence_id", "record_id"])
    row = {record: number for number, record in enumerate(records.to_pylist())}
    of_passage = [row.get(record, -1) for record in occurrences["record_id"].to_pylist()]
    passages = words(buffers.one_chunk(occurrences["occurrence_id"]))
    return Build(words(buffers.one_chunk(records)), passages, np.array(of_passage, dtype=np.int64))


def told(found: Any) -> dict[str, int]:
    return {kind: getattr(found, kind) for kind in KINDS}


def by_diff(old: corpuskit.Corpus, new: corpuskit.Corpus) -> dict[str, int]:
    counts = diff(old, new, examples=0).counts["records"]
    return {kind: counts[kind] for kind in KINDS}


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=5))
def test_ids_are_read_as_they_are_written(ids: list[bytes]) -> None:
    expected = np.frombuffer(b"".join(ids), dtype=np.uint64).reshape(-1, 2)
    strings = buffers.hex_strings(expected)
    assert strings.to_pylist() == [digits.hex() for digits in ids]
    assert words(strings).tolist() == expected.tolist()
    assert words(strings.slice(1)).tolist() == expected[1:].tolist()


@settings(max_examples=60)
@given(corpora(), corpora(), st.booleans())
def test_counts_are_those_of_a_diff(tmp_path_factory: pytest.TempPathFactory, old: Any, new: Any, mapped: bool) -> None:
    folder = tmp_path_factory.mktemp("since")
    build(folder / "old", *old)
    build(folder / "new", *new)
    before, after = corpuskit.open(folder / "old"), corpuskit.open(folder / "new")
    memory = Memory(folder, 0 if mapped else 1 << 62)
    assert told(count(before, at_hand(after), memory)) == by_diff(before, after)


def test_a_record_reworded_twice_over_is_one_that_was_added(tmp_path: Path) -> None:
    """Two old records that became one new one are two rewordings, and none was added or is gone besides."""
    build(tmp_path / "old", {1: "one", 2: "two"}, {1: 1, 2: 2}, {})
    build(tmp_path / "new", {3: "three"}, {1: 3, 2: 3}, {})
    before, after = corpuskit.open(tmp_path / "old"), corpuskit.open(tmp_path / "new")
    assert told(count(before, at_hand(after))) == by_diff(before, after) == {"added": 0, "gone": 0, "reworded": 2}


# --- runs ---


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Twenty files, some with passages of others in other words, and the corpus that they make."""
    (tmp_path / "raw").mkdir()
    for name in range(20):
        write(tmp_path, name)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    return tmp_path


def write(home: Path, name: int) -> None:
    near = prose(name % 3 + 200).replace("year", f"year{'x' * (name % 7)}")
    text = "\n\n".join([prose(name), prose(name % 5 + 100), near])
    (home / "raw" / f"{name:02}.txt").write_text(text)


def test_runs_tell_what_diff_tells(home: Path) -> None:
    draw = random.Random(7)
    seen: dict[str, int] = dict.fromkeys(KINDS, 0)
    threshold = corpuskit.Settings().threshold
    for step in range(6):
        for name in draw.sample(range(30), 6):
            file = home / "raw" / f"{name:02}.txt"
            if file.exists():
                file.unlink()
            else:
                write(home, name)
        shutil.rmtree(home / "before", ignore_errors=True)
        shutil.copytree(home / "curated", home / "before")
        settings = corpuskit.Settings(threshold=threshold if step % 2 else "0.7", protect=())  # type: ignore[arg-type]
        result = corpuskit.ingest(home / "raw", home / "curated", settings)
        expected = by_diff(corpuskit.open(home / "before"), corpuskit.open(home / "curated"))
        assert result.since is not None
        assert told(result.since) == expected
        assert json.loads((home / "curated" / "run.json").read_text())["since"] == {**expected, "problem": ""}
        seen = {kind: seen[kind] + expected[kind] for kind in KINDS}
    assert all(seen.values())


def test_a_run_that_replaces_nothing_compares_nothing(home: Path) -> None:
    assert corpuskit.ingest(home / "raw", home / "curated").since is None
    assert corpuskit.ingest(home / "raw", home / "other").since is None


def test_the_manifest_does_not_depend_on_what_was_there(home: Path) -> None:
    write(home, 20)
    corpuskit.ingest(home / "raw", home / "curated")
    corpuskit.ingest(home / "raw", home / "fresh")
    manifests = [(home / name / "manifest.json").read_bytes() for name in ("curated", "fresh")]
    assert manifests[0] == manifests[1]


def flip(path: Path) -> None:
    """A bit in the middle of the ids of the first row group."""
    with pq.ParquetFile(path) as file:
        group = file.metadata.row_group(0)
        column = group.column(group.num_columns and file.schema_arrow.names.index("record_id"))
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(data)


def other_schema(curated: Path) -> None:
    manifest = json.loads((curated / "manifest.json").read_text())
    (curated / "manifest.json").write_text(json.dumps({**manifest, "schema_version": "99.0.0"}))


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "a bit flipped": lambda curated: flip(next(curated.glob(".builds/*/records.parquet"))),
    "cut short": lambda curated: next(curated.glob(".builds/*/records.parquet")).write_bytes(b"PAR1"),
    "a table gone": lambda curated: next(curated.glob(".builds/*/records.parquet")).unlink(),
    "other columns": lambda curated: pq.write_table(
        pq.read_table(next(curated.glob(".builds/*/records.parquet")), columns=["text"]),
        next(curated.glob(".builds/*/records.parquet")),
    ),
    "no manifest that can be read": lambda curated: (curated / "manifest.json").write_text("{"),
    "another schema version": other_schema,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corpus_that_cannot_be_compared_is_replaced(home: Path, damage: str) -> None:
    DAMAGE[damage](home / "curated")
    write(home, 20)
    result = corpuskit.ingest(home / "raw", home / "curated")
    assert result.published
    assert result.since is not None
    assert result.since.problem
    assert told(result.since) == dict.fromkeys(KINDS, 0)
    assert [finding.name for finding in corpuskit.check(home / "curated") if finding.severity == "error"] == []
