"""The raw folders that speed is measured on: real ones, text made of their words, and text made to hurt.

Everything lies in the folder `--work` and is made once: a file beside each folder says that it is whole, and by which
version of the code that makes it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np

from speed.floor import read_text
from speed.words import Bytes, Ints, Words, copied, passages, words_of

SEED: Final = 20_260
FILE_BYTES: Final = 256 << 10
"""Documents are joined until a file has so many bytes."""

DISTINCT_EDITS: Final = 0.35
"""Share of words edited in each further copy of the originals: most passages then are below .85 to every other copy."""

LIGHT_EDITS: Final = 0.02
COPIES: Final = 19
"""Copies of each original where 95 % of passages are copies: every other one exact, the rest lightly edited."""

BLOCK: Final = 20_000
"""Passages made at a time."""

NATURAL: Final = {"natural-ungdc": ("ungdc",), "natural-licences": ("deb-copyright", "licence-rules")}
"""Natural corpora and the folders of `--data` that they are made of."""

QUICK_FILES: Final = 400


@dataclass(frozen=True)
class Corpora:
    """Makes raw folders below `work` of the sets in `data`; `quick` makes small ones of few files."""

    data: Path
    work: Path
    quick: bool

    def natural(self, name: str) -> Path:
        """A natural corpus: a copy that holds its folders and nothing else."""

        def make(folder: Path) -> None:
            for part in NATURAL[name]:
                files = sorted(path for path in (self.data / part).rglob("*") if path.is_file())
                step = max(1, len(files) * len(NATURAL[name]) // QUICK_FILES) if self.quick else 1
                for file in files[::step]:
                    target = folder / file.relative_to(self.data)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)

        return self._once(name, make)

    @cached_property
    def words(self) -> Words:
        """The words of natural-ungdc."""
        files = sorted(path for path in self.natural("natural-ungdc").rglob("*") if path.is_file())
        return words_of([read_text(file) for file in files])

    def distinct(self, size: int, largest: int) -> Path:
        """Distinct text of `size` bytes: hard links to the first files of one corpus of `largest` bytes."""

        def make(folder: Path) -> None:
            left = size
            for file in sorted(self._distinct(largest).iterdir()):
                if left <= 0:
                    break
                os.link(file, folder / file.name)
                left -= file.stat().st_size

        return self._once(f"distinct-{size // 1000:_}kB-of-{largest // 1000:_}kB", make)

    def _distinct(self, size: int) -> Path:
        """natural-ungdc as it is, then copies of it that differ from it and from each other."""
        return self._once(f"distinct-{size // 1000:_}kB", lambda folder: write(folder, size, self._generations()))

    def _generations(self) -> Iterator[Bytes]:
        for generation in count():
            rate = DISTINCT_EDITS if generation else 0.0
            for first, last in runs(self.words):
                yield copied(self.words, first, last, rate, (SEED, generation))

    def copies(self, size: int) -> Path:
        """Text of `size` bytes of which 95 % are copies of the rest, exact ones and lightly edited ones."""

        def make(folder: Path) -> None:
            write(folder, size, self._copies(size // (COPIES + 1)))

        return self._once(f"copies-{size // 1000:_}kB", make)

    def _copies(self, size: int) -> Iterator[Bytes]:
        """The first `size` bytes of the corpus, and their copies. Raises ValueError where the corpus is smaller."""
        words = self.words.until(size)
        for generation in count():
            rate = LIGHT_EDITS if generation % 2 else 0.0
            for first, last in runs(words):
                yield copied(words, first, last, rate, (SEED, 1, generation))

    def adversarial(self, name: str) -> Path:
        """A corpus of `ADVERSARIAL`."""
        return self._once(name.replace(" ", "-"), lambda folder: ADVERSARIAL[name](self.words, folder, self.scale))

    @property
    def scale(self) -> int:
        """What the sizes of adversarial corpora are divided by."""
        return 100 if self.quick else 1

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        folder = self.work.resolve() / "raw" / (f"quick-{name}" if self.quick else name)
        whole = folder.with_name(f"{folder.name}.whole")
        if not whole.exists() or whole.read_text() != maker():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            whole.write_text(maker())
        return folder


@cache
def maker() -> str:
    """Hash of the code that makes text."""
    sources = (Path(__file__), Path(__file__).with_name("words.py"))
    return blake2b(b"".join(file.read_bytes() for file in sources), digest_size=16).hexdigest()


def runs(words: Words) -> Iterator[tuple[int, int]]:
    """All documents, in runs of about FILE_BYTES."""
    first = 0
    documents = len(words.documents) - 1
    for last in range(1, documents + 1):
        if last == documents or words.size(first, last) >= FILE_BYTES:
            yield first, last
            first = last


def write(folder: Path, size: int, pieces: Iterator[Bytes]) -> None:
    """Write pieces, each a file, until there are `size` bytes."""
    written = 0
    for number, piece in enumerate(pieces):
        piece[: size - written].tofile(folder / f"{number:06d}.txt")
        written += min(len(piece), size - written)
        if written >= size:
            break


def boilerplate(words: Words, folder: Path, scale: int) -> None:
    """A million copies of one passage of 60 words, a thirtieth of the words edited."""
    for number, rows in blocks(1_000_000 // scale):
        draw = np.random.default_rng([SEED, 2, number])
        chosen = np.tile(one_passage(words), (rows, 1))
        passages(words, chosen, 1 / 30, draw).tofile(folder / f"{number:06d}.txt")


def one_document(words: Words, folder: Path, scale: int) -> None:
    """One document of 5 million passages of 12 words that stand together somewhere."""
    with (folder / "one.txt").open("wb") as file:
        for number, rows in blocks(5_000_000 // scale):
            draw = np.random.default_rng([SEED, 3, number])
            passages(words, somewhere(words, rows, 12, draw), 0.0, draw).tofile(file)


def one_character(_words: Words, folder: Path, scale: int) -> None:
    """One character, 200 million times."""
    (folder / "one.txt").write_bytes(b"a" * (200_000_000 // scale))


def word_lines(words: Words, folder: Path, scale: int) -> None:
    """A million lines of one word, in one document."""
    draw = np.random.default_rng([SEED, 4])
    lines = somewhere(words, 1_000_000 // scale, 1, draw)
    passages(words, lines, 0.0, draw, end=b"\n").tofile(folder / "one.txt")


def shared_half(words: Words, folder: Path, scale: int) -> None:
    """200,000 passages: the same 60 words, then 60 that stand together somewhere."""
    for number, rows in blocks(200_000 // scale):
        draw = np.random.default_rng([SEED, 5, number])
        first = np.tile(one_passage(words), (rows, 1))
        chosen = np.concatenate([first, somewhere(words, rows, 60, draw)], axis=1)
        passages(words, chosen, 0.0, draw).tofile(folder / f"{number:06d}.txt")


ADVERSARIAL: Final[dict[str, Callable[[Words, Path, int], None]]] = {
    "copies of one passage": boilerplate,
    "one document": one_document,
    "one character": one_character,
    "one-word lines": word_lines,
    "a shared half": shared_half,
}


def blocks(wanted: int) -> Iterator[tuple[int, int]]:
    """Numbers of blocks, and how many of the passages wanted each has."""
    for number, first in enumerate(range(0, wanted, BLOCK)):
        yield number, min(BLOCK, wanted - first)


def one_passage(words: Words) -> Ints:
    """The first 60 words of the second half of the corpus; fewer where it is smaller."""
    middle = len(words.begins) // 2
    return np.arange(middle, min(middle + 60, len(words.begins)))


def somewhere(words: Words, rows: int, length: int, draw: np.random.Generator) -> Ints:
    """Runs of `length` words from random places: int64[rows, length]."""
    starts = draw.integers(0, max(1, len(words.begins) - length + 1), rows)
    return starts[:, None] + np.arange(min(length, len(words.begins)))
