"""Incremental equals fresh; and no file is read again that need not be, or taken as read that should be."""

import os
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

import corpuskit
from corpuskit import runs
from corpuskit.incremental import INDEX, CachedShard, Hashes, Index, Piece, Plan, cut, job, plan
from corpuskit.raw import INVENTORY, Inventory
from corpuskit.settings import Settings, make
from incremental_machine import Incremental, reading

OLD = 10**18


def test_incremental_equals_fresh_for_any_sequence() -> None:
    run_state_machine_as_test(
        Incremental,
        settings=settings(
            max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def inventory(files: dict[str, tuple[int, ...]]) -> Inventory:
    """Of path to size and, where given, mtime, ctime and inode."""
    rows = [
        dict(zip(INVENTORY.names, (path, *facts, *(OLD, OLD, 1)[len(facts) - 1 :]), strict=True))
        for path, facts in sorted(files.items())
    ]
    return Inventory(pa.Table.from_pylist(rows, schema=INVENTORY), {}, ())


def index(shards: list[dict[str, tuple[int, ...]]], scanned_ns: int = 2 * OLD) -> Index:
    """Of files whose hashes are "hash of PATH"."""
    tables = [inventory(files).files for files in shards]
    files = pa.concat_tables(tables)
    hashes = [f"hash of {path}" for path in files["path"].to_pylist()]
    table = pa.table([*files.columns, pa.array(hashes), pa.nulls(len(files), pa.string())], schema=INDEX)
    named = tuple(CachedShard(f"s{at}", len(table), {}) for at, table in enumerate(tables))
    return Index(table, named, "", "", scanned_ns, (), "")


def unasked(_: pa.Table) -> Hashes:
    raise AssertionError("nothing needs hashing")


def sources(found: Plan) -> dict[str, int]:
    return dict(zip(found.files["path"].to_pylist(), found.source.tolist(), strict=True))


def test_a_file_that_looks_as_it_was_is_not_hashed() -> None:
    found = plan(inventory({"a": (3,), "b": (4,)}), index([{"a": (3,), "b": (4,)}]), unasked)
    assert sources(found) == {"a": 0, "b": 1}
    assert found.unchanged


@pytest.mark.parametrize("facts", [(3, OLD + 1, OLD, 1), (3, OLD, OLD + 1, 1), (3, OLD, OLD, 2)])
@pytest.mark.parametrize("same", [True, False])
def test_a_file_that_does_not_is_what_its_hash_says(facts: tuple[int, ...], same: bool) -> None:
    found = plan(
        inventory({"a": facts}),
        index([{"a": (3,)}]),
        lambda files: [("hash of a" if same else "other", None)] * len(files),
    )
    assert sources(found) == {"a": 0 if same else -1}
    assert (found.unchanged, found.hashed) == (same, 1)


@pytest.mark.parametrize(("before", "hashed"), [(2_000_000_001, 0), (2_000_000_000, 1), (1, 1), (-5, 1)])
def test_a_file_touched_within_two_seconds_of_the_last_scan_is_hashed(before: int, hashed: int) -> None:
    known = index([{"a": (3,)}], scanned_ns=OLD + before)
    found = plan(inventory({"a": (3,)}), known, lambda files: [("hash of a", None)] * len(files))
    assert (found.hashed, found.unchanged) == (hashed, True)


def test_all_are_hashed_where_times_and_inodes_are_not_to_be_trusted() -> None:
    found = plan(
        inventory({"a": (3,), "b": (4,)}),
        index([{"a": (3,), "b": (4,)}]),
        lambda files: [(f"hash of {path}", None) for path in files["path"].to_pylist()],
        trusting=False,
    )
    assert (found.hashed, found.unchanged) == (2, True)


def test_a_renamed_file_is_found_by_its_hash_and_a_new_size_is_not_looked_for() -> None:
    found = plan(
        inventory({"b": (3,), "c": (5,)}), index([{"a": (3,)}]), lambda files: [("hash of a", None)] * len(files)
    )
    assert sources(found) == {"b": 0, "c": -1}
    assert (found.hashed, found.gone, found.reused) == (1, 1, 1)
    assert not found.unchanged


def shapes() -> st.SearchStrategy[tuple[list[dict[str, tuple[int, ...]]], dict[str, tuple[int, ...]]]]:
    """Shards of some of 40 paths, and what is there now."""
    paths = [f"{number:02d}" for number in range(40)]
    return st.tuples(
        st.lists(st.sets(st.sampled_from(paths), min_size=1), min_size=1, max_size=6), st.sets(st.sampled_from(paths))
    ).map(lambda drawn: _shapes(*drawn))


def _shapes(
    drawn: list[set[str]], now: set[str]
) -> tuple[list[dict[str, tuple[int, ...]]], dict[str, tuple[int, ...]]]:
    known = sorted(set().union(*drawn))
    sizes = [len(each) for each in drawn]
    shards: list[dict[str, tuple[int, ...]]] = []
    start = 0
    for size in sizes:
        if known[start : start + size]:
            shards.append({path: (int(path),) for path in known[start : start + size]})
        start += size
    return shards, {path: (int(path),) for path in now}


@given(shapes())
def test_every_file_is_in_one_shard_in_path_order_and_untouched_shards_stay(
    drawn: tuple[list[dict[str, tuple[int, ...]]], dict[str, tuple[int, ...]]],
) -> None:
    shards, now = drawn
    known = index(shards)
    found = plan(inventory(now), known, lambda files: [(None, "no")] * len(files))
    pieces = cut(found, known, max_bytes=100, max_files=4)
    assert [0, *(piece.stop for piece in pieces)] == [*(piece.start for piece in pieces), len(now)]
    by_name = {f"s{at}": sorted(files) for at, files in enumerate(shards)}
    paths = found.files["path"].to_pylist()
    for piece in pieces:
        if piece.shard:
            assert paths[piece.start : piece.stop] == by_name[piece.shard]
            continue
        size = sum(int(path) for path in paths[piece.start : piece.stop])
        assert piece.stop - piece.start <= 6
        assert size <= 150 or piece.stop - piece.start == 1
        for row in job(found, known, piece).to_pylist():
            assert row["shard"] is None or by_name[row["shard"]][row["row"]] == row["path"]
            assert (row["shard"] is None) == (row["path"] not in set().union(*by_name.values()))


def test_small_shards_do_not_heap_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.pipeline.JOB_FILES", 8)
    (tmp_path / "raw").mkdir()
    for number in range(40):
        (tmp_path / "raw" / f"{number:03d}.txt").write_text(f"Text number {number}.")
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    home = tmp_path / ".corpuskit_cache" / "curated"
    shards = [path for path in home.iterdir() if path.is_dir() and path.name != "apart"]
    assert 5 <= len(shards) <= 14


def test_a_fresh_plan_is_cut_as_batches_are() -> None:
    found = plan(inventory({f"{number}": (3,) for number in range(5)}), None, unasked)
    assert cut(found, None, max_bytes=6, max_files=9) == [Piece(0, 2, None), Piece(2, 4, None), Piece(4, 5, None)]
    assert not found.unchanged


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    for name in "abc":
        (tmp_path / "raw" / f"{name}.txt").write_text(f"A text of some length that stands in the file {name}.")
        os.utime(tmp_path / "raw" / f"{name}.txt", (1, 1))
    return tmp_path / "raw"


def test_only_new_and_changed_files_are_read(raw: Path) -> None:
    curated = raw.parent / "curated"
    assert reading(lambda: corpuskit.ingest(raw, curated)) == ["a.txt", "b.txt", "c.txt"]
    (raw / "b.txt").write_text("Another text now, in the file b.")
    (raw / "d.txt").write_text("A file that was not there before.")
    (raw / "c.txt").rename(raw / "e.txt")
    (raw / "a.txt").unlink()
    read = reading(lambda: corpuskit.ingest(raw, curated))
    assert read == ["b.txt", "d.txt"]
    assert reading(lambda: corpuskit.ingest(raw, curated, make({"threshold": "0.7", "canonical": "longest"}))) == []
    assert len(reading(lambda: corpuskit.ingest(raw, curated, make({"min_chars": 3})))) == 3


def test_a_run_with_nothing_to_do_loads_no_compiled_code_and_writes_nothing(raw: Path) -> None:
    import subprocess
    import sys

    command = (
        "import sys, corpuskit; r = corpuskit.ingest('raw', 'curated'); print(r.published, 'numba' in sys.modules)"
    )

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", command], cwd=raw.parent, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run() == "True True\n"
    time.sleep(0.01)
    before = {path: path.lstat().st_mtime_ns for path in (raw.parent / "curated").rglob("*") if path.is_file()}
    assert run() == "False False\n"
    after = {path: path.lstat().st_mtime_ns for path in (raw.parent / "curated").rglob("*") if path.is_file()}
    assert before == after


def test_a_file_that_cannot_be_read_is_tried_again_and_changes_nothing(raw: Path) -> None:
    (raw / "f.txt").write_text("A text that can be read sometimes.")
    curated = raw.parent / "curated"
    limit = make({"max_document_bytes": 20})
    first = corpuskit.ingest(raw, curated, limit)
    assert first.problems == 4
    again = corpuskit.ingest(raw, curated, limit)
    assert (again.published, again.problems, again.read) == (False, 4, 0)


def test_a_forecast_says_what_the_run_then_does(raw: Path) -> None:
    curated = raw.parent / "curated"
    for change in (
        lambda: None,
        lambda: None,
        lambda: (raw / "b.txt").unlink(),
        lambda: (raw / "a.txt").rename(raw / "x.txt"),
        lambda: (raw / "y.txt").write_text("A file that was not there before."),
    ):
        change()
        before = sorted(raw.parent.rglob("*"))
        foreseen = runs.forecast(raw, curated)
        assert sorted(raw.parent.rglob("*")) == before
        done = corpuskit.ingest(raw, curated)
        assert (foreseen.read, foreseen.reused, foreseen.gone) == (done.read, done.reused, done.gone)
        assert foreseen.publishes == done.published


def test_the_key_of_the_cache_has_every_setting_that_a_file_by_itself_depends_on() -> None:
    """Preparing asks for settings of the key alone."""
    from corpuskit.prepare import prepare
    from corpuskit.raw import failed

    asked: set[str] = set()

    class Watched:
        def __getattr__(self, name: str) -> object:
            asked.add(name)
            return getattr(Settings(), name)

    prepare(failed([("a.txt", "unreadable: no")]), Watched())  # type: ignore[arg-type]
    key = set(Settings().of_documents()) | {"permutations"}  # bands times rows
    assert asked <= key
    assert "unit" in asked


def test_hashes_of_files_are_those_of_their_documents(raw: Path) -> None:
    from corpuskit.raw import hash_files, scan

    found = scan(raw, include=["*.txt"], ignore=[]).files
    corpuskit.ingest(raw, raw.parent / "curated")
    documents = corpuskit.open(raw.parent / "curated").documents.to_table(columns=["sha256"])
    hashes = hash_files(raw, found, max_document_bytes=1000)
    assert hashes == [(sha256, None) for sha256 in documents["sha256"].to_pylist()]
    refused = hash_files(raw, found, max_document_bytes=3)
    assert [str(problem).partition(":")[0] for _, problem in refused] == ["too_large"] * 3
