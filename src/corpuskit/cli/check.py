"""`corpuskit check`: whether the laws hold in a finished corpus."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from corpuskit.cli import FINDINGS

if TYPE_CHECKING:
    from corpuskit.checks import Finding

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit check curated

checked 2 documents, 17 occurrences and 13 records in curated: every law holds

$ corpuskit check curated --absent taken-down.txt

looked for 7 passages of 1 file, in 10 pieces of tables, builds and cache: nothing of it is left
4 passages stand in other files too, and stay

Use [bold]check[/bold] after a run and in CI. An error is a broken law: exit code 1.
A warning (a file that could not be read, say) leaves it at 0.
docs/tables.md says what each finding means."""


def run(
    curated: Annotated[
        Path, typer.Argument(metavar="CURATED", help="The folder of the corpus; read, never repaired.")
    ] = Path("curated"),
    *,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Verify the corpus in CURATED against itself and its raw files: each promise, recomputed."""
    from corpuskit.checks import check
    from corpuskit.cli.console import err, out

    if absent is not None:
        _show_absent(curated, absent, as_json=as_json)
        return
    with err.status("checking") if err.is_terminal else nullcontext():
        findings = check(curated, raw)
    if as_json:
        out.print(json.dumps([asdict(finding) for finding in findings], indent=2), soft_wrap=True)
    else:
        report(curated, findings)
    if any(finding.severity == "error" for finding in findings):
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


def report(curated: Path, findings: Sequence["Finding"]) -> None:
    """Print the findings, and what was checked."""
    from rich.text import Text

    from corpuskit.cli.console import columns, count, say, visible
    from corpuskit.corpus import open_corpus

    styles = {"error": "bold red", "warning": "yellow"}
    rows = [
        (
            Text(finding.severity, styles[finding.severity]),
            finding.name,
            _place(finding),
            visible(finding.message),
        )
        for finding in findings
    ]
    if rows:
        columns(rows)
        say()
    counts = dict.fromkeys(("documents", "passages", "records"), 0) | open_corpus(curated).manifest["counts"]
    checked = (
        f"checked {count(counts['documents'], 'document')}, {count(counts['passages'], 'occurrence')} "
        f"and {count(counts['records'], 'record')} in {visible(str(curated))}"
    )
    say(f"{checked}: {_verdict(findings)}")


def _place(finding: "Finding") -> str:
    from corpuskit.cli.console import visible

    return visible(finding.path or finding.record_id or finding.occurrence_id or "")


def _verdict(findings: Sequence["Finding"]) -> str:
    names = {
        severity: ", ".join(dict.fromkeys(finding.name for finding in findings if finding.severity == severity))
        for severity in ("error", "warning")
    }
    verdict = f"errors in {names['error']}" if names["error"] else "every law holds"
    return verdict + (f"; warnings of {names['warning']}" if names["warning"] else "")
