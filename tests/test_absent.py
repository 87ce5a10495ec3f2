"""A take-down can be shown: what only those files held is found wherever it is, and nothing else is reported."""

import shutil
from pathlib import Path

import pytest

import corpuskit
from corpuskit.checks.absent import Absence, check_absent
from corpuskit.settings import make

SHARED = "A passage that stands in more than one file, and so stays when one of them goes."
OWN = "A passage that only the file which is taken down ever held, and nobody else."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two files with their corpus, a copy of one of them outside, and page furniture and short lines in it."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(f"{SHARED}\n\nA text of the first file that is of no matter here.\n")
    (tmp_path / "raw" / "b.txt").write_text(f"{OWN}\n\n{SHARED.upper()}\n\nshort\n")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"min_chars": 10}))
    shutil.copy(tmp_path / "raw" / "b.txt", tmp_path / "copy.txt")
    return tmp_path


def look(home: Path) -> Absence:
    return check_absent(home / "curated", home / "copy.txt")


def places(found: Absence) -> set[str]:
    return {(finding.path or "").rpartition("/")[2] for finding in found.findings}


def take_down(home: Path) -> None:
    (home / "raw" / "b.txt").unlink()
    corpuskit.ingest(home / "raw", home / "curated", make({"min_chars": 10}))


def test_before_it_is_found_in_every_place(home: Path) -> None:
    found = look(home)
    tables = {"documents.parquet", "occurrences.parquet", "records.parquet"}
    assert places(found) == tables | {"documents.arrow", "passages.arrow", "contents.arrow", "index"}
    assert (found.files, found.passages, found.elsewhere) == (1, 3, 1)


def test_after_it_is_gone_and_what_others_hold_stays(home: Path) -> None:
    take_down(home)
    found = look(home)
    assert found.findings == []
    assert (found.files, found.passages, found.elsewhere) == (1, 3, 1)
    assert SHARED in corpuskit.open(home / "curated").records.to_table()["text"].to_pylist()


def test_a_folder_is_looked_for_as_its_files(home: Path) -> None:
    take_down(home)
    (home / "taken").mkdir()
    (home / "copy.txt").rename(home / "taken" / "any.name")
    (home / "taken" / "c.txt").write_text("A text of the first file that is of no matter here.\n\nNever seen anywhere.")
    found = check_absent(home / "curated", home / "taken")
    assert (found.files, found.passages, found.elsewhere, found.findings) == (2, 5, 2, [])


@pytest.mark.parametrize(
    ("kept", "place"),
    [
        ("curated/.builds", "curated/.builds/old"),
        ("curated/records.parquet", "curated/left.parquet"),
        (".corpuskit_cache/curated", ".corpuskit_cache/curated/run-dead"),
    ],
)
def test_what_is_left_anywhere_is_found(home: Path, kept: str, place: str) -> None:
    source = home / kept
    (shutil.copytree if source.is_dir() else shutil.copy)(source, home / "aside")
    take_down(home)
    (shutil.copytree if source.is_dir() else shutil.copy)(home / "aside", home / place)
    assert places(look(home))
    assert {finding.name for finding in look(home).findings} == {"absent"}
    (home / "raw" / "c.txt").write_text("Something new, so that there is a reason to run.")
    (home / "curated" / "left.parquet").unlink(missing_ok=True)  # a file of the user's for all that a run knows
    corpuskit.ingest(home / "raw", home / "curated", make({"min_chars": 10}))
    assert look(home).findings == []


def test_a_copy_under_another_name_is_found(home: Path) -> None:
    (home / "raw" / "b.txt").rename(home / "raw" / "z.txt")
    corpuskit.ingest(home / "raw", home / "curated", make({"min_chars": 10}))
    assert "documents.parquet" in places(look(home))


def test_near_copies_are_gone_with_the_file(home: Path) -> None:
    """The record's wording was the file's: it takes the next copy's, and the file's is nowhere."""
    near = OWN.replace("ever", "never")
    (home / "raw" / "c.txt").write_text(near)
    corpuskit.ingest(home / "raw", home / "curated", make({"min_chars": 10, "protect": []}))
    (home / "raw" / "b.txt").unlink()
    corpuskit.ingest(home / "raw", home / "curated", make({"min_chars": 10, "protect": []}))
    assert look(home).findings == []
    texts = corpuskit.open(home / "curated").records.to_table()["text"].to_pylist()
    assert near in texts
    assert OWN not in texts


def test_what_cannot_be_looked_into_is_a_finding(home: Path) -> None:
    take_down(home)
    (home / "curated" / "odd.parquet").write_bytes(b"PAR1")
    assert places(look(home)) == {"odd.parquet"}
    with pytest.raises(corpuskit.CorpusError, match="a copy of what was taken down is needed"):
        check_absent(home / "curated", home / "nothing")
