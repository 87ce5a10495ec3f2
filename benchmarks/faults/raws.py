"""Raw files that change while they are read: each is a problem row, or the old or the new state, never a mixture."""

import hashlib
import itertools
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from faults import states
from faults.kinds import Cases
from faults.running import Run, corpuskit
from faults.states import FIRST, SECOND, LostError
from faults.syscalls import READING, Call, Verdict
from faults.trial import FINE, Grounds, Outcome, Trial, Way

WAY: Final = Way(FIRST, SECOND)
FILES: Final = ("c/long.md", "e/added.txt", "a/speech-1.txt")
"""One that the last run read, one that is new, and one that has changed since."""


def _grow(file: Path) -> None:
    with file.open("ab") as handle:
        handle.write(b"\n\nWhat was added at the end while somebody was reading this, and nobody knew.\n")


def _shrink(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _rewrite(file: Path) -> None:
    content = file.read_bytes()
    with file.open("r+b") as handle:
        handle.write(content.replace(b"the", b"one").replace(b"of", b"in"))


def _rewrite_with_old_times(file: Path) -> None:
    facts = file.stat()
    _rewrite(file)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _replace(file: Path) -> None:
    new = file.with_name(".new")
    new.write_bytes(b"Another text altogether took the place of what was here before it was read.\n" * 3)
    new.replace(file)


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _vanish(file: Path) -> None:
    file.unlink()


def _become_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _become_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/passwd")


CHANGES: Final[dict[str, Callable[[Path], None]]] = {
    "grows": _grow,
    "shrinks": _shrink,
    "is emptied": _empty,
    "is rewritten in place": _rewrite,
    "is rewritten, with its old time": _rewrite_with_old_times,
    "is replaced": _replace,
    "vanishes": _vanish,
    "becomes a folder": _become_folder,
    "becomes a link": _become_link,
}


def all_changes(grounds: Grounds) -> Cases:
    """Each change of each file, just before each of the calls by which it is looked at and read."""
    calls = {path: _calls(grounds, path) for path in FILES}
    for path, change in itertools.product(FILES, CHANGES):
        for call in range(1, calls[path] + 1):
            case = f"{path} {change} before call {call}"
            yield case, partial(_change, grounds, case, path, change, call)


def _calls(grounds: Grounds, path: str) -> int:
    """How many calls read a file that nothing happens to."""
    seen: list[str] = []
    with grounds.trial("recording", path, WAY) as trial:
        _own_raw(trial)
        _watched(trial, path, lambda _, call: seen.append(call.name))
    return len(seen)


def _own_raw(trial: Trial) -> None:
    """Give a trial raw files of its own, which may change."""
    (trial.folder / "raw").unlink()
    shutil.copytree(trial.grounds.raw(trial.way.goal), trial.folder / "raw", copy_function=shutil.copy2)


def _watched(trial: Trial, path: str, at: Callable[[int, Call], object]) -> Run:
    """Run, and call `at` with the number of each call on the file."""
    file = str(trial.folder / "raw" / path)
    run = Run(trial.folder, ["ingest"], held=READING)
    count = 0

    def decide(call: Call) -> Verdict:
        nonlocal count
        if call.path == file:
            count += 1
            at(count, call)
        return 0

    run.answer(decide)
    trial.ended = run.wait()
    return run


def _change(grounds: Grounds, case: str, path: str, change: str, number: int) -> Outcome:
    with grounds.trial("raw file that changes", case, WAY) as trial:
        _own_raw(trial)
        file = trial.folder / "raw" / path
        old = file.read_bytes()
        _watched(trial, path, lambda count, _: count == number and CHANGES[change](file))
        stood = "?"
        try:
            stood = _judged(trial, path, old)
        except LostError as error:
            trial.lost = str(error)
        return Outcome(trial.kind, case, stood, trial.ended.code, "", trial.lost, not trial.lost)


def _judged(trial: Trial, path: str, old: bytes) -> str:
    """Whether the document is a problem row ("problem"), the `old` state or the "new" one, and all else is right."""
    if trial.ended.code != FINE:
        raise LostError(f"the run ends with {trial.ended.code}: {trial.ended.errors}")
    file = trial.folder / "raw" / path
    new = file.read_bytes() if file.is_file() and not file.is_symlink() else None
    documents = pq.read_table(trial.curated / "documents.parquet", columns=["path", "sha256", "problem", "n_passages"])
    row = next((row for row in documents.to_pylist() if row["path"] == path), None)
    if row is None or (row["problem"] and not row["n_passages"] and not row["sha256"]):
        stood = "problem" if row else "not there"
        if row is None and new is not None:
            raise LostError("the file has no row")
    elif row["sha256"] == hashlib.sha256(old).hexdigest():
        stood = "old"
    elif new is not None and row["sha256"] == hashlib.sha256(new).hexdigest():
        stood = "new"
    else:
        raise LostError(f"the document is a mixture: {row}")
    _check(trial, path, old, stood)
    _next(trial)
    return stood


def _check(trial: Trial, path: str, old: bytes, stood: str) -> None:
    """Check against the raw files as they were read."""
    raw = trial.folder / "raw"
    if stood == "old":
        raw = trial.folder.with_name("raw-as-read")
        shutil.rmtree(raw, ignore_errors=True)
        shutil.copytree(trial.grounds.raw(trial.way.goal), raw)
        (raw / path).write_bytes(old)
    checked = corpuskit(trial.folder, "check", "--raw", str(raw))
    if checked.code:
        raise LostError(f"check finds: {checked.printed} {checked.errors}")


def _next(trial: Trial) -> None:
    """The next run, and a fresh one of the files as they are now."""
    for curated in ("curated", "fresh"):
        following = corpuskit(trial.folder, "ingest", "raw", curated)
        if following.code:
            raise LostError(f"the next run ends with {following.code}: {following.errors}")
    if states.read(trial.curated) != states.read(trial.folder / "fresh"):
        raise LostError("the next run's result is not that of a fresh run")
