"""Too little room: a file system that is full, and files that may not grow."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from faults import states
from faults.kinds import Cases
from faults.running import Run
from faults.trial import FAILED, FINE, WAYS, Grounds, Outcome, Way

TOLD_BYTES = 4096
"""Below so many bytes a file, what a run says is cut off, too."""


def can_mount() -> bool:
    """Whether small file systems can be had here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/proc/mounts").exists()


def full_disks(grounds: Grounds, *, count: int) -> Cases:
    """A file system of its own for the trial, from hardly larger than what is there to large enough."""
    for way in WAYS[:2]:
        there = sum(_blocks(file) for file in states.files(grounds.folder / "begun" / way.begun)) + (1 << 16)
        for number in range(count):
            size = there + 4096 * (2 + number * 160 // count)
            yield f"{way}, {number}", partial(_full_disk, grounds, f"{way}, {number}", way, size)


def _blocks(file: Path) -> int:
    return 0 if file.is_symlink() else -(-file.stat().st_size // 4096) * 4096


def _full_disk(grounds: Grounds, case: str, way: Way, size: int) -> Outcome:
    folder = grounds.folder / "trials" / "full-disk"
    with _mounted(folder, 1 << 28), grounds.trial("full disk", case, way) as trial:
        _resize(folder, size)
        ended = Run(trial.folder, ["ingest"]).wait()
        _resize(folder, 1 << 28)
        outcome = trial.judge(ended, [FINE, FAILED])
        trial.lost = None  # the folder cannot be kept
    return outcome


@contextmanager
def _mounted(folder: Path, size: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _resize(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)


def small_files(grounds: Grounds, *, count: int) -> Cases:
    """No file may grow beyond a number of bytes, from nearly none to all it takes."""
    for way in WAYS[:2]:
        for number in range(count):
            limit = int(64 * (40_000 / 64) ** (number / max(count - 1, 1)))
            case = f"{way}, files of {limit} bytes"
            yield case, partial(_small_file, grounds, case, way, limit)


def _small_file(grounds: Grounds, case: str, way: Way, limit: int) -> Outcome:
    with grounds.trial("limit of a file's size", case, way) as trial:
        run = Run(trial.folder, ["ingest"], limits={resource.RLIMIT_FSIZE: limit})
        return trial.judge(run.wait(), [FINE, FAILED], told="in a line" if limit >= TOLD_BYTES else "not")
