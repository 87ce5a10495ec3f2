"""Check documents and passages against the raw files: the same bytes and text, each passage in place."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import buffers, hashing
from corpuskit import raw as raw_files
from corpuskit.checks.columns import blank_bytes, counts_before, is_null, starts_of
from corpuskit.checks.documents import FLAG_BIT, Documents
from corpuskit.checks.findings import Findings
from corpuskit.checks.occurrences import Passages
from corpuskit.encodings import after_bom
from corpuskit.kernels.types import Bytes, Flags, Ints, Words
from corpuskit.settings import Settings

_BATCH_BYTES: Final = 16 << 20
_BATCH_FILES: Final = 2_000

_COMPARED: Final = ["path", "sha256", "size_bytes", "encoding", "decode_errors", "text_sha256", "n_chars"]
"""What `documents` says of a file that reading it again can show."""


class RawFolder:
    """Reads files below a folder, and only there: no `..`, no absolute path, no symbolic link on the way.

    With `follow_symlinks` links are followed, as they were when the corpus was made.
    """

    def __init__(self, folder: Path, *, follow_symlinks: bool) -> None:
        self.folder = folder
        self._follow = follow_symlinks
        self._root = os.path.realpath(os.fsencode(folder))
        self._parents: dict[bytes, bool] = {}

    def __contains__(self, path: str) -> bool:
        """Whether the path, as in `documents`, stays inside."""
        name = raw_files.unescape(path)
        parts = name.split(b"/")
        if b"\0" in name or any(part in (b"", b".", b"..") for part in parts):
            return False
        if self._follow:
            return True
        parent = b"/".join(parts[:-1])
        if parent not in self._parents:
            full = self._root + b"/" + parent if parent else self._root
            self._parents[parent] = os.path.realpath(full) == full
        return self._parents[parent]

    def read(self, paths: list[str], max_document_bytes: int) -> pa.Table:
        """The files at `paths`, each inside: one row of SOURCES for each."""
        rows = [self._stat(path) for path in paths]
        columns = [pa.array(paths, pa.string()), *(pa.array(column) for column in zip(*rows, strict=True))]
        files = pa.table(columns, schema=raw_files.INVENTORY)
        return raw_files.read_batch(
            self.folder, files, max_document_bytes=max_document_bytes, follow_symlinks=self._follow
        )

    def _stat(self, path: str) -> tuple[int, int, int, int]:
        try:
            look = os.stat if self._follow else os.lstat
            info = look(self._root + b"/" + raw_files.unescape(path))
        except OSError:
            return 0, 0, 0, 0  # reading it will say what is wrong
        return info.st_size, min(info.st_mtime_ns, 2**63 - 1), 0, 0


@dataclass(frozen=True)
class Decoded:
    """Some documents as they are now, decoded, one after another.

    data: their UTF-8, and a NUL at the end; starts: int64[n + 1], where each begins; rows: int64[n],
    ascending, their rows in `documents`; visible: for each byte but the NUL, whether its character is not
    blank.
    """

    data: Bytes
    starts: Ints
    rows: Ints
    visible: Flags


@dataclass(frozen=True)
class _Spans:
    """The spans of some passages, in the order of their starts, those that lie in their documents.

    owner: the passage; start, end: in `Decoded.data`; overlapping: it begins before an earlier one ends.
    """

    owner: Ints
    start: Ints
    end: Ints
    overlapping: Flags


class Tracer:
    """Checks documents with their passages, some at a time, and remembers which it has seen; only those `chosen`."""

    def __init__(
        self, folder: Path, documents: Documents, settings: Settings, findings: Findings, chosen: Flags
    ) -> None:
        self._raw = RawFolder(folder, follow_symlinks=settings.symlinks == "follow")
        self._documents = documents
        self._limit = settings.max_document_bytes
        self._findings = findings
        self._chosen = chosen
        self._seen = ~chosen

    def check(self, passages: Passages) -> None:
        """Check the documents of some passages, and these."""
        order = np.argsort(passages.document, kind="stable")
        document = passages.document[order]
        wanted = np.unique(document[document >= 0])
        wanted = wanted[self._chosen[wanted]]
        self._seen[wanted] = True
        for rows in self._batches(wanted):
            first, stop = np.searchsorted(document, [rows[0], rows[-1] + 1])
            self._check_passages(self._read(rows), passages, order[first:stop])

    def check_rest(self) -> None:
        """Check the documents that have no passages: there must be nothing in them."""
        nothing = np.zeros(0, dtype=np.int64)
        for rows in self._batches(np.flatnonzero(~self._seen)):
            self._check_cover(self._read(rows), nothing, nothing, nothing)

    def _batches(self, rows: Ints) -> Iterator[Ints]:
        sizes = buffers.numbers(self._documents.table["size_bytes"].fill_null(0))[rows]
        ends = np.cumsum(np.maximum(sizes, 0))
        start = 0
        while start < len(rows):
            before = int(ends[start - 1]) if start else 0
            fitting = int(np.searchsorted(ends, before + _BATCH_BYTES, side="right"))
            stop = max(start + 1, min(fitting, start + _BATCH_FILES))
            yield rows[start:stop]
            start = stop

    def _read(self, rows: Ints) -> Decoded:
        """Read and decode documents; those that are not as they were, or never were text, are left out."""
        table = self._documents.table.select(_COMPARED).take(pa.array(rows))
        inside: list[tuple[int, dict[str, Any]]] = []
        for row, document in zip(rows.tolist(), table.to_pylist(), strict=True):
            if document["sha256"] is None:
                continue
            if document["path"] in self._raw:
                inside.append((row, document))
            else:
                message = "its path does not lead to a place inside raw/"
                self._findings.add("traceability", message, path=document["path"])
        texts: list[bytes] = []
        kept: list[int] = []
        if inside:
            sources = self._raw.read([document["path"] for _, document in inside], self._limit)
            raws, problems = sources["raw"].combine_chunks(), sources["problem"].to_pylist()
            for (row, document), raw, problem in zip(inside, raws, problems, strict=True):
                text = self._text(document, raw.as_buffer(), problem)
                if text is not None:
                    texts.append(text)
                    kept.append(row)
        data = np.frombuffer(b"".join([*texts, b"\0"]), dtype=np.uint8)
        starts = np.cumsum([0, *map(len, texts)]).astype(np.int64)
        return Decoded(data, starts, np.array(kept, dtype=np.int64), ~blank_bytes(data[:-1]))

    def _text(self, document: dict[str, Any], raw: pa.Buffer | None, problem: str | None) -> bytes | None:
        """The decoded document as UTF-8, if all that `documents` says of it is still so."""
        path = document["path"]
        if raw is None:
            self._findings.add("raw_changed", f"it cannot be read any more: {problem}", path=path)
            return None
        whole = raw.to_pybytes()
        if hashlib.sha256(whole).hexdigest() != document["sha256"] or len(whole) != document["size_bytes"]:
            self._findings.add("raw_changed", "its bytes are not those that were read", path=path)
            return None
        codec, errors = document["encoding"], document["decode_errors"]
        if codec is None or errors is None:
            return None
        body = after_bom(whole)
        try:
            text = body.decode(codec, errors)
            utf8 = body if (codec, errors) == ("utf-8", "strict") else text.encode()
        except (LookupError, ValueError) as error:
            self._findings.add("traceability", f"it does not decode as {codec}: {error}", path=path)
            return None
        digest = document["sha256"] if utf8 == whole else hashlib.sha256(utf8).hexdigest()
        if digest != document["text_sha256"] or len(text) != document["n_chars"]:
            self._findings.add("traceability", f"decoded as {codec} it is not the text that was read", path=path)
            return None
        return utf8

    def _check_passages(self, decoded: Decoded, passages: Passages, rows: Ints) -> None:
        """Check the passages at `rows`, sorted by document, against the documents that could be decoded."""
        place = np.searchsorted(decoded.rows, passages.document[rows])
        there = np.isin(passages.document[rows], decoded.rows)
        rows, place = rows[there], place[there]
        names = ["path", "occurrence_id", "record_id", "spans", "start", "end", "line_start", "line_end"]
        table = passages.table.select(names).take(pa.array(rows))
        spans = self._check_spans(decoded, table, place)
        self._check_cover(decoded, place[spans.owner], spans.start, spans.end)
        known = ~is_null(passages.table["text"]) | (passages.record >= 0)
        wrong = known[rows] & _differing_texts(decoded, spans, passages.visible[rows])
        self._findings.add_rows("traceability", wrong, "its text is not that of the document at its spans", table)
        self._check_lines(decoded, table, place)

    def _check_spans(self, decoded: Decoded, table: pa.Table, place: Ints) -> _Spans:
        """Check spans as such; `place` says which of the documents each passage of `table` belongs to."""
        firsts, values = starts_of(buffers.one_chunk(table["spans"]))
        start, end = (buffers.numbers(pc.struct_field(values, name)) for name in ("start", "end"))
        owner = np.repeat(np.arange(len(table)), np.diff(firsts))
        length = np.diff(decoded.starts)[place]
        wrong = np.diff(firsts) == 0
        wrong[owner[(start < 0) | (start >= end) | (end > length[owner])]] = True
        wrong[owner[1:][(owner[1:] == owner[:-1]) & (start[1:] < end[:-1])]] = True
        self._findings.add_rows(
            "traceability", wrong, "its spans are empty, out of order or not in the document", table
        )
        some = np.flatnonzero(np.diff(firsts))
        hull = np.ones(len(table), dtype=np.bool_)
        hull[some] = (buffers.numbers(table["start"])[some] == start[firsts[some]]) & (
            buffers.numbers(table["end"])[some] == end[firsts[some + 1] - 1]
        )
        self._findings.add_rows("traceability", ~hull, "start and end are not those of its spans", table)

        fine = ~wrong[owner]
        owner = owner[fine]
        start = start[fine] + decoded.starts[place[owner]]
        end = end[fine] + decoded.starts[place[owner]]
        split = np.zeros(len(table), dtype=np.bool_)
        split[owner[(decoded.data[start] & 0xC0 == 0x80) | (decoded.data[end] & 0xC0 == 0x80)]] = True
        self._findings.add_rows("traceability", split, "a span begins or ends inside a character", table)
        order = np.argsort(start, kind="stable")
        owner, start, end = owner[order], start[order], end[order]
        overlapping = np.zeros(len(start), dtype=np.bool_)
        overlapping[1:] = start[1:] < np.maximum.accumulate(end)[:-1]
        shared = np.zeros(len(table), dtype=np.bool_)
        shared[owner[overlapping]] = True
        self._findings.add_rows("traceability", shared, "its spans overlap those of another passage", table)
        hulls = decoded.starts[place] + buffers.numbers(table["start"])
        back = np.zeros(len(table), dtype=np.bool_)
        back[1:] = (place[1:] == place[:-1]) & (hulls[1:] <= hulls[:-1])
        self._findings.add_rows("traceability", back, "it does not stand after the passage before it", table)
        return _Spans(owner, start, end, overlapping)

    def _check_cover(self, decoded: Decoded, place: Ints, start: Ints, end: Ints) -> None:
        """Nothing but blank characters may stand outside of spans; `place` is the document of each span."""
        counts = counts_before(decoded.visible, np.concatenate([start, end, decoded.starts]))
        inside = np.zeros(len(decoded.rows), dtype=np.int64)
        np.add.at(inside, place, counts[len(start) : 2 * len(start)] - counts[: len(start)])
        whole = np.diff(counts[2 * len(start) :])
        table = self._documents.table.select(["path"]).take(pa.array(decoded.rows))

        def tell(row: int) -> str:
            return f"{whole[row] - inside[row]} bytes of its text stand in no passage"

        self._findings.add_rows("traceability", inside < whole, tell, table)
        empty = self._documents.flags[decoded.rows] & FLAG_BIT["empty"] != 0
        self._findings.add_rows("flags", empty != (whole == 0), "empty does not go with its text", table)

    def _check_lines(self, decoded: Decoded, table: pa.Table, place: Ints) -> None:
        """LF, CRLF and lone CR end a line; a line end at the last byte of a document is its own affair."""
        data = decoded.data[:-1]
        feeds = data == 10
        followed = np.zeros(len(data), dtype=np.bool_)
        followed[:-1] = feeds[1:]
        followed[np.maximum(decoded.starts[1:] - 1, 0)[np.diff(decoded.starts) > 0]] = False
        ends = np.flatnonzero(feeds | (data == 13) & ~followed)
        base = decoded.starts[place]
        before = np.searchsorted(ends, base)
        for name, at in (
            ("line_start", buffers.numbers(table["start"])),
            ("line_end", buffers.numbers(table["end"]) - 1),
        ):
            line = 1 + np.searchsorted(ends, base + at) - before
            wrong = line != buffers.numbers(table[name])
            self._findings.add_rows("traceability", wrong, f"{name} is not the line of its span", table)


def _differing_texts(decoded: Decoded, spans: _Spans, expected: Words) -> Flags:
    """Which passages' text (by its hash without blank characters) is not what stands at their spans."""
    visible = decoded.data[:-1][decoded.visible]
    counts = counts_before(decoded.visible, np.concatenate([spans.start, spans.end]))
    begin, stop = counts[: len(spans.start)], counts[len(spans.start) :]
    n_spans = np.bincount(spans.owner, minlength=len(expected))
    plain = ~spans.overlapping & (n_spans[spans.owner] == 1)
    found = np.zeros_like(expected)
    # One slice for each span and one for what lies between it and the next.
    edges = np.column_stack([begin[plain], stop[plain]]).reshape(-1)
    if len(edges):
        found[spans.owner[plain]] = hashing.hash_slices(buffers.frozen(visible), buffers.frozen(edges), hashing.TEXT)[
            ::2
        ]
    pieces: dict[int, list[bytes]] = {}
    for row in np.flatnonzero(~plain).tolist():
        pieces.setdefault(int(spans.owner[row]), []).append(visible[begin[row] : stop[row]].tobytes())
    for owner, parts in pieces.items():
        digest = hashlib.blake2b(b"".join(parts), digest_size=16, person=hashing.TEXT).digest()
        found[owner] = np.frombuffer(digest, dtype=np.uint64)
    return np.asarray((n_spans > 0) & (found != expected).any(axis=1))
