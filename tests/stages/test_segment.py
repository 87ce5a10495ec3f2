"""Segment: the laws on any text, and on readable cases what a reader would call the paragraphs."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import segment_oracles
from corpuskit import schema
from corpuskit.chartables import BLANK, CLASS, TABLE_SIZE, character_table
from corpuskit.kernels.lines import (
    END_TRANSITIONS,
    GAP_END,
    GAP_START,
    LINE,
    N_CELLS,
    N_LETTER_COUNTS,
    N_LETTERS,
    NOTE_AGAIN,
    NOTE_FIRST,
    NOTE_PLACES,
    SENTENCE_END,
    SENTENCE_START,
    letter_of,
    scan_lines,
)
from corpuskit.stages.segment import segment

CASES = sorted((Path(__file__).parent / "segment_cases").glob("*.txt"))
RAW = Path(__file__).parents[2] / "raw"

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["\n", "\r", "\r\n", "\n\n", "\f", "\t", " ", "  ", "   ", "\x1c", "\x85", "\u2028", "\xa0"]),
        st.sampled_from(["word ", "Word. ", "words\n", "- ", "1. ", "[7]", "(", ")", "-", "\xad", "“", "”", '"', "…"]),
        st.sampled_from(
            ["中文", "、", "。", "\u3000", "ก้า", "한국어 ", "؟ ", "। ", "😀", "\U00020000", "\u0301", "\x00"]
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
).map("".join)


def cut(*texts: str, unit: str = "paragraph") -> tuple[list[list[dict[str, Any]]], list[set[str]]]:
    """The passages and the layout flags of each text."""
    passages, layouts = segment(pa.table({"text": pa.array(texts, pa.large_string())}), unit=unit)
    assert passages.schema.equals(schema.PASSAGES)
    assert layouts.schema.equals(schema.LAYOUTS)
    passages.validate(full=True)
    found: list[list[dict[str, Any]]] = [[] for _ in texts]
    for row in passages.to_pylist():
        found[row["document"]].append(row)
    names = list(schema.DOCUMENT_FLAGS)
    flags = [{names[bit] for bit in range(len(names)) if row >> bit & 1} for row in layouts["flags"].to_pylist()]
    return found, flags


def scan(text: str) -> tuple[npt.NDArray[np.void], npt.NDArray[np.int32]]:
    """The lines, before they are judged, and the counts of letters."""
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    gaps, notes, letters = (np.zeros(size, dtype=np.int32) for size in (N_CELLS, NOTE_PLACES, N_LETTER_COUNTS))
    lines = np.empty(len(text) + 1, dtype=LINE)
    stop = scan_lines(data, 0, len(data), character_table(), END_TRANSITIONS, lines, 0, gaps, notes, letters)
    return lines[:stop], letters


def texts_of(text: str) -> list[str]:
    return [passage["text"] for passage in cut(text)[0][0]]


def parts(case: Path) -> tuple[str, str]:
    """A case's text, and its passages with a line of five hyphens between."""
    text, _, expected = case.read_text(encoding="utf-8").partition("\n=====\n")
    return text, expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_readable_case(case: Path) -> None:
    text, expected = parts(case)
    assert texts_of(text) == expected.removesuffix("\n").split("\n-----\n")


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_laws_hold_for_paragraphs(texts: list[str]) -> None:
    for text, passages in zip(texts, cut(*texts)[0], strict=True):
        assert segment_oracles.broken_laws(text, passages) == []


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example("\ufeffa\r\n\r\nb")
def test_lines_and_documents_are_those_of_the_oracle(text: str) -> None:
    keys = ("text", "start", "end", "line_start", "line_end")
    for unit, oracle in (
        ("line", segment_oracles.line_passages),
        ("document", segment_oracles.document_passages),
    ):
        assert [{key: row[key] for key in keys} for row in cut(text, unit=unit)[0][0]] == oracle(text)


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, max_size=5))
def test_documents_do_not_know_of_each_other_nor_of_chunks(texts: list[str]) -> None:
    together, flags = cut(*texts)
    alone = [cut(text) for text in texts]
    assert [[{**row, "document": 0} for row in rows] for rows in together] == [rows[0] for rows, _ in alone]
    assert flags == [of_one[0] for _, of_one in alone]
    chunks = pa.chunked_array(
        [pa.array([text, "x"], pa.large_string()).slice(0, 1) for text in texts], pa.large_string()
    )
    assert segment(pa.table({"text": chunks}), unit="paragraph")[0].to_pylist() == [
        row for rows in together for row in rows
    ]


def test_blank_documents_have_no_passages() -> None:
    for unit in ("paragraph", "line", "document"):
        assert cut("", " \n\t\r\n\f\u3000", "\n" * 1000, unit=unit)[0] == [[], [], []]


