"""The kinds of faults: each lists its cases, and tries one of them.

A case is a few words that say everything: trying it again tries the same fault, as far as instants can be the same.
"""

import errno
import random
import signal
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from faults import syscalls
from faults.running import Run, corpuskit
from faults.syscalls import WRITING, Call, Verdict
from faults.trial import FAILED, FINE, INTERRUPTED, KILLED, WAYS, Grounds, Outcome, Way

Case = Callable[[], Outcome]
Cases = Iterator[tuple[str, Case]]

OURS: Final = ("/curated", "/.corpuskit_cache")
"""The folders of a trial that runs write to."""

_NEEDS_ROOM: Final = frozenset(
    {"open", "openat", "write", "pwrite64", "writev", "mkdir", "mkdirat", "link", "linkat", "fallocate"}
    | {"ftruncate", "sendfile", "copy_file_range", "symlink", "symlinkat"}
)
_NEEDS_LEAVE: Final = frozenset(
    {"open", "openat", "mkdir", "mkdirat", "link", "linkat", "unlink", "unlinkat", "rename", "renameat", "renameat2"}
    | {"rmdir", "chmod", "fchmod", "fchmodat", "truncate", "symlink", "symlinkat"}
)
ERRORS: Final = {
    errno.ENOSPC: (_NEEDS_ROOM, True),
    errno.EIO: (WRITING, False),
    errno.EACCES: (_NEEDS_LEAVE, False),
    errno.EROFS: (WRITING - {"write", "pwrite64", "writev", "fsync", "fdatasync"}, True),
}
"""For each error: the calls that it strikes, and whether it strikes all that follow, too."""


class Steps:
    """Counts the calls of a run by which it changes its folders, and has one of them decided otherwise."""

    def __init__(self, folder: Path, names: Collection[str] = WRITING) -> None:
        self._inside = tuple(str(folder) + part for part in OURS)
        self._names = names
        self.calls: list[Call] = []

    def seen(self, call: Call) -> int:
        """Which call it is, from 1; 0 for one that is not counted."""
        if call.name not in self._names or not (call.path.startswith(self._inside)):
            return 0
        self.calls.append(call)
        return len(self.calls)


def recorded(grounds: Grounds, way: Way, *arguments: str) -> list[Call]:
    """The calls by which a run that nothing happens to changes its folders."""
    with grounds.trial("recording", str(way), way) as trial:
        steps = Steps(trial.folder)
        run = Run(trial.folder, ["ingest", *arguments], held=WRITING)
        run.answer(lambda call: steps.seen(call) * 0)
        trial.judge(run.wait(), [FINE])
        if trial.lost:
            raise SystemExit(f"without faults: {trial.lost}")
    return steps.calls


def chosen(calls: list[Call], names: Collection[str], every: int) -> list[int]:
    """Which calls to strike, from 1: all but writes, each file's first and last write, and of the others each n-th."""
    ours = [call for call in calls if call.name in names]
    found = []
    for at, call in enumerate(ours):
        before, after = (ours[other] if 0 <= other < len(ours) else None for other in (at - 1, at + 1))
        edge = any(other is None or (other.name, other.path) != (call.name, call.path) for other in (before, after))
        if call.name not in ("write", "pwrite64") or edge or not at % every:
            found.append(at + 1)
    return found


def killed_at_steps(grounds: Grounds, *, every: int) -> Cases:
    """kill -9 just before each call that changes something, and in the middle of writes."""
    for way in WAYS:
        calls = recorded(grounds, way)
        for step in chosen(calls, WRITING, every):
            yield f"{way}, step {step}", partial(kill_at, grounds, way, step, half=False)
            if way == WAYS[0] and calls[step - 1].size > 1:
                yield f"{way}, step {step}, half written", partial(kill_at, grounds, way, step, half=True)


def kill_at(grounds: Grounds, way: Way, step: int, *, half: bool) -> Outcome:
    """kill -9 just before a call (from 1), or when half of what it is to write is written."""
    case = f"{way}, step {step}{', half written' if half else ''}"
    with grounds.trial("killed at a step", case, way) as trial:
        steps = Steps(trial.folder)
        run = Run(trial.folder, ["ingest"], held=WRITING)

        def decide(call: Call) -> Verdict:
            if steps.seen(call) == step:
                if half and call.name in ("write", "pwrite64"):
                    syscalls.write_half(call)
                run.kill()
            return 0

        run.answer(decide)
        return trial.judge(run.wait(), [KILLED, FINE])


def failing_calls(grounds: Grounds, *, number: int, every: int) -> Cases:
    """An error of the system at each call that it may strike."""
    names, lasting = ERRORS[number]
    for way in WAYS[:2]:
        for step in chosen(recorded(grounds, way), names, every):
            case = f"{way}, call {step}{' and all after' if lasting else ''}"
            yield case, partial(fail_at, grounds, way, case, number, step)


