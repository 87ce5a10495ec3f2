"""How a diff looks in a terminal: the counts, what made them, then examples with what differs marked."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.text import Text

from corpuskit.cli.console import columns, count, interactive, say, visible
from corpuskit.cli.lineage import marked
from corpuskit.diffs import KINDS, Change, Diff, DocumentChange, Move, Passage, RecordChange

CHARACTERS: Final = 400
"""A text that stands alone is cut to so many characters."""

WIDTH: Final = 60
"""Values of settings longer than these characters are cut."""


def show(found: Diff) -> None:
    """Print a diff, or that there is none."""
    columns(list(_summary(found)))
    for what, changes in made_by(found):
        for change in changes:
            say(visible(f"{what} {change.name}: {value(change.new)}, was {value(change.old)}"))
    if not found.n_changes:
        say("no document, record or occurrence differs")
    _show_documents(found)
    _show_records(found)
    _show_moves(found)


def _summary(found: Diff) -> Iterator[tuple[str, ...]]:
    for table, kinds in KINDS.items():
        counts = found.counts[table]
        told = ", ".join(f"{counts[kind]:,} {kind}" for kind in kinds)
        yield table, f"{counts['old']:,} -> {counts['new']:,}", told


def made_by(found: Diff) -> Iterator[tuple[str, Sequence[Change]]]:
    """What made the two builds, where it differs, by kind."""
    yield "setting", found.settings
    yield "version", found.versions
    yield "column", found.columns


def value(of: Any) -> str:
    """A value of a manifest in one short line; `nothing` where there is none."""
    shown = "nothing" if of is None else of if isinstance(of, str) else json.dumps(of, ensure_ascii=False)
    return shown if len(shown) <= WIDTH else f"{shown[:WIDTH]}…"


def place(at: Passage | Move) -> str:
    """`path [member]:lines`."""
    member = f" [{at.member}]" if at.member is not None else ""
    lines = f"{at.line_start}" if at.line_start == at.line_end else f"{at.line_start}-{at.line_end}"
    return f"{at.path}{member}:{lines}"


def document(change: DocumentChange) -> str:
    """A document in one line."""
    member = f" [{change.member}]" if change.member is not None else ""
    return f"{change.path}{member}" + (f": {change.problem}" if change.problem else "")


def title(change: RecordChange) -> str:
    """What happened to a record, its copies and where it stands, in one line."""
    old, new = change.old, change.new
    if old is None or new is None:
        only = old or new
        assert only is not None
        return f"{only.record_id}  {count(only.n_occurrences, 'copy', 'copies')}  {place(only)}"
    ids = old.record_id if old.record_id == new.record_id else f"{old.record_id} -> {new.record_id}"
    before = "" if old.n_occurrences == new.n_occurrences else f", were {old.n_occurrences:,}"
    return f"{ids}  {count(new.n_occurrences, 'copy', 'copies')}{before}  {place(new)}"


def cut(passage: Passage, characters: int) -> str:
    """The beginning of a passage's text, in one line."""
    line = " ".join(passage.text.split())
    return line if len(line) <= characters else f"{line[:characters]}…"


def _heading(kind: str, table: str, shown: int, all_of_them: int) -> None:
    say()
    which = f"{count(all_of_them, table.removesuffix('s'))} {kind}"
    more = f"; the first {shown:,}" if shown < all_of_them else ""
    say(Text.assemble((which, "bold"), f" ({KINDS[table][kind]}){more}"))


def _show_documents(found: Diff) -> None:
    for kind in KINDS["documents"]:
        shown = [change for change in found.documents if change.kind == kind]
        if shown:
            _heading(kind, "documents", len(shown), found.counts["documents"][kind])
        for change in shown:
            say(visible(document(change)), indent=2)


def _show_records(found: Diff) -> None:
    for kind in KINDS["records"]:
        shown = [change for change in found.records if change.kind == kind]
        if shown:
            _heading(kind, "records", len(shown), found.counts["records"][kind])
        for change in shown:
            say(visible(title(change)), indent=2)
            say(_text(change.old, change.new), indent=6)
    if any(change.old and change.new for change in found.records) and not interactive():
        say()
        say("Differences are marked [-only in the old text-] {+only in the new text+}.", style="dim")


def _text(old: Passage | None, new: Passage | None) -> Text:
    """Two texts with what differs marked, or the one there is."""
    if old and new:
        before = Text("… " if new.text_start else "")
        return before + marked(old.text, new.text, full=False)
    only = old or new
    return Text(visible(cut(only, CHARACTERS)) if only else "")


def _show_moves(found: Diff) -> None:
    if found.moves:
        _heading("remerged", "occurrences", len(found.moves), found.counts["occurrences"]["remerged"])
    for move in found.moves:
        say(visible(f"{move.occurrence_id}  {place(move)}"), indent=2)
        for word, record in (("from", move.old), ("to", move.new)):
            say(visible(f"{word:<4} {record.record_id}  {cut(record, CHARACTERS // 2)}"), indent=6)
