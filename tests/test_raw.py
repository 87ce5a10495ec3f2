"""Finding and reading files: everything that can be wrong with a folder ends in a count or a row."""

import errno
import io
import os
import socket
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import raw
from corpuskit.errors import RawError
from corpuskit.schema import SOURCES

DEFAULT = ("*.txt", "*.text", "*.md", "*.rst")


def scan(folder: Path, include: tuple[str, ...] = DEFAULT, ignore: tuple[str, ...] = ()) -> raw.Inventory:
    return raw.scan(folder, include=include, ignore=ignore)


def paths(inventory: raw.Inventory) -> list[str]:
    return list(inventory.files["path"].to_pylist())


def read(folder: Path, limit: int = 1 << 20) -> list[dict[str, Any]]:
    return list(raw.read_batch(folder, scan(folder).files, max_document_bytes=limit).to_pylist())


def write(folder: Path, *names: str, data: bytes = b"text\n") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


# --- scan --------------------------------------------------------------------------------------


def test_files_come_sorted_by_their_whole_path_in_code_point_order(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a.txt", "a-b.txt", "Z.txt", "é.txt", "a/b/c.md", "README")
    expected = ["README", "Z.txt", "a-b.txt", "a.txt", "a/b/c.md", "a/z.txt", "b.txt", "é.txt"]
    assert paths(scan(tmp_path)) == expected == sorted(expected)


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.pdf", "c.pdf", "d.RULE", ".hidden.txt", ".git/config", "drafts/x.txt", "old.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "folder-link").symlink_to(tmp_path / "drafts")
    inventory = scan(tmp_path, ignore=("drafts", "old*"))
    assert paths(inventory) == ["a.txt"]
    assert inventory.skipped == {
        "hidden": 1,
        "hidden folder": 1,
        "ignored": 1,
        "ignored folder": 1,
        "name (.RULE)": 1,
        "name (.pdf)": 2,
        "symlink": 2,
    }
    assert inventory.problems == ()


@pytest.mark.parametrize(
    ("include", "ignore", "expected"),
    [
        (("*",), (), ["NOTICE", "a.txt", "b.TXT", "sub/c.txt", "sub/deep/d.md"]),
        (("sub/*",), (), ["NOTICE", "sub/c.txt", "sub/deep/d.md"]),
        (("?.txt",), (), ["NOTICE", "a.txt", "sub/c.txt"]),
        (("[ab].*",), (), ["NOTICE", "a.txt", "b.TXT"]),
        ((), (), ["NOTICE"]),
        (("*",), ("NOTICE", "deep"), ["a.txt", "b.TXT", "sub/c.txt"]),
        (("*",), ("sub/deep/",), ["NOTICE", "a.txt", "b.TXT", "sub/c.txt"]),
        (("*",), ("a.txt/",), ["NOTICE", "a.txt", "b.TXT", "sub/c.txt", "sub/deep/d.md"]),
        (("*",), ("sub/*",), ["NOTICE", "a.txt", "b.TXT"]),
        (("*",), ("c.txt",), ["NOTICE", "a.txt", "b.TXT", "sub/deep/d.md"]),
    ],
)
def test_patterns_match_the_path_or_the_bare_name(
    tmp_path: Path, include: tuple[str, ...], ignore: tuple[str, ...], expected: list[str]
) -> None:
    write(tmp_path, "a.txt", "b.TXT", "sub/c.txt", "sub/deep/d.md", "NOTICE")
    assert paths(scan(tmp_path, include, ignore)) == expected


