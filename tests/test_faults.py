"""A short fault campaign loses nothing, a store that is not as it should be is caught, and all is synced in order."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from faults import states
from faults.run import KINDS, Results, table
from faults.syscalls import can_hold
from faults.trial import Outcome

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
holding = pytest.mark.skipif(
    not can_hold(), reason="this kernel cannot hold calls for another process (Linux 5.5, seccomp)"
)

PLAIN = {
    "ends": ["kill-random", "sigterm-once", "sigterm-twice", "ctrl-c-once", "ctrl-c-twice"],
    "workers": ["worker-killed", "worker-memory", "memory", "small-files"],
    "damage": [f"{part}-{how}" for part in ("results", "cache") for how in ("flipped", "short", "gone")] + ["versions"],
}
HELD = {
    "steps": ["kill-steps", "kill-again", "company"],
    "errors": ["enospc", "eio", "eacces", "erofs"],
    "raw files": ["raw"],
}
SETUP = f"""
import json, sys
from pathlib import Path
sys.path.insert(0, {str(BENCHMARKS)!r})
from faults import kinds, running
from faults.trial import WAYS, Grounds
running.load(Path("load"))
grounds = Grounds(Path("grounds").resolve())
"""


def campaign(folder: Path, names: list[str]) -> None:
    script = [sys.executable, str(BENCHMARKS / "faults" / "run.py"), "--work", str(folder), "--quick", "--only", *names]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = sum(KINDS[name].quick for name in names)
    assert done.stdout.splitlines()[len(names) + 2].split("|")[1:7:5] == [" **all** ", " 0 "]
    assert f"| **all** | {tried} |" in done.stdout


@pytest.mark.parametrize("names", PLAIN.values(), ids=list(PLAIN))
def test_a_short_campaign_loses_nothing(tmp_path: Path, names: list[str]) -> None:
    campaign(tmp_path, names)


@holding
@pytest.mark.parametrize("names", HELD.values(), ids=list(HELD))
def test_a_short_campaign_of_held_calls_loses_nothing(tmp_path: Path, names: list[str]) -> None:
    campaign(tmp_path, names)


def test_every_kind_but_mounting_is_tried_here() -> None:
    named = [name for names in [*PLAIN.values(), *HELD.values()] for name in names]
    assert sorted([*named, "full-disk"]) == sorted(KINDS)


def told(script: str, folder: Path) -> Any:
    done = subprocess.run([sys.executable, "-c", SETUP + script], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@holding
def test_a_store_that_does_not_replace_in_one_step_is_caught(tmp_path: Path) -> None:
    lost = told(
        """
from corpuskit.store import files
files.replace = lambda path, data: path.write_bytes(data)
calls = kinds.recorded(grounds, WAYS[0])
steps = [step for step, call in enumerate(calls, 1) if call.path.endswith("/curated/manifest.json")]
tried = [kinds.kill_at(grounds, WAYS[0], step, half=half) for step in steps for half in (False, True)]
print(json.dumps([outcome.lost for outcome in tried]))
""",
        tmp_path,
    )
    assert any("cannot be read" in (what or "") for what in lost), lost


@holding
def test_an_error_while_tables_are_begun_is_told_in_one_line(tmp_path: Path) -> None:
    """Those that were begun before have nowhere to write their ends to."""
    lost = told(
        """
import errno
names, _ = kinds.ERRORS[errno.ENOSPC]
calls = [call for call in kinds.recorded(grounds, WAYS[0]) if call.name in names]
steps = [step for step, call in enumerate(calls, 1) if call.name == "openat" and call.path.endswith("s.parquet")]
tried = [kinds.fail_at(grounds, WAYS[0], str(step), errno.ENOSPC, step) for step in steps]
print(json.dumps([outcome.lost for outcome in tried]))
""",
        tmp_path,
    )
    assert lost == [None] * 4


@holding
def test_all_is_synced_before_the_manifest_names_it(tmp_path: Path) -> None:
    """What a power cut leaves cannot be tried here; the order that a disk is told can."""
    calls = told(
        "print(json.dumps([[call.name, call.path] for call in kinds.recorded(grounds, WAYS[0])]))",
        tmp_path,
    )
    names = [(name.removesuffix("at"), path.partition("/curated/")[2]) for name, path in calls]
    folders = [(name, path.rpartition("/")[2]) for name, path in calls]
    commit = names.index(("rename", "manifest.json"))
    build = next(at for at, (name, path) in enumerate(names) if name == "rename" and path.startswith(".builds/"))
    staged = next(path for name, path in names if name == "mkdir" and path.startswith(".builds/.staging-"))
    for table_name in ("documents", "occurrences", "records", "links"):
        writes = [
            at for at, (name, path) in enumerate(names) if name == "write" and path.endswith(f"{table_name}.parquet")
        ]
        synced = [
            at for at, (name, path) in enumerate(names) if name == "fsync" and path.endswith(f"{table_name}.parquet")
        ]
        assert max(writes) < max(at for at in synced if at < build), table_name
    assert names.index(("fsync", staged)) < build < commit
    assert ("fsync", ".builds") in names[build:commit]
    assert names.index(("write", ".manifest.json.new")) < names.index(("fsync", ".manifest.json.new")) < commit
    assert ("fsync", "curated") in folders[commit:]


def test_what_is_not_whole_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / ".builds" / "b" / "records.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"rows")
    entry = {"path": ".builds/b/records.parquet", "sha256": states.listing(tmp_path)[".builds/b/records.parquet"]}
    manifest = {"build": "b", "tables": {"records": [entry]}}
    assert states.read(tmp_path) is None
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert states.read(tmp_path)
    file.write_bytes(b"rowz")
    with pytest.raises(states.LostError, match="not the file"):
        states.read(tmp_path)
    file.unlink()
    with pytest.raises(states.LostError, match="cannot be read"):
        states.read(tmp_path)


def test_a_copied_folder_has_the_same_links_and_times(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    states.write(begun, {"a/one": b"1", "two": b"2"})
    os.link(begun / "two", begun / "a" / "also two")
    states.point(begun, tmp_path / "elsewhere")
    copy = states.copied(begun, tmp_path / "copy")
    assert (copy / "two").samefile(copy / "a" / "also two")
    assert (copy / "raw").readlink() == (begun / "raw").readlink()
    for name in ("a", "a/one", "two"):
        assert (copy / name).stat().st_mtime_ns == (begun / name).stat().st_mtime_ns


def test_the_table_counts_what_was_lost(tmp_path: Path) -> None:
    kept = Results(tmp_path)
    kept.add("eio", "a", Outcome("EIO", "a", "first", 2, "", None))
    kept.add("eio", "b", Outcome("EIO", "b", "second", 0, "", None, new=True))
    kept.add("eio", "c", Outcome("EIO", "c", "?", 0, "", "all of it"))
    again = Results(tmp_path)
    assert [found["lost"] for found in again.lost()] == ["all of it"]
    assert list(table(again, ["enospc", "eio"]))[2:] == [
        "| input/output error at a call (`EIO`) | 3 | 1 | 1 | 2 | 1 |",
        "| **all** | 3 | 1 | 1 | 2 | 1 |",
    ]
