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
