"""The flow as a whole: what depends on nothing but the bytes and the settings, and what ends with one clear line."""

import itertools
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import corpuskit
from corpuskit import pipeline, store
from corpuskit.progress import Silent
from corpuskit.schema import PUBLISHED
from corpuskit.settings import make
from corpuskit.store import files

WORDS = [line.strip() for line in Path(__file__).read_text(encoding="utf-8").replace("(", " ").split() if len(line) > 2]


def write_corpus(raw: Path, *, documents: int = 30, seed: int = 7) -> None:
    """Documents of paragraphs that are new, copied, or copied with one word changed."""
    rng = random.Random(seed)
    known = [" ".join(rng.choices(WORDS, k=30)) for _ in range(20)]
    raw.mkdir(parents=True)
    for number in range(documents):
        paragraphs = []
        for _ in range(rng.randrange(1, 8)):
            words = rng.choice(known).split()
            if rng.random() < 0.4:
                words[rng.randrange(len(words))] = rng.choice(WORDS)
            paragraphs.append(" ".join(words) + ".")
        (raw / f"{number:03d}.txt").write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")


def read(curated: Path) -> dict[str, pa.Table]:
    corpus = corpuskit.open(curated)
    return {name: getattr(corpus, name).to_table() for name in ("documents", "occurrences", "records", "links")}


def test_worker_counts_and_batches_do_not_change_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "raw")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "one", make({"workers": 1}))
    monkeypatch.setattr(pipeline, "JOB_FILES", 7)
    monkeypatch.setattr(pipeline, "WRITE_ROWS", 5)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "two", make({"workers": 2}))
    corpuskit.ingest(tmp_path / "raw", tmp_path / "three", make({"workers": 3}))
    one, two, three = (read(tmp_path / name) for name in ("one", "two", "three"))
    assert one["records"].num_rows > 10
    for name in one:
        assert one[name].equals(two[name], check_metadata=True)
        assert one[name].equals(three[name], check_metadata=True)
    for name in one:  # even byte for byte
        assert (tmp_path / "one" / f"{name}.parquet").read_bytes() == (
            tmp_path / "two" / f"{name}.parquet"
        ).read_bytes()


def test_files_written_in_another_order_give_the_same_rows(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw")
    files = sorted((tmp_path / "raw").iterdir())
    random.Random(3).shuffle(files)
    (tmp_path / "again").mkdir()
    for file in files:
        shutil.copy(file, tmp_path / "again" / file.name)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "one")
    corpuskit.ingest(tmp_path / "again", tmp_path / "two")
    one, two = read(tmp_path / "one"), read(tmp_path / "two")
    assert all(one[name].equals(two[name]) for name in one)


def test_a_second_run_replaces_the_build_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw")
    first = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    (tmp_path / "raw" / "new.txt").write_text("A passage that was not there before, and is long enough to be one.")
    second = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert first.build != second.build
    assert [path.name for path in (tmp_path / "curated" / ".builds").iterdir()] == [second.build]
    assert second.records == first.records + 1
    assert len(list((tmp_path / ".corpuskit_cache" / "curated").iterdir())) == 3  # the index, one shard, `apart`
    assert not corpuskit.check(tmp_path / "curated")


