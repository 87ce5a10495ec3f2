"""Other processes: workers that die or have no memory left, runs at the same time, readers while a run writes."""

import random
import resource
import time
from functools import partial
from pathlib import Path

from faults.kinds import Cases, Steps, recorded
from faults.running import HANGS, PATIENCE, Ended, Run, corpuskit
from faults.states import NOTHING, LostError
from faults.syscalls import WRITING, Call, Verdict
from faults.trial import FAILED, FINE, WAYS, Grounds, Outcome, Trial, Way

WORKERS = ("ingest", "--workers", "2")
WORK_SECONDS = 2.5
"""Workers live about so long."""


def workers_killed(grounds: Grounds, *, count: int) -> Cases:
    """kill -9 of one of two workers."""
    for number in range(count):
        yield f"{number}", partial(_kill_worker, grounds, number)


def _kill_worker(grounds: Grounds, number: int) -> Outcome:
    rng = random.Random(number)
    way = WAYS[number % 2]
    with grounds.trial("worker killed", f"{number}: {way}", way) as trial:
        run = Run(trial.folder, WORKERS)
        workers = _some_workers(run)
        run.sleep(rng.uniform(0, WORK_SECONDS))
        if workers and run.alive():
            Run.end(rng.choice(workers))
        return trial.judge(run.wait(), [FAILED, FINE])


def _some_workers(run: Run) -> list[int]:
    """The workers of a run, when they are there."""
    deadline = time.monotonic() + 30
    while run.alive() and not run.workers() and time.monotonic() < deadline:
        time.sleep(0.01)
    return run.workers()


def out_of_memory(grounds: Grounds, *, who: str, count: int) -> Cases:
    """A worker, or the run itself, may have only a little more memory than it has."""
    for number in range(count):
        yield f"{number}", partial(_out_of_memory, grounds, who, number)


def _out_of_memory(grounds: Grounds, who: str, number: int) -> Outcome:
    rng = random.Random(number)
    way = WAYS[number % 2]
    more = int(10 ** rng.uniform(4, 7.8))
    worker = who == "worker"
    with grounds.trial(f"{who} out of memory", f"{number}: {way}, {more} bytes", way) as trial:
        run = Run(trial.folder, WORKERS if worker else ("ingest",))
        chosen_ones = _some_workers(run) if worker else [run.process]
        run.sleep(rng.uniform(0.5, WORK_SECONDS) if worker else rng.uniform(0, 0.1))
        for process in chosen_ones[:1]:
            _limit_memory(process, more)
        # Libraries may give up at once, and Python wait for ever for a thread that had no memory to begin.
        codes = [FINE, FAILED] if worker else [FINE, FAILED, -6, -11, HANGS]
        return trial.judge(
            run.wait(PATIENCE if worker else PATIENCE / 6), codes, told="in the last line" if worker else "not"
        )


def _limit_memory(process: int, more: int) -> None:
    """Let a process have so many bytes more than it has."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + more
        resource.prlimit(process, resource.RLIMIT_AS, (size, size))
    except (OSError, IndexError):
        return  # it has ended


def two_at_once(grounds: Grounds, *, count: int) -> Cases:
    """While a run stands still at a step: a reader, a second run, and one that waits."""
    for way in WAYS[:2]:
        calls = recorded(grounds, way)
        held = [step for step, call in enumerate(calls, 1) if call.name != "write" and _locked(calls[: step - 1])]
        for number in range(count):
            step = held[number * len(held) // count]
            for manner in ("refused", "waits", "waits for one that is killed"):
                case = f"{way}, step {step}, {manner}"
                yield case, partial(_two, grounds, case, way, step, manner)


def _locked(calls: list[Call]) -> bool:
    """Whether these calls end with the lock held, and its holder told."""
    names = [call.name for call in calls if call.path.endswith("/.lock.json")]
    return any("rename" in name for name in names) and not any("unlink" in name for name in names)


def _two(grounds: Grounds, case: str, way: Way, step: int, manner: str) -> Outcome:
    with grounds.trial("two runs at once", case, way) as trial:
        first = Run(trial.folder, ["ingest"], held=WRITING)
        steps = Steps(trial.folder)
        found: list[str] = []
        others: list[Run] = []

        def decide(call: Call) -> Verdict:
            if steps.seen(call) != step:
                return 0
            try:
                _read(trial)
                others.append(_second(trial, first, manner))
            except LostError as error:
                found.append(str(error))
            if "killed" in manner:
                first.kill()
            return 0

        first.answer(decide)
        ended = first.wait()
        if not found and manner != "refused":
            ended = _waited(others[0], found)
        if found or not others:
            trial.lost = "; ".join(found) or "the first run ended before"
            return Outcome(trial.kind, case, "?", ended.code, "", trial.lost)
        return trial.judge(ended, [FINE], clean=[way.goal])


def _read(trial: Trial) -> None:
    """A reader sees the corpus whole, and at once."""
    state = trial.standing()
    if state == NOTHING:
        return
    checked = corpuskit(trial.folder, "check", "--raw", str(trial.grounds.raw(state)))
    if checked.code:
        raise LostError(f"a reader finds: {checked.printed} {checked.errors}")


def _second(trial: Trial, first: Run, manner: str) -> Run:
    second = Run(trial.folder, ["ingest", *(["--wait"] if manner != "refused" else [])])
    if manner == "refused":
        ended = second.wait()
        if ended.code != FAILED or f"process {first.process} " not in ended.errors:
            raise LostError(f"the second run ends with {ended.code}: {ended.errors}")
    elif not second.sleep(0.5):
        raise LostError(f"the second run does not wait: {second.wait().errors}")
    return second


def _waited(second: Run, found: list[str]) -> Ended:
    ended = second.wait()
    if "waiting" not in ended.errors:
        found.append(f"the second run does not say that it waits: {ended.errors}")
    return ended
