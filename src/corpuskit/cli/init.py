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
Settings of `corpuskit ingest` and, in tables below, of `check` and `export`, found from the working directory upward.
Flags win over it.
Each line with `=` is a default, commented out: what you uncomment is your decision and stays, what you leave
follows the defaults of the corpuskit that runs. The settings that made a corpus are in its manifest.json.
"""

_CHECK: Final = """
The limits of `corpuskit check`: the laws are checked always, all else when it is set. What follows are examples:
uncomment what you want. docs/checks.md has all of them.
"""

_CHECK_EXAMPLES: Final = """
[check]
fail_on = "warning"
severity = { problem_document = "error" }
records = { min = 1000 }
near_share = { max = 0.3 }
problem_share = { max = 0.01 }
encodings = ["utf-8"]
baseline = "released/manifest.json"
change = { records = { fall = 0.05 } }
look_for = ["emails", "secrets"]

[[check.rule]]
name = "short_in_many"
meaning = "no short record stands in many documents"
severity = "warning"
sql = "SELECT record_id, n_chars, n_documents FROM records WHERE n_chars < 20 AND n_documents > 50"
"""

_EXPORT: Final = "What `corpuskit export` says of the corpus, likewise; docs/export.md has all of it."

_EXPORT_EXAMPLES: Final = """
[export]
name = "Positions on cyberspace"
license = "CC-BY-4.0"
source = "public statements, 2019 to 2025"
creators = ["A. Curator"]
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
    """The text of a settings file that sets nothing, and shows every setting and some of `[check]` and `[export]`."""
    parts = [_comment(" ".join(_HEAD.split()))]
    for name, field in Settings.model_fields.items():
        lines = [_comment(f"{field.description}"), _comment(f"Allowed: {allowed(name)}.")]
        if name == "rows":
            lines += [_comment(line) for line in miss_rates(Settings())]
        parts.append("\n".join([*lines, f"#{name} = {default_shown(name)}"]))
    for about, examples in ((_CHECK, _CHECK_EXAMPLES), (_EXPORT, _EXPORT_EXAMPLES)):
        # The tables themselves are there, so that a line uncommented is in its table.
        table, *lines = examples.strip().split("\n")
        shown = [f"#{line}" if line else "" for line in lines]
        parts.append("\n".join([_comment(" ".join(about.split())), table, *shown]))
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