def test_symlink_loops_end(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert paths(scan(tmp_path)) == ["sub/a.txt"]


def test_a_raw_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt")
    (tmp_path / "raw").symlink_to(tmp_path / "real")
    assert paths(scan(tmp_path / "raw")) == ["a.txt"]


def test_pipes_and_sockets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # names of sockets are limited to about 100 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        inventory = scan(tmp_path)
    assert paths(inventory) == []
    assert inventory.skipped == {"special file": 2}


def test_folders_deeper_than_the_recursion_limit_are_walked(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    file = folders[-1] / "a.txt"
    file.write_bytes(b"x")
    assert paths(scan(tmp_path)) == ["d/" * 1200 + "a.txt"]
    assert read(tmp_path)[0]["raw"] == b"x"
    file.unlink()  # pytest's own clearing up would recurse
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_an_empty_folder_gives_an_empty_inventory(tmp_path: Path) -> None:
    inventory = scan(tmp_path)
    assert inventory.files.schema == raw.INVENTORY
    assert inventory.files.num_rows == 0
    assert list(raw.batches(inventory.files, max_bytes=1, max_files=1)) == []
    assert raw.read_batch(tmp_path, inventory.files, max_document_bytes=1).schema == SOURCES


@pytest.mark.parametrize(("name", "reason"), [("missing", "No such file"), ("file", "Not a directory")])
def test_a_raw_that_is_no_folder_is_one_clear_line(tmp_path: Path, name: str, reason: str) -> None:
    write(tmp_path, "file")
    with pytest.raises(RawError, match=reason) as caught:
        scan(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_listed_is_a_problem_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.txt", "shut/b.txt", "z/c.txt")
    real = os.scandir

    def scandir(folder: bytes) -> Any:
        if folder.endswith(b"shut"):
            raise PermissionError(errno.EACCES, "no")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    inventory = scan(tmp_path)
    assert paths(inventory) == ["a.txt", "z/c.txt"]
    assert inventory.problems == (("shut/", "unreadable: Permission denied"),)
    rows = raw.failed(inventory.problems)
    assert rows.schema == SOURCES
    assert rows["problem"].to_pylist() == ["unreadable: Permission denied"]
    assert rows["raw"].null_count == rows["size_bytes"].null_count == 1


def test_numbers_beyond_63_bits_are_kept_apart_and_do_not_overflow() -> None:
    assert raw._int64((1 << 64) - 1) == -1
    assert raw._int64(1 << 63) == -(1 << 63)
    assert raw._int64(-5) == -5


# --- names -------------------------------------------------------------------------------------


@given(st.binary(min_size=1).filter(lambda name: b"/" not in name))
def test_escaping_is_reversible_and_gives_text(name: bytes) -> None:
    escaped = raw.escape(name)
    escaped.encode("utf-8")
    assert raw.unescape(escaped) == name


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        (b"plain.txt", "plain.txt"),
        (b"caf\xe9.txt", "caf%E9.txt"),
        ("café.txt".encode(), "café.txt"),
        (b"100%.txt", "100%.txt"),
        (b"100%25.txt", "100%2525.txt"),
        (b"%e9\xe9", "%25e9%E9"),
        (b"%\xff", "%%FF"),
        (b"\xed\xa0\x80", "%ED%A0%80"),
    ],
)
def test_only_what_must_be_is_escaped(name: bytes, escaped: str) -> None:
    assert raw.escape(name) == escaped


def test_names_that_are_not_utf8_are_found_and_read(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    for name in (b"caf\xe9.txt", b"caf%E9.txt", "café.txt".encode()):
        with open(root + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(name)
    rows = read(tmp_path)
    assert [row["path"] for row in rows] == ["caf%25E9.txt", "caf%E9.txt", "café.txt"]
    assert [row["raw"] for row in rows] == [b"caf%E9.txt", b"caf\xe9.txt", "café.txt".encode()]


def test_names_equal_after_unicode_normalization_are_two_files(tmp_path: Path) -> None:
    composed, decomposed = "é.txt", unicodedata.normalize("NFD", "é.txt")
    write(tmp_path, composed, data=b"1")
    write(tmp_path, decomposed, data=b"2")
    rows = read(tmp_path)
    assert {row["path"]: row["raw"] for row in rows} == {composed: b"1", decomposed: b"2"}


# --- batches -----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 50)), st.integers(1, 60), st.integers(1, 5))
def test_batches_are_the_files_in_order_within_the_limits(sizes: list[int], max_bytes: int, max_files: int) -> None:
    numbers = list(range(len(sizes)))
    names = [str(number) for number in numbers]
    files = pa.table([names, sizes, numbers, numbers, numbers], schema=raw.INVENTORY)
    found = list(raw.batches(files, max_bytes=max_bytes, max_files=max_files))
    assert [path for batch in found for path in batch["path"].to_pylist()] == names
    for batch in found:
        assert 1 <= batch.num_rows <= max_files
        assert batch.num_rows == 1 or sum(batch["size_bytes"].to_pylist()) <= max_bytes


# --- read_batch --------------------------------------------------------------------------------


def test_bytes_come_as_they_are_with_what_their_names_say(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", data=b"\xff\x00\r\n")
    write(tmp_path, "b.md", data=b"")
    table = raw.read_batch(tmp_path, scan(tmp_path).files, max_document_bytes=100)
    table.validate(full=True)
    assert table.schema == SOURCES
    assert table.to_pylist() == [
        {
            "path": "a.txt",
            "member": None,
            "size_bytes": 4,
            "media_type": "text/plain",
            "extractor": "plain/1",
            "raw": b"\xff\x00\r\n",
            "problem": None,
        },
        {
            "path": "b.md",
            "member": None,
            "size_bytes": 0,
            "media_type": "text/markdown",
            "extractor": "plain/1",
            "raw": b"",
            "problem": None,
        },
    ]


def test_a_slice_of_the_inventory_reads_just_these(tmp_path: Path) -> None:
    write(tmp_path, *[f"{number}.txt" for number in range(9)])
    table = raw.read_batch(tmp_path, scan(tmp_path).files.slice(3, 2), max_document_bytes=100)
    assert table["path"].to_pylist() == ["3.txt", "4.txt"]


def _vanish(path: Path) -> None:
    path.unlink()


def _become_link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def _become_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("happening", "problem"),
    [
        (_vanish, "vanished: No such file or directory"),
        (_become_link, "unreadable: Too many levels of symbolic links"),
        (_become_pipe, "unreadable: not a regular file"),
        (_become_folder, "unreadable: "),
    ],
)
def test_what_happens_to_a_file_after_the_scan_is_its_problem_alone(
    tmp_path: Path, happening: Callable[[Path], None], problem: str
) -> None:
    write(tmp_path, "a.txt", "b.txt", "c.txt")
    files = scan(tmp_path).files
    happening(tmp_path / "b.txt")
    rows = raw.read_batch(tmp_path, files, max_document_bytes=100).to_pylist()
    assert rows[1]["problem"].startswith(problem)
    assert rows[1]["raw"] is None
    assert [row["raw"] for row in (rows[0], rows[2])] == [b"text\n", b"text\n"]


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", data=b"12345")
    write(tmp_path, "b.txt", data=b"1234")
    big, small = read(tmp_path, limit=4)
    assert (big["problem"], big["raw"], big["size_bytes"]) == ("too_large: 5 bytes", None, 5)
    assert small["raw"] == b"1234"


def test_a_file_that_changed_since_the_scan_and_is_quiet_now_is_read_as_it_is_now(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt", "c.txt")
    files = scan(tmp_path).files
    write(tmp_path, "a.txt", data=b"much longer than before\n" * 1000)
    write(tmp_path, "b.txt", data=b"")
    rows = raw.read_batch(tmp_path, files, max_document_bytes=1 << 20).to_pylist()
    assert [row["problem"] for row in rows] == [None, None, None]
    assert [row["raw"] for row in rows] == [b"much longer than before\n" * 1000, b"", b"text\n"]
    assert [row["size_bytes"] for row in rows] == [24000, 0, 5]


def test_a_file_that_keeps_changing_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "b.txt")
    fill = raw._fill

    def growing(file: io.FileIO, *args: Any) -> bool:
        with (tmp_path / "a.txt").open("ab") as log:
            log.write(b"more\n")
        return fill(file, *args)

    monkeypatch.setattr(raw, "_fill", growing)
    rows = read(tmp_path)
    assert rows[0]["problem"] == "vanished: changed while it was read"
    assert rows[0]["raw"] is None
    assert rows[1]["raw"] == b"text\n"


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.EACCES, "unreadable: Permission denied"),
        (errno.EIO, "unreadable: Input/output error"),
        (errno.ESTALE, "vanished: Stale file handle"),
    ],
)
def test_an_error_on_opening_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, problem: str
) -> None:
    write(tmp_path, "a.txt", "bad.txt")
    real = os.open

    def failing(path: Any, *args: Any, **kwargs: Any) -> int:
        if os.fspath(path) in (b"bad.txt", os.fsencode(tmp_path / "bad.txt")):
            raise OSError(number, os.strerror(number))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", failing)
    rows = read(tmp_path)
    assert [row["problem"] for row in rows] == [None, problem]


