"""What is no part of a statement makes no difference: headings, marks of lists, leads, tags, known addresses."""

import pytest

from corpuskit.differences import differences
from corpuskit.reading import Evidence

TEXT = "The delegation thanked the committee for its report and asked that the work on water be continued as agreed."


def knowing(*texts: str) -> Evidence:
    """The evidence of a corpus of these texts."""
    evidence = Evidence()
    for text in texts:
        evidence.add(text)
    return evidence


def words(left: str, right: str, evidence: Evidence | None = None) -> list[tuple[str, str]]:
    """The words that differ; the same the other way round."""
    evidence = evidence or Evidence()
    there = [(left[slice(*one)], right[slice(*two)]) for _, one, two in differences(left, right, evidence)]
    back = [(left[slice(*two)], right[slice(*one)]) for _, one, two in differences(right, left, evidence)]
    assert there == back
    return there


@pytest.mark.parametrize(
    "heading",
    [
        "8. No Termination.",
        "6. Versions of the Report. 6.1.",
        "Section 3 – Conditions of Work.",
        "No Liability:",
        "Chapter 12 – Nothing Else.",
        "Глава 12. Без изъятий.",
        "Κεφάλαιο 12: Τίποτα.",
        "12. No surrender of anything.",
        "NO WARRANTY OF ANY KIND",
        "REPORT OF CHILE, VERSION 2.0",
    ],
)
def test_headings_in_front_on_the_same_line_do_not_count(heading: str) -> None:
    assert words(f"{heading} {TEXT}", TEXT) == []


def test_a_heading_in_chinese_stands_apart_by_a_blank() -> None:
    text = "代表团感谢委员会的报告，并要求继续进行有关水的工作，直到下一届会议为止。"
    assert words(f"第七条 不得 {text}", text) == []
    assert words(f"中国{text}", text) != []


def test_a_heading_that_shares_words_with_the_text_is_found() -> None:
    text = "PUBLIC WORKS COUNCIL IS NOT A COURT OF LAW. THE REPORT IS GIVEN AS IT IS."
    assert words(f"Public Works Report 3.0 Revised {text}", text) == []
    assert words(text.replace("COUNCIL", "COUNCIL 3.0"), text) == [("3.0", "")]


@pytest.mark.parametrize("front", ["NO", "In 2019", "Albania and", "EU", "In 2019, Chile said that"])
def test_what_belongs_to_the_sentence_is_no_heading(front: str) -> None:
    text = "Members of it thanked the committee for its report and asked that the work on water be continued."
    if front == "NO":
        text = text.upper()
    evidence = knowing("all of the members were there, and Albania, and the EU too")
    assert words(f"{front} {text}", text, evidence) != []


def test_a_line_with_a_year_or_a_postcode_in_front_is_no_heading() -> None:
    evidence = knowing("and everyone is there")
    text = "Everyone is permitted to copy this document as it is, and to give it to all others."
    assert words(f"Copyright 1991, 1999 {text}", text, evidence) != []
    assert words(f"Mass Avenue, Cambridge, MA 02139, USA {text}", text, evidence) != []


@pytest.mark.parametrize(
    "behind",
    ["9. No Surrender.", "No Warranty", "Items That are Not Part of It", "EXHIBIT C", "c. For the avoidance of doubt:"],
)
def test_headings_behind_do_not_count(behind: str) -> None:
    assert words(f"{TEXT} {behind}", TEXT) == []


@pytest.mark.parametrize("behind", ["It does not bind Chile.", "Douglas Schmidt"])
def test_sentences_and_signatures_behind_count(behind: str) -> None:
    assert words(f"{TEXT} {behind}", TEXT) != []


def test_a_name_more_at_the_end_of_a_sentence_is_no_heading() -> None:
    assert words("It was made by the author", "It was made by the author John Dyson.") == [("", "John Dyson")]


@pytest.mark.parametrize(
    "lead",
    [
        "As Mr. Dulles said in 1955:",
        "According to Article 4 of the Charter,",
        "Comme Mme Dupont l'a dit en 1955 :",
        "Как сказал г-н Иванов в 1955 году:",
    ],
)
def test_what_leads_into_a_quotation_does_not_count(lead: str) -> None:
    assert words(f"{lead} “{TEXT}”", f"“{TEXT}”") == []


