"""Where a passage came from: every copy with its place, how alike it is, and why one wording stands for all.

The idea: whatever is asked for (an id, a line of a file, a piece of text) leads to records; a record and all
of its occurrences are its lineage. Tables are never loaded whole: a row group is asked for the columns of the
question first, and only if it answers is it read further.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from corpuskit import raw as raw_files
from corpuskit import text as words
from corpuskit.corpus import Corpus, open_corpus
from corpuskit.errors import CorpusError, QueryError

SHORTEST_PREFIX: Final = 6
"""Of an id, so many hex characters at least."""

FIRST: Final = 10
"""So many lineages are told of a question that more of them answer."""

Kind = Literal["record", "occurrence", "line", "text"]

_ID: Final = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},32}}", re.IGNORECASE)
_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")
"""What stands in an argument for bytes that are not UTF-8."""
_LINE: Final = re.compile(r"(?P<path>.+):(?P<line>[0-9]{1,9})", re.DOTALL)


@dataclass(frozen=True)
class Copy:
    """One occurrence; `text` is None when it is the record's, `asked` marks those that the question named."""

    occurrence_id: str
    document_id: str
    path: str
    member: str | None
    ordinal: int
    spans: tuple[tuple[int, int], ...]
    line_start: int
    line_end: int
    text: str | None
    fate: str
    similarity: float | None
    measure: str | None
    reason: str
    flags: tuple[str, ...]
    asked: bool


@dataclass(frozen=True)
class Link:
    """A relation to another record that is not a merge; `side` is that of this record in it."""

    record_id: str
    relation: str
    side: Literal["left", "right"]
    similarity: float
    reason: str


