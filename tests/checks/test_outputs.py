"""Every format says the same of a report, is valid by its public schema, and is not led astray by raw files."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import junitparser
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import pipeline
from corpuskit.checks import CATALOGUE, Finding, Outcome, Report, examine
from corpuskit.checks.outputs import FORMATS, markdown
from corpuskit.checks.policy import make
from corpuskit.settings import Settings

SCHEMAS = Path(__file__).parent.parent / "schemas"
SARIF = jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")))
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")

NASTY = "]]> <b>&amp; |`x`| @all \x1b[31m \u202e {0} [a](b) %0A ::error::x \ufffe , : \\ 終"


def valid_sarif(report: Report) -> dict[str, Any]:
    """The only run of the report, after validation."""
    found = json.loads(FORMATS["sarif"](report))
    SARIF.validate(found)
    (run,) = found["runs"]
    assert isinstance(run, dict)
    return run


def valid_junit(report: Report) -> junitparser.TestSuite:
    text = FORMATS["junit"](report)
    JUNIT.validate(text)
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())
    assert isinstance(suite, junitparser.TestSuite)
    return suite


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of files whose names and texts are not kind to formats."""
    home = tmp_path_factory.mktemp("outputs")
    (home / "raw").mkdir()
    (home / "raw" / "a b,c:d%2F.txt").write_text(f"One.\n\nWrite to {NASTY} or x@y.org about it.\n")
    (home / "raw" / "b.txt").write_bytes(bytes(range(256)))
    name = os.fsencode(home / "raw") + b"/z\xff\x1b|`.txt"
    Path(os.fsdecode(name)).write_text("Ask me@example.org.\n")
    pipeline.ingest(home / "raw", home / "curated", Settings(workers=1))
    return home