def test_the_same_run_again_gives_the_same_files(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", documents=3)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    before = (tmp_path / "curated" / "manifest.json").read_bytes()
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert (tmp_path / "curated" / "manifest.json").read_bytes() == before
    assert not corpuskit.check(tmp_path / "curated")


def test_a_bad_file_is_a_row_and_the_rest_is_there(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", documents=3)
    (tmp_path / "raw" / "bad.txt").write_bytes(b"text with a NUL \x00 in it")
    (tmp_path / "raw" / "empty.txt").touch()
    result = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    rows = {row["path"]: row for row in read(tmp_path / "curated")["documents"].to_pylist()}
    assert result.documents == 5
    assert result.problems == 1
    assert rows["bad.txt"]["problem"].startswith("binary")
    assert rows["bad.txt"]["sha256"]
    assert rows["empty.txt"]["flags"] == ["empty"]
    assert rows["empty.txt"]["problem"] is None


@pytest.mark.parametrize(
    ("raw", "curated", "message"),
    [
        ("missing", "curated", "missing"),
        ("raw", "raw", "same folder"),
        ("raw", "raw/curated", "nested"),
        ("raw/inner", "raw", "nested"),
        ("empty", "curated", "no text files"),
    ],
)
def test_folders_that_cannot_do_are_refused_with_one_line(tmp_path: Path, raw: str, curated: str, message: str) -> None:
    write_corpus(tmp_path / "raw", documents=1)
    (tmp_path / "raw" / "inner").mkdir()
    (tmp_path / "empty").mkdir()
    with pytest.raises(corpuskit.RawError, match=message) as error:
        corpuskit.ingest(tmp_path / raw, tmp_path / curated)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "curated").exists()


def test_a_folder_that_lost_more_than_half_is_refused_unless_told(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", documents=9)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    before = read(tmp_path / "curated")
    for number in range(6):
        (tmp_path / "raw" / f"{number:03d}.txt").unlink()
    with pytest.raises(corpuskit.RawError, match="allow-shrink"):
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    assert read(tmp_path / "curated")["records"].equals(before["records"])
    assert corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", allow_shrink=True).documents == 3


def test_an_empty_corpus_is_published_when_told(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    result = corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", allow_shrink=True)
    assert (result.documents, result.records) == (0, 0)
    assert not corpuskit.check(tmp_path / "curated")


def test_a_second_writer_is_turned_away(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", documents=1)
    with store.writing(tmp_path / "curated"), pytest.raises(corpuskit.WriteError, match="another run"):
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")


def test_a_run_that_fails_leaves_the_old_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "raw", documents=4)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    before = sorted(path.relative_to(tmp_path) for path in (tmp_path / "curated").rglob("*"))
    rows = read(tmp_path / "curated")
    (tmp_path / "raw" / "new.txt").write_text("Something new that would change the corpus, were it published.")

    steps = {
        "sync": ".builds",
        "replace": "manifest.json",
        "sha256": "records.parquet",
        "write_arrow": "passages.arrow",
    }
    for step, place in steps.items():
        with monkeypatch.context() as patch:
            patch.setattr(files, step, _full_at(place, getattr(files, step)))
            with pytest.raises(corpuskit.WriteError, match="No space left"):
                corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
        assert all(rows[name].equals(read(tmp_path / "curated")[name]) for name in rows), step
        (tmp_path / "raw" / "new.txt").write_text(f"Something new again, so that the shard is made anew after {step}.")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated")
    after = sorted(path.relative_to(tmp_path) for path in (tmp_path / "curated").rglob("*"))
    assert len(before) == len(after)


def _full_at(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """What a full disk makes of the work, on the file or folder of that name."""

    def full(path: Path, *more: Any) -> Any:
        if path.name == name:
            raise OSError(28, "No space left on device", str(path))
        return work(path, *more)

    return full


def test_a_worker_that_dies_ends_the_run_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "raw")
    monkeypatch.setattr(pipeline, "JOB_FILES", 5)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'corpuskit.workers' in sys.orig_argv: sys.exit('as told')\n"
    )
    with pytest.raises(corpuskit.CorpuskitError, match=r"worker process died .*; it said: .*as told$"):
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"workers": 2}))
    with pytest.raises(corpuskit.CorpusError):
        corpuskit.open(tmp_path / "curated")


def test_workers_do_not_import_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "raw")
    (tmp_path / "queue.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "JOB_FILES", 5)
    assert corpuskit.ingest("raw", "curated", make({"workers": 2})).documents == 30


def test_settings_that_miss_like_pairs_are_warned_of(tmp_path: Path) -> None:
    class Notes(Silent):
        def __init__(self) -> None:
            self.notes: list[str] = []

        def note(self, message: str) -> None:
            self.notes.append(message)

    write_corpus(tmp_path / "raw", documents=1)
    for values, warnings in (({}, 0), ({"bands": 1, "rows": 64}, 1), ({"threshold": "0.7"}, 1)):
        progress = Notes()
        corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make(values), progress=progress)
        assert len([note for note in progress.notes if "miss about" in note]) == warnings


