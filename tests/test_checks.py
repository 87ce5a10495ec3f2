"""A good corpus has no findings; each kind of damage is found and named rightly."""

import os
import shutil
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import oracles
from corpuskit import pipeline
from corpuskit.checks import CHECKS, SHOWN, WARNINGS, check
from corpuskit.errors import CorpusError
from corpuskit.settings import Settings
from corpuskit.text import normalize
from damage import (
    COUNTS_DO_NOT,
    COUNTS_FIT,
    FILE_DAMAGE,
    FILES,
    A,
    Row,
    Tables,
    file_of,
    make_home,
    names,
    write_manifest,
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and curated/."""
    home = tmp_path_factory.mktemp("pristine")
    make_home(home)
    return home


@pytest.fixture
def home(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    shutil.copytree(pristine, tmp_path / "home")
    return tmp_path / "home"


# --- good corpora ---


def test_a_good_corpus_has_nothing_but_its_problem_document(home: Path) -> None:
    found = check(home / "curated")
    assert [(finding.name, finding.severity, finding.path) for finding in found] == [
        ("problem_document", "warning", "d/binary.txt")
    ]
    tables = Tables.read(home)
    assert {row["fate"] for row in tables.occurrences} == {"kept", "exact", "near"}
    assert {row["encoding"] for row in tables.documents} >= {"utf-8", "utf-16-le", None}


def test_writing_the_rows_back_makes_no_finding(home: Path) -> None:
    tables = Tables.read(home)
    before = [*tables.records]
    tables.write(recount=True)
    assert tables.records == before
    assert names(check(home / "curated")) == set()


@pytest.mark.parametrize("unit", ["line", "document"])
def test_other_units_are_good_too(home: Path, unit: str) -> None:
    pipeline.ingest(home / "raw", home / "curated", Settings.model_validate({"unit": unit, "workers": 1}))
    assert names(check(home / "curated")) == set()


def test_an_empty_corpus_is_good(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", allow_shrink=True)
    assert check(tmp_path / "curated") == []


def test_a_filtered_passage_is_good(home: Path) -> None:
    tables = Tables.read(home)
    row = tables.near()
    row |= {"record_id": None, "fate": "filtered", "similarity": None, "measure": None, "reason": "dropped"}
    tables.manifest["settings"]["drop"] = ["pacific"]
    tables.write(recount=True)
    assert names(check(home / "curated")) == {"manifest"}  # the settings digest; but nothing is wrong with the rows


def test_a_passage_around_a_filtered_one_is_good(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("which of them\nPage 7\nmay take")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(unit="line"))
    tables = Tables.read(tmp_path)
    first, page, last = tables.occurrences
    joined = "which of them may take"
    tables.records[0] |= {"text": joined, "record_id": oracles.record_id(joined), "n_chars": 22, "n_words": 5}
    first |= {"spans": first["spans"] + last["spans"], "end": last["end"], "line_end": last["line_end"]}
    first |= {"record_id": oracles.record_id(joined), "flags": ["joined"]}
    first["occurrence_id"] = oracles.occurrence_id(first["document_id"], joined, 0)
    page |= {"text": "Page 7", "record_id": None, "fate": "filtered", "similarity": None, "measure": None}
    page["reason"] = "dropped"
    tables.manifest["settings"]["drop"] = ["^Page"]
    tables.occurrences = [first, page]
    tables.write(recount=True)
    assert names(check(tmp_path / "curated")) == {"manifest"}
    page["spans"] = [{"start": 10, "end": 20}]
    page |= {"start": 10, "end": 20}
    tables.write(recount=True)
    assert names(check(tmp_path / "curated")) == {"manifest", "traceability"}


def test_a_read_only_corpus_can_be_checked_and_is_not_touched(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert names(check(home / "curated")) == set()
    finally:
        for path in before:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_tables_of_several_files_are_good(home: Path) -> None:
    tables = Tables.read(home)
    for name in ("occurrences", "records"):
        file = file_of(home / "curated", name)
        table = pq.read_table(file)
        other = file.with_name(f"{name}-2.parquet")
        pq.write_table(table.slice(0, 3), file)
        pq.write_table(table.slice(3), other)
        entry = tables.manifest["tables"][name][0]
        tables.manifest["tables"][name].append({**entry, "path": str(other.relative_to(home / "curated"))})
    write_manifest(home / "curated", tables.manifest)
    assert names(check(home / "curated")) == set()


"""The damage, and the errors that it makes: no others."""


@pytest.mark.parametrize(("damage", "expected"), COUNTS_FIT, ids=lambda value: getattr(value, "__name__", ""))
def test_damage_is_found_though_all_counts_fit(
    home: Path, damage: Callable[[Tables], None], expected: set[str]
) -> None:
    tables = Tables.read(home)
    damage(tables)
    tables.write(recount=True)
    assert names(check(home / "curated")) == expected


@pytest.mark.parametrize(("damage", "expected"), COUNTS_DO_NOT, ids=lambda value: getattr(value, "__name__", ""))
def test_damage_is_found(home: Path, damage: Callable[[Tables], None], expected: set[str]) -> None:
    tables = Tables.read(home)
    damage(tables)
    tables.write()
    assert names(check(home / "curated")) == expected


# --- damage to filtered rows, and to passages that page furniture cuts ---

LINES = [f"{part} that is one of the many parts of what the page says, and" for part in ("This", *"abcdefgh")]
PAGED = "\f".join(
    "\n".join([*LINES[at : at + 3], "", f"Report       - {at // 3 + 1} -", ""]) for at in range(0, len(LINES), 3)
)


@pytest.fixture(scope="module")
def pristine_filtered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Likewise, of a paged document and one in which passages are dropped."""
    home = tmp_path_factory.mktemp("filtered")
    (home / "raw").mkdir()
    (home / "raw" / "paged.txt").write_text(PAGED)
    (home / "raw" / "short.txt").write_text(f"{A}\n\nEnd.\n\nPage 7 of 12\n\n{A.upper()}\n\n- 5 -\n")
    values = {"workers": 1, "min_chars": 6, "drop": [r"^Page \d+"]}
    pipeline.ingest(home / "raw", home / "curated", Settings.model_validate(values))
    return home


@pytest.fixture
def filtered_home(pristine_filtered: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    shutil.copytree(pristine_filtered, tmp_path / "home")
    return tmp_path / "home"


def test_a_corpus_with_filtered_passages_is_good(filtered_home: Path) -> None:
    assert check(filtered_home / "curated") == []
    tables = Tables.read(filtered_home)
    reasons = [row["reason"] for row in tables.occurrences if row["fate"] == "filtered"]
    assert reasons == ["page_furniture"] * 3 + ["too_short", "dropped", "too_short"]
    assert [len(row["spans"]) for row in tables.occurrences[:4]] == [3, 1, 1, 1]
    before = [*tables.records]
    tables.write(recount=True)
    assert tables.records == before
    assert names(check(filtered_home / "curated")) == set()


def of_reason(tables: Tables, reason: str) -> Row:
    """The first row with a reason."""
    return next(row for row in tables.occurrences if row["reason"] == reason)


def lose_furniture(tables: Tables) -> None:
    """A filtered row is gone, and all counts say so."""
    lost = of_reason(tables, "page_furniture")
    tables.occurrences.remove(lost)
    for row in tables.occurrences:
        row["ordinal"] -= row["document_id"] == lost["document_id"] and row["ordinal"] > lost["ordinal"]


def lose_a_span(tables: Tables) -> None:
    del tables.occurrences[0]["spans"][1]


def lose_the_last_span(tables: Tables) -> None:
    row = tables.occurrences[0]
    del row["spans"][-1]
    row["end"] = row["spans"][-1]["end"]
    row["line_end"] = 8


def swap_spans(tables: Tables) -> None:
    tables.occurrences[0]["spans"].reverse()


def fill_the_hull(tables: Tables) -> None:
    row = tables.occurrences[0]
    row["spans"] = [{"start": row["start"], "end": row["end"]}]


def reach_into_furniture(tables: Tables) -> None:
    tables.occurrences[0]["spans"][0]["end"] += 8


def move_furniture_up(tables: Tables) -> None:
    """The furniture stands before the passage that it cuts."""
    first, second = tables.occurrences[:2]
    first["ordinal"], second["ordinal"] = 1, 0
    tables.occurrences[:2] = [second, first]


def change_furniture(tables: Tables) -> None:
    row = of_reason(tables, "page_furniture")
    row["text"] = row["text"].replace("Report", "Rapport")
    row["occurrence_id"] = oracles.occurrence_id(row["document_id"], row["text"], 0)


def filtered_with_a_record(tables: Tables) -> None:
    of_reason(tables, "dropped").update(record_id=tables.records[0]["record_id"], similarity=1.0)


def filtered_with_a_similarity(tables: Tables) -> None:
    of_reason(tables, "dropped")["similarity"] = 1.0


def filtered_with_a_measure(tables: Tables) -> None:
    of_reason(tables, "too_short")["measure"] = "equal"


def filtered_without_text(tables: Tables) -> None:
    of_reason(tables, "too_short")["text"] = None


def filtered_for_no_known_reason(tables: Tables) -> None:
    of_reason(tables, "dropped")["reason"] = "boring"


def filtered_for_a_merge(tables: Tables) -> None:
    of_reason(tables, "dropped")["reason"] = "similar"


def kept_as_furniture(tables: Tables) -> None:
    of_reason(tables, "canonical")["reason"] = "page_furniture"


def filtered_id(tables: Tables) -> None:
    of_reason(tables, "too_short")["occurrence_id"] = "0" * 32


def filtered_flag(tables: Tables) -> None:
    of_reason(tables, "dropped")["flags"] = ["no_content"]


def long_but_short(tables: Tables) -> None:
    of_reason(tables, "dropped")["reason"] = "too_short"


def dropped_without_a_match(tables: Tables) -> None:
    row = next(row for row in tables.occurrences if row["reason"] == "same_normalized")
    row |= {"record_id": None, "fate": "filtered", "similarity": None, "measure": None, "reason": "dropped"}


def record_that_should_be_dropped(tables: Tables) -> None:
    tables.add_record(of_reason(tables, "dropped"))


def furniture_of_many_lines(tables: Tables) -> None:
    row = tables.occurrences[0]
    row |= {"text": tables.text(row), "record_id": None, "fate": "filtered", "similarity": None, "measure": None}
    row["reason"] = "page_furniture"


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lose_furniture, {"traceability"}),
        (lose_a_span, {"traceability"}),
        (lose_the_last_span, {"traceability"}),
        (swap_spans, {"traceability"}),
        (fill_the_hull, {"traceability"}),
        (reach_into_furniture, {"traceability"}),
        (move_furniture_up, {"traceability"}),
        (change_furniture, {"traceability"}),
        (filtered_with_a_record, {"schema", "conservation"}),
        (filtered_with_a_similarity, {"schema"}),
        (filtered_with_a_measure, {"schema"}),
        (filtered_without_text, {"schema"}),
        (filtered_for_no_known_reason, {"schema"}),
        (filtered_for_a_merge, {"schema"}),
        (kept_as_furniture, {"schema"}),
        (filtered_id, {"ids"}),
        (filtered_flag, {"flags"}),
        (long_but_short, {"filters"}),
        (dropped_without_a_match, {"filters"}),
        (record_that_should_be_dropped, {"filters"}),
        (furniture_of_many_lines, {"filters"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_damage_to_filtered_rows_is_found(
    filtered_home: Path, damage: Callable[[Tables], None], expected: set[str]
) -> None:
    tables = Tables.read(filtered_home)
    damage(tables)
    tables.write(recount=True)
    assert names(check(filtered_home / "curated")) == expected


def test_many_findings_of_one_name_are_cut_short(home: Path) -> None:
    tables = Tables.read(home)
    extra = []
    for number in range(SHOWN + 5):
        path = f"z{number:02}.txt"
        extra.append({**tables.documents[-1], "path": path, "document_id": oracles.document_id(path)})
        extra[-1] |= {
            "problem": "unreadable: Input/output error",
            "sha256": None,
            "flags": [],
            "n_passages": 0,
        }
        extra[-1] |= dict.fromkeys(("encoding", "encoding_confidence", "decode_errors", "text_sha256", "n_chars"))
    tables.documents = [row for row in tables.documents if not row["problem"]] + extra
    tables.write()
    found = [finding for finding in check(home / "curated") if finding.name == "problem_document"]
    assert [finding.path for finding in found] == [*(f"z{number:02}.txt" for number in range(SHOWN)), None]
    assert found[0].message == "unreadable: Input/output error"
    assert found[-1].message == "and 5 more like these"


@pytest.mark.parametrize(("damage", "expected"), FILE_DAMAGE, ids=lambda value: getattr(value, "__name__", ""))
def test_damaged_files_are_found(home: Path, damage: Callable[[Path], None], expected: set[str]) -> None:
    damage(home)
    found = check(home / "curated")
    assert names(found) == expected
    assert all("\n" not in finding.message for finding in found)


def test_every_flipped_byte_is_found_and_none_crashes(home: Path) -> None:
    file = file_of(home / "curated", "occurrences")
    data = file.read_bytes()
    for at in range(0, len(data), len(data) // 25):
        file.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        assert "manifest" in names(check(home / "curated"))


def test_a_link_that_is_not_of_the_build_is_a_warning(home: Path) -> None:
    curated = home / "curated"
    (curated / "records.parquet").unlink()
    shutil.copy(curated / "documents.parquet", curated / "records.parquet")
    (curated / "links.parquet").unlink()
    found = [finding for finding in check(curated) if finding.name == "links_stale"]
    assert [(finding.path, finding.severity) for finding in found] == [
        ("records.parquet", "warning"),
        ("links.parquet", "warning"),
    ]
    shutil.copy(file_of(curated, "records"), curated / "records.parquet")
    shutil.copy(file_of(curated, "links"), curated / "links.parquet")
    assert "links_stale" not in {finding.name for finding in check(curated)}


def test_without_a_corpus_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus here"):
        check(tmp_path)


# --- damage to raw/ ---


def test_changed_and_missing_raw_files_are_found(home: Path) -> None:
    (home / "raw" / "a.txt").write_bytes(FILES["a.txt"].replace(b"inform", b"INFORM"))
    (home / "raw" / "b" / "cr.txt").unlink()
    (home / "raw" / "d" / "binary.txt").write_bytes(b"text now")
    found = [finding for finding in check(home / "curated") if finding.severity == "error"]
    assert [(finding.name, finding.path) for finding in found] == [
        ("raw_changed", "a.txt"),
        ("raw_changed", "b/cr.txt"),
        ("raw_changed", "d/binary.txt"),
    ]


def test_raw_that_moved_is_named_by_the_caller(home: Path) -> None:
    (home / "raw").rename(home / "moved")
    (warning,) = (finding for finding in check(home / "curated") if finding.name == "raw_missing")
    assert warning.severity == "warning"
    assert names(check(home / "curated")) == set()
    found = check(home / "curated", raw=home / "moved")
    assert [finding.name for finding in found] == ["problem_document"]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "b/../../secret.txt", "%2E%2E/secret.txt", "x//y"])
def test_paths_out_of_raw_are_not_followed(home: Path, path: str) -> None:
    (home / "secret.txt").write_bytes(FILES["a.txt"])
    tables = Tables.read(home)
    tables.documents[0] |= {"path": path, "document_id": oracles.document_id(path)}
    tables.write()
    found = [finding for finding in check(home / "curated") if finding.name == "traceability"]
    assert ("its path does not lead to a place inside raw/", path) in [(f.message, f.path) for f in found]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_symbolic_links_in_raw_are_not_followed(home: Path) -> None:
    (home / "raw" / "b").rename(home / "b")
    (home / "raw" / "b").symlink_to(home / "b")
    (home / "raw" / "a.txt").rename(home / "a.txt")
    (home / "raw" / "a.txt").symlink_to(home / "a.txt")
    found = {(finding.name, finding.path) for finding in check(home / "curated") if finding.severity == "error"}
    assert found == {("raw_changed", "a.txt"), ("traceability", "b/cr.txt"), ("traceability", "b/crlf.txt")}


# --- the checks against the plain measure ---


def test_no_repeats_is_what_all_pairs_say(tmp_path: Path) -> None:
    base = "It is agreed that the water of the river is shared by those who live along it, upstream and down"
    texts = [f"{base[:at]}{'#' * (at % 9)}{base[at + at % 7 :]} {at % 3}." for at in range(5, 90, 3)]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("\n".join(texts))
    settings = Settings.model_validate({"unit": "line", "threshold": "0.93", "workers": 1})
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", settings)
    assert check(tmp_path / "curated") == []
    tables = Tables.read(tmp_path)
    for row in [row for row in tables.occurrences if row["fate"] == "near"][::2]:
        tables.add_record(row)
    tables.write(recount=True)
    folded = [normalize(record["text"]) for record in tables.records]
    sketches = [oracles.minhash(oracles.shingles(text)) for text in folded]
    pairs = oracles.all_pairs(folded, settings.threshold)
    later = {
        tables.records[right]["record_id"]
        for left, right in combinations(range(len(folded)), 2)
        if (left, right) in pairs and oracles.share_bucket(sketches[left], sketches[right], 64, 4)
    }
    found = check(tmp_path / "curated")
    assert {finding.name for finding in found} == {"no_repeats"}
    assert {finding.record_id for finding in found if finding.record_id} <= later
    assert len(later) >= len(found) > 1


def test_each_name_says_what_it_means() -> None:
    assert set(CHECKS) >= WARNINGS
    assert all(meaning and "\n" not in meaning for meaning in CHECKS.values())
