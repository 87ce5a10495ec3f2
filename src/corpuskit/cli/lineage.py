"""How a lineage looks: the wording kept, then each other one with what differs marked, and their places."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from corpuskit.cli.console import columns, count, interactive, say, visible
from corpuskit.cli.differences import differences, shortened
from corpuskit.schema import CANONICAL_REASONS, MEASURES, REASONS
from corpuskit.text import normalize
from corpuskit.trace import Copy, Lineage, Link, Trace

WORDINGS: Final = 6
PLACES: Final = 5
LINKS: Final = 20
CHARACTERS: Final = 1_200
CONTEXT: Final = 12
"""Unless all is asked for: wordings, places of each, links of a kind, characters of a text, words by a difference."""


def show_list(found: Trace) -> None:
    """Print the first lineages, a few lines for each."""
    what = {"line": "passages stand on this line", "text": "records hold this text"}
    more = f"; the first {len(found.found)}" if len(found.found) < found.n_found else ""
    say(f"{found.n_found:,} {what.get(found.kind, 'answers')}{more}")
    for lineage in found.found:
        say()
        name = visible(lineage.record_id or lineage.copies[0].occurrence_id)
        say(Text.assemble((name, "bold"), f"  {_numbers(lineage)}, {_place(lineage.copies[0])}"))
        say(visible(_extract(lineage.text, found.what)), indent=4)
    say()
    say("`corpuskit trace` with one of these ids tells it whole", style="dim")


def show_whole(lineage: Lineage, *, full: bool) -> None:
    """Print all that is known of one lineage."""
    if lineage.record_id is None:
        _show_filtered(lineage.copies[0])
        return
    say(Text.assemble("record ", (visible(lineage.record_id), "bold"), f": {_numbers(lineage)}"))
    if lineage.variant_group:
        say(f"in the family of variants of {visible(lineage.variant_group)}")
    kept, *others = _wordings(lineage)
    why = CANONICAL_REASONS.get(lineage.canonical or "", visible(lineage.canonical or ""))
    say()
    say(Text.assemble(("kept", "bold green"), f", {count(len(kept), 'copy', 'copies')} with this wording: {why}"))
    say(visible(_cut(lineage.text, full), lines=True), indent=4)
    _show_places(kept, full=full)
    shown = others if full else others[:WORDINGS]
    if shown:
        say()
        _say_legend(shown)
    for copies in shown:
        _show_wording(lineage.text, copies, full=full)
    if len(others) > len(shown):
        say()
        say(
            f"and {len(others) - len(shown):,} wordings more, most of them more alike: --full shows them",
            style="dim",
        )
    _show_links(lineage.links, full=full)


def _show_links(links: Sequence[Link], *, full: bool) -> None:
    """The relations to other records, some of each kind."""
    kinds: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        kinds.setdefault((link.relation, link.side), []).append(link)
    for kind, found in kinds.items():
        name = "is held by" if kind == ("contains", "right") else visible(kind[0])
        for link in found if full else found[:LINKS]:
            say(f"{name} {visible(link.record_id)}, similarity {link.similarity:.4f}: {visible(link.reason)}")
        if len(found) > LINKS and not full:
            say(f"and {len(found) - LINKS:,} more like these: --full shows them", style="dim")


def _show_filtered(copy: Copy) -> None:
    say(
        Text.assemble(
            "occurrence ",
            (visible(copy.occurrence_id), "bold"),
            f": filtered, {visible(copy.reason)}; it has no record",
        )
    )
    if copy.reason in REASONS:
        say(REASONS[copy.reason].removeprefix("filtered: "), style="dim")
    say(visible(copy.text or "", lines=True), indent=4)
    _show_places([copy], full=True)


def _wordings(lineage: Lineage) -> list[list[Copy]]:
    """Copies by wording: the kept one, those asked for, then the least alike first."""
    wordings: dict[str | None, list[Copy]] = {}
    for copy in lineage.copies:
        wordings.setdefault(copy.text, []).append(copy)
    kept = wordings.pop(None)
    others = sorted(
        wordings.values(), key=lambda copies: (not any(copy.asked for copy in copies), copies[0].similarity)
    )
    return [kept, *others]


def _show_wording(kept: str, copies: Sequence[Copy], *, full: bool) -> None:
    copy = copies[0]
    fate = Text(visible(copy.fate), "bold yellow" if copy.fate == "near" else "bold green")
    alike = f", similarity {copy.similarity:.4f} ({visible(copy.measure or '')})"
    if copy.fate == "exact":
        alike = ", equal but for case, width, spacing, quotes or dashes"
    say()
    say(Text.assemble(fate, f", {count(len(copies), 'copy', 'copies')} with this wording{alike}"))
    say(marked(kept, copy.text or "", full=full), indent=4)
    _show_places(copies, full=full)


def marked(first: str, second: str, *, full: bool) -> Text:
    """The second wording, marked where it differs from the first: in colour, or else by brackets."""
    text = Text()
    pieces = list(differences(first, second))
    if all(piece.side == "both" for piece in pieces):
        return Text("only blanks differ", style="italic")
    styled = interactive()
    for index, piece in enumerate(pieces):
        shown = piece.text if full else shortened(piece, CONTEXT, opens=index == 0, closes=index == len(pieces) - 1)
        shown = visible(" ".join(shown.split()))
        text.append(" " if index and piece.space_before else "")
        if piece.side == "both":
            text.append(shown)
        elif styled:
            text.append(shown, style=_STYLES[piece.side])
        else:
            text.append(f"[-{shown}-]" if piece.side == "first" else f"{{+{shown}+}}")
    return text


_STYLES: Final = {"first": "red strike", "second": "bold green underline"}


def _say_legend(wordings: Sequence[Sequence[Copy]]) -> None:
    """What the marks mean, and the measures that are named."""
    first, second = "only in the kept wording", "only in the copy"
    legend = Text(f"Differences are marked [-{first}-] {{+{second}+}}.")
    if interactive():
        styled = (first, _STYLES["first"]), ", ", (second, _STYLES["second"])
        legend = Text.assemble("Differences are marked ", *styled, ".")
    say(legend, style="dim")
    for name in dict.fromkeys(copies[0].measure or "" for copies in wordings if copies[0].fate == "near"):
        say(f"{visible(name)}: {MEASURES.get(name, 'a measure that this version does not know')}.", style="dim")


def _show_places(copies: Sequence[Copy], *, full: bool) -> None:
    shown = copies if full else sorted(copies, key=lambda copy: not copy.asked)[:PLACES]
    columns([tuple(_place_row(copy)) for copy in shown], indent=2)
    if len(copies) > len(shown):
        say(f"and {len(copies) - len(shown):,} places more: --full shows them", style="dim", indent=2)


def _place_row(copy: Copy) -> Iterator[str | Text]:
    yield visible(copy.fate)
    yield Text(_place(copy), "cyan")
    yield "bytes " + ", ".join(f"{start}-{end}" for start, end in copy.spans)
    yield visible(copy.occurrence_id)
    yield ", ".join([*(["asked for"] if copy.asked else []), *map(visible, copy.flags)])


def _place(copy: Copy) -> str:
    member = f" [{copy.member}]" if copy.member is not None else ""
    lines = f"{copy.line_start}" if copy.line_start == copy.line_end else f"{copy.line_start}-{copy.line_end}"
    return visible(f"{copy.path}{member}:{lines}")


def _numbers(lineage: Lineage) -> str:
    numbers = f"{count(lineage.n_occurrences, 'copy', 'copies')} in {count(lineage.n_documents, 'document')}"
    least = lineage.min_similarity
    return numbers if least is None or least == 1 else f"{numbers}, least alike {least:.4f}"


def _cut(text: str, full: bool) -> str:
    if full or len(text) <= CHARACTERS:
        return text
    return f"{text[:CHARACTERS]}… ({len(text):,} characters: --full shows all)"


def _extract(text: str, what: str) -> str:
    """Some 160 characters of the text, around what was looked for if it is easily found."""
    line = " ".join(text.split())
    at = max(line.casefold().find(normalize(what)), 0)
    start = max(at - 60, 0)
    return ("… " if start else "") + line[start : start + 160] + (" …" if start + 160 < len(line) else "")
