"""Small raw folders with all kinds of rows, and where a campaign keeps what fresh runs make of them.

A campaign's folder:

    states/<name>/               the raw folder of a state, never changed; files that two states share are hard links
    fresh/<name>/curated         what a fresh run makes of it
    begun/<name>/                a folder in which runs for <name> have ended well: what trials begin with
    trials/<kind>/               the trial at work, removed when nothing was lost
        raw, curated, .corpuskit_cache

In trials `raw` is a symbolic link to a state: that a state follows another then changes no file that they share.
"""

import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NOTHING: Final = "nothing"
"""The state in which there is no corpus yet."""

FIRST: Final = "first"
SECOND: Final = "second"

_WORDS: Final = """
    the of and to in that for on with as by at from this which shall parties states peoples rights water harbour law
    treaty council report session measures development nuclear peace committee government assembly between under all
    their may not have been other any such more into each year during within after before where common general
"""


def texts() -> dict[str, dict[str, bytes]]:
    """The files of each state: copies, near copies, variants, other encodings, pages, and files that are no text."""
    rng = random.Random(7)

    words = _WORDS.split()

    def passage(count: int = 40) -> str:
        chosen = [rng.choice(words) for _ in range(count)]
        return " ".join([chosen[0].capitalize(), *chosen[1:]]) + "."

    def text(*passages: str) -> bytes:
        return ("\n\n".join(passages) + "\n").encode()

    shared = [passage() for _ in range(8)]
    near = [one.replace("the", "those", 1) for one in shared]
    dated = [f"{one[:-1]} in the year 1994." for one in shared]
    pages = [f"Report of the session                {number}\n\n{passage(70)}\n" for number in range(1, 6)]
    first = {
        "a/speech-1.txt": text(shared[0], passage(), near[1], passage(90)),
        "a/speech-2.txt": text(passage(), shared[0], dated[2], shared[3]),
        "a/speech-3.txt": text(shared[2], near[3], passage(), passage()),
        "b/latin.txt": ("Le conseil a été réuni à l'été; où est le problème? " * 3 + "\n\n" + shared[4]).encode(
            "cp1252"
        ),
        "b/wide.txt": (shared[4] + "\n\n" + passage()).encode("utf-16"),
        "b/pages.txt": "\f".join(pages).encode(),
        "b/empty.txt": b"",
        "c/binary.txt": bytes(range(256)) * 4,
        "c/港.txt": ("港の事務所は朝の七時に開き、まもなく最初の船が出ていく。" * 4).encode()
        + b"\n\n"
        + shared[5].encode(),
        "c/long.md": text(*(passage(60) for _ in range(40)), shared[5], near[6]),
        "c/gone.txt": text(shared[6], shared[7], passage()),
        "d/old-name.txt": text(dated[7], passage(), shared[1]),
        "d/README": text(shared[1], near[7]),
    }
    renamed = first["d/old-name.txt"]
    second = {path: content for path, content in first.items() if path not in ("c/gone.txt", "d/old-name.txt")}
    second |= {
        "a/speech-1.txt": text(passage(), near[1], passage(90)),
        "a/speech-4.txt": text(near[0], dated[6], shared[7], passage()),
        "d/new-name.txt": renamed,
        "e/added.txt": text(*(passage(50) for _ in range(6)), near[5]),
    }
    return {FIRST: first, SECOND: second}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def write_states(folder: Path) -> None:
    """Write all states; a file that is as in the state before is a link to it."""
    written: dict[tuple[str, bytes], Path] = {}
    for state, files in texts().items():
        for path, content in files.items():
            file = folder / state / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if (path, content) in written:
                os.link(written[path, content], file)
            else:
                file.write_bytes(content)
            written[path, content] = file


def point(folder: Path, state: Path) -> None:
    """Make the raw folder of a trial that of a state."""
    (folder / "raw").unlink(missing_ok=True)
    (folder / "raw").symlink_to(os.path.relpath(state, folder))


def copied(begun: Path, folder: Path) -> Path:
    """A copy of a folder in which runs have been, with its times and its links."""
    seen: dict[int, Path] = {}
    shutil.rmtree(folder, ignore_errors=True)
    for parent, folders, files in os.walk(begun):
        here = folder / os.path.relpath(parent, begun)
        here.mkdir(parents=True, exist_ok=True)
        for name in [*files, *(one for one in folders if (Path(parent) / one).is_symlink())]:
            file = Path(parent) / name
            inode = file.lstat().st_ino
            if inode in seen:
                os.link(seen[inode], here / name)
            else:
                shutil.copy2(file, here / name, follow_symlinks=False)
                seen[inode] = here / name
    for parent, _, _ in os.walk(begun):
        shutil.copystat(parent, folder / os.path.relpath(parent, begun))
    return folder


@dataclass(frozen=True)
class Corpus:
    """What readers see of a corpus: its manifest, without what names of builds are in, and its tables' checksums."""

    manifest: Mapping[str, Any]
    tables: Mapping[str, tuple[str, ...]]


class LostError(Exception):
    """Something was lost, or is not as it must be."""


def read(curated: Path) -> Corpus | None:
    """What a reader sees who opens the manifest and the files that it lists; None where there is no corpus.

    Raises LostError where the manifest or a file is missing, damaged or another one than the manifest says.
    """
    try:
        content = (curated / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        manifest = json.loads(content)
        tables = {
            name: tuple(_entry(curated, entry) for entry in manifest["tables"][name]) for name in manifest["tables"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LostError(f"the corpus cannot be read: {error!r}") from None
    return Corpus({**manifest, "tables": None, "checksum": None}, tables)


def _entry(curated: Path, entry: Mapping[str, Any]) -> str:
    digest = hashlib.sha256((curated / entry["path"]).read_bytes()).hexdigest()
    if digest != entry["sha256"]:
        raise LostError(f"{entry['path']} is not the file that the manifest names")
    return digest


def listing(folder: Path) -> dict[str, str]:
    """The files below a folder and a digest of each, but of locks and manifests; nothing that tells of single runs."""
    found = {}
    for file in files(folder):
        name = file.relative_to(folder).as_posix()
        if name == "run.json":
            continue
        quiet = name in (".lock", "manifest.json")
        found[_without_build(name)] = "" if quiet else hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent) / name for name in names)


def _without_build(name: str) -> str:
    """A path without what tells builds of the same tables apart (`.builds/<digest>-1/…`)."""
    parts = name.split("/")
    if len(parts) > 2 and parts[0] == ".builds":
        parts[1] = parts[1].split("-")[0] or parts[1]
    return "/".join(parts)