def test_blanks_are_those_of_str_isspace() -> None:
    blank = {code for code in range(TABLE_SIZE) if character_table()[code] & CLASS == BLANK}
    assert blank == {code for code in range(0x110000) if chr(code).isspace()}


def test_sample_documents_give_seventeen_passages() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(RAW.glob("*.txt"))]
    found, flags = cut(*texts)
    passages = [row["text"] for rows in found for row in rows]
    assert len(passages) == 17
    assert len(set(passages)) == 13
    assert found[1][0]["text"].endswith("(norms)” [x].")
    assert "signed a memorandum of understanding with" in passages[0]
    assert flags == [{"broken_lines"}, {"broken_lines"}]


def test_wrapped_documents_are_flagged_and_their_passages_marked() -> None:
    text, _ = parts(Path(__file__).parent / "segment_cases" / "wrapped_with_blank_lines.txt")
    found, flags = cut(text, "One.\nTwo.\nThree.")
    assert flags == [{"wrapped"}, set()]
    assert [row["flags"] for row in found[0]] == [1, 1]
    assert [row["flags"] for row in found[1]] == [0, 0, 0]


WRAPPED = (
    "Words that fill the line to its end, and go on after that\nwithout any break, until the text has {}\n{} at last.\n"
)


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("the inter-", "national words", "inter-national"),
        ("the inter\xad", "national words", "inter\xadnational"),
        ("the years 1990-", "1995 in it", "1990-1995"),
        ("some words (", "in brackets) there", "words (in"),
        ("some words", ", and more", "words, and"),
        ("漢字の文章が、", "続いている", "が、続"),
        ("漢字の文章が", "“続いている”", "が“続"),
        ("한국어 문장이", "계속된다", "문장이 계속"),
        ("ประโยคภาษาไทย", "ยังคงดำเนินต่อไป", "ไทยยัง"),
    ],
)
def test_what_stands_at_a_join(before: str, after: str, joined: str) -> None:
    [passage] = texts_of(WRAPPED.format(before, after))
    assert joined in passage


def test_hyphens_before_a_blank_keep_it_where_the_document_has_such() -> None:
    text = (
        "Die Ein- und Ausgabe der Vor- und Nachteile ist hier, wie die Ein-\nund Ausfuhr von Hin- und Rückfahrt, gut."
    )
    assert "Ein- und Ausfuhr" in texts_of(text)[0]


def test_no_join_across_a_blank_line() -> None:
    assert texts_of("a sentence that is cut,\n\nand goes on") == ["a sentence that is cut,", "and goes on"]


def test_word_lists_stay_lists() -> None:
    words = ["apple", "pear", "plum", "cherry", "quince", "medlar"]
    assert texts_of("\n".join(words)) == words


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_line_ends_make_no_difference(end: str) -> None:
    for case in CASES:
        text, _ = parts(case)
        assert texts_of(text.replace("\n", end)) == texts_of(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ein Satz auf Deutsch mit Großen und kleinen Wörtern, der noch weiter geht als die erste Zeile reicht.",
        "ALL OF THIS IS WRITTEN IN CAPITALS, AND IT GOES ON FOR LONGER THAN THE FIRST LINE OF IT IS WIDE.",
        "الجملة العربية الأولى في هذا النص طويلة بما يكفي لتملأ السطر الأول وتستمر إلى السطر الثاني أيضا.",
        "यह हिन्दी का एक वाक्य है जो पहली पंक्ति से आगे तक जाता है और दूसरी पंक्ति में समाप्त होता है।",
        "Это предложение по-русски, оно длиннее первой строки и потому продолжается на второй строке текста.",
        "זהו משפט בעברית שהוא ארוך יותר מן השורה הראשונה ולכן הוא ממשיך אל השורה השנייה של הטקסט הזה.",
    ],
)
def test_wrapped_paragraphs_of_any_script(sentence: str) -> None:
    paragraphs = [
        " ".join([sentence] * (2 + i % 3)) + " " + sentence[: 20 + 7 * i].rstrip() + sentence[-1] for i in range(12)
    ]
    lines = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split(" "):
            if len(line) + 1 + len(word) > 60:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines += [line, ""]
    assert texts_of("\n".join(lines)) == paragraphs


def test_refuses_an_unknown_unit() -> None:
    with pytest.raises(ValueError, match="unit must be one of paragraph, line, document, not 'page'"):
        segment(pa.table({"text": pa.array([], pa.large_string())}), unit="page")


def test_lines_without_any_end_punctuation_are_left_as_they_are_and_flagged() -> None:
    """Transcripts and text made ready for training: nothing tells a cut sentence from one that ended."""
    rng = random.Random(4)
    words = ["the", "committee", "will", "meet", "again", "on", "monday", "to", "hear", "reports", "from", "members"]
    lines = [" ".join(rng.choices(words, k=rng.randrange(5, 40))) for _ in range(60)]
    found, flags = cut("\n".join(lines))
    assert [passage["text"] for passage in found[0]] == lines
    assert flags == [{"layout_uncertain"}]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["のた", "やま", "한국", "。", " ", "\n"]), max_size=30).map("".join))
