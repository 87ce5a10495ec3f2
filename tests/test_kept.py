"""What is kept on disk is what would be made."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xxhash

from corpuskit import chartables, kept, reading, text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_arrays_are_made_once(folder: Path) -> None:
    made: list[int] = []

    def make() -> tuple[Any, Any]:
        made.append(1)
        return np.arange(10, dtype=np.uint16), np.zeros((0, 3))

    for _ in range(2):
        first, second = kept.kept("name", (__file__,), make)
        assert (first.tolist(), first.dtype) == (list(range(10)), np.uint16)
        assert (second.shape, second.dtype) == ((0, 3), np.float64)
        assert not first.flags.writeable
    assert len(made) == 1
    assert len(list(folder.iterdir())) == 1


def _one(value: int) -> tuple[Any]:
    return (np.array([value]),)


def test_other_code_has_other_arrays(folder: Path) -> None:
    source = folder / "source.py"
    for value in (1, 2):
        source.write_text(f"# {value}")
        (array,) = kept.kept("name", (str(source),), partial(_one, value))
        assert array.tolist() == [value]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "unreadable"])
def test_damaged_arrays_are_made_anew(folder: Path, damage: str) -> None:
    kept.kept("name", (__file__,), lambda: (np.arange(10),))
    (path,) = folder.iterdir()
    data = path.read_bytes()
    path.unlink()
    if damage == "unreadable":
        path.mkdir()
    else:
        path.write_bytes({"cut": data[:-1], "changed": data[:-1] + b"?", "empty": b""}[damage])
    (array,) = kept.kept("name", (__file__,), lambda: (np.arange(10),))
    assert array.tolist() == list(range(10))
    assert [found for found in folder.iterdir() if found != path] == []


@pytest.mark.parametrize("data", [b"junk", b"", np.lib.format.magic(1, 0)])
def test_what_is_no_array_is_made_anew(folder: Path, data: bytes) -> None:
    kept.kept("name", (__file__,), lambda: (np.arange(10),))
    (path,) = folder.iterdir()
    path.write_bytes(xxhash.xxh3_128_digest(data) + data)
    (array,) = kept.kept("name", (__file__,), lambda: (np.arange(10),))
    assert array.tolist() == list(range(10))


def test_code_that_is_in_no_file_is_asked_each_time(folder: Path) -> None:
    (array,) = kept.kept("name", (f"{folder}/archive.zip/module.py",), lambda: (np.arange(10),))
    assert array.tolist() == list(range(10))
    assert list(folder.iterdir()) == []


def test_nothing_need_be_writable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "cache_folder", lambda: folder / "gone")
    (array,) = kept.kept("name", (__file__,), lambda: (np.arange(10),))
    assert array.tolist() == list(range(10))


def test_the_tables_that_are_loaded_are_those_that_are_made(folder: Path) -> None:
    kinds: list[tuple[Callable[[], tuple[Any, ...]], str, tuple[str, ...]]] = [
        (text._make_fold_tables, "fold", (text.__file__,)),
        (text._make_classes, "classes", (text.__file__,)),
        (chartables._make_character_table, "characters", (chartables.__file__,)),
        (chartables._make_zeros, "zeros", (chartables.__file__,)),
        (reading._make_word_kinds, "word-kinds", (reading.__file__, text.__file__)),
    ]
    for make, name, sources in kinds:
        for _ in range(2):
            for array, expected in zip(kept.kept(name, sources, make), make(), strict=True):
                assert array.dtype == expected.dtype
                assert (array == expected).all()
    assert len(list(folder.iterdir())) == 5
