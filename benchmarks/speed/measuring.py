"""Run a command and say how long it took and how much memory it and all its descendants held at once.

Memory is sampled from /proc every 20 ms, over the whole tree of processes, as two sums: RSS, in which a page that two
processes share counts twice, and PSS, in which it counts once. Asking for PSS walks page tables (milliseconds for a
large process), so it is asked for so seldom that it costs at most a twentieth of the time; RSS is the surer peak.
"""

import json
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

INTERVAL: Final = 0.02
DEAR_SHARE: Final = 0.05
"""The share of the time that asking for PSS may take, and likewise `look`."""

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    """What a command took: seconds by the clock and of all processors, peak bytes of the tree (0 where /proc has none).

    `problem` is None when all went well, else what it said last, or that it was stopped; `output` is its stdout.
    """

    seconds: float
    cpu: float
    rss: int
    pss: int
    output: str
    problem: str | None

    def result(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.output)


def measure(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    cores: int | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float | None = None,
    look: Callable[[list[int]], None] | None = None,
) -> Measured:
    """Run a command on so many cores (None: all), stopped after `timeout` seconds.

    `look` is called with the ids of all processes, as often as PSS is asked for.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = _start(command, cores, cwd=cwd, env={**os.environ, **(environment or {})}, stdout=out, stderr=err)
        sampler = Sampler(process.pid, started + timeout if timeout else None, look)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.finish()
        problem = f"stopped after {timeout:.0f} s" if sampler.stopped else None
        if process.returncode and not problem:
            problem = (_read(err) or f"exit code {process.returncode}").splitlines()[-1][:200]
        cpu = max(usage.ru_utime + usage.ru_stime, sum(sampler.cpu.values()))
        return Measured(seconds, cpu, sampler.rss, sampler.pss, _read(out), problem)


def _start(command: Sequence[str | os.PathLike[str]], cores: int | None, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a command in a session of its own, bound to so many of our cores."""
    if cores is None or not hasattr(os, "sched_setaffinity"):
        return subprocess.Popen(command, start_new_session=True, **options)
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(ours)[:cores])  # children inherit it
    try:
        return subprocess.Popen(command, start_new_session=True, **options)
    finally:
        os.sched_setaffinity(0, ours)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


class Sampler(threading.Thread):
    """Keeps the peaks of a tree of processes until told to finish; kills the tree at `deadline` (perf_counter)."""

    def __init__(self, root: int, deadline: float | None, look: Callable[[list[int]], None] | None) -> None:
        super().__init__(daemon=True)
        self.rss = self.pss = 0
        self.cpu: dict[int, float] = {}
        self.stopped = False
        self._root, self._deadline, self._look = root, deadline, look
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until it is over."""
        pss_due = look_due = 0.0
        while not self._over.is_set():
            now = time.perf_counter()
            processes = tree(self._root)
            self.rss = max(self.rss, sum(map(rss, processes)))
            self.cpu.update((process, spent) for process in processes if (spent := cpu(process)))
            if now >= pss_due:
                self.pss = max(self.pss, sum(map(pss, processes)))
                pss_due = now + (time.perf_counter() - now) / DEAR_SHARE
            if self._look is not None and now >= look_due:
                begun = time.perf_counter()
                self._look(processes)
                look_due = begun + (time.perf_counter() - begun) / DEAR_SHARE
            if self._deadline is not None and now > self._deadline and not self.stopped:
                self.stopped = True
                for process in reversed(processes):
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
            self._over.wait(max(0.0, now + INTERVAL - time.perf_counter()))

    def finish(self) -> None:
        """End the thread."""
        self._over.set()
        self.join()


def tree(root: int) -> list[int]:
    """A process and all its descendants, parents first; empty where /proc does not tell."""
    found = [root]
    for process in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208 (50 times a second)
                with suppress(OSError), Path(f"/proc/{process}/task/{task}/children").open() as file:
                    found.extend(map(int, file.read().split()))
    return found


def cpu(process: int) -> float:
    """Seconds that a process itself has computed; 0 when it is gone. Those whom nobody waits for are in no usage."""
    try:
        with Path(f"/proc/{process}/stat").open() as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS
    except (OSError, ValueError):
        return 0.0


def rss(process: int) -> int:
    """Resident bytes of a process; 0 when it is gone."""
    try:
        with Path(f"/proc/{process}/statm").open() as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def pss(process: int, what: str = "Pss") -> int:
    """Resident bytes of a process, shared pages divided among those who share them; 0 when it is gone.

    `what` may be another line of smaps_rollup: `Anonymous` are the pages that are in no file.
    """
    try:
        with Path(f"/proc/{process}/smaps_rollup").open() as file:
            return next((int(line.split()[1]) << 10 for line in file if line.startswith(f"{what}:")), 0)
    except OSError:
        return 0


def interleaved(runs: int, tasks: Mapping[str, Callable[[], Measured]]) -> dict[str, list[Measured]]:
    """Each task in turn, so many times; one that fails is not tried again."""
    found: dict[str, list[Measured]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            if not any(done.problem for done in found[name]):
                found[name].append(task())
    return found


def failure(done: Sequence[Measured]) -> str | None:
    """What went wrong in the runs of one task."""
    return next((one.problem for one in done if one.problem), None)


def median(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """The median, and the least and the largest of several."""
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}–{max(values):.2f})"


def ratio(these: Sequence[float], those: Sequence[float]) -> str:
    """The median of the ratios, run by run."""
    return f"{median(one / two for one, two in zip(these, those, strict=False)):.2f}"


def megabytes(values: Iterable[int]) -> str:
    """The largest of several sizes in MB (10^6 bytes); a dash where none is known."""
    largest = max(values)
    return f"{largest / 1e6:,.0f}" if largest else "–"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield "| " + " | ".join(columns) + " |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join([*row, *[""] * (len(columns) - len(row))]) + " |"
