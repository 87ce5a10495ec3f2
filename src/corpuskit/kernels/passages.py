"""The passages that lines make: how many, where they stand, their texts."""

from corpuskit.kernels.furniture import FURNITURE
from corpuskit.kernels.jit import kernel
from corpuskit.kernels.segment import BREAK, KEEP, SPACE
from corpuskit.kernels.types import Bytes, Flags, Ints, Numbers, Small
from corpuskit.kernels.utf8 import copy_bytes


@kernel
def _shallowest(lines: Numbers, first: int, stop: int) -> int:
    """The least indent among the lines of a passage that stand on their own, in columns."""
    least = lines[first]["indent"]
    for i in range(first + 1, stop):
        if lines[i]["relation"] == KEEP:
            least = min(least, lines[i]["indent"])
    return int(least)


@kernel
def measure_passages(lines: Numbers, document_lines: Ints, whole: bool) -> tuple[int, int, int]:
    """How many passages and spans the lines make, and an upper bound of the bytes of the passages' texts."""
    passages = 0
    cuts = 0
    size = 0
    for document in range(len(document_lines) - 1):
        first, stop = document_lines[document], document_lines[document + 1]
        if whole:
            if stop > first:
                passages += 1
                size += lines[stop - 1]["end"] - lines[first]["start"]
            continue
        for i in range(first, stop):
            relation = lines[i]["relation"]
            begins = relation in (BREAK, FURNITURE)
            passages += begins
            cuts += i > first and not begins and lines[i - 1]["relation"] == FURNITURE
            size += 1 + lines[i]["end"] - lines[i]["start"]
            if relation == KEEP:
                size += lines[i]["indent"]
    return passages, passages + cuts, size


@kernel
def _passage_end(lines: Numbers, begin: int, stop: int) -> int:
    """Where the lines of the passage that begins at `begin` end; furniture may stand between them."""
    end = begin + 1
    if lines[begin]["relation"] == FURNITURE:
        return end
    for i in range(begin + 1, stop):
        relation = lines[i]["relation"]
        if relation == BREAK:
            break
        if relation != FURNITURE:
            end = i + 1
    return end


@kernel
def _copy_lines(data: Bytes, start: int, end: int, texts: Bytes, at: int) -> int:
    """Copy with CRLF and CR as LF."""
    i = start
    while i < end:
        byte = data[i]
        if byte == 13:
            byte = 10
            if i + 1 < end and data[i + 1] == 10:
                i += 1
        texts[at] = byte
        at += 1
        i += 1
    return at


@kernel
def _write_text(data: Bytes, lines: Numbers, begin: int, end: int, texts: Bytes, at: int) -> tuple[int, bool]:
    """Write the text of the passage of some lines to `texts[at:]`; return where it ends, and whether lines joined."""
    joined = False
    least = -1
    at = copy_bytes(data, lines[begin]["start"], lines[begin]["end"], texts, at)
    for i in range(begin + 1, end):
        relation = lines[i]["relation"]
        if relation == FURNITURE:
            continue
        if relation == KEEP:
            if least < 0:
                least = _shallowest(lines, begin, end)
            texts[at] = 10
            at += 1
            for _ in range(lines[i]["indent"] - least):
                texts[at] = 32
                at += 1
        else:
            joined = True
            if relation == SPACE:
                texts[at] = 32
                at += 1
        at = copy_bytes(data, lines[i]["start"], lines[i]["end"], texts, at)
    return at, joined


@kernel
def _write_spans(lines: Numbers, begin: int, end: int, base: int, spans: Ints, at: int) -> int:
    """Write the spans of the passage of some lines to `spans[:, at:]`, a new one after furniture; return their end."""
    spans[0, at] = lines[begin]["start"] - base
    spans[1, at] = lines[begin]["end"] - base
    for i in range(begin + 1, end):
        if lines[i]["relation"] == FURNITURE:
            continue
        if lines[i - 1]["relation"] == FURNITURE:
            at += 1
            spans[0, at] = lines[i]["start"] - base
        spans[1, at] = lines[i]["end"] - base
    return at + 1


@kernel
def write_passages(
    data: Bytes,
    offsets: Ints,
    lines: Numbers,
    document_lines: Ints,
    whole: bool,
    documents: Small,
    ordinals: Small,
    spans: Ints,
    span_offsets: Small,
    line_ranges: Small,
    furniture: Flags,
    flags: Numbers,
    text_offsets: Ints,
    texts: Bytes,
) -> int:
    """Fill in the columns of PASSAGES: `spans` int64[2, spans], `line_ranges` int32[2, n]; return the bytes of text.

    `furniture` bool[n] tells the passages that are a line of page furniture, `flags` those that lines were joined to.
    """
    passage = 0
    text_offsets[0] = 0
    span_offsets[0] = 0
    for document in range(len(document_lines) - 1):
        first, stop = document_lines[document], document_lines[document + 1]
        base = offsets[document]
        ordinal = 0
        i = first
        while i < stop:
            at = text_offsets[passage]
            joined = False
            end = stop if whole else _passage_end(lines, i, stop)
            if whole:
                at = _copy_lines(data, lines[i]["start"], lines[end - 1]["end"], texts, at)
            else:
                at, joined = _write_text(data, lines, i, end, texts, at)
            documents[passage] = document
            ordinals[passage] = ordinal
            furniture[passage] = lines[i]["relation"] == FURNITURE
            line_ranges[0, passage] = lines[i]["number"]
            line_ranges[1, passage] = lines[end - 1]["number"]
            flags[passage] = joined
            span = span_offsets[passage]
            span_offsets[passage + 1] = _write_spans(lines, i, end, base, spans, span)
            if whole:
                spans[1, span] = lines[end - 1]["end"] - base
            text_offsets[passage + 1] = at
            passage += 1
            ordinal += 1
            i += 1
            while i < stop and (whole or not (lines[i]["relation"] == BREAK or lines[i]["relation"] == FURNITURE)):
                i += 1
    return int(text_offsets[passage])
