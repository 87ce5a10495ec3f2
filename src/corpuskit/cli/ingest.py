"""`corpuskit ingest`: raw text in, merged passages out."""

import glob
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from corpuskit.cli import FINDINGS
from corpuskit.cli.flags import effective, with_flags

if TYPE_CHECKING:
    from corpuskit.runs import Forecast, Result

EPILOG: Final = """[bold]Example[/bold]: the two documents that come with corpuskit

$ corpuskit ingest raw curated

   2  files read, 5.8 kB
  17  passages found
   4  exact copies
   0  near copies merged
  13  records written to curated
   0  problems
0.1 s, 58.1 kB/s

Use [bold]ingest[/bold] for a folder of files; for texts at hand in Python, use
corpuskit.deduplicate(texts). Then [bold]corpuskit check[/bold] proves the result."""

SHOWN: Final = 5
"""So many problems, and kinds of files left out, are named."""

_LEFT_OUT: Final = {
    "hidden": ("hidden file", "hidden files"),
    "hidden folder": ("hidden folder", "hidden folders"),
    "ignored": ("file that `ignore` names", "files that `ignore` names"),
    "ignored folder": ("folder that `ignore` names", "folders that `ignore` names"),
    "symlink": (
        "symbolic link; --symlinks follow reads what it leads to",
        "symbolic links; --symlinks follow reads what they lead to",
    ),
    "folder read already": ("link to a folder read already", "links to folders read already"),
    "special file": ("device, pipe or socket", "devices, pipes or sockets"),
}


@with_flags
def run(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="The folder of raw text; read, never written.")] = Path(
        "raw"
    ),
    curated: Annotated[
        Path, typer.Argument(metavar="CURATED", help="The folder for the corpus; made if need be.")
    ] = Path("curated"),
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            show_default=False,
            help="Read settings from FILE. Default: the nearest corpuskit.toml from here upward.",
        ),
    ] = None,
    allow_shrink: Annotated[
        bool,
        typer.Option(
            "--allow-shrink",
            help="Publish even if RAW is empty, or has less than half of the last run's documents.",
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 1 when there is a file that could not be read or decoded."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read, reused and dropped; write nothing.")
    ] = False,
    verify_raw: Annotated[
        bool,
        typer.Option(
            "--verify-raw",
            help="Hash every file, instead of taking one whose size, times and inode are as before to be as before.",
        ),
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for another run on CURATED to end, instead of exiting with 2.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    flags: Mapping[str, Any],
) -> None:
    """Read the text files below RAW, merge their passages, and publish the corpus in CURATED.

    Files that the last run has read are not read again, unless they have changed. All or nothing: until the end,
    CURATED shows the corpus that was there before. A file that cannot be read becomes a row of documents with its
    problem, and the run goes on.
    """
    from corpuskit.cli.console import Bars, out
    from corpuskit.runs import forecast, ingest

    settings, file = effective(config, flags)
    if dry_run:
        foreseen = forecast(raw, curated, settings, verify_raw=verify_raw)
        if as_json:
            out.print(json.dumps(asdict(foreseen), indent=2), soft_wrap=True)
        else:
            tell_forecast(foreseen, curated)
        return
    with Bars() as bars:
        if file:
            bars.note(f"settings from {file}")
        result = ingest(
            raw, curated, settings, allow_shrink=allow_shrink, verify_raw=verify_raw, wait=wait, progress=bars
        )
    if as_json:
        out.print(json.dumps(asdict(result), indent=2, default=str), soft_wrap=True)
    else:
        summarize(result)
    if strict and result.problems:
        raise typer.Exit(FINDINGS)


def tell_forecast(foreseen: "Forecast", curated: Path) -> None:
    """Print what a run would do."""
    from corpuskit.cli.console import bytes_shown, columns, say

    rows = [
        (foreseen.read, ("file to read", "files to read"), f", {bytes_shown(foreseen.read_bytes)}"),
        (foreseen.reused, ("file to reuse from the last run", "files to reuse from the last run"), ""),
        (foreseen.gone, ("file to drop: it is gone", "files to drop: they are gone"), ""),
    ]
    columns([(f"{number:,}", names[number != 1] + more) for number, names, more in rows], indent=2, right=[0])
    outcome = "would be published anew" if foreseen.publishes else "would stay as it is"
    say(f"dry run: nothing was written; {curated} {outcome}", style="dim")