@dataclass(frozen=True)
class Lineage:
    """A record and its copies, the kept one first, then in document order; or a filtered occurrence alone.

    `canonical` is a name of `schema.CANONICAL_REASONS`; it and `record_id` are None where there is no record.
    """

    record_id: str | None
    text: str
    canonical: str | None
    n_occurrences: int
    n_documents: int
    min_similarity: float | None
    variant_group: str | None
    copies: tuple[Copy, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Trace:
    """What was asked, how it was understood, and the first lineages of all `n_found`, in document order."""

    what: str
    kind: Kind
    n_found: int
    found: tuple[Lineage, ...]


def trace(curated: str | os.PathLike[str], what: str, *, first: int = FIRST) -> Trace:
    """Tell where `what` came from in the corpus at `curated`, and what it was merged with.

    `what` is a record id or occurrence id (or the beginning of one, six characters or more), `FILE:LINE` with
    FILE below the raw folder, or a piece of text, compared as normalized. At most `first` lineages are told.

    Raises QueryError when the corpus does not hold it, and CorpusError when there is no corpus.
    """
    corpus = open_corpus(curated)
    found = _by_id(corpus, what) or _by_line(corpus, what) or _by_text(corpus, what)
    if not found:
        raise QueryError(f"{what}: no id, no line of a file and no piece of text in {corpus.path} is like this")
    return Trace(what, found.kind, found.n_found, tuple(_lineages(corpus, found, first)))


@dataclass(frozen=True)
class _Found:
    """Records that answer, in document order; `occurrences` that were named, and which are `filtered`."""

    kind: Kind
    records: Sequence[str]
    occurrences: frozenset[str] = frozenset()
    filtered: Sequence[str] = ()

    @property
    def n_found(self) -> int:
        return len(self.records) + len(self.filtered)

    def __bool__(self) -> bool:
        return self.n_found > 0


def _by_id(corpus: Corpus, what: str) -> _Found | None:
    if not _ID.fullmatch(what):
        return None
    prefix = what.lower()
    begins = pc.starts_with(pc.field("record_id"), prefix)
    records = [row["record_id"] for row in _rows(corpus.records, ["record_id"], begins)]
    named: list[dict[str, Any]] = []
    if not records or len(prefix) < 32:
        named = _rows(corpus.occurrences, _IDS, pc.starts_with(pc.field("occurrence_id"), prefix))
    ids = [*(f"record {name}" for name in records), *(f"occurrence {row['occurrence_id']}" for row in named)]
    if len(ids) > 1:
        more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
        raise QueryError(f"{what}: {len(ids)} ids begin so: {', '.join(ids[:5])}{more}; give more of it")
    if not ids and len(prefix) == 32:
        raise QueryError(f"{what}: no record and no occurrence of this corpus has this id")
    return _Found("record", records) if records else _of_occurrences("occurrence", named)


def _by_line(corpus: Corpus, what: str) -> _Found | None:
    match = _LINE.fullmatch(what)
    if not match:
        return None
    line = int(match["line"])
    documents = _rows(corpus.documents, ["path", "problem"], _in("path", _paths(corpus, match["path"])))
    if not documents:
        return None
    path = documents[0]["path"]
    in_file = pc.field("path") == path
    here = in_file & (pc.field("line_start") <= line) & (pc.field("line_end") >= line)
    named = _rows(corpus.occurrences, [*_IDS, "reason"], here)
    # A passage that furniture cuts does not stand on the furniture's line, though its hull covers it.
    named = [row for row in named if row["reason"] == "page_furniture"] or named
    if not named:
        raise QueryError(f"{path}:{line}: {_why_nothing(corpus, in_file, line, documents[0]['problem'])}")
    return _of_occurrences("line", named)


def _why_nothing(corpus: Corpus, in_file: ds.Expression, line: int, problem: str | None) -> str:
    """Why no passage stands on a line: the file's problem, or between which passages the line is."""
    if problem is not None:
        return f"the file gave no passages: {problem}"
    passages = _rows(corpus.occurrences, ["line_start", "line_end"], in_file)
    if not passages:
        return "the file has no passages"
    nearest = min(passages, key=lambda row: min(abs(row["line_start"] - line), abs(row["line_end"] - line)))
    lines = f"{nearest['line_start']} to {nearest['line_end']}"
    return f"no passage stands on this line; the nearest is on lines {lines}"


def _paths(corpus: Corpus, path: str) -> list[str]:
    """What a path may be in the tables: as it is, below the raw folder, or as a file of this machine."""
    typed = [path]
    raw = corpus.raw
    prefix = raw.name + "/"
    if path.removeprefix("./").startswith(prefix):
        typed.append(path.removeprefix("./").removeprefix(prefix))
    here = Path(os.path.normpath(Path(path).absolute()))
    for folder in (Path(os.path.normpath(raw.absolute())), raw.resolve()):
        if here.is_relative_to(folder):
            typed.append(here.relative_to(folder).as_posix())
    spelled = dict.fromkeys([*typed, *(raw_files.escape(os.fsencode(path)) for path in typed)])
    return [path for path in spelled if not _UNDECODABLE.search(path)]


def _by_text(corpus: Corpus, what: str) -> _Found | None:
    """Records whose text, or the text of one of whose copies, holds the words of `what`."""
    needle = words.normalize(_UNDECODABLE.sub("\ufffd", what))
    if not needle:
        raise QueryError("nothing to look for: the text is blank")
    records = [record for (record,) in _holding(corpus.records, needle, ["record_id"], None)]
    other = pc.field("text").is_valid() & _in("fate", ["near", "filtered"])
    copies = list(_holding(corpus.occurrences, needle, _IDS, other))
    records += [record for _, record in copies if record is not None]
    filtered = [occurrence for occurrence, record in copies if record is None]
    return _Found("text", list(dict.fromkeys(records)), frozenset(filtered), filtered)


def _holding(
    dataset: ds.Dataset, needle: str, columns: Sequence[str], condition: ds.Expression | None
) -> Iterable[tuple[Any, ...]]:
    """The `columns` of rows whose normalized text holds `needle`."""
    # Here, because the kernels take half a second to load, and ids and lines do without.
    from corpuskit.stages.normalize import normalize

    for batch in dataset.to_batches(columns=[*columns, "text"], filter=condition):
        if len(batch):
            hits = pa.table([batch[name] for name in columns], list(columns)).filter(
                pc.match_substring(normalize(batch["text"]), needle)
            )
            yield from zip(*(hits[name].to_pylist() for name in columns), strict=True)


def _of_occurrences(kind: Kind, named: Sequence[Mapping[str, Any]]) -> _Found:
    records = list(dict.fromkeys(row["record_id"] for row in named if row["record_id"] is not None))
    filtered = [row["occurrence_id"] for row in named if row["record_id"] is None]
    return _Found(kind, records, frozenset(row["occurrence_id"] for row in named), filtered)


def _lineages(corpus: Corpus, found: _Found, first: int) -> Iterable[Lineage]:
    """The lineages of the first records, and of the filtered occurrences where there is room."""
    ids = list(found.records[:first])
    filtered = list(found.filtered[: first - len(ids)])
    records = {row["record_id"]: row for row in _rows(corpus.records, _RECORD, _in("record_id", ids))}
    theirs = _in("record_id", ids)
    if filtered:
        theirs |= _in("occurrence_id", filtered)
    copies: dict[str | None, list[Copy]] = {}
    for row in _rows(corpus.occurrences, [*_COPY, "record_id"], theirs):
        copies.setdefault(row["record_id"], []).append(_copy(row, row["occurrence_id"] in found.occurrences))
    links = _links(corpus, ids)
    if missing := [name for name in ids if name not in records]:
        raise CorpusError(f"{corpus.path}: no record has the id {missing[0]} of its copies; run `corpuskit check`")
    for name in ids:
        ordered = sorted(copies.get(name, []), key=lambda copy: copy.fate != "kept")
        yield Lineage(**records[name], copies=tuple(ordered), links=tuple(links.get(name, [])))
    for copy in copies.get(None, []):
        yield Lineage(None, copy.text or "", None, 1, 1, None, None, (copy,), ())


_IDS: Final = ["occurrence_id", "record_id"]
_RECORD: Final = [name for name in Lineage.__dataclass_fields__ if name not in {"copies", "links"}]
_COPY: Final = [name for name in Copy.__dataclass_fields__ if name != "asked"]


def _copy(row: Mapping[str, Any], asked: bool) -> Copy:
    values = {name: row[name] for name in _COPY}
    values["spans"] = tuple((span["start"], span["end"]) for span in row["spans"])
    values["flags"] = tuple(row["flags"])
    return Copy(**values, asked=asked)


def _links(corpus: Corpus, ids: Sequence[str]) -> dict[str, list[Link]]:
    """The relations of records, by record."""
    found: dict[str, list[Link]] = {}
    columns = ["left_record", "right_record", "relation", "similarity", "reason"]
    sides: tuple[tuple[Literal["left", "right"], str], ...] = (("left", "right_record"), ("right", "left_record"))
    for side, there in sides:
        for row in _rows(corpus.links, columns, _in(f"{side}_record", ids)):
            link = Link(row[there], row["relation"], side, row["similarity"], row["reason"])
            found.setdefault(row[f"{side}_record"], []).append(link)
    return found


def _in(column: str, values: Sequence[str]) -> ds.Expression:
    # Typed, because Arrow takes an empty list for one of nulls.
    return pc.field(column).isin(pa.array(values, pa.string()))


def _rows(dataset: ds.Dataset, columns: Sequence[str], condition: ds.Expression) -> list[dict[str, Any]]:
    """The rows that fulfil `condition`, in order; of row groups without such rows nothing else is read."""
    found: list[dict[str, Any]] = []
    for fragment in dataset.get_fragments(filter=condition):
        for group in fragment.split_by_row_group(condition, dataset.schema):
            if group.count_rows(filter=condition):
                table = group.to_table(columns=list(columns), filter=condition, schema=dataset.schema)
                found.extend(table.to_pylist())
    return found
