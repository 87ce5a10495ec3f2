"""One writer: who holds the lock is told, a dead one does not, and readers never look."""

import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import corpuskit
from corpuskit import store
from corpuskit.progress import Silent

HOLD = "import sys\nfrom pathlib import Path\nfrom corpuskit import store\nwith store.writing(Path(sys.argv[1])):\n"


def start(curated: Path, body: str) -> "subprocess.Popen[str]":
    """A process that holds the corpus and does something; it has the lock when this returns."""
    script = HOLD + f"    print('held', flush=True)\n    {body}\n"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(curated)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Some text that is here to be read.")
    return tmp_path / "raw"


def test_a_second_writer_is_told_who_the_first_is(raw: Path) -> None:
    curated = raw.parent / "curated"
    with start(curated, "sys.stdin.read()") as process:
        expected = rf"process {process.pid} on {platform.node()}, since 20\d\d-.*--wait"
        with pytest.raises(corpuskit.WriteError, match=expected) as error:
            corpuskit.ingest(raw, curated)
        assert "\n" not in str(error.value)
        process.communicate()
    assert corpuskit.ingest(raw, curated).records == 1
    assert not (curated / ".lock.json").exists()


def test_the_lock_of_a_dead_process_is_taken_over(raw: Path) -> None:
    curated = raw.parent / "curated"
    with start(curated, "sys.stdin.read()") as process:
        process.kill()
        process.wait()
        assert (curated / ".lock.json").exists()
        assert corpuskit.ingest(raw, curated).records == 1


def test_a_writer_may_wait_for_another_and_sees_what_came_meanwhile(raw: Path) -> None:
    curated = raw.parent / "curated"
    notes: list[str] = []

    class Notes(Silent):
        def note(self, message: str) -> None:
            notes.append(message)
            (raw / "b.txt").write_text("Another text, which came while the run was waiting.")
            threading.Timer(0.1, process.kill).start()

    with start(curated, "sys.stdin.read()") as process:
        result = corpuskit.ingest(raw, curated, wait=True, progress=Notes())
    assert result.documents == 2
    assert [str(process.pid) in note for note in notes] == [True]


def test_readers_do_not_wait_for_a_writer(raw: Path) -> None:
    curated = raw.parent / "curated"
    corpuskit.ingest(raw, curated)
    with start(curated, "sys.stdin.read()") as process:
        assert corpuskit.open(curated).records.count_rows() == 1
        assert corpuskit.check(curated) == []
        process.communicate()


def test_who_holds_it_is_said_as_far_as_it_is_known(tmp_path: Path) -> None:
    (tmp_path / ".lock.json").write_text('{"process": "x"}')
    with store.writing(tmp_path):
        (tmp_path / ".lock.json").write_text("{")
        with pytest.raises(corpuskit.WriteError, match=r"another run is writing to it; wait"), store.writing(tmp_path):
            raise AssertionError(os.getpid())
