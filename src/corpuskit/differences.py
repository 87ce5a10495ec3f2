"""What two wordings of nearly the same passage differ in, and whether that carries meaning.

The idea: line up the words (`edits`); where they differ, look for `numbers`, `names` and negations on either side. What
is only another spelling, an OCR slip, an ordinary word, or no part of what is said (`asides`: headings, marks of lists,
leads into quotations) is not a difference that is protected.

Most edits can be judged by their words alone, and are in many pairs: what the words say is kept. Only where they differ
in something is their place looked at.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from corpuskit.asides import asides_among
from corpuskit.edits import Edit, Found, Hits, Side, Sides, edits_between
from corpuskit.lexicon import NEGATING_PARTS, NEGATING_PREFIXES, NEGATING_SUFFIXES, NOT_NEGATING, lexicon
from corpuskit.names import name_hits
from corpuskit.numbers import (
    is_misread_pronoun,
    is_number,
    lettered,
    moved,
    number_hits,
    said_in_digits,
    unspaced_values,
    values_differ,
)
from corpuskit.reading import Evidence, Reading, blurred, fold
from corpuskit.traits import (
    AFFIXED,
    CHINESE_NUMERAL,
    LARGE,
    LETTERED,
    MODAL,
    NAMED,
    NEGATION,
    NUMBER,
    ODD,
    ROMAN_NUMERAL,
    SHORTEST_VERB,
    TURKIC,
    UNSPACED,
    UNSPACED_FROM,
    VALUE,
    is_negation,
    is_swahili,
    traits_of,
)

Kind = Literal["numbers", "names", "negations"]
KINDS: Final[tuple[Kind, ...]] = ("numbers", "names", "negations")


class Difference(NamedTuple):
    """What differs, of which kind: characters of the left and of the right text; empty where one has more."""

    kind: Kind
    left: tuple[int, int]
    right: tuple[int, int]


def differences(left: str, right: str, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """What two texts differ in that is of one of the `kinds`, in order: at most one for each place and kind."""
    return compare(Reading(left), Reading(right), evidence, kinds)


def compare(left: Reading, right: Reading, evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """`differences` of texts that are cut into words already."""
    return judge(edits_between(left, right), evidence, kinds)


def judge(edits: Iterable[Edit], evidence: Evidence, kinds: Iterable[str] = KINDS) -> list[Difference]:
    """What of `edits`, the places where two texts differ, is of one of the `kinds`."""
    found: list[Difference] = []
    wanted = [(kind, judged) for kind, judged in _JUDGES if kind in kinds]
    for edit in edits:
        left, right = edit
        alone = _words_alone(tuple(left.written), tuple(right.written))
        if alone.same or (alone.plain and not _in_address(edit)) or _is_note(edit):
            continue
        place = Place(edit, (range(len(left.words)), range(len(right.words))), alone)
        while any(place.kept) and (verdict := _verdict(place, wanted, evidence)) is not None:
            kind, hits = verdict
            aside = asides_among(edit, hits, evidence)
            if not any(aside):
                found.append(Difference(kind, left.span(hits[0]), right.span(hits[1])))
                break
            place = _without(place, aside)
    return found


class Alone(NamedTuple):
    """What the words of an edit say whatever stands around them.

    same: only another spelling; plain: nothing can be protected, unless in an address; numbers, negated, modals: what
    differs of these; prefixed: a word has a negating part more; unspaced, letters, names: whether it is worth to look
    for parts of words, for letters in brackets, and for names.
    """

    same: bool
    plain: bool = False
    numbers: Hits = None
    negated: Hits = None
    modals: Hits = None
    prefixed: bool = False
    unspaced: bool = False
    letters: bool = False
    names: bool = False


class Place(NamedTuple):
    """An edit, which of its words count, and what those say alone."""

    edit: Edit
    kept: tuple[Sequence[int], Sequence[int]]
    alone: Alone

    def hits(self, found: Hits) -> Hits:
        """Hits among the words that count, as places in the edit."""
        if found is None:
            return None
        if isinstance(self.kept[0], range):
            return found  # all words of both sides count
        left, right = ([kept[at] for at in hits] for kept, hits in zip(self.kept, found, strict=True))
        return left, right

    def counted(self, found: Hits) -> Hits:
        """Those of the places in the edit whose words count; None where none does."""
        if found is None or isinstance(self.kept[0], range):
            return found
        left, right = ([at for at in hits if at in kept] for kept, hits in zip(self.kept, found, strict=True))
        return (left, right) if left or right else None


Judge = Callable[[Place, Evidence], Hits]


def _verdict(place: Place, wanted: Sequence[tuple[Kind, Judge]], evidence: Evidence) -> tuple[Kind, Found] | None:
    """The first kind of difference at a place, and the words that make it, of those that count.

    Some judges look at the whole edit: were what they find not cut down, a word that is no part of what is said would
    be set aside, and found again, for ever.
    """
    for kind, judged in wanted:
        hits = place.counted(judged(place, evidence))
        if hits is not None:
            return kind, hits
    return None


def _without(place: Place, aside: tuple[list[int], list[int]]) -> Place:
    """A place without words that are no part of what is said."""
    left, right = ([at for at in kept if at not in out] for kept, out in zip(place.kept, aside, strict=True))
    written = (tuple(side.written[at] for at in kept) for side, kept in zip(place.edit, (left, right), strict=True))
    return Place(place.edit, (left, right), _words_alone(*written))


@lru_cache(maxsize=1 << 16)
def _words_alone(left: tuple[str, ...], right: tuple[str, ...]) -> Alone:
    one, two = traits_of(left), traits_of(right)
    either, both = one | two, one & two
    if not either & ODD:
        return Alone(same=False, plain=True)
    written = left, right
    words = list(map(fold, left)), list(map(fold, right))
    if _same_letters(words):
        return Alone(same=True)
    numbered = either & (NUMBER | LARGE) or both & (VALUE | CHINESE_NUMERAL | ROMAN_NUMERAL)
    return Alone(
        same=False,
        numbers=number_hits(words, written) if numbered else None,
        negated=_negated(words) if either & NEGATION else None,
        modals=values_differ(words, lexicon().modals) if both & MODAL else None,
        prefixed=bool(either & AFFIXED and (_affixed(*words) or _affixed(*words[::-1])))
        or bool(either & TURKIC and (_infixed(*words) or _infixed(*words[::-1]))),
        unspaced=bool(either & UNSPACED),
        letters=bool(both & LETTERED),
        names=bool(either & NAMED),
    )


def _in_address(edit: Edit) -> bool:
    """Whether a word of either side is part of an address."""
    left, right = edit
    return not (
        left.reading.addressed.isdisjoint(range(left.begin, left.end))
        and right.reading.addressed.isdisjoint(range(right.begin, right.end))
    )


def _same_letters(words: Sides) -> bool:
    """Whether the sides differ in blanks, hyphens, accents or look-alikes only; numbers must be the same numbers."""
    left, right = "".join(words[0]), "".join(words[1])
    if "'" in left or "'" in right or "’" in left or "’" in right:
        left, right = (side.replace("'", "").replace("’", "") for side in (left, right))
    if left == right:
        return not any(is_number(word) and "." in word for side in words for word in side)
    if not left or not right or (left.isdigit() and right.isdigit()):
        return False
    return blurred(left) == blurred(right)


def _is_note(edit: Edit) -> bool:
    """Whether one side has only the number of a note more, set against a word's end or a mark."""
    if len(edit[0].words) + len(edit[1].words) != 1:
        return False
    for side, other in (edit, edit[::-1]):
        if other.words or len(side.words) != 1 or not is_number(side.words[0]) or len(side.words[0]) > 2:
            continue
        before = side.reading.before(side.begin)
        if before and before[-1] in "\"”’»」'.,;^":
            return True
    return False


