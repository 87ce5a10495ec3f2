"""`corpuskit diff`: what differs between two builds of a corpus."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from corpuskit.cli import FINDINGS

if TYPE_CHECKING:
    from corpuskit.diffs import Diff

EPILOG: Final = """[bold]Example[/bold]: after a file was edited and the corpus was made anew

$ corpuskit diff release-1/curated curated

documents     2 -> 2   0 added, 0 gone, 1 changed
records      13 -> 13  1 added, 1 gone, 0 reworded, 0 respelled
occurrences  17 -> 17  1 added, 1 gone, 0 remerged, 0 filtered, 0 unfiltered

Use [bold]diff[/bold] to judge a new release, or a change of settings, before downstream gets it. What each
count means is in docs/diff.md. With [bold]--fail-on[/bold] the exit code is 1 when there is any such change."""


class Failing(StrEnum):
    """What a diff can fail on."""

    ADDED = "added"
    GONE = "gone"
    REMERGED = "remerged"


def run(
    old: Annotated[
        Path,
        typer.Argument(metavar="OLD", help="The corpus before: its folder, or a manifest with its files beside it."),
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The corpus after, likewise.")] = Path("curated"),
    *,
    fail_on: Annotated[
        list[Failing] | None,
        typer.Option(
            "--fail-on",
            metavar="KIND",
            show_default=False,
            help="Exit with 1 when records were added, have gone, or occurrences were remerged. One of added, gone, "
            "remerged; repeat it for several.",
        ),
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", metavar="N", min=0, max=1000, help="Show so many changes of each kind.")
    ] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the diff as JSON.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown that fits a comment on a pull request.")
    ] = False,
) -> None:
    """Tell what differs between the corpora OLD and NEW.

    Records added, gone and reworded, occurrences that moved between records, documents, settings and versions: first
    how many, then examples with the words that differ marked.
    """
    from contextlib import nullcontext

    from corpuskit.cli.console import err, out
    from corpuskit.corpus import open_corpus
    from corpuskit.diffs import diff

    if as_json and as_markdown:
        raise typer.BadParameter("--json and --markdown: one of them")
    with err.status("comparing") if err.is_terminal else nullcontext():
        found = diff(open_corpus(old), open_corpus(new), examples=examples)
    if as_json:
        out.print(json.dumps(asdict(found), indent=2), soft_wrap=True)
    elif as_markdown:
        from corpuskit.cli.comment import comment

        out.print(comment(found), soft_wrap=True, end="")
    else:
        from corpuskit.cli.changes import show

        show(found)
    if any(_failing(found, kind) for kind in fail_on or ()):
        raise typer.Exit(FINDINGS)


def _failing(found: "Diff", kind: Failing) -> int:
    """How many changes there are of a kind."""
    return found.counts["occurrences" if kind is Failing.REMERGED else "records"][kind.value]
