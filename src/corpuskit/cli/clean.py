"""`corpuskit clean`: empty the cache of a corpus."""

from pathlib import Path
from typing import Annotated, Final

import typer

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit clean curated

removed .corpuskit_cache/curated: 9 files, 49.1 kB

Use [bold]clean[/bold] to have the room back, or to be sure that nothing is kept of raw files but the corpus. The next
[bold]corpuskit ingest[/bold] reads every file again; its result is the same."""


def run(
    curated: Annotated[
        Path, typer.Argument(metavar="CURATED", help="The folder of the corpus, which stays as it is.")
    ] = Path("curated"),
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            show_default=False,
            help="Read where the cache is from FILE. Default: the nearest corpuskit.toml from here upward.",
        ),
    ] = None,
) -> None:
    """Remove what is kept of each raw file so that the next run need not read it again; CURATED stays as it is."""
    import os

    from corpuskit import store
    from corpuskit.cli.console import bytes_shown, count, say, visible
    from corpuskit.errors import CorpusError
    from corpuskit.settings import find_file, load

    place = load(config or find_file()).cache
    home = store.locate(curated, place)
    if not curated.is_dir() and not home.exists():
        raise CorpusError(f"{curated}: no corpus here, and no cache of one")
    with store.writing(curated):
        number, size = store.clean(curated, place)
    shown = visible(os.path.relpath(home))
    say(f"removed {shown}: {count(number, 'file')}, {bytes_shown(size)}" if number else f"{shown}: nothing there")