def fail_at(grounds: Grounds, way: Way, case: str, number: int, step: int) -> Outcome:
    """An error at a call of those that it strikes (from 1), and where it lasts at all that follow."""
    names, lasting = ERRORS[number]
    with grounds.trial(errno.errorcode[number], case, way) as trial:
        steps = Steps(trial.folder, names)
        run = Run(trial.folder, ["ingest"], held=WRITING)

        def decide(call: Call) -> Verdict:
            at = steps.seen(call)
            opens = call.name in ("open", "openat") and number == errno.ENOSPC
            if opens and Path(call.path).exists():  # what is there needs no room to be opened
                return 0
            return number if at == step or (lasting and at > step) else 0

        run.answer(decide)
        return trial.judge(run.wait(), [FINE, FAILED])


def killed_at_random(grounds: Grounds, *, count: int) -> Cases:
    """kill -9 at instants spread over the run: in turn with its workers and alone, some as processes of their own."""
    spans: dict[tuple[str, ...], float] = {}
    for number in range(count):
        yield f"{number}", partial(_kill_at_random, grounds, number, spans)


def _kill_at_random(grounds: Grounds, number: int, spans: dict[tuple[str, ...], float]) -> Outcome:
    rng = random.Random(number)
    way = WAYS[number % len(WAYS)]
    workers, new, others = ("2" if number % 8 == 7 else "1"), number % 8 in (3, 7), number % 2 == 0 or number % 3 == 0
    arguments = ["ingest", "--workers", workers]
    case = f"{number}: {way}, {workers} workers, {'new process' if new else 'forked'}, {'all' if others else 'main'}"
    with grounds.trial("killed at random", case, way) as trial:
        key = (str(way), workers, str(new))
        if key not in spans:
            spans[key] = _seconds(grounds, way, arguments, new=new)
        run = Run(trial.folder, arguments, new=new)
        run.sleep(rng.uniform(0, 1.1 * spans[key]))
        run.kill(others=others)
        ended = run.wait()
        spans[key] = max(ended.seconds, 0.9 * spans[key]) if ended.code == FINE else spans[key]
        return trial.judge(ended, [KILLED, FINE])


def _seconds(grounds: Grounds, way: Way, arguments: list[str], *, new: bool) -> float:
    with grounds.trial("timing", str(way), way) as trial:
        return corpuskit(trial.folder, *arguments, new=new).seconds


def killed_again(grounds: Grounds, *, count: int) -> Cases:
    """kill -9 at a random step of a run, then of the next, and of one more, before one may end."""
    for number in range(count):
        yield f"{number}", partial(_kill_again, grounds, number)


def _kill_again(grounds: Grounds, number: int) -> Outcome:
    rng = random.Random(number)
    way = WAYS[number % len(WAYS)]
    with grounds.trial("killed again and again", f"{number}: {way}", way) as trial:
        for _ in range(rng.randint(2, 4)):
            last = int(10 ** rng.uniform(0.5, 3.1))  # often while it cleans up after the one before
            steps = Steps(trial.folder)
            run = Run(trial.folder, ["ingest"], held=WRITING)
            run.answer(partial(_kill_when, run, steps, last))
            ended = run.wait()
        return trial.judge(ended, [KILLED, FINE])


def _kill_when(run: Run, steps: Steps, last: int, call: Call) -> Verdict:
    if steps.seen(call) == last:
        run.kill()
    return 0


def signalled(grounds: Grounds, *, number: int, twice: bool, count: int) -> Cases:
    """SIGTERM or Ctrl-C at instants spread over the run, once, or twice within a third of a second."""
    spans: dict[tuple[str, ...], float] = {}
    for index in range(count):
        yield f"{index}", partial(_signal, grounds, number, index, spans, twice=twice)


def _signal(grounds: Grounds, number: int, index: int, spans: dict[tuple[str, ...], float], *, twice: bool) -> Outcome:
    rng = random.Random(index * 2 + twice)
    way = WAYS[index % len(WAYS)]
    workers = "2" if index % 10 == 9 else "1"
    arguments = ["ingest", "--workers", workers]
    kind = f"{signal.Signals(number).name} {'twice' if twice else 'once'}"
    with grounds.trial(kind, f"{index}: {way}, {workers} workers", way) as trial:
        key = (str(way), workers)
        if key not in spans:
            spans[key] = _seconds(grounds, way, arguments, new=False)
        run = Run(trial.folder, arguments)
        run.until_it_answers()
        run.sleep(rng.uniform(0, 1.1 * spans[key]))
        run.send(number)
        if twice:
            run.sleep(rng.uniform(0, 0.3) * rng.random())
            run.send(number)
        return trial.judge(
            run.wait(), [FINE, INTERRUPTED, *([-number] if twice else [])], told="not" if twice else "in a line"
        )
