"""The cache: damage is found by checksum, named and made good, and what nothing refers to goes."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import corpuskit
import incremental_machine
from corpuskit import store
from corpuskit.progress import Silent
from corpuskit.schema import PUBLISHED
from corpuskit.settings import make

COMMON = [f"word{number}" for number in range(200)]


class Notes(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five files, of which two are in one shard and three in others, and their corpus."""
    monkeypatch.setattr("corpuskit.pipeline.JOB_FILES", 2)
    (tmp_path / "raw").mkdir()
    for name in "abcde":
        text = f"A text of some length that stands in the file {name}.\n\nA text that stands in every file there is.\n"
        (tmp_path / "raw" / f"{name}.txt").write_text(text)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    return tmp_path / "raw"


def same_as_fresh(raw: Path) -> bool:
    corpuskit.ingest(raw, raw.parent / "fresh")
    names = [f"{name}.parquet" for name in PUBLISHED]
    return all(
        (raw.parent / "fresh" / name).read_bytes() == (raw.parent / "curated" / name).read_bytes() for name in names
    )


def shards(raw: Path) -> list[Path]:
    home = raw.parent / ".corpuskit_cache" / "curated"
    return sorted(path for path in home.iterdir() if path.is_dir() and path.name != "apart")


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink])
@pytest.mark.parametrize("name", ["contents.arrow", "passages.arrow", "documents.arrow", "sketches.npy"])
def test_a_damaged_shard_is_named_and_made_again(raw: Path, name: str, damage: Callable[[Path], None]) -> None:
    shard = shards(raw)[0]
    damage(shard / name)
    (raw / "f.txt").write_text("A file that is new, so that there is something to do.")
    notes = Notes()
    result = corpuskit.ingest(raw, raw.parent / "curated", progress=notes)
    assert [str(shard) in note and name in note for note in notes.notes] == [True]
    assert result.reused == 3
    assert same_as_fresh(raw)


def test_a_shard_of_another_run_is_found_out(raw: Path) -> None:
    one, other = shards(raw)[:2]
    (one / "contents.arrow").write_bytes((other / "contents.arrow").read_bytes())
    (raw / "f.txt").write_text("A file that is new, so that there is something to do.")
    assert corpuskit.ingest(raw, raw.parent / "curated").reused == 3
    assert same_as_fresh(raw)


@pytest.mark.parametrize("damage", [truncate, flip, lambda file: file.write_bytes(b"")])
def test_a_damaged_index_is_named_and_every_file_read_again(raw: Path, damage: Callable[[Path], None]) -> None:
    index = raw.parent / ".corpuskit_cache" / "curated" / "index"
    damage(index)
    (raw / "f.txt").write_text("A file that is new, so that there is something to do.")
    notes = Notes()
    assert corpuskit.ingest(raw, raw.parent / "curated", progress=notes).read == 6
    assert [str(index) in note for note in notes.notes] == [True]
    assert same_as_fresh(raw)


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink, lambda file: file.write_bytes(b"")])
@pytest.mark.parametrize("name", ["hashes.npy", "about.json"])
def test_what_is_known_to_be_apart_is_named_when_damaged(raw: Path, name: str, damage: Callable[[Path], None]) -> None:
    apart = raw.parent / ".corpuskit_cache" / "curated" / "apart"
    damage(apart / name)
    (raw / "f.txt").write_text("A file that is new, so that there is something to do.")
    notes = Notes()
    corpuskit.ingest(raw, raw.parent / "curated", progress=notes)
    assert [str(apart) in note for note in notes.notes] == [True]
    assert same_as_fresh(raw)


def write_relative(raw: Path, name: int) -> None:
    own = random.Random(name)
    words = ["".join(own.choices("abcdefghij", k=6)) for _ in range(200)]
    (raw / f"{name}.txt").write_text(" ".join([*COMMON, *words]) + ".\n")


@pytest.fixture
def relatives(tmp_path: Path) -> Path:
    """Six files that have half of their words in common: they share buckets, and do not match."""
    (tmp_path / "raw").mkdir()
    for name in range(6):
        write_relative(tmp_path / "raw", name)
    assert corpuskit.ingest(tmp_path / "raw", tmp_path / "curated").records == 6
    return tmp_path / "raw"


