"""The pages keep up with the code: nothing drifts, all names are explained, and the README runs."""

import contextlib
import io
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpuskit import cli, schema
from corpuskit.checks import CATALOGUE, CHECKS, examine
from corpuskit.checks.policy import Policy, load
from corpuskit.pipeline import ingest
from corpuskit.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [file for file in (*ROOT.glob("*.md"), *DOCS.glob("*.md")) if file.read_text(encoding="utf-8").strip()]
BLOCK = re.compile(r"^```(?:console|bash|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_generated_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(DOCS / "generate.py"))["main"]
    assert main(["--check"]) == 0, f"{capsys.readouterr().out}: run python docs/generate.py"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_no_line_of_prose_is_longer_than_120_characters(file: Path) -> None:
    """Tables, code and addresses may be."""
    prose = re.sub(r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    long = [line for line in prose.splitlines() if len(line) > 120 and not line.startswith("|") and " " in line]
    assert not long


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_is_documented(name: str) -> None:
    assert f"## corpuskit {name}\n" in page("cli.md")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented(name: str) -> None:
    assert f"## {name}\n" in page("settings.md")


@pytest.mark.parametrize("table", schema.PUBLISHED)
def test_each_column_is_documented(table: str) -> None:
    section = page("tables.md").split(f"\n## {table}\n")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert documented == schema.PUBLISHED[table].names


def test_each_value_and_finding_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", page("tables.md"), re.MULTILINE))
    lists = (schema.FATES, schema.REASONS, schema.MEASURES, schema.RELATIONS, schema.CANONICAL_REASONS)
    more = (schema.PROBLEMS, schema.DOCUMENT_FLAGS, schema.OCCURRENCE_FLAGS, CHECKS)
    assert {name for names in (*lists, *more) for name in names} <= documented


def test_each_check_has_a_section_and_each_of_its_settings_is_documented() -> None:
    assert set(re.findall(r"^### (\w+)$", page("checks.md"), re.MULTILINE)) == set(CATALOGUE)
    assert set(Policy.model_fields) <= set(re.findall(r"^\| `(\w+)` \|", page("checks.md"), re.MULTILINE))


@pytest.mark.parametrize("word", schema.FATES)
def test_the_glossary_has_the_fates(word: str) -> None:
    assert word in page("glossary.md")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_the_distribution_has_its_own_name(file: Path) -> None:
    # `corpuskit` on the package index is somebody else's.
    assert not re.search(r"(pip|pipx|uv|uvx)\b.*\binstall\s+corpuskit(?!-curation)\b", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_between_pages_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def commands(text: str) -> Iterator[str]:
    """The calls of corpuskit in console blocks, with or without a prompt, also after other commands in one line."""
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.removeprefix("$ ").split(" && "):
                call = part.strip().removeprefix(".venv/bin/")
                if re.match(r"corpuskit( |$)", call):
                    yield call.split(" #")[0].split(" | ")[0].split(" > ")[0]


def test_commands_are_found_in_blocks() -> None:
    text = "```console\n$ corpuskit ingest \\\n  raw\nout\n```\n```python\ncorpuskit x\n```\n"
    text += "```bash\nmake it && .venv/bin/corpuskit check # now\n```\n"
    assert [shlex.split(call) for call in commands(text)] == [
        ["corpuskit", "ingest", "raw"],
        ["corpuskit", "check"],
    ]


def test_the_settings_of_the_page_on_checks_are_valid(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", page("checks.md"), re.DOTALL | re.MULTILINE)
    (tmp_path / "corpuskit.toml").write_text(block)
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    report = examine(tmp_path / "curated", policy=load(tmp_path / "corpuskit.toml"), skip=["change", "boilerplate"])
    assert {outcome.status for outcome in report.outcomes if outcome.check.kind == "rule"} == {"passed"}
    assert not report.failed


def test_the_page_on_checks_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    monkeypatch.chdir(tmp_path)
    calls = list(commands(page("checks.md")))
    assert len(calls) == 2
    for call in calls:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert cli.main(shlex.split(call)[1:]) == 0, call
        assert printed.getvalue() in page("checks.md")
    assert (tmp_path / "check.sarif").exists()


def test_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    monkeypatch.chdir(tmp_path)
    for call in commands((ROOT / "README.md").read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = cli.main(shlex.split(call)[1:])
        assert code == 0, f"{call}\n{printed.getvalue()}"
