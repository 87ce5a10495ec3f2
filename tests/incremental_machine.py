"""Any sequence of changes to a folder and to settings: each run on what the last one left must equal a fresh one.

A hypothesis state machine; `test_incremental` runs it for a short time, `benchmarks/faults/incremental_law.py` for a
long one. Files are tiny, and the bounds of shards too, so that few files make several shards.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import corpuskit
from corpuskit.schema import PUBLISHED
from corpuskit.settings import make
from corpuskit.stages.decode import decode

_SENTENCE = "The Parties shall cooperate in good faith to give effect to the provisions of article {} of this treaty."
_PASSAGES = (
    *map(_SENTENCE.format, ("two", "three", "ten", "ten, as amended,")),
    "short",
    "Всеобщая декларация прав человека была принята Генеральной Ассамблеей Организации Объединённых Наций.",
    "Page 4 of 9",
    "- 3 -",
)
_PAGES = "".join(
    f"what the committee heard on day {day} of all\nthat was to be said about the many\n\n- {day} -\n\f"
    for day in range(1, 5)
)
CONTENTS = st.one_of(
    st.lists(st.sampled_from(_PASSAGES), max_size=4).map(lambda passages: "\n\n".join(passages).encode()),
    st.sampled_from([b"", b"\x00binary", "Größe und Maß".encode("latin-1"), _PAGES.encode()]),
)
PATHS = st.sampled_from(["a.txt", "b.md", "b/c.txt", "b/d", "c.txt", "d.txt", "e/f.txt", "g.txt"])
SETTINGS = st.sampled_from(
    [{}, {"threshold": "0.7"}, {"unit": "line"}, {"min_chars": 8}, {"canonical": "longest"}, {"drop": ["^Page"]}]
)


class Incremental(RuleBasedStateMachine):
    """A folder that changes between runs."""

    home: Path
    runs_done: ClassVar[int] = 0
    sequences: ClassVar[int] = 0

    @initialize(files=st.dictionaries(PATHS, CONTENTS, max_size=5))
    def begin(self, files: dict[str, bytes]) -> None:
        """A folder with a few files."""
        self.home = Path(mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("corpuskit.pipeline.JOB_FILES", 3)
        self.raw = self.home / "raw"
        self.raw.mkdir()
        self.values: dict[str, Any] = {}
        self.gone: list[tuple[str, bytes]] = []
        self.known: set[bytes] = set()
        self.key = ""
        for path, content in files.items():
            self._write(path, content)
        type(self).sequences += 1

    def _write(self, path: str, content: bytes) -> None:
        file = self.raw / path
        with suppress(OSError):  # a folder may be in the way, or a file where a folder should be
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.raw.rglob("*") if path.is_file())

    @rule(path=PATHS, content=CONTENTS)
    def write(self, path: str, content: bytes) -> None:
        """Add a file, or change it."""
        self._write(path, content)

    @rule(at=st.integers(0, 7), to=PATHS)
    def rename(self, at: int, to: str) -> None:
        """Move a file, maybe over another one."""
        if files := self._files():
            with suppress(OSError):
                (self.raw / to).parent.mkdir(parents=True, exist_ok=True)
                files[at % len(files)].rename(self.raw / to)

    @rule(at=st.integers(0, 7), to=PATHS)
    def copy(self, at: int, to: str) -> None:
        """Copy a file with its times."""
        if files := self._files():
            with suppress(OSError):
                (self.raw / to).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(files[at % len(files)], self.raw / to)

    @rule(at=st.integers(0, 7))
    def remove(self, at: int) -> None:
        """Take a file down."""
        if files := self._files():
            file = files[at % len(files)]
            self.gone.append((file.relative_to(self.raw).as_posix(), file.read_bytes()))
            file.unlink()

    @rule(at=st.integers(0, 7))
    def restore(self, at: int) -> None:
        """Bring back what was taken down."""
        if self.gone:
            self._write(*self.gone.pop(at % len(self.gone)))

    @rule(at=st.integers(0, 7))
    def touch(self, at: int) -> None:
        """Change a file's times alone."""
        if files := self._files():
            os.utime(files[at % len(files)], (1, 1))

    @rule(at=st.integers(0, 7), content=CONTENTS)
    def change_with_the_same_times(self, at: int, content: bytes) -> None:
        """Change the bytes, at the same length, and set the times back."""
        if files := self._files():
            file = files[at % len(files)]
            info = file.stat()
            file.write_bytes((content * (info.st_size // max(len(content), 1) + 1))[: info.st_size])
            os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))

    @rule(values=SETTINGS)
    def set(self, values: dict[str, Any]) -> None:
        """Change settings."""
        self.values = values

    @rule(path=PATHS, content=CONTENTS)
    def write_and_run(self, path: str, content: bytes) -> None:
        """Add or change one file, and run."""
        self._write(path, content)
        self.run(verify_raw=False)

    @rule(at=st.integers(0, 7), to=PATHS)
    def rename_and_run(self, at: int, to: str) -> None:
        """Move one file, and run."""
        self.rename(at, to)
        self.run(verify_raw=False)

    @rule(verify_raw=st.booleans())
    def run(self, verify_raw: bool) -> None:
        """The law: on what the last run left, or from nothing, the result is the same, byte for byte."""
        settings = make({"min_near_chars": 10, "workers": 1, **self.values})
        read = reading(lambda: self._ingest("curated", settings, verify_raw=verify_raw))
        self._read_no_more_than_it_must(read, settings)
        if verify_raw:
            assert reading(lambda: self._ingest("curated", settings)) == []
        shutil.rmtree(self.home / "fresh", ignore_errors=True)
        shutil.rmtree(self.home / ".corpuskit_cache" / "fresh", ignore_errors=True)
        self._ingest("fresh", settings)
        for name in PUBLISHED:
            ours = (self.home / "curated" / f"{name}.parquet").read_bytes()
            assert ours == (self.home / "fresh" / f"{name}.parquet").read_bytes(), name
        type(self).runs_done += 1

    def _read_no_more_than_it_must(self, read: list[str], settings: corpuskit.Settings) -> None:
        """Nothing is decoded whose bytes the last run had, with these settings."""
        files = {path.relative_to(self.raw).as_posix(): path.read_bytes() for path in self._files()}
        key = str(settings.of_documents())
        if key == self.key:
            assert not [path for path in read if files[path] in self.known]
        self.key, self.known = key, set(files.values())

    def _ingest(self, curated: str, settings: corpuskit.Settings, *, verify_raw: bool = False) -> corpuskit.Result:
        return corpuskit.ingest(self.raw, self.home / curated, settings, allow_shrink=True, verify_raw=verify_raw)

    @invariant()
    def nothing_half_done_is_left(self) -> None:
        """No scratch, no staging, nothing aside."""
        if hasattr(self, "home"):
            assert not [path for path in self.home.rglob("*") if path.name.startswith(("run-", ".staging-"))]

    def teardown(self) -> None:
        """Remove the folder."""
        if hasattr(self, "home"):
            shutil.rmtree(self.home)
            self.patch.undo()


def reading(work: Callable[[], object]) -> list[str]:
    """The paths of the files that are decoded, and so segmented and signed, while `work` is done."""
    paths: list[str] = []
    with pytest.MonkeyPatch.context() as patch:

        def watched(sources: Any) -> Any:
            paths.extend(sources["path"].to_pylist())
            return decode(sources)

        patch.setattr("corpuskit.prepare.decode", watched)
        work()
    return paths
