"""`corpuskit init`: a settings file with every knob, explained."""

import os
import textwrap
from pathlib import Path
from typing import Annotated, Final

import typer

from corpuskit.cli.flags import allowed, default_shown
from corpuskit.errors import WriteError
from corpuskit.settings import FILE_NAME, Settings

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit init

wrote corpuskit.toml: every setting at its default, commented out; uncomment what you decide

Use [bold]init[/bold] once for a corpus whose settings shall be kept with it; for a single run, a flag of
[bold]corpuskit ingest[/bold] does. Which settings made a corpus is in its manifest."""

WIDTH: Final = 100

_HEAD: Final = """
Settings of `corpuskit ingest`, found from the working directory upward. Flags win over it.
Each line with `=` is a default, commented out: what you uncomment is your decision and stays, what you leave
follows the defaults of the corpuskit that runs. The settings that made a corpus are in its manifest.json.
"""


def run(*, force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False) -> None:
    """Write corpuskit.toml here: every setting with its meaning, range and default."""
    from corpuskit.cli.console import say

    text = template()
    try:
        with Path(FILE_NAME).open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise WriteError(f"{FILE_NAME} is here already; --force replaces it") from None
    except OSError as error:
        raise WriteError(f"{FILE_NAME}: cannot write: {os.strerror(error.errno or 0)}") from None
    say(f"wrote {FILE_NAME}: every setting at its default, commented out; uncomment what you decide")


def template() -> str:
    """The text of a settings file that sets nothing and shows everything."""
    parts = [_comment(" ".join(_HEAD.split()))]
    for name, field in Settings.model_fields.items():
        lines = [_comment(f"{field.description}"), _comment(f"Allowed: {allowed(name)}.")]
        if name == "rows":
            lines += [_comment(line) for line in miss_rates(Settings())]
        parts.append("\n".join([*lines, f"#{name} = {default_shown(name)}"]))
    return "\n\n".join(parts) + "\n"


def miss_rates(settings: Settings) -> list[str]:
    """What the bands of a signature miss, in words and figures."""
    rates = [f"{settings.miss_rate(jaccard):.2g} at {jaccard}" for jaccard in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)]
    return [
        f"{settings.bands} bands of {settings.rows} rows miss (1 - J**rows)**bands of the pairs whose "
        f"shingles have the Jaccard similarity J: {', '.join(rates)}."
    ]


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
