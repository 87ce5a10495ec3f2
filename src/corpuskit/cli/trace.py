"""`corpuskit trace`: where a passage came from, what it was merged with, and why this wording was kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from corpuskit.trace import Trace

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit trace curated raw/000_a60c58689f941b60.txt:3

record 4ab31b9d9e052b284dbca5751d5b862d: 2 copies in 2 documents

kept, 2 copies with this wording: every copy has this wording
    El Salvador has expressed views on the use of information and ...
  kept   000_a60c58689f941b60.txt:3  bytes 293-417  9b8d936b16bc...
  exact  003_774f2be734496ff0.txt:5  bytes 718-842  85791e570ab0...

Use [bold]trace[/bold] to judge a merge, or to find the source of a sentence. WHAT is

* the id of a record or an occurrence, or its first six characters or more
* FILE:LINE, with FILE below the raw folder: `raw/a.txt:12` or `a.txt:12`
* a piece of text, in quotes; case, spacing, quotes and dashes do not matter"""


def run(
    question: Annotated[
        list[str],
        typer.Argument(
            metavar="[CURATED] WHAT",
            help="What to look for, and before it the corpus if that is not curated/.",
        ),
    ],
    *,
    full: Annotated[bool, typer.Option("--full", help="Show whole texts and all copies, however many.")] = False,
    first: Annotated[
        int, typer.Option("--first", metavar="N", min=1, help="Of a text that many records hold, list N.")
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print the trace as JSON, whole.")] = False,
) -> None:
    """Tell where WHAT came from and what it was merged with.

    Every copy is shown with its lines and span, how alike it is, and why one wording was kept.
    """
    curated, what = _split(question)
    from corpuskit.cli.console import out
    from corpuskit.trace import trace

    found = trace(curated, what, first=first)
    if as_json:
        out.print(json.dumps(asdict(found), indent=2), soft_wrap=True)
    else:
        _show(found, full=full)


def _split(question: Sequence[str]) -> tuple[Path, str]:
    if len(question) > 2:
        raise typer.BadParameter("more than CURATED and WHAT; put a text with spaces in quotes")
    return Path(question[0]) if len(question) == 2 else Path("curated"), question[-1]


def _show(found: "Trace", *, full: bool) -> None:
    from corpuskit.cli.lineage import show_list, show_whole

    if found.n_found == 1:
        show_whole(found.found[0], full=full)
    else:
        show_list(found)