def test_what_is_known_to_be_apart_holds_for_one_threshold(relatives: Path) -> None:
    settings = make({"threshold": 0.5})
    (relatives / "new.txt").write_text("A file that is new.")
    assert corpuskit.ingest(relatives, relatives.parent / "curated", settings).near
    corpuskit.ingest(relatives, relatives.parent / "fresh", settings)
    for name in PUBLISHED:
        fresh, again = (relatives.parent / place / f"{name}.parquet" for place in ("fresh", "curated"))
        assert fresh.read_bytes() == again.read_bytes()


def test_what_is_known_to_be_apart_goes_with_its_text(relatives: Path) -> None:
    def known() -> int:
        return len(np.load(relatives.parent / ".corpuskit_cache" / "curated" / "apart" / "hashes.npy"))

    assert known() == 6
    (relatives / "0.txt").unlink()
    corpuskit.ingest(relatives, relatives.parent / "curated")
    assert known() == 5


def test_what_is_known_to_be_apart_is_not_compared_again(relatives: Path) -> None:
    write_relative(relatives, 6)
    again = corpuskit.ingest(relatives, relatives.parent / "curated")
    fresh = corpuskit.ingest(relatives, relatives.parent / "fresh")
    assert 0 < again.compared["candidate_pairs"] < fresh.compared["candidate_pairs"]
    assert same_as_fresh(relatives)


def test_what_the_index_does_not_name_goes(raw: Path) -> None:
    left = raw.parent / ".corpuskit_cache" / "curated" / "left-of-a-dead-run"
    left.mkdir()
    (left / "passages.arrow").write_bytes(b"text")
    (raw / "a.txt").unlink()
    corpuskit.ingest(raw, raw.parent / "curated")
    assert not left.exists()
    assert "left" not in str(shards(raw))


def test_a_run_with_nothing_to_do_removes_what_dead_runs_left(raw: Path) -> None:
    home = raw.parent / ".corpuskit_cache" / "curated"
    for name in ("run-dead", "renamed-before-the-index"):
        (home / name).mkdir()
        (home / name / "passages.arrow").write_bytes(b"text")
    before = set(shards(raw)) - {home / "run-dead", home / "renamed-before-the-index"}
    assert not corpuskit.ingest(raw, raw.parent / "curated").published
    assert set(shards(raw)) == before


@pytest.mark.parametrize("place", ["raw/cache", "curated/.cache", "raw"])
def test_a_cache_inside_the_folders_is_refused(raw: Path, place: str) -> None:
    with pytest.raises(corpuskit.RawError, match="needs a place of its own"):
        corpuskit.ingest(raw, raw.parent / "curated", make({"cache": str(raw.parent / place)}))


def test_a_run_that_failed_later_has_kept_what_it_read(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (raw / "f.txt").write_text("A file that is new, so that there is something to do.")

    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("corpuskit.pipeline.resolve", fails)
        with pytest.raises(MemoryError):
            corpuskit.ingest(raw, raw.parent / "curated")
    result = corpuskit.ingest(raw, raw.parent / "curated")
    assert (result.read, result.published) == (0, True)
    assert same_as_fresh(raw)


def test_text_that_was_taken_down_is_in_no_byte_of_the_cache(raw: Path) -> None:
    cache = raw.parent / ".corpuskit_cache" / "curated"
    words = b"stands in the file c"

    def holds() -> bool:
        return any(words in file.read_bytes() for file in cache.rglob("*") if file.is_file())

    assert holds()
    (raw / "c.txt").unlink()
    corpuskit.ingest(raw, raw.parent / "curated")
    assert not holds()


def test_the_place_is_a_setting_and_corpora_of_one_name_do_not_meet(raw: Path) -> None:
    place = raw.parent / "elsewhere"
    settings = make({"cache": str(place)})
    for home in ("one", "two"):
        result = corpuskit.ingest(raw, raw.parent / home / "curated", settings)
        assert result.read == 5
        assert not corpuskit.ingest(raw, raw.parent / home / "curated", settings).published
        assert not (raw.parent / home / ".corpuskit_cache").exists()
    assert len([path for path in place.iterdir() if path.is_dir()]) == 2
    assert (place / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_an_emptied_cache_changes_nothing_but_the_time(raw: Path) -> None:
    files, size = store.clean(raw.parent / "curated")
    assert files > 6
    assert size > 1000
    assert not (raw.parent / ".corpuskit_cache").exists()
    read = incremental_machine.reading(lambda: corpuskit.ingest(raw, raw.parent / "curated"))
    assert len(read) == 5
    assert same_as_fresh(raw)
