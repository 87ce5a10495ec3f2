"""Damage on disk: bits that turn, files cut short, gone, or of another version. Found, named, and made good."""

import json
import os
import random
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Final

from faults import states
from faults.kinds import Cases
from faults.running import Ended, corpuskit
from faults.states import FIRST, SECOND, LostError
from faults.trial import FINE, WAYS, Grounds, Outcome, Trial, Way

AGAIN: Final = Way(SECOND, SECOND)
_IGNORED: Final = ("run.json", ".lock", "CACHEDIR.TAG", ".gitignore")
"""Files that say nothing of the corpus."""


def damaged(grounds: Grounds, *, part: str, what: str, count: int) -> Cases:
    """Each file of the result (`curated`) or of the cache, damaged in so many places."""
    for way in (WAYS[0], AGAIN):
        begun = grounds.folder / "begun" / way.begun
        for file in sorted(states.files(begun / part)):
            name = file.relative_to(begun).as_posix()
            beside = part == "curated" and name.count("/") == 1 and file.suffix == ".parquet"  # a link, damaged there
            if file.name in _IGNORED or beside or not file.stat().st_size:
                continue
            for number in range(count):
                case = f"{way}, {_named(name, begun)}, {number}"
                yield case, partial(_damage, grounds, way, part, name, case, what, number)


def _named(name: str, begun: Path) -> str:
    """A file's name that is the same in every campaign: shards are numbered."""
    parts = name.split("/")
    if parts[0] == ".corpuskit_cache" and len(parts) > 3:
        siblings = sorted(folder.name.split("-")[-1] for folder in (begun / parts[0] / parts[1]).iterdir())
        parts[2] = f"shard {siblings.index(parts[2].split('-')[-1])}"
    return "/".join(parts)


def _damage(grounds: Grounds, way: Way, part: str, name: str, case: str, what: str, number: int) -> Outcome:
    kind = f"{'results' if part == 'curated' else 'cache'}: {what}"
    with grounds.trial(kind, case, way) as trial:
        file = trial.folder / name
        before = file.read_bytes()
        _DAMAGES[what](file, random.Random(f"{name} {number}"), number)
        return _found_and_mended(trial, file, before)


def _flip(file: Path, rng: random.Random, number: int) -> None:
    data = bytearray(file.read_bytes())
    at = [0, len(data) - 1, len(data) // 2][number] if number < 3 else rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    file.write_bytes(data)  # in place: links to it have it, too


def _cut(file: Path, rng: random.Random, number: int) -> None:
    size = file.stat().st_size
    os.truncate(file, [0, size - 1, size // 2][number] if number < 3 else rng.randrange(size))


def _remove(file: Path, rng: random.Random, number: int) -> None:  # noqa: ARG001 - there is one way
    file.unlink()


_DAMAGES: Final = {"a bit flipped": _flip, "cut short": _cut, "gone": _remove}


def _found_and_mended(trial: Trial, file: Path, before: bytes) -> Outcome:
    try:
        if trial.curated in file.parents:
            _refused(trial, file, before)
        ended = corpuskit(trial.folder, "ingest")
        _named_by_run(trial, file, before, ended)
    except LostError as error:
        trial.lost = str(error)
        return Outcome(trial.kind, trial.case, "?", -1, "", trial.lost)
    return trial.judge(ended, [FINE], clean=[trial.way.goal])


def _refused(trial: Trial, file: Path, before: bytes) -> None:
    """A damaged result is found by `check` and named, with what to do where nothing can be read."""
    if file.name == "manifest.json" and file.exists() and _json(file.read_bytes()) == _json(before):
        return  # it says the same
    checked = corpuskit(trial.folder, "check", "--raw", str(trial.grounds.raw(trial.way.begun)))
    said = checked.printed + checked.errors
    if not checked.code:
        raise LostError(f"check does not find it: {said}")
    known = ("manifest", file.parent.name, file.name, file.stem)
    if "Traceback" in said or not any(name in said for name in known):
        raise LostError(f"check does not say what is damaged: {said}")
    if checked.code == 2 and "run `corpuskit" not in said and "make one with `corpuskit" not in said:
        raise LostError(f"check does not say what to do: {said}")


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _named_by_run(trial: Trial, file: Path, before: bytes, ended: Ended) -> None:
    """Damage in the cache is told by the run that finds it, unless nothing of the cache was needed."""
    reused = trial.way.begun != trial.way.goal or file.name == "index"
    same = file.exists() and file.read_bytes() == before
    if trial.curated in file.parents or not reused or same or ended.code:
        return
    if file.name == "index" and "No such file" not in ended.errors and not before:
        return
    gone = file.name == "index" and "damaged" not in ended.errors and not ended.errors
    if gone and trial.kind.endswith("gone"):  # without an index there is no cache
        return
    if not any(name in ended.errors for name in (file.name, file.parent.name)):
        raise LostError(f"the run does not say that {file.relative_to(trial.folder)} was damaged: {ended.errors!r}")


def other_versions(grounds: Grounds) -> Cases:
    """Results and caches of another version of corpuskit, and tables of another build."""
    for way in (WAYS[0], AGAIN):
        yield f"{way}, made by other code", partial(_other_code, grounds, way)
        for version in ("0.1", "99.0", ""):
            yield f"{way}, schema version {version!r}", partial(_other_schema, grounds, way, version)
    for table in ("documents", "occurrences", "records", "links"):
        yield f"{table} of another build", partial(_other_build, grounds, table)


def _other_code(grounds: Grounds, way: Way) -> Outcome:
    """The corpus and the cache that another version of the code has made, then a run of this one."""
    import corpuskit as package

    case = f"{way}, made by other code"
    with grounds.trial("another version", case, way) as trial:
        other = trial.folder.with_name("other-code")
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(
            Path(package.__file__).parent, other / "corpuskit", ignore=shutil.ignore_patterns("__pycache__")
        )
        with (other / "corpuskit" / "prepare.py").open("a", encoding="utf-8") as file:
            file.write("\n# another version\n")
        states.point(trial.folder, grounds.raw(way.begun))
        made = corpuskit(trial.folder, "ingest", new=True, path=other)
        states.point(trial.folder, grounds.raw(way.goal))
        shutil.rmtree(other)
        try:
            if made.code or states.read(trial.curated) == grounds.fresh[way.begun].corpus:
                raise LostError(f"the other version did not make its corpus: {made.errors}")
        except LostError as error:
            trial.lost = str(error)
            return Outcome(trial.kind, case, "?", made.code, "", trial.lost)
        return trial.judge(corpuskit(trial.folder, "ingest"), [FINE], clean=[way.goal])


def _other_schema(grounds: Grounds, way: Way, version: str) -> Outcome:
    with grounds.trial("another version", f"{way}, schema version {version!r}", way) as trial:
        file = trial.curated / "manifest.json"
        before = file.read_bytes()
        file.write_text(json.dumps(json.loads(before) | {"schema_version": version}), encoding="utf-8")
        return _found_and_mended(trial, file, before)


def _other_build(grounds: Grounds, table: str) -> Outcome:
    with grounds.trial("another version", f"{table} of another build", AGAIN) as trial:
        file = next(trial.curated.glob(f".builds/*/{table}.parquet"))
        before = file.read_bytes()
        file.write_bytes(
            next((grounds.folder / "fresh" / FIRST / "curated").glob(f".builds/*/{table}.parquet")).read_bytes()
        )
        return _found_and_mended(trial, file, before)