def test_a_script_without_a_main_guard_may_use_workers(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw")
    script = "import corpuskit\nfrom corpuskit import pipeline\nfrom corpuskit.settings import make\n"
    script += "pipeline.JOB_FILES = 5\nprint(corpuskit.ingest('raw', 'curated', make({'workers': 2})).documents)\n"
    (tmp_path / "script.py").write_text(script)
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "30\n"


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("most_copies", "The wording that stands in two documents is the one which most people know, so it is kept."),
        ("longest", "The wording that stands in two documents is the one which most people know, so it is kept here."),
        ("earliest", "The wording that stands in two documents is the one that most people know, so it is kept."),
        (("z/*", "a*"), "The wording that stands in two documents is the one which people know, so it is kept."),
    ],
)
def test_the_canonical_policy_chooses_the_wording(tmp_path: Path, policy: str | tuple[str, ...], text: str) -> None:
    common = "The wording that stands in two documents is the one which most people know, so it is kept."
    (tmp_path / "raw" / "z").mkdir(parents=True)
    wordings = {
        "a.txt": common.replace("which", "that"),
        "b.txt": common,
        "c.txt": common,
        "d.txt": common.replace("kept.", "kept here."),
        "z/e.txt": common.replace("most ", ""),
    }
    for name, wording in wordings.items():
        (tmp_path / "raw" / name).write_text(wording + "\n")
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", make({"canonical": policy}))
    records = read(tmp_path / "curated")["records"].to_pylist()
    assert [record["text"] for record in records] == [text]
    assert records[0]["n_documents"] == 5


