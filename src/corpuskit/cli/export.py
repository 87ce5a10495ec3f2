"""`corpuskit export`: a corpus in the form that somebody asks for."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit export curated handout --form jsonl

wrote handout: 13 records, 11.9 kB

Use [bold]export[/bold] for those who do not read Parquet, or for a hub. Whoever reads Parquet takes the tables
as they are. Forms are

* jsonl: one record a line
* jsonl-documents: one document a line, rebuilt without repeats
* text: the same as plain text files, named as in raw/
* huggingface: the tables as a dataset with its card, and Croissant metadata
* croissant: the tables with Croissant metadata

Name, licence and source are told by the table \\[export] of corpuskit.toml: docs/export.md."""


class FormName(StrEnum):
    """What can be written."""

    JSONL = "jsonl"
    JSONL_DOCUMENTS = "jsonl-documents"
    TEXT = "text"
    HUGGINGFACE = "huggingface"
    CROISSANT = "croissant"


def run(
    curated: Annotated[Path, typer.Argument(metavar="CURATED", help="The folder of the corpus.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder to write; made if need be.")],
    *,
    form: Annotated[
        FormName,
        typer.Option(
            "--form",
            metavar="FORM",
            show_default=False,
            help=f"What to write. One of {', '.join(FormName)}. Default: jsonl",
        ),
    ] = FormName.JSONL,
    provenance: Annotated[
        bool,
        typer.Option(
            "--provenance/--no-provenance",
            show_default=False,
            help="With ids, places and numbers of copies, or text alone. Default: with them.",
        ),
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace TARGET and all that is in it.")] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            show_default=False,
            help="Read the table of name, licence and source from FILE. Default: the nearest corpuskit.toml upward.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write the corpus in CURATED into the folder TARGET, in a form that others read.

    All or nothing: TARGET appears when it is whole. A folder that is not empty is refused without --force.
    """
    from corpuskit.cli.console import Bars, bytes_shown, count, out, say, visible
    from corpuskit.exports import about_of, export
    from corpuskit.exports import as_json as plain
    from corpuskit.settings import find_file

    about = about_of(config or find_file())
    with Bars() as bars:
        if form in (FormName.HUGGINGFACE, FormName.CROISSANT) and about.license is None:
            bars.note("no licence is stated: say one under [export] in corpuskit.toml")
        done = export(curated, target, form.value, about, provenance=provenance, force=force, progress=bars)
    if as_json:
        out.print(json.dumps(plain(done), indent=2), soft_wrap=True)
        return
    rows = ", ".join(count(number, table.removesuffix("s")) for table, number in done.counts.items())
    say(f"wrote {visible(str(target))}: {rows}, {bytes_shown(done.bytes)}")
