"""Rules in SQL find rows, tell their provenance, and can do nothing but read the corpus."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpuskit.checks import Outcome, examine
from corpuskit.checks.policy import make
from corpuskit.checks.query import QueryFailedError, database
from corpuskit.corpus import open_corpus
from damage import A, Tables, file_of, make_home, write_manifest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("rules")
    make_home(home)
    return home


def ruled(home: Path, sql: str, **more: Any) -> Outcome:
    """The outcome of a rule."""
    policy = make({"rule": [{"name": "mine", "meaning": "it is as I want it", "sql": sql}], **more})
    (outcome,) = examine(home / "curated", policy=policy, only=["mine"]).outcomes
    return outcome


@pytest.mark.parametrize("table", ["records", "occurrences", "documents", "links"])
def test_a_rule_passes_without_rows_and_finds_those_it_returns(home: Path, table: str) -> None:
    assert ruled(home, f"SELECT * FROM {table} WHERE false").status == "passed"
    outcome = ruled(home, f"SELECT count(*) AS number FROM {table}")
    assert (outcome.status, outcome.count, outcome.severity) == ("found", 1, "error")
    assert outcome.findings[0].message.startswith("number = ")


def test_rows_are_told_with_their_provenance(home: Path) -> None:
    tables = Tables.read(home)
    record = next(record for record in tables.records if record["text"] == A)
    finding = ruled(home, "SELECT record_id, n_documents FROM records WHERE n_documents = 3 LIMIT 1").findings[0]
    assert (finding.path, finding.lines, finding.message) == ("a.txt", (1, 1), "n_documents = 3")
    near = tables.near()
    finding = ruled(home, "SELECT occurrence_id, similarity FROM occurrences WHERE fate = 'near'").findings[0]
    assert (finding.path, finding.lines, finding.occurrence_id) == (near["path"], (1, 1), near["occurrence_id"])
    assert finding.record_id == record["record_id"]
    finding = ruled(home, "SELECT document_id FROM documents WHERE problem IS NOT NULL").findings[0]
    assert (finding.path, finding.lines, finding.message) == ("d/binary.txt", None, "not so: it is as I want it")
    finding = ruled(home, "SELECT 'x.txt' AS path, 3 AS line_start, 4 AS line_end, 1 AS a").findings[0]
    assert (finding.path, finding.lines, finding.message) == ("x.txt", (3, 4), "a = 1")
    assert ruled(home, "SELECT 'nobody' AS record_id, 1 AS a").findings[0].path is None


def test_all_rows_are_counted_and_the_first_are_shown(home: Path) -> None:
    outcome = ruled(home, "SELECT range AS number FROM range(200000) ORDER BY number")
    assert outcome.count == 200_000
    assert [finding.message for finding in outcome.findings] == [
        *(f"number = {number}" for number in range(20)),
        "and 199,980 more like these",
    ]


def test_values_of_every_kind_become_one_short_line(home: Path) -> None:
    sql = """SELECT NULL AS a, 'x\ny' AS b, [1, 2] AS c, {'d': 1.5} AS d, DATE '2020-01-01' AS e, repeat('z', 999) AS f,
        '\\xFF'::BLOB AS g, sources AS h, 1::HUGEINT AS i FROM records LIMIT 1"""
    (finding,) = ruled(home, sql).findings
    assert "\n" not in finding.message
    assert finding.message.startswith("a = None, b = x y, c = [1, 2], d = {'d': ")
    assert len(finding.message) < 1000


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM recordss", 'Table with name recordss does not exist! Did you mean "records"?'),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "should be one SELECT"),
        ("", "at least 1 character"),
        ("CREATE TABLE mine AS SELECT 1", "should be one SELECT"),
        ("DROP VIEW records", "should be one SELECT"),
        ("COPY records TO 'out.csv'", "should be one SELECT"),
        ("SET memory_limit = '9GB'", "should be one SELECT"),
        ("SELECT CAST(text AS INTEGER) FROM records", "Could not convert"),
    ],
)
def test_a_rule_that_cannot_be_done_fails_in_one_line(home: Path, sql: str, message: str) -> None:
    if not sql:
        with pytest.raises(ValueError, match=message):
            ruled(home, sql)
        return
    outcome = ruled(home, sql)
    assert outcome.status == "failed"
    assert message in outcome.note
    assert "\n" not in outcome.note


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{home}/raw/a.txt', header = false)",
        "SELECT * FROM read_text('{home}/raw/a.txt')",
        "SELECT * FROM '{home}/curated/records.parquet'",
        "SELECT * FROM glob('{home}/*')",
        "SELECT * FROM secret",
        "WITH gone AS (DELETE FROM records RETURNING *) SELECT * FROM gone",
        "SELECT * FROM query('DROP VIEW records')",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    ],
)
def test_a_rule_reaches_nothing_but_the_corpus(home: Path, sql: str) -> None:
    secret = [1]  # a Python variable of this name is not to be seen
    assert secret
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert ruled(home, sql.format(home=home)).status == "failed"
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_the_database_is_locked(home: Path) -> None:
    with database(open_corpus(home / "curated"), memory=200_000_000) as queried:
        for sql in (
            "SET enable_external_access = true",
            "SET threads = 1",
            f"ATTACH '{home}/other.db'",
            f"COPY (SELECT 1) TO '{home}/out.csv'",
            "INSTALL httpfs",
            "LOAD httpfs",
        ):
            with pytest.raises(QueryFailedError):
                queried.rows(sql)
    assert not (home / "other.db").exists()
    assert not (home / "out.csv").exists()


def test_what_does_not_fit_into_memory_goes_to_disk_or_fails(home: Path) -> None:
    sql = "SELECT count(*) AS n FROM (SELECT DISTINCT md5(range::VARCHAR) AS a, repeat(a, 3) FROM range(1500000))"
    outcome = ruled(home, sql, memory="60MB")
    assert [finding.message for finding in outcome.findings] == ["n = 1500000"], outcome.note
    assert "Out of Memory" in ruled(home, "SELECT list(repeat('x', 999)) AS a FROM range(900000)", memory="60MB").note


def test_a_corpus_may_stand_in_a_folder_of_any_name(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "it's [1] *?{a,b}")
    assert ruled(tmp_path / "it's [1] *?{a,b}", "SELECT * FROM records WHERE n_chars < 0").status == "passed"


def test_tables_of_several_files_are_one(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    tables = Tables.read(tmp_path / "home")
    file = file_of(tables.curated, "records")
    table = pq.read_table(file)
    for at, piece in enumerate((table.slice(0, 3), table.slice(3))):
        pq.write_table(piece, file.with_name(f"part-{at}.parquet"))
    tables.manifest["tables"]["records"] = [
        {"path": str(file.with_name(f"part-{at}.parquet").relative_to(tables.curated))} for at in range(2)
    ]
    write_manifest(tables.curated, tables.manifest)
    outcome = ruled(tmp_path / "home", "SELECT count(*) AS n FROM records")
    assert outcome.findings[0].message == f"n = {len(table)}"


def test_a_rule_has_the_severity_that_it_or_the_settings_say(home: Path) -> None:
    rule = {"name": "mine", "meaning": "never so", "severity": "info", "sql": "SELECT 1 AS one"}
    report = examine(home / "curated", policy=make({"rule": [rule]}), only=["mine"])
    assert [finding.severity for finding in report.findings] == ["info"]
    policy = make({"rule": [rule], "severity": {"mine": "warning"}})
    report = examine(home / "curated", policy=policy, only=["mine"])
    assert [finding.severity for finding in report.findings] == ["warning"]
