"""Number words that one side has more, and those that only repeat digits."""

import pytest

from corpuskit.differences import differences
from corpuskit.reading import Evidence


def kinds(left: str, right: str) -> list[str]:
    """The kinds of what differs, the same both ways."""
    there: list[str] = [item.kind for item in differences(left, right, Evidence())]
    assert there == [item.kind for item in differences(right, left, Evidence())]
    return there


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the president of the assembly at its sixtieth session", "the president of the assembly at this session"),
        ("за последние шестнадцать лет пришли все", "за последние годы пришли все"),
        ("президент назвав п’ятнадцять сіл", "президент назвав дванадцять сіл"),
        ("in den letzten sechzehn Jahren kamen alle", "in den letzten Jahren kamen alle"),
    ],
)
def test_a_large_number_in_words_more_counts(left: str, right: str) -> None:
    assert kinds(left, right) == ["numbers"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("within thirty (30) days of that", "within 30 days of that"),
        ("one of the members came", "the members came"),
        ("the first of the members came", "the members came"),
        ("ten per cent of them came", "ten percent of them came"),
    ],
)
def test_what_repeats_digits_or_says_little_does_not(left: str, right: str) -> None:
    assert kinds(left, right) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the rights of Section 4(b) are kept", "the rights of Section 4(c) are kept"),
        ("as told in 6(c)(ii) of the rules", "as told in 6(c)(iii) of the rules"),
    ],
)
def test_a_letter_in_brackets_behind_a_number_is_part_of_it(left: str, right: str) -> None:
    assert kinds(left, right) == ["numbers"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the rights are (b) to keep and to hold", "the rights are (c) to keep and to hold"),
        ("they met at Havana in 1979 for that work", "they met at Havana in 197924 for that work"),
        ("And then, 1 must again say what I said", "And then must again say what I said"),
    ],
)
def test_list_letters_notes_at_years_and_a_misread_pronoun_are_no_numbers(left: str, right: str) -> None:
    assert kinds(left, right) == []


def test_a_longer_number_is_another_when_it_is_no_year() -> None:
    assert kinds("they met for 25 days there", "they met for 254 days there") == ["numbers"]
