"""One run of `corpuskit.ingest`, watched from inside.

    python benchmarks/speed/inside.py RAW CURATED SETTINGS [--stages]

Prints JSON: `seconds` of the run, `phases` as the run itself tells them to its progress bars, and with `--stages` the
seconds by the clock and by all processors, and the calls, of each function of `WATCHED`, without those that it calls.
Functions are wrapped from outside, wherever they were imported to, so that nothing in corpuskit knows of it; one worker
then, since other processes are not watched.
"""

import inspect
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

WATCHED: Final = (
    "pipeline",
    "prepare",
    "resolve",
    "workers",
    "raw",
    "hashing",
    "shards",
    "store",
    "manifest",
    "stages",
)
"""Modules (and packages of them) of corpuskit whose functions are watched."""

PRIVATE: Final = ("corpuskit.pipeline", "corpuskit.prepare", "corpuskit.resolve")
"""Modules whose own helpers are watched too."""


class Phases:
    """A Progress that notes when each phase begins."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []

    def begin(self, phase: str, *, documents: int = 0, size: int = 0) -> None:  # noqa: ARG002 (the protocol has them)
        """Note it."""
        self.begun.append((phase, time.perf_counter()))

    def advance(self, documents: int, size: int) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""

    def seconds(self, end: float) -> dict[str, float]:
        """How long each phase was, the last until `end`."""
        ends = [at for _, at in self.begun[1:]] + [end]
        found: dict[str, float] = {}
        for (phase, begin), over in zip(self.begun, ends, strict=True):
            found[phase] = found.get(phase, 0.0) + over - begin
        return found


class Stages:
    """Seconds and calls of functions, each without the watched ones that it calls. Threads are told apart."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}
        self._local = threading.local()

    def wrapped(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, watched; of a generator, what happens inside of it."""
        if inspect.isgeneratorfunction(function):

            @wraps(function)
            def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
                steps = function(*args, **kwargs)
                while True:
                    try:
                        value = self._timed(name, lambda: next(steps))
                    except StopIteration:
                        return
                    yield value

            return generate

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return self._timed(name, lambda: function(*args, **kwargs))

        return call

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        stack = self._local.__dict__.setdefault("stack", [])
        inner = [0.0, 0.0]  # what the watched functions that it calls take
        stack.append(inner)
        started, busy = time.perf_counter(), time.process_time()
        try:
            return work()
        finally:
            took = time.perf_counter() - started, time.process_time() - busy
            stack.pop()
            total = self.spent.setdefault(name, [0.0, 0.0, 0])
            total[2] += 1
            for at in (0, 1):
                total[at] += took[at] - inner[at]
                if stack:
                    stack[-1][at] += took[at]

    def watch(self) -> None:
        """Put watched functions in the place of those of WATCHED, in every module that has them."""
        homes = [module for module in _modules() if _is_watched(module.__name__)]
        watched = {}
        for home in homes:
            for name, value in list(vars(home).items()):
                if inspect.isfunction(value) and value.__module__ == home.__name__ and _is_wanted(home, name):
                    watched[id(value)] = self.wrapped(f"{home.__name__.removeprefix('corpuskit.')}.{name}", value)
                elif inspect.isclass(value) and value.__module__.startswith("corpuskit.store."):
                    self._watch_methods(value)
        for module in _modules():
            for name, value in list(vars(module).items()):
                if id(value) in watched:
                    setattr(module, name, watched[id(value)])
                elif name == "interruptible":  # it works in a thread and waits: its time would count twice
                    setattr(module, name, lambda work: work())

    def _watch_methods(self, kind: type) -> None:
        for name, value in list(vars(kind).items()):
            if inspect.isfunction(value) and (not name.startswith("_") or name == "__exit__"):
                setattr(kind, name, self.wrapped(f"store.{kind.__name__}.{name}", value))


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "corpuskit"]


def _is_watched(module: str) -> bool:
    return ".".join(module.split(".")[1:2]) in WATCHED


def _is_wanted(home: ModuleType, name: str) -> bool:
    """Public functions, and the helpers of the flow."""
    return not name.startswith("_") or home.__name__ in PRIVATE


def main(raw: Path, curated: Path, values: dict[str, Any], *, stages: bool) -> None:
    import corpuskit
    from corpuskit.settings import make

    watch = Stages()
    if stages:
        import_module("corpuskit.pipeline")
        watch.watch()
    phases = Phases()
    started = time.perf_counter()
    result = corpuskit.ingest(raw, curated, make(values), progress=phases)
    ended = time.perf_counter()
    told = {
        "seconds": ended - started,
        "phases": phases.seconds(ended),
        "stages": watch.spent,
        "passages": result.passages,
        "raw_bytes": result.raw_bytes,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), stages="--stages" in sys.argv)
