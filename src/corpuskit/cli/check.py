"""`corpuskit check`: whether the laws hold in a finished corpus, and what else was asked of it."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

import typer

from corpuskit.cli import FAILURE, FINDINGS

if TYPE_CHECKING:
    from corpuskit.checks import Policy, Report

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit check curated

checked 2 documents, 17 occurrences and 13 records in curated: every law holds

$ corpuskit check curated --format sarif=out.sarif --format junit=out.xml --fail-on warning

$ corpuskit check curated --absent taken-down.txt

looked for 7 passages of 1 file, in 10 pieces of tables, builds and cache: nothing of it is left
4 passages stand in other files too, and stay

Use [bold]check[/bold] after a run and in CI. Limits, rules of your own and what else to look for are set in the
table \\[check] of corpuskit.toml. Exit codes: 0 fine, 1 findings at or above --fail-on, 2 a check could not be done.
docs/checks.md says what each check means."""

NAMED: Final = 3
"""So many laws that were left out are named, more are counted."""

Format = Literal["json", "junit", "sarif", "github", "markdown"]


def run(
    curated: Annotated[
        Path, typer.Argument(metavar="CURATED", help="The folder of the corpus; read, never repaired.")
    ] = Path("curated"),
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Read \\[check] from FILE. Default: the nearest corpuskit.toml from here upward.",
        ),
    ] = None,
    raw: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help="Where the raw files are now. Default: where they were, relative to CURATED.",
        ),
    ] = None,
    absent: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE_OR_DIR",
            show_default=False,
            help="Show instead that what was taken down is gone: no passage that only this file (or those in this "
            "folder) held is in any table, build or shard of the cache. A copy of it is needed, outside of RAW.",
        ),
    ] = None,
    no_raw: Annotated[
        bool, typer.Option("--no-raw", help="Do not look at the raw files: traceability is not checked.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, show_default=False, help="Of the raw files, look at N. Default: all."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", show_default=False, help="Do this check and no other; may be repeated."),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", show_default=False, help="Do not do this check; may be repeated."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", show_default=False, help="The corpus, or manifest of one, to compare counts with (change)."
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="SEVERITY",
            show_default=False,
            help="The least severity that makes the exit code 1: error, warning, info or never. Default: error.",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT[=FILE]",
            show_default=False,
            help="Write json, junit, sarif, github or markdown to FILE; without FILE to stdout, instead of the table. "
            "May be repeated.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    list_them: Annotated[
        bool, typer.Option("--list", help="List all checks, and which are on; check nothing.")
    ] = False,
) -> None:
    """Verify the corpus in CURATED against itself and its raw files, and against the limits and rules of the settings.

    Each law is recomputed. Nothing is written but the files that --format names.
    """
    from corpuskit.checks import examine
    from corpuskit.cli.console import err

    if absent is not None:
        _show_absent(curated, absent, as_json=as_json)
        return
    policy = _policy(config, baseline, fail_on)
    if list_them:
        _list(policy, only or (), skip or ())
        raise typer.Exit
    outputs = _outputs([*(formats or ()), *(["json"] if as_json else ())])
    with err.status("checking") if err.is_terminal else nullcontext():
        report = examine(curated, raw, policy, only=only or (), skip=skip or (), sample=sample, use_raw=not no_raw)
    _write(report, outputs)
    if report.failed:
        raise typer.Exit(FAILURE)
    if report.found(policy.fail_on):
        raise typer.Exit(FINDINGS)


def _show_absent(curated: Path, absent: Path, *, as_json: bool) -> None:
    """Look for what was taken down, and say what was found."""
    from corpuskit.checks.absent import check_absent
    from corpuskit.cli.console import count, err, out, say, visible
    from corpuskit.settings import find_file, load

    with err.status("looking") if err.is_terminal else nullcontext():
        found = check_absent(curated, absent, load(find_file()).cache)
    if as_json:
        out.print(json.dumps([asdict(finding) for finding in found.findings], indent=2), soft_wrap=True)
    else:
        for finding in found.findings:
            say(f"{visible(finding.path or '')}: {visible(finding.message)}", style="bold red")
        looked = (
            f"{count(found.passages, 'passage')} of {count(found.files, 'file')}, in {count(found.places, 'piece')}"
        )
        verdict = "not gone" if found.findings else "nothing of it is left"
        say(f"looked for {looked} of tables, builds and cache: {verdict}")
        if found.elsewhere:
            stay = (
                "stands in other files too, and stays" if found.elsewhere == 1 else "stand in other files too, and stay"
            )
            say(f"{count(found.elsewhere, 'passage')} {stay}")
    if found.findings:
        raise typer.Exit(FINDINGS)


