"""What each word may be leaves nothing out that the judges of an edit would find."""

from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.differences import _affixed, _infixed, _negated, _same_letters, _words_alone
from corpuskit.lexicon import NEGATING_PREFIXES, NEGATING_SUFFIXES, lexicon
from corpuskit.numbers import number_hits, values_differ
from corpuskit.reading import fold
from corpuskit.traits import ODD, plain, traits, traits_of

known = lexicon()
words = st.one_of(
    *(st.sampled_from(sorted(listed)) for listed in (known.values, known.modals, known.negations, known.titles)),
    st.sampled_from(
        [
            "the",
            "handle",
            "ndle",
            "wanataka",
            "hawanataka",
            "olacak",
            "olmayacak",
            "değişti",
            "değişmedi",
            "IV",
            "IX",
            "三",
            "12",
            "I",
        ]
    ),
    st.sampled_from([*NEGATING_PREFIXES, *NEGATING_SUFFIXES]).flatmap(
        lambda part: st.sampled_from([f"{part}moci", f"{part}идет", f"করে{part}", "moci", "идет", "করে"])
    ),
)
sides = st.lists(st.builds(lambda word, change: change(word), words, st.sampled_from([str, str.title, str.upper])))


@given(sides, sides)
@settings(max_examples=500, deadline=None)
def test_what_no_word_may_be_is_not_found(left: list[str], right: list[str]) -> None:
    written = left, right
    folded = list(map(fold, left)), list(map(fold, right))
    alone = _words_alone(tuple(left), tuple(right))
    if alone.plain:
        assert all(map(plain, (*left, *right)))
    elif alone.same:
        assert _same_letters(folded)
    else:
        assert not _same_letters(folded)
        assert alone.numbers == number_hits(folded, written)
        assert alone.negated == _negated(folded)
        assert alone.modals == values_differ(folded, known.modals)
        turkic = any(letter in word for word in (*folded[0], *folded[1]) for letter in "ığşəç")
        ways = folded, folded[::-1]
        assert alone.prefixed == any(_affixed(*way) or (turkic and _infixed(*way)) for way in ways)


@given(sides)
def test_traits_of_words_are_those_of_any(side: list[str]) -> None:
    assert traits_of(side) & ODD == (0 if all(map(plain, side)) else ODD)
    assert all(traits_of(side) & traits(word) == traits(word) for word in side)