def summarize(result: "Result") -> None:
    """Print what a run did."""
    from corpuskit.cli.console import bytes_shown, columns, say, seconds_shown, visible

    left_out = sorted(result.skipped.items(), key=lambda item: -item[1])
    hidden = sum(number for _, number in left_out[SHOWN:])
    rows = [
        *_files(result),
        (result.passages, ("passage found", "passages found"), ""),
        (result.exact, ("exact copy", "exact copies"), ""),
        (result.near, ("near copy merged", "near copies merged"), ""),
        *((number, *_filtered(reason)) for reason, number in result.filter_reasons.items()),
        (result.records, *_records(result)),
        *([(result.variants, ("of them a variant", "of them variants"), " of others")] if result.variants else []),
        *([(result.contains, ("link", "links"), " to what records hold")] if result.contains else []),
        *((number, *_left_out(reason)) for reason, number in left_out[:SHOWN]),
        *([(hidden, ("left out for other reasons",) * 2, "")] if hidden else []),
        *_since(result),
        (result.problems, ("problem", "problems"), ""),
    ]
    shown = [(f"{number:,}", visible(names[number != 1] + more)) for number, names, more in rows]
    columns(shown, indent=2, right=[0])
    if result.since and result.since.problem:
        say(f"not compared with the last run: {visible(result.since.problem)}", style="yellow", indent=2)
    for path, problem in _problems(result) if result.problems else ():
        say(f"{visible(path)}: {visible(problem)}", style="yellow", indent=4)
    if result.problems > SHOWN:
        say(f"and {result.problems - SHOWN:,} more: rows of documents.parquet with a problem", indent=4)
    rate = bytes_shown(result.raw_bytes / result.seconds) if result.seconds else "0 bytes"
    say(f"{seconds_shown(result.seconds)}, {rate}/s", style="dim")


Row = tuple[int, tuple[str, str], str]


def _files(result: "Result") -> list[Row]:
    """How many files there are, and what had to be done for them."""
    from corpuskit.cli.console import bytes_shown

    size = f", {bytes_shown(result.raw_bytes)}"
    if not (result.reused or result.gone):
        return [(result.documents - result.problems, ("file read", "files read"), size)]
    return [
        (result.documents - result.problems, ("file", "files"), size),
        (result.read, ("of them read: new or changed",) * 2, ""),
        *(
            [(result.gone, ("file gone since the last run", "files gone since the last run"), "")]
            if result.gone
            else []
        ),
    ]


def _records(result: "Result") -> tuple[tuple[str, str], str]:
    if result.published:
        return ("record written", "records written"), f" to {result.curated}"
    return ("record", "records"), f" in {result.curated}, as before: nothing changed, nothing was written"


def _since(result: "Result") -> list[Row]:
    """How the records differ from those of the corpus that was replaced."""
    if result.since is None or result.since.problem:
        return []
    return [
        (result.since.added, ("record added since the last run", "records added since the last run"), ""),
        (result.since.gone, ("record gone", "records gone"), ""),
        (result.since.reworded, ("record reworded", "records reworded"), ": the same copies, with another one's words"),
    ]


_FILTERED: Final = {
    "page_furniture": ("line of page furniture filtered", "lines of page furniture filtered"),
    "too_short": ("short passage filtered", "short passages filtered"),
    "dropped": ("passage filtered by `drop`", "passages filtered by `drop`"),
}


def _filtered(reason: str) -> tuple[tuple[str, str], str]:
    """What was filtered for a reason, one and several."""
    return _FILTERED.get(reason, (f"passage filtered: {reason}", f"passages filtered: {reason}")), ""


def _left_out(reason: str) -> tuple[tuple[str, str], str]:
    """What is left out for a reason, one and several, and what could be done about it."""
    if reason in _LEFT_OUT:
        one, several = _LEFT_OUT[reason]
        return (f"left out: {one}", f"left out: {several}"), ""
    suffix = reason.removeprefix("name (").removesuffix(")")
    advice = f" named *{suffix}; if text, --include {shlex.quote('*' + glob.escape(suffix))} reads them"
    return ("left out: file", "left out: files"), advice


def _problems(result: "Result") -> list[tuple[str, str]]:
    """Path and problem of the first documents that have one."""
    import pyarrow.compute as pc

    from corpuskit.corpus import open_corpus

    documents = open_corpus(result.curated).documents
    rows = documents.head(SHOWN, columns=["path", "problem"], filter=pc.field("problem").is_valid())
    return [(row["path"], row["problem"]) for row in rows.to_pylist()]
