"""Ctrl-C ends a run at once, also inside compiled code, and leaves nothing behind."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpuskit.interrupt import interruptible


def test_results_and_errors_come_through() -> None:
    assert interruptible(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_the_run_and_its_workers(tmp_path: Path, workers: str) -> None:
    (tmp_path / "raw").mkdir()
    rng = random.Random(5)
    text = "\n\n".join(" ".join(f"{rng.randrange(10**6):x}" for _ in range(60)) for _ in range(2_000))
    for number in range(120):  # reading goes on for seconds, also on a fast machine
        (tmp_path / "raw" / f"{number}.txt").write_text(f"{number}\n\n{text.replace('a', str(number))}")
    call = [sys.executable, "-m", "corpuskit", "ingest", "raw", "curated", "--workers", workers]
    run = subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / ".corpuskit_cache").glob("*/run-*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, printed = run.communicate(timeout=30)
    assert time.monotonic() - sent < 15
    assert run.returncode == 130, printed
    assert printed.strip().splitlines()[-1].startswith("corpuskit: interrupted")
    assert not (tmp_path / "curated" / "manifest.json").exists()
    assert not list((tmp_path / ".corpuskit_cache").rglob("*.arrow"))


def test_a_thread_that_never_begins_ends_the_process() -> None:
    """As where no memory is left for a thread's first steps: `start` waits for ever then."""
    lines = [
        "import threading",
        "from corpuskit.interrupt import end_when_stuck",
        "end_when_stuck(looks=3, seconds=0.05)",
        "threading.Thread(target=print).start()",
        "threading.Thread._bootstrap = lambda self: None",
        "threading.Thread(target=print, daemon=True).start()",
    ]
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "\n")
    assert ended.stderr.startswith("corpuskit: out of memory: a thread could not begin")


def test_threads_that_work_or_have_ended_end_nothing() -> None:
    lines = [
        "import threading, time",
        "from corpuskit.interrupt import end_when_stuck",
        "end_when_stuck(looks=2, seconds=0.01)",
        "idle = threading.Thread(target=time.sleep, args=(0.5,))",
        "idle.start()",
        "never_begun = threading.Thread(target=print)",
        "idle.join()",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], timeout=60, check=True)