def test_the_manifest_says_what_the_corpus_was_made_of(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", documents=2)
    settings = make({"threshold": "0.9"})
    corpuskit.ingest(tmp_path / "raw", tmp_path / "curated", settings)
    manifest = json.loads((tmp_path / "curated" / "manifest.json").read_text())
    assert manifest["raw"] == "../raw"
    assert manifest["settings"]["threshold"] == 0.9
    assert manifest["settings_digest"] == settings.digest
    assert manifest["sketch"]["scheme"] == "affine32"
    assert manifest["counts"]["documents"] == 2
    assert str(tmp_path) not in json.dumps(manifest)


def test_deduplicate_says_which_text_stands_for_each() -> None:
    near = "A passage of some length, about nothing in particular, which is repeated with one small change."
    texts = [near, "Another passage that has nothing to do with the first one, but is as long as it.", near.upper()]
    texts += [near.replace("small", "little"), "short", "Short", ""]
    table = corpuskit.deduplicate(texts)
    assert table["record"].to_pylist() == [0, 1, 0, 0, 4, 4, 6]
    assert table["reason"].to_pylist() == [
        *("canonical", "canonical", "same_normalized", "similar"),
        *("canonical", "same_normalized", "canonical"),
    ]
    assert table["similarity"][3].as_py() == pytest.approx(1 - 9 / 191, abs=0.02)


def test_deduplicate_says_which_texts_are_filtered() -> None:
    texts = ["A passage of some length.", "short", "A Passage of some length.", "Page 12 of 40"]
    table = corpuskit.deduplicate(texts, make({"min_chars": 6, "drop": ["^Page"]}))
    assert table["record"].to_pylist() == [0, None, 0, None]
    assert table["similarity"].to_pylist() == [1.0, None, 1.0, None]
    assert table["measure"].to_pylist() == ["equal", None, "equal", None]
    assert table["reason"].to_pylist() == ["canonical", "too_short", "same_normalized", "dropped"]
    assert corpuskit.deduplicate(["", "a"], make({"min_chars": 3}))["record"].to_pylist() == [None, None]


def test_filtered_passages_are_rows_and_in_no_record(tmp_path: Path) -> None:
    """The same words may be filtered in one place and kept in another; ids do not depend on that."""
    lines = [f"what the committee heard on day {day} of all that was to be said about the many" for day in range(12)]
    pages = ["\n".join([*lines[at : at + 3], "", f"- {at // 3 + 1} -", ""]) for at in range(0, 12, 3)]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("\f".join(pages))
    (tmp_path / "raw" / "b.txt").write_text("- 2 -\n\nA passage that nobody drops.\n")
    result = pipeline.ingest(tmp_path / "raw", tmp_path / "curated")
    assert (result.filtered, dict(result.filter_reasons)) == (4, {"page_furniture": 4})
    assert result.passages == result.records + result.exact + result.near + result.filtered
    tables = read(tmp_path / "curated")
    rows = tables["occurrences"].to_pylist()
    assert [(row["text"], row["fate"]) for row in rows if row["fate"] == "filtered"] == [
        (f"- {number} -", "filtered") for number in range(1, 5)
    ]
    assert "- 2 -" in tables["records"]["text"].to_pylist()
    for row in rows:
        empty = row["fate"] == "filtered"
        assert [row[name] is None for name in ("record_id", "similarity", "measure")] == [empty] * 3
    ids = {row["occurrence_id"] for row in rows}
    assert len(ids) == len(rows)
    again = pipeline.ingest(tmp_path / "raw", tmp_path / "curated", make({"min_chars": 1000}))
    assert (again.records, again.filtered) == (0, again.passages)
    assert set(read(tmp_path / "curated")["occurrences"]["occurrence_id"].to_pylist()) == ids
    assert corpuskit.check(tmp_path / "curated") == []


def test_deduplicate_takes_columns_and_nothing() -> None:
    assert corpuskit.deduplicate([]).num_rows == 0
    column = pa.chunked_array([["one"], ["one", "two"]])
    assert corpuskit.deduplicate(column)["record"].to_pylist() == [0, 0, 2]
    with pytest.raises(TypeError, match="not one string"):
        corpuskit.deduplicate("text")
    with pytest.raises(ValueError, match="1 of 2 are null"):
        corpuskit.deduplicate(pa.array(["a", None]))


def test_a_corpus_that_memory_need_not_hold_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = [
        f"Delegation {at % 7} said that the {at % 11} measures of article {at % 5} are its own." for at in range(300)
    ]
    for at in range(0, 300, 10):
        text = "\n\n".join(f"{line} {line[:at]}" for line in statements[at : at + 10])
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / f"{at:03d}.txt").write_text(text)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "one")
    for share in ("KEPT_SHARE", "MAPPED_SHARE"):
        monkeypatch.setattr(f"corpuskit.memory.{share}", 1 << 60)  # every array is in a file
    sizes = itertools.count(1 << 60, 1 << 40)
    monkeypatch.setattr("corpuskit.memory.resident", lambda: next(sizes))  # and let go of at each look
    monkeypatch.setattr("corpuskit.memory.LOOK_SECONDS", 0.001)
    monkeypatch.setattr("corpuskit.pipeline.JOB_FILES", 7)
    monkeypatch.setattr("corpuskit.memory.STEP", 16)
    monkeypatch.setattr("corpuskit.stages.protect.PAIRS", 16)
    monkeypatch.setattr("corpuskit.stages.cluster.BLOCK", 16)
    monkeypatch.setattr("corpuskit.prepare.SIGNED", 3)
    for module in ("distinct", "block"):
        monkeypatch.setattr(f"corpuskit.stages.{module}.TABLE_KEYS", 16)
    corpuskit.ingest(tmp_path / "raw", tmp_path / "two")
    for name in PUBLISHED:
        assert (tmp_path / "one" / f"{name}.parquet").read_bytes() == (
            tmp_path / "two" / f"{name}.parquet"
        ).read_bytes()


def test_limits_and_links_end_to_end(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Far away.\n")
    (raw / "far").symlink_to(tmp_path / "elsewhere")
    (raw / "crowded.txt").write_text("one\n\ntwo\n\nthree\n\nfour\n")
    (raw / "long.txt").write_text("A sentence of some words. " * 9)
    values = {"symlinks": "follow", "max_document_passages": 3, "max_passage_chars": 100}
    corpuskit.ingest(raw, tmp_path / "curated", make(values))
    found = read(tmp_path / "curated")
    problems = dict(zip(found["documents"]["path"].to_pylist(), found["documents"]["problem"].to_pylist(), strict=True))
    assert problems == {"crowded.txt": "too_many_passages: 4 passages", "far/a.txt": None, "long.txt": None}
    flags = [row["flags"] for row in found["occurrences"].to_pylist() if row["path"] == "long.txt"]
    assert flags == [["cut"]] * 3
    assert [finding.name for finding in corpuskit.check(tmp_path / "curated")] == ["problem_document"]
    corpuskit.ingest(raw, tmp_path / "near", make({}))
    assert "far/a.txt" not in read(tmp_path / "near")["documents"]["path"].to_pylist()
