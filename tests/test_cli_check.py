"""`corpuskit check` as users meet it: flags, settings, formats to files, exit codes."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from corpuskit import cli
from corpuskit.checks import CATALOGUE, CHECKS

ROOT = Path(__file__).resolve().parent.parent
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped raw/ and its corpus."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "raw", folder / "raw")
    assert cli.main(["ingest", str(folder / "raw"), str(folder / "curated")]) == 0
    return folder


@pytest.fixture
def call(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs `corpuskit check` with settings in a copy of the example; gives exit code, stdout and stderr."""
    shutil.copytree(example, tmp_path / "home")
    monkeypatch.chdir(tmp_path / "home")

    def run(*arguments: str, settings: str = "") -> tuple[int, str, str]:
        Path("corpuskit.toml").write_text(settings)
        capsys.readouterr()
        code = cli.main(["check", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


CHECKED = "checked 2 documents, 17 occurrences and 13 records in curated: "
TOO_FEW = "[check]\nrecords = { min = 14 }\n"


def test_limits_come_from_the_settings_file(call: Call) -> None:
    assert call(settings="[check]\nrecords = { min = 13 }\n") == (0, f"{CHECKED}what was checked holds\n", "")
    code, out, err = call(settings=TOO_FEW)
    assert (code, err) == (1, "")
    assert out == f"error  records    there are 13 records: at least 14 should be\n\n{CHECKED}errors in records\n"


def test_another_settings_file_can_be_named(call: Call, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(TOO_FEW)
    assert call("--config", str(tmp_path / "strict.toml"))[0] == 1
    assert call()[0] == 0


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        ("error", None, 1),
        ("warning", None, 0),
        ("warning", "warning", 1),
        ("info", "warning", 0),
        ("info", "info", 1),
        ("error", "never", 0),
        ("off", "info", 0),
    ],
)
def test_the_exit_code_is_1_at_or_above_fail_on(call: Call, severity: str, fail_on: str | None, code: int) -> None:
    settings = f'{TOO_FEW}severity = {{ records = "{severity}" }}\n'
    assert call(*(["--fail-on", fail_on] if fail_on else []), settings=settings)[0] == code
    if fail_on:
        assert call(settings=f'{settings}fail_on = "{fail_on}"\n')[0] == code


def test_a_check_that_cannot_be_done_is_2_even_with_findings(call: Call) -> None:
    rule = '[[check.rule]]\nname = "mine"\nmeaning = "so it is"\nsql = "SELECT * FROM nowhere"\n'
    code, out, _ = call(settings=TOO_FEW + rule)
    assert code == 2
    assert "error   records    there are 13 records: at least 14 should be\nfailed  mine" in out
    assert out.endswith(f"{CHECKED}errors in records; not done: mine\n")
    assert call("--fail-on", "never", settings=rule)[0] == 2
    assert call("--skip", "mine", settings=rule)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (
            ["--format", "xml"],
            "",
            "--format xml: should be one of json, junit, sarif, github, markdown, or FORMAT=FILE",
        ),
        (["--format", "json=no/out.json"], "", "--format json=no/out.json: there is no folder no"),
        (["--format", "json", "--format", "junit"], "", "--format: one format goes to stdout, the others to files"),
        (["--fail-on", "all"], "", "--fail-on all: should be one of error, warning, info, never"),
        (["--only", "idss"], "", "there is no check `idss`; did you mean `ids`?"),
        (["--only", "records"], "", "the check `records` has no limit: set `records` in [check] of the settings"),
        (["--only", "ids", "--skip", "ids"], "", "no check is left to do: all that are asked for are skipped"),
        (["--baseline", "old.json"], "", "--baseline: set what may `fall` or `rise`"),
        (["--sample", "0"], "", "Invalid value for '--sample'"),
        ([], "[check]\nrecord = 1\n", "unknown setting `check.record`; did you mean `records`?"),
        ([], "[check]\nboilerplate = 'none.txt'\n", "none.txt: No such file or directory"),
        ([], "[check\n", "not valid TOML"),
    ],
)
def test_a_bad_call_is_2_with_one_line(call: Call, arguments: list[str], settings: str, message: str) -> None:
    code, out, err = call(*arguments, settings=settings)
    assert (code, out) == (2, "")
    assert err.startswith("corpuskit: ")
    assert message in err
    assert err.count("\n") == 1


