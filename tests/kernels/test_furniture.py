"""Page furniture: what comes again from page to page is taken out, what only looks so is not."""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segment_oracles
from corpuskit import buffers, schema
from corpuskit.chartables import character_table
from corpuskit.kernels import furniture
from corpuskit.kernels.lines import LINE
from corpuskit.stages.segment import segment
from strategies import roman

WORDS = [
    "the",
    "water",
    "of",
    "a",
    "river",
    "that",
    "flows",
    "between",
    "two",
    "countries",
    "is",
    "shared",
    "by",
    "those",
]


def prose(n_lines: int, seed: int = 1) -> list[str]:
    """Lines of a wrapped text of one paragraph, each full, whose only stop is at its end."""
    choose = random.Random(seed)
    lines: list[str] = []
    line = "When"
    while len(lines) < n_lines:
        word = choose.choice(WORDS)
        if len(line) + 1 + len(word) > 60:
            lines.append(line)
            line = word
        else:
            line += " " + word
    lines[-1] = lines[-1][:55] + "."
    return lines


def cut(text: str, unit: str = "paragraph") -> list[dict[str, Any]]:
    """The passages of a text."""
    passages, _ = segment(pa.table({"text": pa.array([text], pa.large_string())}), unit=unit)
    passages.validate(full=True)
    return list(passages.to_pylist())


def filtered(text: str) -> list[str]:
    """What is taken for furniture, in document order."""
    place = list(schema.REASONS).index("page_furniture")
    found = [row for row in cut(text) if row["filtered"] != schema.NOT_FILTERED]
    assert all(row["filtered"] == place for row in found)
    return [row["text"] for row in found]


Edge = Callable[[int], str]


def nothing(_: int) -> str:
    return ""


def paged(lines: Sequence[str], per_page: int, head: Edge = nothing, foot: Edge = nothing, first: int = 1) -> str:
    """The lines on pages that form feeds part, each with its head and foot, and blank lines between."""
    pages = []
    for number, at in enumerate(range(0, len(lines), per_page), first):
        body = "\n".join(lines[at : at + per_page])
        pages.append(f"{head(number)}\n\n{body}\n\n\n{foot(number)}\n")
    return "\f".join(pages)


# --- the reading of lines, against Python's ---


def numbers_of(word: str) -> tuple[str, list[int]]:
    """A word with its numbers hidden, and these."""
    core = re.sub(r"^[!-/:-@\[-`{-~]+|[!-/:-@\[-`{-~]+$", "", word)
    for number in range(1, 90):
        if core and core in (roman(number), roman(number).lower()):
            return "\0", [number]
    return re.sub(r"\d+", "\0", word), [int(digits) for digits in re.findall(r"\d+", word)]


def read(text: str) -> tuple[int, int, list[int]]:
    """What the kernel reads of a line."""
    data = buffers.frozen(np.frombuffer(text.encode(), dtype=np.uint8))
    line = np.zeros(1, dtype=LINE)
    line["end"] = len(data)
    numbers = np.zeros(6, dtype=np.int64)
    blind, exact, count, _ = furniture._read_line(data, line[0], character_table(), numbers)
    return int(blind), int(exact), numbers[:count].tolist()