def test_an_error_in_the_middle_of_a_file_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt")

    def failing(*_: Any) -> bool:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(raw, "_fill", failing)
    assert read(tmp_path)[0]["problem"] == "unreadable: Input/output error"


def test_a_folder_swapped_for_a_link_after_the_scan_does_not_lead_out(tmp_path: Path) -> None:
    write(tmp_path, "raw/sub/a.txt", "raw/b.txt")
    write(tmp_path, "secret/a.txt", data=b"hidden")
    files = scan(tmp_path / "raw").files
    (tmp_path / "raw" / "sub").rename(tmp_path / "raw" / "was")
    (tmp_path / "raw" / "sub").symlink_to(tmp_path / "secret")
    rows = raw.read_batch(tmp_path / "raw", files, max_document_bytes=100).to_pylist()
    assert [(row["path"], row["raw"], row["problem"]) for row in rows] == [
        ("b.txt", b"text\n", None),
        ("sub/a.txt", None, "vanished: No such file or directory"),
    ]


# --- symbolic links, where they are asked for ------------------------------------------------------


def followed(folder: Path) -> raw.Inventory:
    return raw.scan(folder, include=DEFAULT, ignore=(), follow_symlinks=True)


def test_links_are_followed_where_asked_also_out_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "raw/a.txt", "elsewhere/b.txt", "elsewhere/deep/c.txt", "one.txt")
    (tmp_path / "raw" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw" / "file.txt").symlink_to("../one.txt")
    (tmp_path / "raw" / "gone.txt").symlink_to("nowhere")
    (tmp_path / "raw" / "zero.txt").symlink_to("/dev/zero")
    inventory = followed(tmp_path / "raw")
    assert paths(inventory) == ["a.txt", "file.txt", "folder/b.txt", "folder/deep/c.txt"]
    assert inventory.problems == (("gone.txt", "vanished: No such file or directory"),)
    assert inventory.skipped == {"special file": 1}
    rows = raw.read_batch(tmp_path / "raw", inventory.files, max_document_bytes=100, follow_symlinks=True)
    assert rows["raw"].to_pylist() == [b"text\n"] * 4
    rows = raw.read_batch(tmp_path / "raw", inventory.files, max_document_bytes=100)
    assert rows["problem"].to_pylist()[1] == "unreadable: Too many levels of symbolic links"


def test_link_loops_end_and_each_folder_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.txt", "sub/deep/b.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "sub" / "deep")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    inventory = followed(tmp_path)
    assert paths(inventory) == ["sub/a.txt", "sub/deep/b.txt"]
    assert inventory.skipped == {"folder read already": 2}
    assert inventory.problems == (("self.txt", "unreadable: Too many levels of symbolic links"),)


def test_links_that_fan_out_cost_no_more_than_their_number(tmp_path: Path) -> None:
    # 2 ** 30 paths lead to the last folder.
    for level in range(30):
        (tmp_path / f"level{level}").mkdir()
        for name in ("left", "right"):
            (tmp_path / f"level{level}" / name).symlink_to(f"../level{level + 1}")
    write(tmp_path, "level30/a.txt")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "in").symlink_to("../level0")
    inventory = followed(tmp_path / "raw")
    assert paths(inventory) == ["in/" + "left/" * 30 + "a.txt"]
    assert inventory.skipped == {"folder read already": 30}
