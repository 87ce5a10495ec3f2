"""The action, the hooks and the snippets of docs/ci.md are valid, and do what they say when their commands run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import corpuskit

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SNIPPET = re.compile(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```(?:sh|yaml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
BLOCKS: dict[str, str] = dict(SNIPPET.findall(PAGE))

STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and the corpus of the last release, in which one passage was another one."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "raw", folder / "raw")
    (folder / "raw" / "more.txt").write_text("A passage that was released, and is not to be found any more.")
    corpuskit.ingest(folder / "raw", folder / "released")
    (folder / "raw" / "more.txt").write_text("A passage that is new, and was in no release before this one.")
    return folder


def bash(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: bash that stops at the first failure, with this environment's commands."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    call = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command]
    env = {**os.environ, "PATH": path, **variables}
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, env=env)


def step(name: str, project: Path, temporary: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action, with its inputs at their defaults or as given."""
    given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
    variables = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: given[match[1]], value)
        for key, value in STEPS[name].get("env", {}).items()
    }
    files = {"GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_PATH": "path", "GITHUB_OUTPUT": "output"}
    runner = {key: str(temporary / value) for key, value in files.items()}
    runner |= {"RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(ROOT)}
    return bash(STEPS[name]["run"], project, **runner, **variables)


# --- lint ---


def lint(schema: str, file: Path) -> None:
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_is_a_valid_one() -> None:
    lint("vendor.github-actions", ROOT / "action.yml")


def test_the_hooks_are_valid() -> None:
    call = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("title", "schema"), [("GitHub", "vendor.github-workflows"), ("GitLab", "vendor.gitlab-ci")])
def test_the_snippets_are_valid(tmp_path: Path, title: str, schema: str) -> None:
    (tmp_path / "snippet.yml").write_text(BLOCKS[title], encoding="utf-8")
    lint(schema, tmp_path / "snippet.yml")


def test_the_pre_commit_snippet_is_valid_and_names_hooks_that_are_there(tmp_path: Path) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text(BLOCKS["pre-commit"], encoding="utf-8")
    call = [sys.executable, "-m", "pre_commit", "validate-config", str(tmp_path / ".pre-commit-config.yaml")]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (repository,) = yaml.safe_load(BLOCKS["pre-commit"])["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == {hook["id"] for hook in HOOKS}


@pytest.mark.parametrize("name", STEPS)
def test_inputs_reach_commands_as_variables_alone(name: str) -> None:
    assert "${{" not in STEPS[name]["run"]
    assert subprocess.run(["bash", "-n", "-c", STEPS[name]["run"]]).returncode == 0


def test_each_input_is_documented_with_its_default() -> None:
    for name, facts in ACTION["inputs"].items():
        default = f"`{facts['default']}`" if facts["default"] else "none"
        assert f"| `{name}` | {default} |" in PAGE
    (used,) = (part["with"] for part in yaml.safe_load(BLOCKS["GitHub"])["jobs"]["corpus"]["steps"] if part.get("id"))
    assert set(used) <= set(ACTION["inputs"])


# --- the commands ---


def test_the_steps_make_the_corpus_and_tell_what_changed(project: Path, tmp_path: Path) -> None:
    done = step("ingest", project, tmp_path)
    assert done.returncode == 0, done.stderr
    done = step("diff", project, tmp_path, baseline="released")
    assert done.returncode == 0, done.stderr
    assert "| records | 14 | 14 | 1 added, 1 gone |" in (project / "corpuskit-changes.md").read_text()
    assert (tmp_path / "summary.md").read_text() == (project / "corpuskit-changes.md").read_text()


@pytest.mark.parametrize(("kinds", "code"), [("gone", 1), ("remerged gone", 1), ("remerged", 0), ("nonsense", 2)])
def test_the_diff_step_fails_on_what_it_is_told_to(project: Path, tmp_path: Path, kinds: str, code: int) -> None:
    corpuskit.ingest(project / "raw", project / "curated")
    done = step("diff", project, tmp_path, **{"baseline": "released", "diff-fail-on": kinds})
    assert done.returncode == code, done.stderr


def test_names_with_blanks_and_worse_are_one_argument(project: Path, tmp_path: Path) -> None:
    name = 'a "b" $(touch hacked)'
    shutil.copytree(project / "raw", project / name)
    done = step("ingest", project, tmp_path, raw=name, curated=f"{name} out")
    assert done.returncode == 0, done.stderr
    assert (project / f"{name} out" / "manifest.json").exists()
    assert not (project / "hacked").exists()


def test_the_check_step_passes_a_good_corpus_and_fails_a_damaged_one(project: Path, tmp_path: Path) -> None:
    corpuskit.ingest(project / "raw", project / "checked")
    done = step("check", project, tmp_path, curated="checked")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "corpuskit.sarif").exists()
    assert (tmp_path / "summary.md").read_text()
    (project / "checked" / "manifest.json").write_text(
        (project / "checked" / "manifest.json").read_text().replace('"records": 14', '"records": 15')
    )
    assert step("check", project, tmp_path, curated="checked").returncode == 1


@pytest.mark.parametrize("title", ["Plain shell", "GitLab"])
def test_the_commands_of_the_page_run(project: Path, title: str) -> None:
    block = BLOCKS[title]
    if title == "GitLab":
        block = "\n".join(line for line in yaml.safe_load(block)["corpus"]["script"] if not line.startswith("pip "))
    done = bash(block, project)
    assert done.returncode == 1, done.stdout + done.stderr  # since a record of the release has gone
    assert "1 gone" in (project / "changes.md").read_text()
    assert (project / "check.xml").exists()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_the_hooks_run(project: Path, hook: dict[str, Any]) -> None:
    corpuskit.ingest(project / "raw", project / "curated")
    (snippet,) = yaml.safe_load(BLOCKS["pre-commit"])["repos"]
    (arguments,) = (used["args"] for used in snippet["hooks"] if used["id"] == hook["id"])
    done = bash(f"{hook['entry']} {' '.join(arguments)}", project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_installs_what_it_runs(tmp_path: Path) -> None:
    if not os.environ.get("CI"):
        pytest.skip("installs everything from the package index: .ci/run does it")
    done = step("install", tmp_path, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = (tmp_path / "path").read_text().strip()
    assert bash(f"'{folder}/corpuskit' --version", tmp_path).stdout.startswith("corpuskit ")
