"""Names and texts that would steer a terminal, or be taken for each other: carried whole, shown so that they can be
read, whatever the command."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

import corpuskit
from corpuskit import cli
from corpuskit.cli import console, ingest
from corpuskit.raw import unescape
from corpuskit.settings import make

STEERING = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202eabc\u2066\u2028\x08\x7f"
SENTENCE = "The parties shall cooperate in the prevention of incidents, and share what they know of them in good time. "
# ESC, BEL, CR, backspace, DEL, C1, overrides, isolates, separators, surrogates: all but LF and what text is made of.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")

Run = Callable[..., str]


def name_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape").replace(b"/", b"_")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with names and texts of all kinds; not every file system takes them."""
    raw = tmp_path / "raw"
    raw.mkdir()
    texts = {
        name_of(f"steer{STEERING}.txt"): f"{SENTENCE}{STEERING} one\n\nfirst {STEERING}\n",
        b"not\xff\xfeutf8.txt": f"{SENTENCE}{STEERING} two\n\nsecond\n",
        b"percent%41.txt": f"{SENTENCE}once more\n\nthird\n",
        unicodedata.normalize("NFC", "caf\u00e9.txt").encode(): "composed\n",
        unicodedata.normalize("NFD", "caf\u00e9.txt").encode(): "decomposed\n",
        name_of(f"bad{STEERING}.txt"): "\0" * 20,
        name_of(f"left out.{STEERING}"): "nothing\n",
    }
    try:
        for name, text in texts.items():
            with open(os.path.join(os.fsencode(raw), name), "wb") as file:  # noqa: PTH118, PTH123 - names are bytes
                file.write(text.encode("utf-8", "surrogatepass"))
    except OSError:
        pytest.skip("this file system does not take such names")
    return tmp_path


