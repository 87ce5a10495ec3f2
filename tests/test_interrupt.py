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
    for number in range(40):
        (tmp_path / "raw" / f"{number}.txt").write_text(f"{number}\n\n{text.replace('a', str(number))}")
    call = [sys.executable, "-m", "corpuskit", "ingest", "raw", "curated", "--workers", workers]
    run = subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / ".corpuskit_cache").glob("*/run-*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, printed = run.communicate(timeout=30)
    assert time.monotonic() - sent < 15
    assert run.returncode == 130, printed
    assert printed.strip().splitlines()[-1].startswith("corpuskit: interrupted")
    assert not (tmp_path / "curated" / "manifest.json").exists()
    assert not list((tmp_path / ".corpuskit_cache").rglob("*.arrow"))