@pytest.fixture
def good(home: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(home)
    return examine("curated", skip=["problem_document"])


@pytest.fixture
def bad(home: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Findings of three severities, a check that could not be done, one that could not be judged."""
    monkeypatch.chdir(home)
    values = {
        "records": {"min": 99},
        "languages": ["en"],
        "look_for": ["emails", "control_characters"],
        "severity": {"control_characters": "info"},
        "rule": [
            {"name": "broken", "meaning": "it is so", "sql": "SELECT * FROM nowhere"},
            {"name": "nasty", "meaning": NASTY, "sql": "SELECT text, record_id FROM records WHERE text LIKE '%all%'"},
        ],
    }
    return examine("curated", policy=make(values), sample=1)


def test_json_has_every_check_and_finding(good: Report, bad: Report) -> None:
    found = json.loads(FORMATS["json"](good))
    assert {check["status"] for check in found["checks"]} == {"passed"}
    assert (found["corpus"], found["counts"]["documents"]) == ("curated", 3)
    found = json.loads(FORMATS["json"](bad))
    statuses = {check["name"]: check["status"] for check in found["checks"]}
    assert statuses["languages"] == "skipped"
    assert statuses["broken"] == "failed"
    emails = next(check for check in found["checks"] if check["name"] == "emails")
    assert [(finding["file"], finding["lines"]) for finding in emails["findings"]] == [
        ("raw/a b,c:d%252F.txt", [3, 3]),
        ("raw/z%FF\x1b|`.txt", [1, 1]),
    ]
    assert sum(len(check["findings"]) for check in found["checks"]) == len(bad.findings)


def test_junit_is_valid_and_has_a_case_for_each_check(good: Report, bad: Report) -> None:
    suite = valid_junit(good)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (len(good.outcomes), 0, 0, 0)
    suite = valid_junit(bad)
    statuses = [outcome.status for outcome in bad.outcomes]
    counts = [statuses.count(status) for status in ("found", "failed", "skipped")]
    assert (suite.tests, [suite.failures, suite.errors, suite.skipped]) == (len(statuses), counts)
    cases = {case.name: case for case in suite}
    assert cases["emails"].result[0].type == "error"
    assert "a b,c:d%252F.txt:3" in cases["emails"].result[0].text
    assert isinstance(cases["broken"].result[0], junitparser.Error)
    assert isinstance(cases["languages"].result[0], junitparser.Skipped)
    assert "1 of 3 documents" in cases["traceability"].system_out


def test_sarif_is_valid_and_points_at_raw_files_and_lines(good: Report, bad: Report) -> None:
    run = valid_sarif(good)
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"]
    run = valid_sarif(bad)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [outcome.check.name for outcome in bad.outcomes]
    assert len(run["results"]) == len(bad.findings)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not urlsplit(uri).scheme
        assert Path(os.fsdecode(unquote(uri, errors="surrogateescape").encode("utf-8", "surrogateescape"))).exists(), (
            uri
        )
    (first, second) = (result for result in run["results"] if result["ruleId"] == "emails")
    place = first["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == (
        "raw/a%20b%2Cc%3Ad%252F.txt",
        {"startLine": 3, "endLine": 3},
    )
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "raw/z%FF%1B%7C%60.txt"
    assert (first["level"], first["properties"]["record_id"] is None) == ("error", False)
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    assert not run["invocations"][0]["executionSuccessful"]
    notes = {
        note["associatedRule"]["id"]: note["level"] for note in run["invocations"][0]["toolExecutionNotifications"]
    }
    assert (notes["broken"], notes["languages"], notes["traceability"]) == ("error", "note", "note")


def test_sarif_of_files_elsewhere_has_absolute_addresses(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = valid_sarif(examine(home / "curated", policy=make({"look_for": ["emails"]})))
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith(f"file://{home}/raw/")


def test_fingerprints_stay_when_lines_move(bad: Report) -> None:
    def prints(report: Report) -> list[str]:
        return [result["partialFingerprints"]["corpuskit/v1"] for result in valid_sarif(report)["results"]]

    def lower(finding: Finding) -> Finding:
        return replace(finding, lines=(finding.lines[0] + 5, finding.lines[1] + 5)) if finding.lines else finding

    moved = tuple(replace(outcome, findings=tuple(map(lower, outcome.findings))) for outcome in bad.outcomes)
    assert prints(replace(bad, outcomes=moved)) == prints(bad)
    assert len(set(prints(bad))) == len(prints(bad))


COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:]*,?)+)::(.*)")


def test_github_annotations_are_one_command_a_line(good: Report, bad: Report) -> None:
    assert FORMATS["github"](good) == ""
    lines = FORMATS["github"](bad).split("\n")
    notes = [outcome.check.name for outcome in bad.outcomes if outcome.note and outcome.status != "failed"]
    assert {"languages", "traceability"} <= set(notes)
    assert len(lines) == len(bad.findings) + 1 + len(notes)
    for name, line in zip(notes, lines[-len(notes) :], strict=True):
        assert line.startswith(f"::notice title=corpuskit%3A {name}::")
    matches = [COMMAND.fullmatch(line) for line in lines]
    assert all(matches), lines
    assert {match[1] for match in matches if match} == {"error", "warning", "notice"}
    email = next(line for line in lines if "emails" in line)
    assert email.startswith("::error file=raw/a b%2Cc%3Ad%252F.txt,title=corpuskit%3A emails,line=3,endLine=3::")
    assert any(line.startswith("::error title=corpuskit%3A broken::could not be done: ") for line in lines)


def test_no_check_hides_another_from_the_few_annotations_that_github_shows(bad: Report) -> None:
    """What could not be done comes first, then one finding of each check, then the others."""
    lines = FORMATS["github"](bad).split("\n")
    assert "could not be done" in lines[0]
    titles = [
        match[2].split("title=corpuskit%3A ")[1].split(",")[0] for match in map(COMMAND.fullmatch, lines) if match
    ]
    found = [outcome.check.name for outcome in bad.outcomes if outcome.findings]
    assert len(found) > 2
    assert titles[1 : len(found) + 1] == found


def test_a_bar_is_escaped_in_the_table_of_markdown_alone(bad: Report) -> None:
    """In code outside of a table the escape would be shown."""
    check = replace(bad.outcomes[0].check, meaning="a|b")
    outcome = replace(bad.outcomes[0], check=check, findings=(Finding("ids", "error", "c|d"),), count=1, status="found")
    shown = markdown(replace(bad, outcomes=(outcome,)))
    assert "`a\\|b`" in shown
    assert "- `c|d`" in shown


def test_markdown_shows_what_is_not_as_it_should_be(good: Report, bad: Report) -> None:
    assert FORMATS["markdown"](good) == (
        f"## corpuskit check\n\n`curated`: {len(good.outcomes)} of {len(good.outcomes)} checks passed."
    )
    shown = FORMATS["markdown"](bad)
    assert "| `records` | 1 × error | `the number of records is within the limits` |" in shown
    assert "| `broken` | could not be done | " in shown
    assert "| `languages` | not judged | " in shown
    # Outside of code there is nothing of the texts: no mention, no markup.
    outside = re.sub(r"(`+) ?.*? ?\1", "", shown)
    assert "@" not in outside
    assert "<b>" not in outside
    assert set(re.findall(r"<[^>]*>", outside)) == {"<details>", "<summary>", "</summary>", "</details>"}


def test_markdown_fits_into_a_comment(bad: Report) -> None:
    long = Finding("ids", "error", "x" * 3000)
    outcomes = tuple(replace(outcome, findings=(long,) * 20, count=20, status="found") for outcome in bad.outcomes)
    shown = markdown(replace(bad, outcomes=outcomes))
    assert len(shown) < 65_536
    assert shown.endswith("More findings did not fit here; the other formats have them.")


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_a_format(message: str, path: str) -> None:
    path = path.replace("\0", "").lstrip("/") or "x"
    finding = Finding("ids", "error", " ".join(message.split()), path, "0" * 32, lines=(1, 2), span=(0, 3))
    outcome = Outcome(CATALOGUE["ids"], "error", "found", (finding,), 1, message)
    report = Report(Path("curated"), Path("raw"), "0" * 32, {}, (outcome,))
    assert len(valid_sarif(report)["results"]) == 1
    assert valid_junit(report).failures == 1
    assert json.loads(FORMATS["json"](report))["checks"][0]["findings"][0]["path"] == path
    commands = FORMATS["github"](report).split("\n")
    assert len(commands) == (2 if message else 1)
    assert all(map(COMMAND.fullmatch, commands))
    assert len(markdown(report).split("\n")) == 13
