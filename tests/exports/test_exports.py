"""Exports hold the corpus, say where it is from, and appear whole or not at all; public readers take them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import corpuskit
from corpuskit.errors import CorpusError, SettingsError, WriteError
from corpuskit.exports import FORMS, About, about_of, export
from corpuskit.exports.files import safe_path

ABOUT = About(name="Two sources", license="CC-BY-4.0", source="made for a test", creators=("A. B.",), version="1.2.0")

SHARED = "What both files say, in the same words, is told once only."


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of four files; the last one says nothing new."""
    folder = tmp_path_factory.mktemp("corpus")
    files = {
        "en/a.txt": f"A first passage that stands here alone.\n\n{SHARED}\n\nAnd the end of it.",
        "en/b.txt": f"{SHARED}\n\nA passage of the second file, {chr(0x1F600)} and “quotes”.",
        "es/%41 50%.txt": "Un párrafo que está en otro idioma.",
        "z.txt": SHARED,
    }
    for name, text in files.items():
        file = folder / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    corpuskit.ingest(folder / "raw", folder / "curated")
    return folder / "curated"


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_record_is_a_line(curated: Path, tmp_path: Path) -> None:
    done = export(curated, tmp_path / "out", "jsonl", ABOUT)
    records = corpuskit.open(curated).records.to_table().to_pylist()
    found = lines(tmp_path / "out" / "records.jsonl")
    assert done.counts == {"records": len(records)}
    assert done.bytes == sum(file.stat().st_size for file in (tmp_path / "out").iterdir())
    for line, record in zip(found, records, strict=True):
        assert (line.pop("license"), line.pop("source")) == ("CC-BY-4.0", "made for a test")
        assert line == {name: record[name] for name in line}
        assert line["sources"][0]["path"]


def test_documents_are_rebuilt_without_repeats(curated: Path, tmp_path: Path) -> None:
    export(curated, tmp_path / "out", "jsonl-documents")
    found = {line["path"]: line for line in lines(tmp_path / "out" / "documents.jsonl")}
    assert {path: line["text"] for path, line in found.items()} == {
        "en/a.txt": f"A first passage that stands here alone.\n\n{SHARED}\n\nAnd the end of it.",
        "en/b.txt": f"A passage of the second file, {chr(0x1F600)} and “quotes”.",
        "es/%2541 50%.txt": "Un párrafo que está en otro idioma.",
    }
    passage = found["en/b.txt"]["passages"][0]
    raw = (curated.parent / "raw" / "en" / "b.txt").read_bytes()
    assert raw[passage["start"] : passage["end"]].decode() == found["en/b.txt"]["text"]
    assert "license" not in found["en/a.txt"]


def test_text_files_stand_where_raw_has_them(curated: Path, tmp_path: Path) -> None:
    export(curated, tmp_path / "out", "text", ABOUT)
    text = tmp_path / "out" / "text"
    assert sorted(file.relative_to(text).as_posix() for file in text.rglob("*") if file.is_file()) == [
        "en/a.txt",
        "en/b.txt",
        "es/%2541 50%.txt",
    ]
    assert (text / "es" / "%2541 50%.txt").read_text(encoding="utf-8") == "Un párrafo que está en otro idioma.\n"
    told = lines(tmp_path / "out" / "provenance.jsonl")
    assert [line["file"] for line in told] == ["text/en/a.txt", "text/en/b.txt", "text/es/%2541 50%.txt"]
    assert all(line["license"] == "CC-BY-4.0" and line["passages"] for line in told)


@pytest.mark.parametrize("form", FORMS)
def test_every_export_says_what_it_is(curated: Path, tmp_path: Path, form: str) -> None:
    export(curated, tmp_path / "out", form, ABOUT)
    facts = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (facts["form"], facts["license"], facts["source"]) == (form, "CC-BY-4.0", "made for a test")
    assert facts["corpus"]["build"] == corpuskit.open(curated).manifest["build"]


@pytest.mark.parametrize("form", FORMS)
def test_without_provenance_nothing_tells_where_a_text_is_from(curated: Path, tmp_path: Path, form: str) -> None:
    export(curated, tmp_path / "out", form, ABOUT, provenance=False)
    names = set()
    for file in (tmp_path / "out").rglob("*.jsonl"):
        names |= {name for line in lines(file) for name in line}
    for file in (tmp_path / "out").rglob("*.parquet"):
        names |= set(pq.read_schema(file).names)
    assert names <= {"text", "license", "source", "n_chars", "n_words", "language"}
    if form in ("huggingface", "croissant"):
        assert pq.read_table(tmp_path / "out/data/records.parquet")["text"].to_pylist() == [
            record["text"] for record in corpuskit.open(curated).records.to_table(columns=["text"]).to_pylist()
        ]


