"""A diff as Markdown for a comment on a pull request: it fits one, and nothing in it acts.

All that comes from texts, names and manifests stands in `<pre>`, escaped for HTML and with control characters made
visible: there Markdown, mentions, references and links of GitHub and GitLab do nothing.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from corpuskit.cli import changes
from corpuskit.cli.console import visible
from corpuskit.cli.differences import differences, shortened
from corpuskit.diffs import KINDS, Diff, Passage

LIMIT: Final = 60_000
"""Characters of the whole; GitHub takes 65,536, GitLab a million."""

CHARACTERS: Final = 600
"""A text that stands alone is cut to so many characters."""

PIECE: Final = 2_000
"""And a piece of marked text to so many; no more than four times as many of all pieces are shown."""

CONTEXT: Final = 12
"""Words shown beside a difference."""


def comment(found: Diff) -> str:
    """The comment: counts, what made them, then as many examples as fit."""
    blocks = [_summary(found)]
    left = LIMIT - len(blocks[0]) - 200
    left_out = 0
    for block in _blocks(found):
        if len(block) < left:
            blocks.append(block)
            left -= len(block) + 2
        else:
            left_out += 1
    if left_out:
        blocks.append(f"{left_out} more did not fit; `corpuskit diff` shows them.")
    return "\n\n".join(blocks) + "\n"


def _summary(found: Diff) -> str:
    lines = ["### What changed in the corpus", "", "| | before | after | changes |", "| --- | ---: | ---: | --- |"]
    for table, kinds in KINDS.items():
        counts = found.counts[table]
        told = ", ".join(f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]) or "none"
        lines.append(f"| {table} | {counts['old']:,} | {counts['new']:,} | {told} |")
    return "\n".join(lines)


def _blocks(found: Diff) -> Iterator[str]:
    """What made the builds, and the examples: a folded block for each kind."""
    made_by = [
        _line(f"{what} {change.name}: {changes.value(change.new)}, was {changes.value(change.old)}")
        for what, differing in changes.made_by(found)
        for change in differing
    ]
    yield from _folded("Settings, versions and columns", made_by[:50], len(made_by))
    for kind in KINDS["documents"]:
        shown = [_line(changes.document(change)) for change in found.documents if change.kind == kind]
        yield from _folded(f"Documents {kind}", shown, found.counts["documents"][kind])
    for kind in KINDS["records"]:
        shown = [
            f"{_line(changes.title(change))}\n{_text(change.old, change.new)}\n"
            for change in found.records
            if change.kind == kind
        ]
        yield from _folded(f"Records {kind}", shown, found.counts["records"][kind])
    shown = [
        f"{_line(f'{move.occurrence_id}  {changes.place(move)}')}\n"
        f"from {move.old.record_id}  {_text(move.old, None)}\nto   {move.new.record_id}  {_text(None, move.new)}\n"
        for move in found.moves
    ]
    yield from _folded("Occurrences remerged", shown, found.counts["occurrences"]["remerged"])


def _folded(title: str, shown: list[str], all_of_them: int) -> Iterator[str]:
    if shown:
        more = f", the first {len(shown):,}" if len(shown) < all_of_them else ""
        body = "\n".join(shown).rstrip("\n")
        yield f"<details><summary>{title}: {all_of_them:,}{more}</summary>\n\n<pre>\n{body}\n</pre>\n\n</details>"


def _line(text: str) -> str:
    return escape(visible(text), quote=False)


def _text(old: Passage | None, new: Passage | None) -> str:
    """Two texts with what differs marked, or the one there is."""
    if old is None or new is None:
        only = old or new
        return _line(changes.cut(only, CHARACTERS)) if only else ""
    pieces = list(differences(old.text, new.text))
    if all(piece.side == "both" for piece in pieces):
        return "<i>only blanks differ</i>"
    marked = "… " if new.text_start else ""
    for index, piece in enumerate(pieces):
        text = shortened(piece, CONTEXT, opens=index == 0, closes=index == len(pieces) - 1)
        shown = _line(" ".join(text.split())[:PIECE])
        marked += " " if index and piece.space_before else ""
        marked += {"both": shown, "first": f"<del>{shown}</del>", "second": f"<ins>{shown}</ins>"}[piece.side]
        if len(marked) > 4 * PIECE:
            return marked + " …"
    return marked
