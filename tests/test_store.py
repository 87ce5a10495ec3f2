"""What is written: row groups that depend on the rows alone, metadata, links, and nothing left of dead runs."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpuskit
from corpuskit import schema, store
from corpuskit.store import files


def documents(first: int, count: int) -> pa.Table:
    rows = [
        {
            "document_id": f"{number:032x}",
            "path": f"{number:09d}",
            "media_type": "text/plain",
            "extractor": "plain/1",
            "n_passages": 0,
            "flags": [],
        }
        for number in range(first, first + count)
    ]
    return pa.Table.from_pylist(rows, schema=schema.DOCUMENTS)


def write(folder: Path, sizes: list[int]) -> Path:
    folder.mkdir()
    with store.TableWriter(folder, "documents", {"build": "b"}) as writer:
        first = 0
        for size in sizes:
            writer.write(documents(first, size))
            first += size
    return folder / "documents.parquet"


def test_row_groups_do_not_depend_on_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.store.tables.ROW_GROUP_ROWS", 10)
    one = write(tmp_path / "one", [35])
    many = write(tmp_path / "many", [1, 0, 9, 3, 12, 10])
    assert one.read_bytes() == many.read_bytes()
    assert pq.read_metadata(one).num_row_groups == 4
    assert pq.read_table(one)["path"].to_pylist() == [f"{number:09d}" for number in range(35)]


def test_row_groups_are_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.store.tables.ROW_GROUP_BYTES", 1000)  # a row without text counts 100
    assert pq.read_metadata(write(tmp_path / "one", [35])).num_row_groups == 4


def test_each_file_tells_what_it_was_made_of(tmp_path: Path) -> None:
    file = write(tmp_path / "one", [2])
    assert pq.read_schema(file).metadata[b"corpuskit.build"] == b"b"
    assert pq.read_schema(file).equals(schema.DOCUMENTS)
    field = pq.read_schema(file).field("sha256")
    assert field.metadata[b"description"] == b"SHA-256 of the raw bytes, hex"


def test_published_files_are_links_to_the_build(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    result = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    for name in schema.PUBLISHED:
        build = tmp_path / "curated" / ".builds" / result.build / f"{name}.parquet"
        assert (tmp_path / "curated" / f"{name}.parquet").samefile(build)


def test_files_that_a_reader_has_open_stay_readable(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("The first text, which is here to be read.")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    with (tmp_path / "curated" / "records.parquet").open("rb") as handle:
        (tmp_path / "raw" / "a.txt").write_text("The second text, which takes the place of the first.")
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
        assert pq.read_table(handle)["text"].to_pylist() == ["The first text, which is here to be read."]
    texts = corpuskit.open(tmp_path / "curated").records.to_table()["text"].to_pylist()
    assert texts == ["The second text, which takes the place of the first."]


def test_what_dead_runs_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    dead = [tmp_path / ".corpuskit_cache" / "curated" / "run-dead", tmp_path / "curated" / ".builds" / ".staging-dead"]
    for folder in dead:
        folder.mkdir(parents=True)
        (folder / "half.parquet").write_bytes(b"PAR1")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert not any(folder.exists() for folder in dead)
    assert not corpuskit.check(tmp_path / "curated")


def test_a_build_that_the_manifest_names_is_never_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same build again, killed before the manifest is replaced, leaves the corpus as it is, even when damaged."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    records = corpuskit.open(tmp_path / "curated").files("records")[0]
    (tmp_path / "curated" / "records.parquet").unlink()
    records.write_bytes(b"PAR1 damaged")

    def killed(path: Path, _: bytes) -> None:
        if path.name == "manifest.json":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert corpuskit.open(tmp_path / "curated").files("records")[0] == records
    assert records.read_bytes() == b"PAR1 damaged"
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert corpuskit.open(tmp_path / "curated").files("records")[0] != records
    assert not corpuskit.check(tmp_path / "curated")


def test_what_a_run_that_died_after_the_commit_left_undone_is_done(tmp_path: Path) -> None:
    """Links, old builds and files aside are put right even by a run that publishes nothing."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    curated = tmp_path / "curated"
    (curated / "records.parquet").unlink()
    (curated / "links.parquet").unlink()
    (curated / "links.parquet").write_bytes(b"of an old build")
    (curated / ".builds" / "old").mkdir()
    (curated / ".manifest.json.new").write_bytes(b"{")
    assert not corpuskit.ingest(tmp_path / "raw", curated).published
    assert corpuskit.check(curated) == []
    assert len(list((curated / ".builds").iterdir())) == 1
    assert not list(curated.glob(".*.new"))


def test_other_corpora_beside_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / ".corpuskit_cache" / "other" / "run-at-work"
    other.mkdir(parents=True)
    with (
        store.writing(tmp_path / "curated"),
        store.open_cache(tmp_path / "curated") as cache,
        cache.scratch() as scratch,
    ):
        assert scratch.is_dir()
    assert other.exists()
    assert not scratch.exists()


def test_errors_of_the_system_are_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(corpuskit.WriteError, match=r"here: cannot write: No space left on device"),
        store.writing(tmp_path),
    ):
        raise OSError(28, "", "here")


def test_folders_of_the_user_are_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result may be named by "..": the cache is beside the folder itself."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    mine = tmp_path / "home" / "sub" / "run-mine"
    mine.mkdir(parents=True)
    monkeypatch.chdir(mine.parent)
    corpuskit.ingest("../../raw", "..")
    assert mine.is_dir()
    assert (tmp_path / "home" / "records.parquet").exists()


def test_a_result_whose_path_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    with pytest.raises(corpuskit.WriteError, match="not UTF-8"):
        corpuskit.ingest(tmp_path / "raw", tmp_path / os.fsdecode(b"out\xff"))


def test_a_raw_folder_whose_name_is_not_utf_8_is_found_again(tmp_path: Path) -> None:
    raw = tmp_path / os.fsdecode(b"raw\xff")
    raw.mkdir()
    (raw / "a.txt").write_text("Some text that is here to be read.")
    corpuskit.ingest(raw, tmp_path / "curated")
    assert corpuskit.open(tmp_path / "curated").raw.resolve() == raw
    assert not corpuskit.check(tmp_path / "curated")