@pytest.fixture
def run(hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in the folder; gives all that it prints, once it is known to be safe."""
    monkeypatch.chdir(hostile)

    def call(*arguments: str, code: int | None = 0) -> str:
        ended = cli.main(arguments)
        captured = capsys.readouterr()
        printed = captured.out + captured.err
        assert UNSAFE.findall(printed) == [], arguments
        assert code in (None, ended), printed
        return printed

    return call


def test_no_command_lets_names_or_texts_steer_the_terminal(run: Run, hostile: Path) -> None:
    shown = run("ingest", "--min-near-chars", "20")
    assert "bad␛[2J" in shown
    assert "left out: file named *.␛[2J" in shown
    run("ingest", "--json")
    assert "binary: " in run("check")
    run("check", "--json")
    records = corpuskit.open(hostile / "curated").records.to_table()["record_id"].to_pylist()
    for record in records:
        run("trace", record)
        run("trace", record, "--full")
        run("trace", record, "--json")
    for path in corpuskit.open(hostile / "curated").documents.to_table()["path"].to_pylist():
        run("trace", f"{path}:1", code=None)
    assert "␛[2J" in run("trace", "first")
    run("trace", SENTENCE)
    run("trace", "o")
    run("trace", "o", "--first", "1")


def test_no_error_lets_what_was_typed_steer_the_terminal(run: Run, hostile: Path) -> None:
    run("ingest")
    config = hostile / os.fsdecode(name_of(f"conf{STEERING}.toml"))
    config.write_text(f"threshold = {json.dumps(STEERING.encode('ascii', 'ignore').decode())}\n")
    run("ingest", "--config", str(config), code=2)
    config.write_text("bands = 64\n")
    assert "settings from " in run("ingest", "--config", str(config))
    for arguments in (
        ("ingest", f"nowhere{STEERING}"),
        ("ingest", "--unit", STEERING),
        ("ingest", "--bands", STEERING),
        ("ingest", "--drop", f"({STEERING}"),
        ("ingest", "--canonical", "longest", "--canonical", STEERING),
        ("ingest", f"--no-such{STEERING}"),
        ("ingest", "raw", f"raw/{STEERING}"),
        ("check", f"nowhere{STEERING}"),
        ("trace", f"nothing like this {STEERING}"),
        ("trace", f"nowhere{STEERING}", "what"),
        ("trace", f"steer{STEERING}.txt:99"),
        ("trace", "a", "b", STEERING),
        (STEERING,),
    ):
        run(*arguments, code=2)


def test_findings_about_hostile_files_are_safe(run: Run, hostile: Path) -> None:
    run("ingest")
    for file in os.listdir(os.fsencode(hostile / "raw")):  # noqa: PTH208 - names are bytes
        path = os.path.join(os.fsencode(hostile / "raw"), file)  # noqa: PTH118
        with open(path, "ab") as changed:  # noqa: PTH123
            changed.write(b" and more")
    assert "raw_changed" in run("check", code=1)


def test_values_of_a_forged_corpus_are_safe(run: Run, hostile: Path) -> None:
    run("ingest", "--min-near-chars", "20")
    corpus = corpuskit.open(hostile / "curated")
    for table, columns in (("records", ("canonical", "variant_group")), ("occurrences", ("reason", "measure"))):
        file = corpus.files(table)[0]
        forged = pq.read_table(file)
        for name in columns:
            place = forged.column_names.index(name)
            forged = forged.set_column(place, forged.schema.field(name), pa.array([STEERING] * len(forged)))
        pq.write_table(forged, file)
    for record in corpus.records.to_table()["record_id"].to_pylist():
        run("trace", record, "--full")
    run("check", code=1)


def test_a_fault_of_ours_that_quotes_a_text_is_safe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(STEERING)

    monkeypatch.setattr("corpuskit.runs.ingest", fail)
    assert "RuntimeError: ␛[2J" in run("ingest", code=2)


def test_progress_on_a_terminal_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=StringIO(), force_terminal=True, width=200, color_system=None)
    monkeypatch.setattr(console, "err", screen)
    with console.Bars() as bars:
        bars.begin(f"phase {STEERING}", documents=1, size=1)
        bars.note(f"note {STEERING}")
    assert isinstance(screen.file, StringIO)
    shown = screen.file.getvalue()
    assert "note ␛[2J" in shown
    assert "phase ␛[2J" in shown
    for steering in ("\x1b[2J", "\x1b]0;", "\x07", "\x9b", "\u202e", "\u2066", "\u2028", "\x08"):
        assert steering not in shown


def test_the_advice_to_include_a_suffix_does_not_hide_what_it_is() -> None:
    (one, _), advice = ingest._left_out(f"name (.{STEERING})")
    assert UNSAFE.search(console.visible(one + advice)) is None


def test_names_are_told_apart_and_carried_so_that_they_lead_back(run: Run, hostile: Path) -> None:
    run("ingest")
    rows = corpuskit.open(hostile / "curated").documents.to_table().to_pylist()
    on_disk = {name for name in os.listdir(os.fsencode(hostile / "raw")) if b"left out" not in name}  # noqa: PTH208
    assert {unescape(row["path"]) for row in rows} == on_disk
    assert len({row["document_id"] for row in rows}) == len(rows) == len(on_disk)
    paths = [row["path"] for row in rows]
    assert "not%FF%FEutf8.txt" in paths
    assert "percent%2541.txt" in paths
    same = [path for path in paths if unicodedata.normalize("NFC", path) == "caf\u00e9.txt"]
    assert len(same) == 2
    assert [run("trace", f"{path}:1").count("composed") for path in same] == [1, 1]
    assert {"decomposed" in run("trace", f"{path}:1") for path in same} == {True, False}
    assert run("trace", "not%FF%FEutf8.txt:4").count("second") == 1
    assert [finding for finding in corpuskit.check(hostile / "curated") if finding.severity == "error"] == []


def test_names_as_the_shell_hands_them_over_are_found(hostile: Path) -> None:
    corpuskit.ingest(hostile / "raw", hostile / "curated", make({}))
    command = [os.fsencode(sys.executable), b"-m", b"corpuskit", b"trace", b"raw/not\xff\xfeutf8.txt:4"]
    done = subprocess.run(command, cwd=hostile, capture_output=True, check=True)
    assert b"second" in done.stdout
