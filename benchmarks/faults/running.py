"""Run corpuskit's command line in a process that can be held, limited and ended from outside.

Starting Python and loading kernels takes seconds, and a campaign starts thousands of runs. So this process loads
everything once and forks for each run, which then goes through the same `main` as the command `corpuskit` does.
Where it matters that a run is a process of its own from the beginning, ask for a `new` one: `python -m corpuskit`.
"""

import itertools
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from faults import syscalls
from faults.syscalls import Call, Verdict

PATIENCE: Final = 120.0
"""Seconds after which a run hangs."""

HANGS: Final = 124

FILES_A_JOB: Final = 4
"""So that a dozen small files make several jobs; new processes have the product's own number."""


_numbers = itertools.count()


class Ended(NamedTuple):
    """How a run ended: its exit code (negative: the signal that ended it), what it printed, and how long it took."""

    code: int
    printed: str
    errors: str
    seconds: float


ANSWER_SECONDS: Final = 10.0
"""A command that has not begun by then, never will."""


class Run:
    """A run of corpuskit at work in a folder, with `arguments` of the command line."""

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        *,
        held: Collection[str] = (),
        new: bool = False,
        limits: Mapping[int, int] | None = None,
        path: Path | None = None,
    ) -> None:
        beside = folder.parent / f"{folder.name}-{arguments[0]}"  # not in the folder: that may be full
        self._number = next(_numbers)
        self._outputs = [Path(f"{beside}-{self._number}.{end}") for end in ("printed", "errors")]
        self._started = time.monotonic()
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = os.fork()  # threads there are none of, but Arrow's, which know of forks
        if not self.process:
            ours.close()
            self._become(folder, arguments, theirs, held, new, limits or {}, path)
        theirs.close()
        self._handle = os.pidfd_open(self.process) if hasattr(os, "pidfd_open") else -1
        self._status: int | None = None
        self._listener = -1
        if held:
            message, descriptors, _, _ = socket.recv_fds(ours, 256, 1)
            if not descriptors:
                self.wait()
                raise OSError(message.decode(errors="replace"))
            self._listener = descriptors[0]
        ours.close()

    def until_it_answers(self) -> None:
        """Wait until the command takes signals itself, as SIGTERM shows: before that the system answers them."""
        caught = 1 << (signal.SIGTERM - 1)
        with suppress(OSError, ProcessLookupError):
            status = Path(f"/proc/{self.process}/status")
            while not int(status.read_text().split("SigCgt:")[1].split()[0], 16) & caught:
                if time.monotonic() > self._started + ANSWER_SECONDS:
                    return
                time.sleep(0.001)

    def _become(
        self,
        folder: Path,
        arguments: Sequence[str],
        parent: socket.socket,
        held: Collection[str],
        new: bool,
        limits: Mapping[int, int],
        path: Path | None,
    ) -> NoReturn:
        """Be the run: never come back."""
        code = 70
        try:
            os.setpgid(0, 0)
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for descriptor, file in enumerate([Path(os.devnull), *self._outputs]):
                os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), descriptor)
            for kind, size in limits.items():
                resource.setrlimit(kind, (size, resource.getrlimit(kind)[1]))
            if held:
                try:
                    listener = syscalls.hold(held)
                except OSError as error:
                    parent.send(str(error.strerror).encode())
                    os._exit(71)
                socket.send_fds(parent, [b"here"], [listener])
                os.close(listener)
            parent.close()
            if path:
                os.environ["PYTHONPATH"] = str(path)
            if new:
                os.execv(sys.executable, [sys.executable, "-P", "-m", "corpuskit", *arguments])
            code = _command(arguments)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def answer(self, decide: Callable[[Call], Verdict]) -> None:
        """Ask `decide` about each call that is held, until the run has ended."""
        deadline = time.monotonic() + PATIENCE
        syscalls.answer(self._listener, decide, lambda: self.alive() and time.monotonic() < deadline)

    def alive(self) -> bool:
        """Whether the run is still at work."""
        if self._status is None:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self._status = status
        return self._status is None

    def sleep(self, seconds: float) -> bool:
        """Wait so long, or until the run ends; return whether it is still at work."""
        deadline = time.monotonic() + seconds
        if self._handle >= 0:
            select.select([self._handle], [], [], seconds)
            return self.alive()
        while self.alive() and time.monotonic() < deadline:
            time.sleep(min(0.01, seconds))
        return self.alive()

    def send(self, number: int) -> None:
        """Send the run a signal, if it is still there."""
        if self.alive():
            os.kill(self.process, number)

    def kill(self, *, others: bool = True) -> None:
        """End it at once, with the processes that it started or without them."""
        if self.alive() or others:
            syscalls.kill(self.process, others=others)

    @staticmethod
    def end(process: int) -> None:
        """End some other process at once."""
        syscalls.kill(process, others=False)

    def workers(self) -> list[int]:
        """The processes that it started."""
        with suppress(OSError):
            children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text(encoding="ascii")
            return [int(child) for child in children.split()]
        return []

    def wait(self, patience: float = PATIENCE) -> Ended:
        """Wait until it ends; a run that hangs is killed, and its code is HANGS."""
        hangs = self.sleep(patience)
        if hangs:
            self.kill()
            _, self._status = os.waitpid(self.process, 0)
        for descriptor in (self._handle, self._listener):
            if descriptor >= 0:
                os.close(descriptor)
        assert self._status is not None
        code = HANGS if hangs else os.waitstatus_to_exitcode(self._status)
        printed, errors = map(_taken, self._outputs)
        return Ended(code, printed, errors, time.monotonic() - self._started)


def _taken(file: Path) -> str:
    """What is in a file, which goes."""
    if not file.exists():  # killed before it could be made
        return ""
    text = file.read_text(encoding="utf-8", errors="replace")
    file.unlink()
    return text


def corpuskit(folder: Path, *arguments: str, **how: Any) -> Ended:
    """Run a command to its end."""
    return Run(folder, arguments, **how).wait()


def _command(arguments: Sequence[str]) -> int:
    """What the command `corpuskit` does."""
    from corpuskit import pipeline
    from corpuskit.cli import main

    pipeline.JOB_FILES = FILES_A_JOB  # type: ignore[misc]
    sys.argv = ["corpuskit", *arguments]
    return main()


def load(folder: Path) -> None:
    """Load here all that runs need, compiled kernels too: by a run and a check on a few files."""
    from corpuskit.cli import main

    (folder / "raw").mkdir(parents=True)
    texts = ["The parties shall share what they know of incidents in time, and of their causes."] * 2
    texts += ["The parties shall share what they knew of incidents in time, and of their causes.", "Another text."]
    (folder / "raw" / "a.txt").write_text("\n\n".join(texts), encoding="utf-8")
    raw, curated = str(folder / "raw"), str(folder / "curated")
    printed = os.dup(1)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        codes = [main(["ingest", raw, curated]), main(["check", curated])]
        sys.stdout.flush()
    os.dup2(printed, 1)
    os.close(printed)
    if any(codes):
        raise SystemExit("the campaign cannot begin: a run without faults fails")