# --- the judges ---


def _numbers(place: Place, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    hits = place.hits(place.alone.numbers)
    if hits is None:
        if place.alone.unspaced and unspaced_values(*place.edit):
            return [*place.kept[0]], [*place.kept[1]]
        return lettered(*place.edit) if place.alone.letters else None
    left, right = place.edit
    for side, other, found, rivals in ((left, right, *hits), (right, left, *hits[::-1])):
        if found and not rivals and any(told(side, other, found) for told in _NO_NUMBERS):
            return None
    return hits


_NO_NUMBERS: Final = (moved, said_in_digits, is_misread_pronoun)


def _negations(place: Place, evidence: Evidence) -> Hits:  # noqa: ARG001 - all judges are called alike
    alone, (left, right) = place.alone, place.edit
    if alone.negated is not None:
        return place.hits(alone.negated)
    if alone.prefixed or (alone.unspaced and _in_parts(left, right)):
        return [*place.kept[0]], [*place.kept[1]]
    return place.hits(alone.modals) or _demanded(*place.edit)


LONGEST_DEMAND: Final = 2


def _demanded(left: Side, right: Side) -> Hits:
    """A word of duty that one side has more, with a word beside it at most: `you must`."""
    if left.words and right.words:
        return None
    demands = lexicon().demands
    for side, other in ((left, right), (right, left)):
        if not other.words and len(side.words) <= LONGEST_DEMAND:
            hits = [at for at, word in enumerate(side.words) if word in demands]
            if hits:
                return (hits, []) if side is left else ([], hits)
    return None


def _negated(words: Sides) -> Hits:
    """Negations, if one side has more."""
    left, right = ([at for at, word in enumerate(side) if is_negation(word)] for side in words)
    return (left, right) if len(left) != len(right) else None


def _in_parts(left: Side, right: Side) -> bool:
    """Whether parts of words tell another negation, or demand something else."""
    one, two = (_around(side) for side in (left, right))
    if _negating_parts(one) != _negating_parts(two):
        return True
    known = lexicon().modal_parts
    found = [
        {known[part] for part in (*side.inside(known, LONGEST_MODAL), *(part for part in known if part in text))}
        for side, text in ((left, one), (right, two))
    ]
    return bool(found[0] and found[1]) and found[0] != found[1]


LONGEST_MODAL: Final = 8


def _around(side: Side) -> str:
    """The words with two more on either side, in one."""
    return "".join(side.reading.folded[max(side.begin - 2, 0) : side.end + 2])


def _negating_parts(joined: str) -> int:
    """How many negating parts of words there are."""
    if joined.isascii():
        return 0
    return sum(joined.count(part) for part in NEGATING_PARTS) - sum(joined.count(part) for part in NOT_NEGATING)


def _affixed(one: list[str], two: list[str]) -> bool:
    """Whether a word of `two` is a word of `one` with a negating part in front or behind."""
    words = _long_enough(one)
    for prefix in NEGATING_PREFIXES:
        if any(word.startswith(prefix) and word[len(prefix) :] in words for word in two) and (
            prefix != "ha" or any(map(is_swahili, words))
        ):
            return True
    return any(word.endswith(NEGATING_SUFFIXES) and word.removesuffix("নি").removesuffix("না") in words for word in two)


def _long_enough(words: list[str]) -> set[str]:
    """The words that may be verbs."""
    return {word for word in words if len(word) >= SHORTEST_VERB - 2 or word >= UNSPACED_FROM}


def _infixed(one: list[str], two: list[str]) -> bool:
    """Whether a word of `two` is a Turkic verb of `one` with the negation inside: `olacak`, `olmayacak`."""
    return any(_has_infix(word, other) for word in _long_enough(one) for other in two)


_INFIX: Final = re.compile("m(?:[ae]y?|[ıiuü])")


def _has_infix(word: str, other: str) -> bool:
    """Whether the other word has the Turkic negation more."""
    if not len(word) < len(other) <= len(word) + 3 or len(word) < SHORTEST_VERB:
        return False
    same = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), len(word))
    return any(
        other[at : at + size] and _INFIX.fullmatch(other[at : at + size]) and other[at + size :] == word[at:]
        for size in (len(other) - len(word),)
        for at in range(max(same - size, 2), same + 1)
    )


def _names(place: Place, evidence: Evidence) -> Hits:
    if not place.alone.names and not _in_address(place.edit):
        return None
    return name_hits(place.edit, place.kept, evidence)


_JUDGES: Final[tuple[tuple[Kind, Judge], ...]] = (
    ("numbers", _numbers),
    ("negations", _negations),
    ("names", _names),
)
