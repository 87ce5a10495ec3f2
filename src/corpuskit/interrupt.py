"""Let Ctrl-C through while compiled code runs: Python looks at signals between its own instructions only."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.2


def interruptible(work: Callable[[], T]) -> T:
    """Do `work` in a thread and wait for it, so that KeyboardInterrupt is raised here at once.

    After an interrupt the thread goes on by itself until its kernel returns or the process ends; its result is lost.
    Off the main thread, where signals do not arrive, `work` is just done.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_SECONDS)
    if errors:
        raise errors[0]
    return results[0]