# --- public readers ---


def run(script: str, *arguments: object, home: Path) -> str:
    """What a script prints in a Python of its own, without the network."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home)}
    call = [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, env={**os.environ, **offline})
    assert done.returncode == 0, done.stderr
    return done.stdout


LOADED = """
import json, sys
from datasets import load_dataset
found = {name: load_dataset(sys.argv[1], name, split="train") for name in ("records", "occurrences", "documents")}
print(json.dumps({
    "rows": {name: rows.num_rows for name, rows in found.items()},
    "paths": [source["path"] for record in found["records"] for source in record["sources"]],
    "default": load_dataset(sys.argv[1], split="train").num_rows,
}))
"""


def test_datasets_loads_the_hugging_face_folder(curated: Path, tmp_path: Path) -> None:
    export(curated, tmp_path / "out", "huggingface", ABOUT)
    found = json.loads(run(LOADED, tmp_path / "out", home=tmp_path))
    assert found["rows"] == {"records": 5, "occurrences": 7, "documents": 4}
    assert found["default"] == 5
    assert found["paths"].count("en/a.txt") == 3


VALIDATED = """
import json, sys
import mlcroissant
found = mlcroissant.Dataset(jsonld=sys.argv[1])
issues = found.metadata.ctx.issues
rows = [row for row in found.records("records")]
key = "records/sources"
print(json.dumps({
    "errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "name": found.metadata.name,
    "license": found.metadata.license, "rows": len(rows),
    "paths": [source[key + "/path"].decode() for row in rows for source in row.get(key, [])],
}))
"""


@pytest.mark.parametrize("form", ["croissant", "huggingface"])
def test_mlcroissant_accepts_the_metadata_and_reads_the_rows(curated: Path, tmp_path: Path, form: str) -> None:
    whole = ABOUT.model_copy(update={"url": "https://example.org", "citation": "A. B. (2026)", "description": "Texts."})
    whole = About.model_validate({**whole.model_dump(), "published": "2026-01-31"})
    export(curated, tmp_path / "out", form, whole)
    found = json.loads(run(VALIDATED, tmp_path / "out" / "croissant.json", home=tmp_path))
    assert (found["errors"], found["warnings"]) == ([], [])
    assert (found["name"], found["license"], found["rows"]) == ("Two sources", ["CC-BY-4.0"], 5)
    assert found["paths"].count("en/a.txt") == 3


def test_mlcroissant_accepts_text_alone_and_no_facts(curated: Path, tmp_path: Path) -> None:
    export(curated, tmp_path / "out", "croissant", provenance=False)
    found = json.loads(run(VALIDATED, tmp_path / "out" / "croissant.json", home=tmp_path))
    assert (found["errors"], found["rows"], found["paths"]) == ([], 5, [])


def test_what_is_said_of_a_corpus_stays_inside_the_card(curated: Path, tmp_path: Path) -> None:
    said = 'x"\n---\nlicense: mit\n# <b>*|'
    export(curated, tmp_path / "out", "huggingface", About(name=said, description=said, license=said, source=said))
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    _, head, text = card.split("---\n", 2)
    facts = yaml.safe_load(head)
    assert (facts["pretty_name"], facts["license"], facts["license_link"]) == (said, "other", said)
    assert "\n---" not in text
    assert "\\<b\\>" in text


# --- all or nothing ---


def test_a_folder_that_is_not_empty_is_replaced_only_by_force(curated: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(WriteError, match="not empty; --force"):
        export(curated, target, "jsonl")
    assert [file.name for file in target.iterdir()] == ["mine.txt"]
    export(curated, target, "jsonl", force=True)
    assert sorted(file.name for file in target.iterdir()) == ["export.json", "records.jsonl"]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_filled(curated: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(curated, tmp_path / "out", "jsonl")
    assert (tmp_path / "out" / "records.jsonl").exists()


def test_what_fails_leaves_the_old_export_and_nothing_else(curated: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "curated"
    corpus.mkdir()
    for table in ("documents", "occurrences", "records", "links"):
        (corpus / f"{table}.parquet").write_bytes((curated / f"{table}.parquet").read_bytes())
    manifest = json.loads((curated / "manifest.json").read_text())
    manifest |= {"tables": {table: [{"path": f"{table}.parquet"}] for table in manifest["tables"]}, "raw": "raw"}
    (corpus / "manifest.json").write_text(json.dumps(manifest))
    export(corpus, tmp_path / "out", "jsonl-documents")
    before = (tmp_path / "out" / "documents.jsonl").read_bytes()
    records = pq.read_table(corpus / "records.parquet")
    pq.write_table(records.take(list(reversed(range(len(records))))), corpus / "records.parquet")
    for form, message in [("jsonl-documents", "not in the order"), ("text", "not in the order")]:
        with pytest.raises(CorpusError, match=message):
            export(corpus, tmp_path / "out", form, force=True)
    (corpus / "records.parquet").write_bytes(b"PAR1 no more")
    for form in FORMS:
        with pytest.raises(CorpusError, match="cannot be read"):
            export(corpus, tmp_path / "out", form, force=True)
    assert (tmp_path / "out" / "documents.jsonl").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["curated", "out"]


@pytest.mark.parametrize("place", ["curated", "curated/out", "raw/out", "."])
def test_a_target_in_the_way_of_the_corpus_is_refused(curated: Path, place: str) -> None:
    with pytest.raises(WriteError, match="a folder of its own"):
        export(curated, curated.parent / place, "jsonl", force=True)


def test_the_working_folder_is_not_replaced(curated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(WriteError, match="working folder"):
        export(curated, tmp_path, "jsonl", force=True)


def test_a_file_in_place_of_the_target_is_refused(curated: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(WriteError, match="not a folder"):
        export(curated, tmp_path / "out", "jsonl", force=True)


def test_an_unknown_form_is_refused(curated: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no form of export"):
        export(curated, tmp_path / "out", "xml")


# --- names ---


@pytest.mark.parametrize(
    ("path", "member", "safe"),
    [
        ("a/b.txt", None, "a/b.txt"),
        ("../../etc/passwd", None, "%2E%2E/%2E%2E/etc/passwd"),
        ("/etc/passwd", None, "%/etc/passwd"),
        ("a//./b", None, "a/%/%2E/b"),
        ("a\\..\\b\n\0", None, "a%5C..%5Cb%0A%00"),
        ("box.zip", "../x/y", "box.zip/..%2Fx%2Fy"),
        ("box.zip", "..", "box.zip/%2E%2E"),
    ],
)
def test_names_stay_below_the_target(path: str, member: str | None, safe: str) -> None:
    assert safe_path(path, member) == safe


def test_long_names_are_cut_and_stay_different() -> None:
    one, other = safe_path("ä" * 200 + "1", None), safe_path("ä" * 200 + "2", None)
    assert one != other
    assert len(one.encode()) <= 255


def test_hostile_paths_in_the_tables_write_nothing_outside(curated: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "deep" / "curated"
    corpus.mkdir(parents=True)
    manifest = json.loads((curated / "manifest.json").read_text())
    manifest |= {"tables": {table: [{"path": f"{table}.parquet"}] for table in manifest["tables"]}, "raw": "raw"}
    (corpus / "manifest.json").write_text(json.dumps(manifest))
    for table in manifest["tables"]:
        rows = pq.read_table(curated / f"{table}.parquet")
        if table == "documents":
            hostile = pa.array(["../../out1.txt", "/etc/../../out2.txt", "a/..", "x/../../../y"])
            rows = rows.set_column(rows.column_names.index("path"), "path", hostile)
        pq.write_table(rows, corpus / f"{table}.parquet")
    export(corpus, tmp_path / "deep" / "out", "text")
    found = [file for file in tmp_path.rglob("*") if file.is_file() and corpus not in file.parents]
    assert len(found) == 5  # three documents keep passages
    assert all((tmp_path / "deep" / "out") in file.parents for file in found)


# --- [export] ---


def test_the_settings_file_says_what_the_corpus_is(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text('threshold = 0.9\n[export]\nname = "N"\nlicense = "MIT"\nversion = 1.5\npublished = 2026-01-31\n')
    about = about_of(file)
    assert about.told() == {"name": "N", "license": "MIT", "version": "1.5", "published": "2026-01-31"}
    assert about_of(None) == About()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("licence = 'x'", r"unknown key `licence` in \[export\]; known are name, description, license"),
        ("url = 'ftp://x'", r"\[export\] url = 'ftp://x'"),
        ("creators = 'A'", r"\[export\] creators = 'A'"),
    ],
)
def test_a_bad_table_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text(f"[export]\n{text}\n")
    with pytest.raises(SettingsError, match=message) as raised:
        about_of(file)
    assert "\n" not in str(raised.value)
