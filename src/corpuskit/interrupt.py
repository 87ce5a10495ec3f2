"""Let Ctrl-C through while compiled code runs: Python looks at signals between its own instructions only.

And end a process that waits for a thread that never began.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.2
_DOING: Final = "corpuskit: work that can be interrupted"

_STUCK: Final = b"corpuskit: out of memory: a thread could not begin; the corpus is whole\n"


def interruptible(work: Callable[[], T]) -> T:
    """Do `work` in a thread and wait for it, so that KeyboardInterrupt is raised here at once.

    After an interrupt the thread goes on by itself until its kernel returns or the process ends; its result is lost.
    Off the main thread, where signals do not arrive, `work` is just done.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    doing = Doing(work)
    while not doing.ended(_LOOK_SECONDS):
        pass
    return doing.result()


class Doing(Generic[T]):
    """Work that is done in a thread of its own from now on."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True, name=_DOING)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:
            self._errors.append(error)

    def ended(self, seconds: float) -> bool:
        """Whether it has ended, now or so many seconds from now."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> T:
        """What it gave, or raise what it raised: once it has ended."""
        if self._errors:
            raise self._errors[0]
        return self._results[0]


def unfinished() -> bool:
    """Whether work goes on that nobody waits for any more: Python may crash when it ends beside such a thread."""
    return any(thread.name == _DOING for thread in threading.enumerate())


def end_when_stuck(*, looks: int = 10, seconds: float = 1.0, code: int = 2) -> None:
    """From now on, end this process with `code` when a thread is found in so many looks that has not begun.

    Where no memory is left for its first steps, Python's `Thread.start` waits for ever, holding locks that a tidy end
    would need. A healthy thread begins in milliseconds; looks are counted, not seconds, so that a machine that stood
    still ends nothing. For processes of corpuskit's own.
    """
    threading.Thread(target=_watch, args=(looks, seconds, code), daemon=True).start()


def _watch(looks: int, seconds: float, code: int) -> None:
    seen: dict[threading.Thread, int] = {}
    while True:
        time.sleep(seconds)
        with suppress(MemoryError):
            seen = {thread: seen.get(thread, 0) + 1 for thread in threading.enumerate() if not thread.is_alive()}
            if max(seen.values(), default=0) >= looks:
                os.write(2, _STUCK)
                os._exit(code)
