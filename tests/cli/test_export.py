"""`corpuskit export` as users meet it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from rich.text import Text

import corpuskit
from corpuskit import cli
from corpuskit.exports import FORMS

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "raw", folder / "raw")
    corpuskit.ingest(folder / "raw", folder / "curated")
    return folder


def run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.chdir(folder)
    capsys.readouterr()
    code = cli.main(["export", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_example_of_the_help_is_what_comes_out(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(example, monkeypatch, capsys, "curated", "handout", "--form", "jsonl")
    assert (code, err) == (0, "")
    out = re.sub(r"[0-9.]+ kB", "11.9 kB", out)  # settings and versions are part of it
    assert out in Text.from_markup(cli.load("export").epilog or "").plain
    code, out, err = run(example, monkeypatch, capsys, "curated", "handout")
    assert (code, out) == (2, "")
    assert err == "corpuskit: handout: not empty; --force replaces it, with all that is in it\n"


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_be_asked_for(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    (example / "corpuskit.toml").write_text('[export]\nlicense = "CC0-1.0"\n')
    try:
        code, out, err = run(example, monkeypatch, capsys, "curated", str(tmp_path / "out"), "--form", form, "--json")
    finally:
        (example / "corpuskit.toml").unlink()
    assert (code, err) == (0, "")
    assert json.loads(out)["form"] == form
    assert json.loads((tmp_path / "out" / "export.json").read_text())["license"] == "CC0-1.0"
    assert re.search(rf"\* {form}: ", Text.from_markup(cli.load("export").epilog or "").plain)


def test_a_dataset_without_a_licence_is_remarked_upon(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = run(example, monkeypatch, capsys, "curated", str(tmp_path / "out"), "--form", "croissant")
    assert "no licence is stated" in err


def test_a_bad_table_of_the_settings_ends_it(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_text("[export]\nlicence = 'x'\n")
    code, _, err = run(example, monkeypatch, capsys, "curated", "out", "--config", str(tmp_path / "bad.toml"))
    assert code == 2
    assert "unknown key `licence`" in err
    assert not (example / "out").exists()