def _policy(config: Path | None, baseline: Path | None, fail_on: str | None) -> "Policy":
    """The settings of check, and flags over them."""
    from corpuskit.checks.policy import FailOn, load
    from corpuskit.errors import SettingsError
    from corpuskit.settings import find_file

    policy = load(config or find_file())
    if baseline is not None and policy.change is None:
        raise SettingsError("--baseline: set what may `fall` or `rise` in `change` of [check] in the settings")
    if fail_on is not None and fail_on not in get_args(FailOn):
        raise SettingsError(f"--fail-on {fail_on}: should be one of {', '.join(get_args(FailOn))}")
    given = {"baseline": None if baseline is None else str(baseline), "fail_on": fail_on}
    return policy.model_copy(update={name: value for name, value in given.items() if value is not None})


def _outputs(given: Sequence[str]) -> list[tuple[str, Path | None]]:
    """Formats and their files; None is stdout, which holds one. Refused before anything is checked."""
    from corpuskit.errors import SettingsError

    outputs = []
    for item in dict.fromkeys(given):
        name, _, file = item.partition("=")
        if name not in get_args(Format):
            raise SettingsError(f"--format {item}: should be one of {', '.join(get_args(Format))}, or FORMAT=FILE")
        path = Path(file) if file else None
        if path and not path.parent.is_dir():
            raise SettingsError(f"--format {item}: there is no folder {path.parent}")
        outputs.append((name, path))
    if sum(path is None for _, path in outputs) > 1:
        raise SettingsError("--format: one format goes to stdout, the others to files (FORMAT=FILE)")
    return outputs


def _write(report: "Report", outputs: Sequence[tuple[str, Path | None]]) -> None:
    """Each format to its file, and one, or the table, to stdout."""
    from corpuskit.checks.outputs import FORMATS
    from corpuskit.cli.console import out

    for name, path in outputs:
        text = FORMATS[name](report)
        if path:
            path.write_text(f"{text}\n" if text else "", encoding="utf-8")
        elif text:
            out.print(text, soft_wrap=True)
    if all(path for _, path in outputs):
        show(report)


def show(report: "Report") -> None:
    """Print the findings, what was not judged, and what was checked."""
    from rich.text import Text

    from corpuskit.checks.outputs import particulars, place
    from corpuskit.cli.console import columns, count, say, visible

    styles = {"error": "bold red", "warning": "yellow", "info": "cyan"}
    rows = [
        (
            Text(finding.severity, styles[finding.severity]),
            finding.name,
            visible(place(finding)),
            visible(f"{finding.message}, {particulars(finding)}" if finding.span else finding.message),
        )
        for finding in report.findings
    ]
    rows += [
        (
            Text("failed", "bold red") if outcome.status == "failed" else Text("note"),
            outcome.check.name,
            "",
            visible(outcome.note),
        )
        for outcome in report.outcomes
        if outcome.note
    ]
    if rows:
        columns(rows)
        say()
    counts = dict.fromkeys(("documents", "passages", "records"), 0) | dict(report.counts)
    checked = (
        f"checked {count(counts['documents'], 'document')}, {count(counts['passages'], 'occurrence')} "
        f"and {count(counts['records'], 'record')} in {visible(str(report.curated))}"
    )
    say(f"{checked}: {_verdict(report)}")


def _verdict(report: "Report") -> str:
    """What came of it, in a line; it does not claim what was left out."""
    from corpuskit.checks import CHECKS

    names = {
        severity: ", ".join(dict.fromkeys(finding.name for finding in report.findings if finding.severity == severity))
        for severity in ("error", "warning", "info")
    }
    undone = [outcome.check.name for outcome in report.outcomes if outcome.status == "skipped"]
    in_part = [outcome.check.name for outcome in report.outcomes if outcome.status == "passed" and outcome.note]
    left_out = [name for name in CHECKS if name not in {outcome.check.name for outcome in report.outcomes}]
    whole = not (undone or in_part or left_out) and all(outcome.check.kind == "law" for outcome in report.outcomes)
    parts = [f"errors in {names['error']}"] if names["error"] else []
    if report.failed:
        parts.append(f"not done: {', '.join(outcome.check.name for outcome in report.failed)}")
    parts = parts or ["every law holds" if whole else "what was checked holds"]
    parts += [f"warnings of {names['warning']}"] if names["warning"] else []
    parts += [f"information on {names['info']}"] if names["info"] else []
    parts += [f"in part: {', '.join(in_part)}"] if in_part else []
    parts += [f"not judged: {', '.join(undone)}"] if undone else []
    if left_out:
        few = len(left_out) <= NAMED
        parts.append(f"left out: {', '.join(left_out) if few else f'{len(left_out)} of {len(CHECKS)} laws'}")
    return "; ".join(parts)


def _list(policy: "Policy", only: Sequence[str], skip: Sequence[str]) -> None:
    """Print every check with its severity and meaning; those that are off in parentheses."""
    from corpuskit.cli.console import columns, visible

    on = {check.name for check in policy.selected(only, skip)}
    severities = policy.severities()
    rows = [
        (check.name, check.kind, severities[check.name] if check.name in on else "off", visible(check.meaning))
        for check in policy.available()
    ]
    columns(rows)
