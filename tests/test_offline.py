"""No network at run time: every command runs where asking for a network socket is death, its workers included."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from corpuskit import cli
from no_network import UNAVAILABLE

GUARD = Path(__file__).with_name("no_network.py")
ROOT = Path(__file__).resolve().parent.parent

WATCH = """
import os, sys
def note(what):
    with open(os.environ["WATCHED"], "a") as log:
        log.write(what + "\\n")
def watch(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        note(f"{event} {arguments}")
        raise PermissionError("no network here")
sys.addaudithook(watch)
note("started " + " ".join(sys.orig_argv[1:]))
"""
"""A sitecustomize: notes what Python itself does with sockets, and which processes there were."""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "watched.log"


@pytest.fixture
def run(tmp_path: Path, log: Path) -> Run:
    """Runs a Python command line in a folder, guarded and watched."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "watch"), "WATCHED": str(log)}

    def call(*arguments: str, guarded: bool = True) -> subprocess.CompletedProcess[str]:
        guard: Sequence[str] = [sys.executable, str(GUARD)] if guarded else []
        done = subprocess.run(
            [*guard, sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        if done.returncode == UNAVAILABLE:
            pytest.skip("no seccomp filter here")
        return done

    return call


OPEN_SOCKET = (
    "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)",
    "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', "
    "'import ctypes; ctypes.CDLL(None).socket(10, 1, 0)']).returncode)",
)


@pytest.mark.parametrize("code", OPEN_SOCKET, ids=["itself", "a child"])
def test_the_guard_kills_whoever_opens_a_socket_and_nobody_else(run: Run, code: str) -> None:
    assert run("-c", "print('fine')").stdout == "fine\n"
    assert run("-c", "import ctypes; assert ctypes.CDLL(None).socket(1, 1, 0) >= 0").returncode == 0
    assert run("-c", code).returncode in (-signal.SIGSYS, 256 - signal.SIGSYS)


def test_the_watch_sees_sockets(run: Run, log: Path) -> None:
    assert "no network here" in run("-c", "import socket; socket.socket()", guarded=False).stderr
    assert "socket.__new__" in log.read_text()


def test_no_command_needs_the_network(run: Run, tmp_path: Path, log: Path) -> None:
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    for number in range(2_100):  # more than one job, so that there are workers
        (tmp_path / "raw" / f"{number}.txt").write_text(f"The text with number {number}, which is like no other one.\n")
    for arguments in (
        ["init"],
        ["ingest", "raw", "curated", "--workers", "2", "--contains"],
        ["ingest", "raw", "scaled", "--profile", "scale", "--unit", "line"],
        ["check", "curated"],
        ["check", "curated", "--json"],
        ["trace", "curated", "El Salvador has expressed views"],
        ["trace", "curated", "raw/7.txt:1", "--json"],
        *([name, "--help"] for name in cli.COMMANDS),
    ):
        done = run("-m", "corpuskit", *arguments)
        assert done.returncode == 0, done.stderr
    script = "import corpuskit; corpuskit.deduplicate(['a', 'b']); corpuskit.open('curated').records.to_table()"
    assert run("-c", script).returncode == 0
    assert run("-m", "corpuskit.warm").returncode == 0
    lines = log.read_text().splitlines()
    assert [line for line in lines if not line.startswith("started")] == []
    assert sum("corpuskit.workers" in line for line in lines) == 1  # one beside the process that was called