def test_several_formats_go_to_files_at_once(call: Call) -> None:
    formats = ["sarif=out.sarif", "junit=out.xml", "json=out.json", "github=out.txt", "markdown=out.md"]
    code, out, _ = call(*(part for item in formats for part in ("--format", item)), settings=TOO_FEW)
    assert code == 1
    assert out.endswith("errors in records\n")
    assert len(json.loads(Path("out.sarif").read_text())["runs"][0]["results"]) == 1
    assert ElementTree.parse("out.xml").getroot()[0].get("failures") == "1"
    assert json.loads(Path("out.json").read_text())["counts"]["records"] == 13
    assert Path("out.txt").read_text().startswith("::error file=curated/manifest.json,")
    assert Path("out.md").read_text().startswith("## corpuskit check\n")


def test_one_format_goes_to_stdout_instead_of_the_table(call: Call) -> None:
    code, out, _ = call("--format", "github", "--format", "json=out.json")
    assert (code, out) == (0, "")
    assert call("--format", "json")[1] == call("--json")[1] == Path("out.json").read_text()
    assert call("--format", "markdown")[1].startswith("## corpuskit check\n")


def test_a_baseline_can_be_named(call: Call) -> None:
    settings = "[check]\nchange = { records = { fall = 0.05 } }\n"
    assert call("--baseline", "curated", settings=settings)[0] == 0
    manifest = json.loads(Path("curated/manifest.json").read_text())
    manifest["counts"]["records"] = 14
    Path("old.json").write_text(json.dumps(manifest))
    code, out, _ = call("--baseline", "old.json", settings=settings)
    assert (code, "records: 14 before, 13 now: they may fall by 5 %" in out) == (1, True)
    assert call("--baseline", "gone.json", settings=settings)[0] == 2
    assert call(settings=settings)[0] == 2


def test_what_was_not_judged_is_told(call: Call) -> None:
    code, out, _ = call("--no-raw")
    assert code == 0
    assert "note  traceability  " in out
    assert out.endswith("what was checked holds; in part: flags; not judged: raw_missing, raw_changed, traceability\n")
    code, out, _ = call("--sample", "1")
    assert code == 0
    assert "1 of 2 documents were decoded again, the others not (--sample)" in out
    assert out.endswith("what was checked holds; in part: flags, raw_changed, traceability\n")


def test_a_hygiene_check_can_be_asked_for_by_name(call: Call) -> None:
    said = f"{CHECKED}what was checked holds; left out: {len(CHECKS)} of {len(CHECKS)} laws\n"
    assert call("--only", "emails", "--only", "secrets") == (0, said, "")


@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        (["--only", "ids"], "", f"{len(CHECKS) - 1} of {len(CHECKS)} laws"),
        (["--skip", "problem_document", "--skip", "order"], "", "order, problem_document"),
        ([], '[check]\nseverity = { links_stale = "off" }\n', "links_stale"),
    ],
)
def test_no_law_that_was_left_out_is_said_to_hold(call: Call, arguments: list[str], settings: str, told: str) -> None:
    said = f"{CHECKED}what was checked holds; left out: {told}\n"
    assert call(*arguments, settings=settings) == (0, said, "")


def test_places_found_are_told_by_record_and_span_and_masked(call: Call) -> None:
    Path("raw/new.txt").write_text("Write to ada@example.org.\n")
    assert cli.main(["ingest"]) == 0
    code, out, _ = call("--only", "emails")
    assert code == 1
    masked = r"error  emails  new\.txt:1  ad… \(15 characters\), record [0-9a-f]{32}, bytes 9-24 of its text"
    assert re.fullmatch(masked, out.splitlines()[0])


def test_all_checks_are_listed(call: Call) -> None:
    rule = '[[check.rule]]\nname = "mine"\nmeaning = "so it is"\nseverity = "info"\nsql = "SELECT 1"\n'
    code, out, _ = call("--list", settings=f"[check]\nrecords = {{ min = 1 }}\n{rule}")
    lines = [line.split(None, 3) for line in out.splitlines()]
    assert code == 0
    assert {line[0] for line in lines} == {*CATALOGUE, "mine"}
    by_name = {line[0]: line[1:] for line in lines}
    assert by_name["mine"] == ["rule", "info", "so it is"]
    assert by_name["records"][1] == "error"
    assert by_name["documents"][1] == by_name["emails"][1] == "off"
    assert by_name["raw_missing"][1] == "warning"
