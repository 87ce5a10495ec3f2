"""The slow truth about segmentation: lines, passage texts and the laws, one character at a time."""

import re
from collections import Counter
from typing import Any

from corpuskit.chartables import CJK, CLASS, CLOSE, QUOTE, SKIP, STOP, character_table
from corpuskit.kernels.lines import END_STOP, END_STOP_QUOTE, END_TRANSITIONS, entry_of


def split_lines(text: str) -> list[tuple[int, int]]:
    """Start and end (without the line end) of each line, in characters; LF, CRLF and lone CR end a line."""
    bounds = []
    at = 0
    for ending in re.finditer("\r\n|\r|\n", text):
        bounds.append((at, ending.start()))
        at = ending.end()
    bounds.append((at, len(text)))
    return bounds


def content_lines(text: str) -> list[tuple[int, int, int]]:
    """Number from 1, start and end of the content of each line that is not blank, in characters."""
    found = []
    for number, (start, end) in enumerate(split_lines(text), 1):
        content = text[start:end].strip()
        if content:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            found.append((number, start, start + len(content)))
    return found


def byte_at(text: str, at: int) -> int:
    """Where character `at` begins in the UTF-8 form."""
    return len(text[:at].encode())


def without_blanks(text: str) -> str:
    """What a passage's text must keep: all but the characters for which str.isspace() holds."""
    return "".join(char for char in text if not char.isspace())


def line_passages(text: str) -> list[dict[str, Any]]:
    """What unit="line" gives."""
    return [
        {
            "text": text[start:end],
            "start": byte_at(text, start),
            "end": byte_at(text, end),
            "line_start": number,
            "line_end": number,
        }
        for number, start, end in content_lines(text)
    ]


def document_passages(text: str) -> list[dict[str, Any]]:
    """What unit="document" gives."""
    lines = content_lines(text)
    if not lines:
        return []
    start, end = lines[0][1], lines[-1][2]
    return [
        {
            "text": re.sub("\r\n|\r", "\n", text[start:end]),
            "start": byte_at(text, start),
            "end": byte_at(text, end),
            "line_start": lines[0][0],
            "line_end": lines[-1][0],
        }
    ]


def pieces_of(text: str, passage: dict[str, Any]) -> list[str]:
    """The contents of the lines in a passage's spans."""
    return [
        text[start:end]
        for _, start, end in content_lines(text)
        for span in passage["spans"]
        if span["start"] <= byte_at(text, start) < span["end"]
    ]


def spells(pieces: list[str], cleaned: str) -> bool:
    """Whether `cleaned` is the pieces in order with, at each join, nothing, one blank, or LF and an indent."""
    joins = "(?:| |\n *)"
    return re.fullmatch(joins.join(re.escape(piece) for piece in pieces), cleaned) is not None


def broken_laws(text: str, passages: list[dict[str, Any]]) -> list[str]:
    """What the passages of one document get wrong: an empty list when the laws hold."""
    wrong = []
    data = text.encode()
    before = -1
    for ordinal, passage in enumerate(passages):
        spans = [(span["start"], span["end"]) for span in passage["spans"]]
        start, end = passage["start"], passage["end"]
        if not spans or (spans[0][0], spans[-1][1]) != (start, end):
            wrong.append("start and end are not the hull of the spans")
        if passage["ordinal"] != ordinal or start <= before:
            wrong.append("ordinals do not count the passages by their starts")
        before = start
        insides = [data[first:stop].decode() for first, stop in spans]
        if any(inside != inside.strip() for inside in insides):
            wrong.append("a span begins or ends with a blank")
        if without_blanks("".join(insides)) != without_blanks(passage["text"]):
            wrong.append("a character was lost or invented")
        if passage["text"] != passage["text"].strip():
            wrong.append("a text begins or ends with a blank")
        if not spells(pieces_of(text, passage), passage["text"]):
            wrong.append("a line was changed inside")
        first = len(split_lines(data[:start].decode() + "x"))
        last = len(split_lines(data[:end].decode()))
        if (passage["line_start"], passage["line_end"]) != (first, last):
            wrong.append("line numbers are wrong")
        if passage["filtered"] >= 0 and (len(spans) > 1 or first != last):
            wrong.append("page furniture is more than a line")
    return wrong + broken_cover(data, passages)


def broken_cover(data: bytes, passages: list[dict[str, Any]]) -> list[str]:
    """Whether spans overlap, share a line, or leave out what is not blank; several spans have furniture between."""
    wrong = []
    at = 0
    line = 0
    spans = sorted((span["start"], span["end"], row) for row, held in enumerate(passages) for span in held["spans"])
    for start, end, _ in spans:
        if start < at or end <= start:
            wrong.append("spans overlap, descend or are empty")
        if without_blanks(data[at:start].decode()):
            wrong.append("a character is in no span")
        first = len(split_lines(data[:start].decode() + "x"))
        if first <= line:
            wrong.append("two spans share a line")
        line = len(split_lines(data[:end].decode()))
        at = end
    if without_blanks(data[at:].decode()):
        wrong.append("a character is in no span")
    for passage in passages:
        for row in {row for start, _, row in spans if passage["start"] < start < passage["end"]}:
            if passages[row] is not passage and passages[row]["filtered"] < 0:
                wrong.append("something beside furniture stands inside of a passage")
    return wrong


