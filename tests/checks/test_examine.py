"""What is asked for is checked and nothing else; what could not be judged is said, and what could not be done."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from corpuskit.checks import CHECKS, Report, examination, examine
from corpuskit.checks.examination import Examination
from corpuskit.checks.policy import make
from corpuskit.corpus import open_corpus
from corpuskit.errors import CorpusError, SettingsError
from corpuskit.pipeline import ingest
from damage import FILES, Tables, file_of, make_home


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pristine")
    make_home(home)
    return home


@pytest.fixture
def home(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "home")
    return tmp_path / "home"


def statuses(report: Report) -> dict[str, str]:
    return {outcome.check.name: outcome.status for outcome in report.outcomes}


def test_every_law_has_an_outcome(pristine: Path) -> None:
    report = examine(pristine / "curated")
    assert statuses(report) == {name: "found" if name == "problem_document" else "passed" for name in CHECKS}
    assert not report.failed
    assert report.found("warning")
    assert not report.found("error")
    assert not report.found("never")


@pytest.mark.parametrize("name", CHECKS)
def test_each_law_can_be_checked_alone_and_left_out(pristine: Path, name: str) -> None:
    (outcome,) = examine(pristine / "curated", only=[name]).outcomes
    assert (outcome.check.name, outcome.status) == (name, "found" if name == "problem_document" else "passed")
    assert name not in statuses(examine(pristine / "curated", skip=[name]))


def test_a_law_that_is_left_out_has_no_findings(home: Path) -> None:
    tables = Tables.read(home)
    tables.near()["similarity"] = 0.97
    tables.write(recount=True)
    assert examine(home / "curated").found("error")
    assert not examine(home / "curated", skip=["direct_similarity"]).found("error")
    assert not examine(home / "curated", only=["traceability"]).found("info")
    assert examine(home / "curated", only=["direct_similarity"]).found("error")


def test_severities_are_those_of_the_settings(home: Path) -> None:
    for severity, failing in (("error", "error"), ("warning", "warning"), ("info", "info")):
        report = examine(home / "curated", policy=make({"severity": {"problem_document": severity}}))
        assert {finding.severity for finding in report.findings} == {severity}
        assert report.found(failing)  # type: ignore[arg-type]
    report = examine(home / "curated", policy=make({"severity": {"problem_document": "off"}}))
    assert "problem_document" not in statuses(report)


def test_without_raw_traceability_is_not_judged(home: Path) -> None:
    (home / "raw" / "a.txt").write_bytes(b"Other text")
    report = examine(home / "curated", use_raw=False)
    skipped = [outcome for outcome in report.outcomes if outcome.status == "skipped"]
    assert [outcome.check.name for outcome in skipped] == ["raw_missing", "raw_changed", "traceability"]
    assert {outcome.note for outcome in skipped} == {"the raw files were not looked at (--no-raw)"}
    assert {
        outcome.check.name: outcome.note for outcome in report.outcomes if outcome.status == "passed" and outcome.note
    } == {"flags": "the raw files were not looked at: `empty` was not checked"}
    assert not report.found("error")
    shutil.rmtree(home / "raw")
    assert "raw_missing" not in {finding.name for finding in examine(home / "curated", use_raw=False).findings}
    missing = {outcome.check.name: outcome for outcome in examine(home / "curated").outcomes}
    assert missing["raw_missing"].status == "found"
    assert missing["traceability"].note == "the raw files were not looked at: they are not there"


def test_a_sample_says_what_it_left_out_and_finds_what_it_looks_at(home: Path) -> None:
    for name in FILES:
        file = home / "raw" / name
        file.write_bytes(file.read_bytes() + b"!")
    for number in (1, 4, 8):
        report = examine(home / "curated", sample=number)
        outcomes = {outcome.check.name: outcome for outcome in report.outcomes}
        assert outcomes["raw_changed"].count == number
        note = f"{number} of 9 documents were decoded again, the others not (--sample)"
        assert outcomes["traceability"].note == outcomes["raw_changed"].note == note
    whole = {outcome.check.name: outcome for outcome in examine(home / "curated", sample=9).outcomes}
    assert (whole["raw_changed"].count, whole["raw_changed"].note) == (9, "")


def test_flags_alone_are_checked_against_the_raw_files_too(home: Path) -> None:
    tables = Tables.read(home)
    next(row for row in tables.documents if row["flags"] == ["empty"])["flags"] = []
    tables.write()
    (outcome,) = examine(home / "curated", only=["flags"]).outcomes
    assert (outcome.status, outcome.count, outcome.note) == ("found", 1, "")


def test_the_sample_is_the_same_each_time(home: Path) -> None:
    for name in FILES:
        (home / "raw" / name).unlink()

    def paths(number: int) -> set[str | None]:
        return {finding.path for finding in examine(home / "curated", sample=number).findings}

    assert paths(3) == paths(3) <= paths(5)


def test_an_unreadable_table_leaves_the_rest_unjudged_and_is_told(home: Path) -> None:
    file = file_of(home / "curated", "records")
    file.write_bytes(file.read_bytes()[:-100])
    policy = make({"records": {"min": 1}, "look_for": ["emails"]})
    report = examine(home / "curated", policy=policy, only=["records", "ids", "emails"])
    assert statuses(report) == {"manifest": "found", "records": "skipped", "ids": "skipped", "emails": "skipped"}
    assert report.found("error")
    assert {outcome.note for outcome in report.outcomes if outcome.status == "skipped"} == {
        "the files are not sound: see manifest and schema"
    }


def test_findings_without_a_place_are_given_that_of_their_record(home: Path) -> None:
    tables = Tables.read(home)
    tables.records[0]["n_words"] += 1
    tables.write()
    (finding,) = (finding for finding in examine(home / "curated").findings if finding.severity == "error")
    assert (finding.name, finding.path, finding.lines) == ("conservation", "a.txt", (1, 1))


@pytest.mark.parametrize(
    ("values", "message"),
    [({"only": ["no"]}, "there is no check `no`"), ({"skip": ["idss"]}, "did you mean `ids`?")],
)
def test_unknown_names_are_refused(pristine: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        examine(pristine / "curated", **values)
    assert message in str(refused.value)


@pytest.mark.parametrize("late", [False, True], ids=["before the rows are read", "after all"])
def test_what_is_published_during_a_check_is_checked_and_no_false_finding_made(
    home: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """A run changes the raw files and removes the files of the build before it: neither is damage."""
    curated = home / "curated"
    before = examine(curated).build
    published: list[str] = []

    def publish() -> None:
        if not published:
            with (home / "raw" / "a.txt").open("a") as file:
                file.write("\n\nOne more paragraph, which was not there before.\n")
            ingest(home / "raw", curated)
            published.append(open_corpus(curated).manifest["build"])

    files, whole = vars(examination)["check_files"], Examination.report

    def check_files(*given: Any) -> bool:
        sound: bool = files(*given)
        if not late:
            publish()
        return sound

    def reported(self: Examination) -> Report:
        report = whole(self)
        publish()
        return report

    monkeypatch.setattr(examination, "check_files", check_files)
    monkeypatch.setattr(Examination, "report", reported)
    report = examine(curated)
    assert report.build == published[0] != before
    assert not report.found("error")
    assert not report.failed


def test_a_corpus_that_never_rests_is_not_judged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Examination.report

    def reported(self: Examination) -> Report:
        report = whole(self)
        with (home / "raw" / "a.txt").open("a") as file:
            file.write("\n\nAnd one more paragraph that is new.\n")
        ingest(home / "raw", home / "curated")
        return report

    monkeypatch.setattr(Examination, "report", reported)
    with pytest.raises(CorpusError, match="published anew each of the 3 times"):
        examine(home / "curated")
