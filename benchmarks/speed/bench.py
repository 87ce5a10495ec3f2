"""What all parts share: where things are, how often to run, and a run of `corpuskit ingest`."""

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from speed.corpora import Corpora
from speed.measuring import Measured, measure

HERE: Final = Path(__file__).parent
EVERYTHING: Final = ("--include", "*")
"""Licence texts have names of many kinds."""


@dataclass(frozen=True)
class Bench:
    """Options. `timeout` (seconds) stops a command; `peers_sample` is the most passages that peers are given."""

    corpora: Corpora
    venvs: Path | None
    runs: int
    peers_sample: int | None
    large: bool
    timeout: float

    @property
    def quick(self) -> bool:
        """Whether everything is small: numbers are worthless then."""
        return self.corpora.quick

    @property
    def work(self) -> Path:
        """The folder for everything that is made."""
        return self.corpora.work.resolve()

    def ingest(self, raw: Path, *flags: str, **options: Any) -> Measured:
        """A run of the command with an empty result folder and nothing cached; its output is the result as JSON."""
        return self.fresh(
            lambda folder: [
                *(sys.executable, "-m", "corpuskit", "ingest", str(raw), str(folder / "curated"), "--json"),
                *(*EVERYTHING, *flags),
            ],
            **options,
        )

    def inside(self, raw: Path, settings: dict[str, Any], *, stages: bool = False) -> Measured:
        """A run that tells its phases, or its stages; see inside.py."""
        script = [sys.executable, str(HERE / "inside.py"), str(raw)]
        chosen = json.dumps({"include": ["*"], **settings})
        flags = ["--stages"] if stages else []
        return self.fresh(lambda folder: [*script, str(folder / "curated"), chosen, *flags])

    def fresh(
        self,
        command: Callable[[Path], list[str]],
        look: Callable[[Path, list[int]], None] | None = None,
        **options: Any,
    ) -> Measured:
        """Run a command in a folder of its own, which then goes; `look` is told the folder, once more at the end."""
        self.work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.work) as name:
            folder = Path(name)
            seen = (lambda processes: look(folder, processes)) if look else None
            done = measure(command(folder), cwd=folder, timeout=self.timeout, look=seen, **options)
            if seen is not None:
                seen([])
            return done

    def sizes(self, *sizes: int) -> list[int]:
        """Sizes in bytes, or an eightieth of each: 0.2 GB become 2.5 MB."""
        return [size // 80 for size in sizes] if self.quick else list(sizes)