LINES = st.lists(
    st.sampled_from(["Page", "of", "12", "7", "[Page", "3]", "A/70/PV.25", "xiv", "XIV", "civil", "٤٢", "२", "no"]),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(LINES, LINES)
def test_lines_are_alike_when_their_words_are_but_for_numbers_and_order(left: list[str], right: list[str]) -> None:
    read_left, read_right = read("  ".join(left).strip()), read(" ".join(right))
    hidden = [Counter(numbers_of(word)[0] for word in line) for line in (left, right)]
    assert (read_left[0] == read_right[0]) == (hidden[0] == hidden[1])
    assert (read_left[1] == read_right[1]) == (Counter(left) == Counter(right))
    assert read_left[2] == [number for word in left for number in numbers_of(word)[1]][:6]


# --- what is furniture ---

TEXT = prose(60)


@pytest.mark.parametrize(
    "number",
    [
        lambda page: f"- {page} -",
        lambda page: str(page),
        lambda page: f"Page {page} of 40",
        lambda page: f"Franks, et al.           Standards Track          [Page {page}]",
        lambda page: roman(page).lower(),
        lambda page: str(page).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda page: str(page).translate(str.maketrans("0123456789", "०१२३४५६७८९")),
        lambda page: f"第{page}页",
        lambda page: f"{page}    Rivers" if page % 2 else f"Rivers    {page}",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_numbers_that_count_with_the_pages_are_furniture(number: Edge, end: str) -> None:
    for text in (paged(TEXT, 10, foot=number, first=8), paged(TEXT, 10, head=number, first=8)):
        expected = [number(page) for page in range(8, 14)]
        assert filtered(text.replace("\n", end)) == expected
        kept = [row for row in cut(text) if row["filtered"] == schema.NOT_FILTERED]
        assert [row["text"] for row in kept] == [" ".join(TEXT)]


@pytest.mark.parametrize("unit", ["line", "document"])
def test_only_paragraphs_lose_furniture(unit: str) -> None:
    text = paged(TEXT, 10, foot=str)
    assert {row["filtered"] for row in cut(text, unit)} == {schema.NOT_FILTERED}


def test_a_paragraph_that_furniture_cuts_has_a_span_on_each_page() -> None:
    text = paged(TEXT[:30], 10, head=lambda _: "On Rivers", foot=lambda page: f"- {page} -")
    rows = cut(text)
    body = next(row for row in rows if row["filtered"] == schema.NOT_FILTERED and len(row["spans"]) > 1)
    data = text.encode()
    pieces = [data[span["start"] : span["end"]].decode() for span in body["spans"]]
    assert pieces == ["\n".join(TEXT[at : at + 10]) for at in (0, 10, 20)]
    assert (body["start"], body["end"]) == (body["spans"][0]["start"], body["spans"][-1]["end"])
    assert body["text"] == " ".join(TEXT[:30])
    assert segment_oracles.broken_laws(text, rows) == []


def test_heads_of_left_and_right_pages_are_furniture() -> None:
    def head(page: int) -> str:
        return "The Author" if page % 2 else "The Title of the Book"

    text = paged(prose(100), 10, head=head, foot=str)
    assert len(filtered(text)) == 19  # all but the head of the first page: nothing parts it from a title
    assert sum(line in ("The Author", "The Title of the Book") for line in filtered(text)) == 9


def test_two_breaks_are_enough_where_feet_count_and_heads_come_again() -> None:
    text = (
        "\n".join(TEXT[:10])
        + "\n15-29437 21/26\n\fA/70/PV.17 29/09/2015\n"
        + "\n".join(TEXT[10:20])
        + "\n22/26 15-29437\n\f29/09/2015 A/70/PV.17\n"
        + "\n".join(TEXT[20:30])
    )
    assert filtered(text) == [
        "15-29437 21/26",
        "A/70/PV.17 29/09/2015",
        "22/26 15-29437",
        "29/09/2015 A/70/PV.17",
    ]


def test_numbers_that_start_anew_are_furniture_too() -> None:
    def foot(page: int) -> str:
        return f"August 13, 1982        - {roman(page).lower() if page < 3 else page - 2} -        RFC 822"

    assert filtered(paged(TEXT, 10, foot=foot)) == [foot(page) for page in range(1, 7)]


def test_a_page_without_furniture_does_not_hide_the_others() -> None:
    def head(page: int) -> str:
        return "" if page == 4 else f"{page}   Rivers"

    assert filtered(paged(TEXT, 10, head=head)) == [head(page) for page in (1, 2, 3, 5, 6)]


# --- what only looks so ---

SENTENCES = [f"{' '.join(random.Random(n).choices(WORDS, k=9)).capitalize()}." for n in range(60)]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (lambda page: f"Chapter {page}", nothing),
        (lambda page: str(page), nothing),
        (lambda page: roman(page), nothing),
        (lambda _: "Application form", nothing),
        (lambda _: "Application form", lambda _: "Signed and dated"),
        (nothing, lambda page: f"Total {page * page}"),
        (lambda page: f"Table {page * 3 % 7}", nothing),
        (lambda page: f"Chapter {page}", lambda _: "* * *"),
    ],
)
def test_parts_that_begin_on_new_pages_are_left_as_they_are(head: Edge, foot: Edge) -> None:
    assert filtered(paged(SENTENCES, 6, head=head, foot=foot)) == []


def test_one_break_is_not_enough() -> None:
    text = paged(TEXT[:20], 10, head=lambda page: f"On Rivers    {page}", foot=lambda page: f"- {page} -")
    assert text.count("\f") == 1
    assert filtered(text) == []


def test_numbers_that_do_not_count_with_the_pages_are_text() -> None:
    assert filtered(paged(TEXT, 10, foot=lambda page: str(3 * page))) == []
    assert filtered(paged(TEXT, 10, foot=lambda page: str(7 * page % 5))) == []


# --- what a page break cuts ---


def test_a_form_feed_alone_that_cuts_a_sentence_is_blank() -> None:
    rows = cut("\n".join(TEXT[:10]) + "\n\n\f\n" + "\n".join(TEXT[10:20]))
    assert [row["text"] for row in rows] == [" ".join(TEXT[:20])]
    assert [len(row["spans"]) for row in rows] == [1]


def test_what_ends_with_its_page_stays_apart() -> None:
    bodies = [prose(9, seed) for seed in range(1, 7)]
    for body in bodies:
        body[-1] = body[-1][:30] + "."
    assert len(cut("\n\f".join("\n".join(body) for body in bodies))) == 6
    text = "\f".join("\n".join([*body, "", f"- {page} -", ""]) for page, body in enumerate(bodies, 1))
    assert [row["text"] for row in cut(text) if row["filtered"] < 0] == [" ".join(body) for body in bodies]
    assert len(filtered(text)) == 6


def test_rows_of_tables_and_headings_are_not_joined_across_pages() -> None:
    rows = [f"   river {n:02}      {n * 7:4}      {n * 3:4}" for n in range(24)]
    text = "\f".join("\n".join([*rows[at : at + 6], "", f"- {at // 6 + 1} -", ""]) for at in range(0, 24, 6))
    assert len([row for row in cut(text) if row["filtered"] < 0]) == 4
    pages = ["\n".join(["PART OF THE WHOLE", "", *TEXT[at : at + 9], TEXT[at + 9][:20]]) for at in (0, 10, 20)]
    text = "\n\n- 1 -\n\f".join(pages)
    assert "PART OF THE WHOLE" in [row["text"] for row in cut(text)]


PAGES = st.lists(
    st.lists(
        st.sampled_from(
            ["", "Head", "Page 1", "12", "13", "- 2 -", "iv", "a line that runs on and on to the", *TEXT[:4]]
        ),
        max_size=7,
    ).map("\n".join),
    max_size=9,
)


@settings(max_examples=200, deadline=None)
@given(PAGES, st.sampled_from(["\f", "\n\f", "\n\f\n", "\r\n\f"]), st.booleans())
def test_laws_hold_for_pages(pages: list[str], feed: str, numbered: bool) -> None:
    if numbered:
        pages = [f"{page}\n\n[Page {number}]" for number, page in enumerate(pages)]
    text = feed.join(pages)
    assert segment_oracles.broken_laws(text, cut(text)) == []
