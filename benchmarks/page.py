"""Tables that benchmarks make, put into a page of docs/ between the markers of each; and what they were made with."""

import datetime
import os
import platform
import re
import subprocess
import textwrap
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"

LINE_CHARS: Final = 120
"""Lines of prose are no longer."""


def write(page: str, name: str, lines: Iterable[str]) -> None:
    """Put lines between the markers of a table in a page of docs/. Raises SystemExit where it has no such markers."""
    file = DOCS / page
    folded = (line if line.startswith("|") else textwrap.fill(line, LINE_CHARS) for line in lines)
    file.write_text(replaced(file.read_text(encoding="utf-8"), name, "\n".join(folded), page), encoding="utf-8")


def replaced(text: str, name: str, content: str, page: str = "the page") -> str:
    """The text of a page with other content between the markers of a table."""
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"{page} has no markers for {name}: {begin} … {end}")
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{content.strip()}\n{end}", text, flags=re.DOTALL)


def made(packages: Sequence[str]) -> str:
    """When, with which versions of packages, from which commit, on what machine."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    git = ["git", "-C", str(DOCS)]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    source = f" ({commit.stdout.strip()}{_changed(git)})" if commit.returncode == 0 else ""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    return f"*{datetime.datetime.now(datetime.UTC).date()}; {versions}{source}; {machine}*"


def _changed(git: list[str]) -> str:
    """Whether what is measured is not what the commit has: the pages themselves are written between tables."""
    source = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", ":/src"], capture_output=True)
    return " and changes" if source.returncode else ""
