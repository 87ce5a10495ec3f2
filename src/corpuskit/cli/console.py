"""What reaches the terminal: results on `out`, narration on `err`, progress bars where somebody can see them.

Raw text is not trusted: `visible` turns what could steer a terminal into something that can be read. Both
consoles print text as it is, without markup, emoji codes or highlighting: brackets in a text are brackets.
"""

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from corpuskit.visible import visible as visible  # what prints is here; what is written elsewhere needs it, too

out = Console(markup=False, emoji=False, highlight=False)
err = Console(markup=False, emoji=False, highlight=False, stderr=True)


def say(text: str | Text = "", *, style: str = "", indent: int = 0, to: Console = out) -> None:
    """Print safe text, each line indented; wrapped between words on a terminal, never elsewhere."""
    content = Text(text) if isinstance(text, str) else text.copy()
    content.style = style or content.style
    lines = content.split("\n", allow_blank=True)
    margin = Text(" " * indent)
    for line in lines:
        if to.is_terminal:
            for piece in line.wrap(to, max(to.width - indent, 20)):
                piece.rstrip()
                to.print(margin + piece, soft_wrap=True)
        else:
            to.print(margin + line, soft_wrap=True)


def columns(rows: Sequence[Sequence[str | Text]], *, indent: int = 0, right: Iterable[int] = ()) -> None:
    """Print rows as columns, those in `right` flush right; the last one runs on."""
    cells = [[Text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        line = Text(" " * indent)
        for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - cell_len(cell.plain))
            last = index == len(row) - 1
            line += Text(blank) + cell if index in right else cell if last else cell + Text(blank)
            line += Text("" if last else "  ")
        line.rstrip()
        out.print(line, soft_wrap=True)


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def bytes_shown(size: float) -> str:
    """`5.8 kB`, `17.3 MB`: powers of a thousand, as disks and networks have it."""
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:,.1f} TB"


def seconds_shown(seconds: float) -> str:
    """`0.4 s`, `2 min 05 s`, `3 h 10 min`."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


_PHASES: Final = {
    "scan": "finding files",
    "read": "reading",
    "merge": "merging",
    "write": "writing",
    "export": "exporting",
}


class _Amounts(ProgressColumn):
    """`320/760 files  7.1/17.3 MB  12.4 MB/s  0:03 left`, of what is known."""

    def render(self, task: Task) -> Text:
        """The text of one task."""
        documents, of, size = (task.fields[name] for name in ("documents", "of", "size"))
        parts = [f"{documents:,}/{of:,} files"] if of else []
        if size:
            parts.append(f"{bytes_shown(task.completed)} of {bytes_shown(size)}")
            if task.speed:
                parts.append(f"{bytes_shown(task.speed)}/s")
            if task.time_remaining:
                parts.append(f"{seconds_shown(task.time_remaining)} left")
        return Text("  ".join(parts), style="dim")


class Bars:
    """The `Progress` of a run as bars on stderr, one for each phase; where it is no terminal, notes alone."""

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<13}"),
            BarColumn(24),
            TimeElapsedColumn(),
            _Amounts(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def begin(self, phase: str, *, documents: int = 0, size: int = 0) -> None:
        """A phase begins, so the one before is done."""
        self._finish()
        name = _PHASES.get(phase, visible(phase))
        self._bars.add_task(name, total=size or None, size=size, documents=0, of=documents)

    def advance(self, documents: int, size: int) -> None:
        """So many more documents and bytes are done."""
        if self._bars.tasks:
            task = self._bars.tasks[-1]
            self._bars.update(task.id, advance=size, documents=task.fields["documents"] + documents)

    def note(self, message: str) -> None:
        """A line on stderr, above the bars."""
        say(visible(message), to=err)

    def _finish(self) -> None:
        for task in self._bars.tasks:
            if not task.finished:
                self._bars.update(task.id, total=task.completed or 1, completed=task.completed or 1)


def interactive() -> bool:
    """Whether colours and styles can be told apart on stdout."""
    return out.is_terminal and not out.no_color and sys.stdout is not None and out.color_system is not None
