"""Filter: what is caught gets a reason, in the order of the reasons, and all else stays as it was."""

import re

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit import schema
from corpuskit.prepare import prepare_texts
from corpuskit.settings import Settings
from corpuskit.stages.filter import catch, filter_passages


def reasons_of(texts: list[str], *, min_chars: int = 1, drop: tuple[str, ...] = ()) -> list[str | None]:
    """The reason of each text."""
    names = list(schema.REASONS)
    caught = catch(pa.array(texts, pa.large_string()), min_chars=min_chars, drop=drop).tolist()
    return [None if place == schema.NOT_FILTERED else names[place] for place in caught]


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("aB1é漢😀 \n"), min_size=1, max_size=8), max_size=8), st.integers(1, 6))
def test_short_texts_are_counted_in_characters_and_others_searched(texts: list[str], min_chars: int) -> None:
    drop = ("B1", r"^\w+$", "(?i)é漢")
    expected = [
        "too_short"
        if len(text) < min_chars
        else "dropped"
        if re.search(r"B1|\A[0-9A-Za-z_]+\Z|(?i:é漢)", text)
        else None
        for text in texts
    ]
    assert reasons_of(texts, min_chars=min_chars, drop=drop) == expected


def test_expressions_are_searched_in_the_whole_text() -> None:
    texts = ["first line\nsecond line", "second line\nfirst line"]
    assert reasons_of(texts, drop=("^second",)) == [None, "dropped"]
    assert reasons_of(texts, drop=("(?m)^second",)) == ["dropped", "dropped"]
    assert reasons_of(texts, drop=("first.*second",)) == [None, None]
    assert reasons_of(texts, drop=("(?s)first.*second",)) == ["dropped", None]
    assert reasons_of(texts, drop=("FIRST",)) == [None, None]


def test_an_expression_that_would_take_for_ever_elsewhere_does_not() -> None:
    assert reasons_of(["a" * 200_000 + "b"], drop=(r"(a+)+$",)) == [None]


def test_a_reason_that_is_there_stays() -> None:
    passages = prepare_texts(pa.array(["12", "a longer text"], pa.large_string()), Settings()).passages
    place = list(schema.REASONS).index("page_furniture")
    column = schema.PASSAGES.get_field_index("filtered")
    passages = passages.select(schema.PASSAGES.names).cast(schema.PASSAGES)
    passages = passages.set_column(column, schema.PASSAGES.field(column), pa.array([place, -1], pa.int8()))
    found = filter_passages(passages, min_chars=20, drop=())
    assert found.schema.equals(schema.PASSAGES)
    assert found["filtered"].to_pylist() == [place, list(schema.REASONS).index("too_short")]
    assert found.drop_columns("filtered").equals(passages.drop_columns("filtered"))


def test_every_filter_reason_is_one_of_the_reasons_and_of_the_fate_filtered() -> None:
    filtered = [name for name, about in schema.REASONS.items() if about.startswith("filtered: ")]
    assert tuple(filtered) == schema.FILTER_REASONS
    assert {about.partition(":")[0] for about in schema.REASONS.values()} == set(schema.FATES)
