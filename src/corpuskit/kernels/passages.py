"""The passages that lines make: how many, where they stand, their texts."""

from corpuskit.kernels.jit import kernel
from corpuskit.kernels.segment import BREAK, KEEP, SPACE
from corpuskit.kernels.types import Bytes, Ints, Numbers, Small


@kernel
def _shallowest(lines: Numbers, first: int, stop: int) -> int:
    """The least indent among the lines of a passage that stand on their own, in columns."""
    least = lines[first]["indent"]
    for i in range(first + 1, stop):
        if lines[i]["relation"] == KEEP:
            least = min(least, lines[i]["indent"])
    return int(least)


@kernel
def measure_passages(lines: Numbers, document_lines: Ints, whole: bool) -> tuple[int, int]:
    """How many passages the lines make, and an upper bound of the bytes of their texts."""
    passages = 0
    size = 0
    for document in range(len(document_lines) - 1):
        first, stop = document_lines[document], document_lines[document + 1]
        if whole:
            if stop > first:
                passages += 1
                size += lines[stop - 1]["end"] - lines[first]["start"]
            continue
        for i in range(first, stop):
            passages += lines[i]["relation"] == BREAK
            size += 1 + lines[i]["end"] - lines[i]["start"]
            if lines[i]["relation"] == KEEP:
                size += lines[i]["indent"]
    return passages, size


@kernel
def _copy(data: Bytes, start: int, end: int, texts: Bytes, at: int) -> int:
    for i in range(end - start):
        texts[at + i] = data[start + i]
    return at + end - start


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
def write_passages(
    data: Bytes,
    offsets: Ints,
    lines: Numbers,
    document_lines: Ints,
    whole: bool,
    documents: Small,
    ordinals: Small,
    spans: Ints,
    line_ranges: Small,
    flags: Numbers,
    text_offsets: Ints,
    texts: Bytes,
) -> int:
    """Fill in the columns of PASSAGES: `spans` int64[2, n], `line_ranges` int32[2, n]; return the bytes of text."""
    passage = 0
    text_offsets[0] = 0
    for document in range(len(document_lines) - 1):
        begin, stop = document_lines[document], document_lines[document + 1]
        base = offsets[document]
        ordinal = 0
        i = begin
        while i < stop:
            end = i + 1
            while end < stop and (whole or lines[end]["relation"] != BREAK):
                end += 1
            joined = 0
            at = text_offsets[passage]
            if whole:
                at = _copy_lines(data, lines[i]["start"], lines[end - 1]["end"], texts, at)
            else:
                least = -1
                at = _copy(data, lines[i]["start"], lines[i]["end"], texts, at)
                for j in range(i + 1, end):
                    relation = lines[j]["relation"]
                    if relation == KEEP:
                        if least < 0:
                            least = _shallowest(lines, i, end)
                        texts[at] = 10
                        at += 1
                        for _ in range(lines[j]["indent"] - least):
                            texts[at] = 32
                            at += 1
                    else:
                        joined = 1
                        if relation == SPACE:
                            texts[at] = 32
                            at += 1
                    at = _copy(data, lines[j]["start"], lines[j]["end"], texts, at)
            documents[passage] = document
            ordinals[passage] = ordinal
            spans[0, passage] = lines[i]["start"] - base
            spans[1, passage] = lines[end - 1]["end"] - base
            line_ranges[0, passage] = lines[i]["number"]
            line_ranges[1, passage] = lines[end - 1]["number"]
            flags[passage] = joined
            text_offsets[passage + 1] = at
            passage += 1
            ordinal += 1
            i = end
    return int(text_offsets[passage])