def letter_counts(text: str) -> dict[str, Counter[str]]:
    """How often each letter stands around gaps, and ends and starts sentences: for kana, Hangul, 。 and blanks.

    A gap is a blank, and any place between two kana; a sentence starts after 。, on its line or the one before.
    """
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("gap_end", "gap_start", "end", "start")}
    ended = True
    for _, first, stop in content_lines(text):
        content = text[first:stop]
        if ended and content[0] != "。":
            counts["start"][content[0]] += 1
        ended = content[-1] == "。"
        for at in range(1, len(content)):
            before, char = content[at - 1], content[at]
            words = content[:at].rstrip()
            if char == " " or not (before == " " or (before < "\uac00" and char < "\uac00")):
                continue
            if words[-1] != "。" and char != "。":
                counts["gap_end"][words[-1]] += 1
            if char != "。":
                counts["start" if words[-1] == "。" else "gap_start"][char] += 1
        for at, char in enumerate(content):
            before_stop = content[:at].rstrip()
            if char == "。" and before_stop and before_stop[-1] != "。":
                counts["end"][before_stop[-1]] += 1
    return counts


def cut_quality(text: str, at: int) -> int:
    """How good it is to cut before character `at`, which is not blank: 3 a sentence's end, 2 a line's, 1 a word's,
    0 between characters; -1: not here."""
    table = character_table()
    classes = [entry_of(table, ord(char)) & CLASS for char in text]
    state = 0
    for kind in classes[:at]:
        state = int(END_TRANSITIONS[16 * state + kind])
    stopped = state in (END_STOP, END_STOP_QUOTE)
    words = text[:at].rstrip()
    blanks = text[len(words) : at]
    if blanks:
        if stopped or blanks.count("\n") > 1:
            return 3
        return 2 if "\n" in blanks else 1
    if classes[at] == SKIP or text[at - 1] == "\u200d":
        return -1
    closing = classes[at] in (STOP, CLOSE, QUOTE)
    return 3 if stopped and entry_of(table, ord(text[at - 1])) & CJK and not closing else 0


def pieces_at_most(text: str, most: int) -> list[str]:
    """A text in pieces of at most `most` characters, cut at the best of the places behind half of it, the last such."""
    if len(text) <= most:
        return [text]
    begin = 0
    found: list[str] = []
    while begin < len(text):
        places = [
            at
            for at in range(begin + most // 2 + 1, len(text))
            if not text[at].isspace() and len(text[begin:at].rstrip()) <= most
        ]
        rest = text[begin:].rstrip()
        if len(rest) <= most:
            return [*found, rest]
        rated = [(cut_quality(text[begin:], at - begin), at) for at in places]
        best = max([pair for pair in rated if pair[0] >= 0], default=(0, begin + most))
        found.append(text[begin : best[1]].rstrip())
        begin = best[1]
    return found


def broken_spans(text: str, passages: list[dict[str, Any]]) -> list[str]:
    """The laws of spans, as `broken_laws` has them, but that pieces of one line share it."""
    wrong, data, covered = [], text.encode(), bytearray(len(text.encode()))
    for ordinal, passage in enumerate(passages):
        spans = [(span["start"], span["end"]) for span in passage["spans"]]
        insides = [data[start:end].decode() for start, end in spans]
        for start, end in spans:
            wrong += ["overlap"] * any(covered[start:end])
            covered[start:end] = b"\1" * (end - start)
        wrong += ["ordinal"] * (passage["ordinal"] != ordinal)
        wrong += ["hull"] * ((spans[0][0], spans[-1][1]) != (passage["start"], passage["end"]))
        wrong += ["blank ends"] * any(inside != inside.strip() or not inside for inside in insides)
        wrong += ["lost"] * (without_blanks("".join(insides)) != without_blanks(passage["text"]))
        lines = (
            len(split_lines(data[: passage["start"]].decode() + "x")),
            len(split_lines(data[: passage["end"]].decode())),
        )
        wrong += ["lines"] * ((passage["line_start"], passage["line_end"]) != lines)
    starts = [passage["start"] for passage in passages]
    wrong += ["order"] * (starts != sorted(set(starts)))
    rest = bytes(byte for byte, seen in zip(data, covered, strict=True) if not seen).decode()
    return wrong + ["uncovered"] * bool(rest.strip())