def test_marks_of_lists_inside_do_not_count() -> None:
    left = "It is permitted if these are met: 1. The name is kept. 2. The list is kept. (3) Nothing is sold."
    right = "It is permitted if these are met: * The name is kept. * The list is kept. * Nothing is sold."
    assert words(left, right) == []
    assert words(left, left.replace("2. The", "4. The")) == []


def test_numbers_that_are_said_are_no_marks() -> None:
    for left, right in (("article 2. The", "article 3. The"), ("in 1995. The", "in 1996. The"), ("(2) or", "(3) or")):
        assert len(words(f"they agreed {left} rest was left", f"they agreed {right} rest was left")) == 1


def test_what_stands_in_square_brackets_does_not_count() -> None:
    assert words(TEXT.replace("committee", "committee [Union des Comités]"), TEXT) == []
    assert words(TEXT.replace("committee", "committee [441st meeting]"), TEXT) == []
    assert words(TEXT.replace("committee", "committee of Chile"), TEXT) != []


def test_tags_do_not_count() -> None:
    assert words(TEXT.replace("water", "<NAME>water</NAME>"), TEXT) == []


def test_an_address_that_both_texts_have_does_not_count() -> None:
    address = "http://www.example.org/why-not-this.html"
    left = TEXT.replace("water", f'water (see "{address}" {address})')
    assert words(left, TEXT.replace("water", f"water (see <{address.replace('http', 'https')}>)")) == []
    assert words(left, TEXT.replace("water", "water (see http://www.example.org/other.html)")) != []
    spelled = TEXT.replace("water", "water (see ann AT example DOT org)")
    assert words(spelled, TEXT.replace("water", "water (see ann@example.org)")) == []


def test_files_with_short_endings_are_addresses() -> None:
    assert words(TEXT.replace("water", "memcheck.h"), TEXT.replace("water", "valgrind.h")) != []
    assert words(TEXT.replace("water", "water, e.g. some"), TEXT.replace("water", "water, i.e. some")) == []


@pytest.mark.parametrize("escape", ["\\A9", "\\'a9", "&#169;", "&copy;", "%A9"])
def test_what_stands_for_a_character_is_no_number_and_no_name(escape: str) -> None:
    left, right = (f"All of this is Copyright {mark} by those who have made it." for mark in (escape, "©"))
    assert words(left, right) == []


@pytest.mark.parametrize("inside", ["name of Author", "A/7654", "1st meeting"])
def test_square_brackets_hold_blanks_and_references_even_against_words(inside: str) -> None:
    left, right = (f"The committee asked {there} to go on with it." for there in (f"[{inside}]", "all of us"))
    assert words(left, right) == []


def test_the_text_of_a_link_in_square_brackets_counts() -> None:
    left, right = (f"It is under the [{name} rules](rules.html) of this house." for name in ("Vesta", "Ceres"))
    assert words(left, right) == [("Vesta", "Ceres")]


def test_a_heading_with_a_number_of_its_own_in_front() -> None:
    left = "14. General Terms 14.1 The report is all that there is between us and the committee."
    told = knowing("these are the general terms")
    assert words(left, "14.1 This report is all that there is between us and the committee.", told) == []
    assert words("WordBook 3.0 Copyright by those who made it.", "WordBook Copyright by those who made it.") == [
        ("3.0", "")
    ]


def test_a_loud_heading_behind_a_quiet_one() -> None:
    assert words(f"Article 6 - WORKS OF THE HOUSE 6.1 OVER THE FIRST WORK {TEXT}", TEXT) == []


def test_what_stands_before_a_beginning_that_was_left_out_is_no_difference() -> None:
    assert words(f"I shall not say more than that in 2019 {TEXT}", f'"... {TEXT}"') == []
    assert words(f"I shall not say more than that in 2019 {TEXT.lower()}", f'"… {TEXT.lower()}"') == []
    assert words(f"I shall not say more than that in 2019 {TEXT.lower()}", f'"{TEXT.lower()}"') != []


def test_a_reference_whose_last_bracket_was_read_as_a_letter_is_one() -> None:
    assert words(f"{TEXT} [A/31/1, sect. V.J", TEXT) == []