def test_letters_around_gaps_and_stops_are_counted(text: str) -> None:
    letters = scan(text)[1]
    expected = segment_oracles.letter_counts(text)
    places = {"gap_end": GAP_END, "gap_start": GAP_START, "end": SENTENCE_END, "start": SENTENCE_START}
    for kind, place in places.items():
        found = letters[place : place + N_LETTERS]
        assert found.sum() == expected[kind].total()
        assert all(found[letter_of(ord(char))] == count for char, count in expected[kind].items())


JAPANESE = (
    "朝になると霧が谷から上がってきた",
    "村の人たちは橋のそばに集まっていた",
    "だれも何も言わなかった",
    "川の水はきのうよりずっと高くなっていた",
    "老人は杖をついて岸まで歩いた",
    "子どもたちが石を投げると、水鳥が飛び立った",
    "やがて雨がまた降りはじめた",
)
KOREAN = (
    "아침이 되자 안개가 골짜기에서 올라왔다",
    "마을 사람들은 다리 옆에 모여 있었다",
    "아무도 말을 하지 않았다",
    "강물은 어제보다 훨씬 높아져 있었다",
    "노인은 지팡이를 짚고 강가까지 걸어갔다",
    "아이들이 돌을 던지자 물새가 날아올랐다",
    "이윽고 비가 다시 내리기 시작했다",
)


@pytest.mark.parametrize(("sentences", "stop"), [(JAPANESE, "。"), (KOREAN, ". ")])
def test_lines_that_end_as_sentences_do_are_paragraphs_without_a_stop(sentences: tuple[str, ...], stop: str) -> None:
    """One paragraph per line in a script without case, most lines without their last stop."""
    rng = random.Random(2)
    counts = rng.choices(range(1, 7), k=24)
    paragraphs = [stop.join(rng.sample(sentences, k)) + ("" if i % 4 else stop.strip()) for i, k in enumerate(counts)]
    assert texts_of("\n".join(paragraphs)) == paragraphs


@pytest.mark.parametrize(
    ("sentences", "stop", "cut"), [(JAPANESE, "。", ("橋", "のそ")), (KOREAN, ". ", ("다리", " 옆에"))]
)
def test_lines_cut_at_a_link_are_joined_in_scripts_without_case(
    sentences: tuple[str, ...], stop: str, cut: tuple[str, str]
) -> None:
    rng = random.Random(2)
    linked = next(sentence for sentence in sentences if cut[0] in sentence)
    others = [sentence for sentence in sentences if sentence != linked]
    paragraphs = [
        stop.join([*rng.sample(others, 1 + i % 4), linked, *rng.sample(others, i % 3)]) + stop.strip()
        for i in range(24)
    ]
    text = "\n".join(paragraphs).replace("".join(cut), f"\n{cut[0]}\n{cut[1].strip()}")
    assert texts_of(text) == paragraphs


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("It is so.\n[5]\nIt was.\n[6]\n[5] Read it.\n[6] Read it.", [False, False, True, True]),
        # below the first reference, whose own one is missing, but no more than others are there; far below
        ("It is so.\n[5]\nIt was.\n[6]\n[4] Read it.", [False, False, True]),
        ("It is so.\n[15]\nIt was.\n[16]\nOr not.\n[4]\nRead it.", [False, False, False]),
        # the next chapter's begin again, after notes or without any
        ("It is so.\n[5]\nIt was.\n[6]\n[5] Read.\n[6] Read.\nNow.\n[1]", [False, False, True, True, False]),
        ("It is so.\n[7]\nIt was.\n[8]\nAnd now.\n[1]\nAgain.\n[2]", [False, False, False, False]),
        # a note that ends in an address, and a reference in mid-sentence
        ("It is.\n[5]\nIt was.\n[6]\n[5] http://a.org/b\n[6] http://a.org/c", [False, False, True, True]),
        ("It is.\n[5]\nIt was.\n[7]\nAnd then\n[6]\nit was not.", [False, False, False]),
    ],
)
def test_which_numbers_in_brackets_begin_notes(text: str, notes: list[bool]) -> None:
    traits = scan(text)[0]["traits"]
    assert [bool(trait & NOTE_AGAIN) for trait in traits if trait & (NOTE_FIRST | NOTE_AGAIN)] == notes


def test_a_line_ends_before_a_note_whatever_it_ends_with() -> None:
    text = (
        "The treaty of that year names the places where goods may be landed, and\nwho keeps them.\n[5]\nThe next, of "
        "which little is known, was signed in a town by the sea; it has been lost.\n[6]\n"
        "[5]\nIt is kept at https://example.org/treaty\n[6]\nSee the book."
    )
    assert texts_of(text)[-2:] == ["[5] It is kept at https://example.org/treaty", "[6] See the book."]
