"""What two wordings of nearly the same passage differ in, and whether that carries meaning.

The idea: line up the words (`edits`); where they differ, look for `numbers`, `names` and negations on either side. What
is only another spelling, an OCR slip, an ordinary word, or no part of what is said (`asides`: headings, marks of lists,
leads into quotations) is not a difference that is protected.

Most edits can be judged by their words alone, and are in many pairs: what the words say is kept. Only where they differ
in something is their place looked at.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from corpuskit.asides import asides_among
from corpuskit.edits import Edit, Found, Hits, Side, Sides, edits_between
from corpuskit.lexicon import (
    NEGATING_PARTS,
    NEGATING_PREFIXES,
    NEGATING_SUFFIXES,
    NOT_NEGATING,
    bare_forms,
    lexicon,
)
from corpuskit.names import name_hits
from corpuskit.numbers import (
    LONGEST_LETTERED,
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

UNSPACED: Final = "\u0b80"
"""From this character on there are scripts whose words hold other words: Dravidian, South-East Asian, CJK, Korean."""

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
        left, right = ([kept[at] for at in hits] for kept, hits in zip(self.kept, found, strict=True))
        return left, right


Judge = Callable[[Place, Evidence], Hits]


def _verdict(place: Place, wanted: Sequence[tuple[Kind, Judge]], evidence: Evidence) -> tuple[Kind, Found] | None:
    """The first kind of difference at a place, and the words that make it."""
    for kind, judged in wanted:
        hits = judged(place, evidence)
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
    if all(map(plain, left)) and all(map(plain, right)):
        return Alone(same=False, plain=True)
    written = left, right
    words = tuple(list(map(fold, side)) for side in written)
    if _same_letters(words):
        return Alone(same=True)
    every = [*words[0], *words[1]]
    return Alone(
        same=False,
        numbers=number_hits(words, written),
        negated=_negated(words),
        modals=values_differ(words, lexicon().modals),
        prefixed=_prefixed(*words) or _prefixed(*words[::-1]),
        unspaced=any(word >= UNSPACED for word in every),
        letters=all(any(len(word) <= LONGEST_LETTERED and word.isalpha() for word in side) for side in words),
        names=any(len(word) > 1 and word[0].isupper() for side in written for word in side)
        or any(word >= "\u0590" for word in every),
    )


def _in_address(edit: Edit) -> bool:
    """Whether a word of either side is part of an address."""
    return any(
        side.reading.addresses and any(map(side.reading.in_address, range(side.begin, side.end))) for side in edit
    )


@cache
def _listed() -> frozenset[str]:
    """Words that a list has."""
    known = lexicon()
    return known.negations.union(known.values, known.modals)


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> bool:
    """Whether it can be nothing protected, at a glance: in lower case, without accents, and in no list."""
    if not (word.isascii() and word.isalpha() and word.islower()) or word[0] == "n":
        return False
    if _NUMERAL.fullmatch(word):
        return False
    return word not in _listed() and not (word.startswith("ha") and _is_swahili(word[2:]))


_NUMERAL: Final = re.compile("[ivx]{2,}|[b-hj-z]")


def _same_letters(words: Sides) -> bool:
    """Whether the sides differ in blanks, hyphens, accents or look-alikes only; numbers must be the same numbers."""
    left, right = ("".join(side).replace("'", "").replace("’", "") for side in words)
    if left == right:
        return not any(is_number(word) and "." in word for side in words for word in side)
    if not left or not right or (left.isdigit() and right.isdigit()):
        return False
    return blurred(left) == blurred(right)


def _is_note(edit: Edit) -> bool:
    """Whether one side has only the number of a note more, set against a word's end or a mark."""
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
    demands = lexicon().demands
    for side, other in ((left, right), (right, left)):
        if not other.words and len(side.words) <= LONGEST_DEMAND:
            hits = [at for at, word in enumerate(side.words) if word in demands]
            if hits:
                return (hits, []) if side is left else ([], hits)
    return None


def _negated(words: Sides) -> Hits:
    """Negations, if one side has more."""
    listed = lexicon().negations
    left, right = ([at for at, word in enumerate(side) if _is_negation(word, listed)] for side in words)
    return (left, right) if len(left) != len(right) else None


def _is_negation(word: str, listed: frozenset[str]) -> bool:
    if word in listed or word.endswith(("n't", "दैन")) or _AMHARIC.fullmatch(word):
        return True
    return (
        "\u05d0" <= word[0] <= "\u064a" and word[0] in "ושوف" and any(form in listed for form in bare_forms(word)[1:])
    )


_AMHARIC: Final = re.compile("አ[ይልትን]\\w{2,}ም")


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


def _prefixed(one: list[str], two: list[str]) -> bool:
    """Whether a word of `two` is a word of `one` with a negating part: in front, behind, or inside a Turkic verb."""
    words = {word for word in one if len(word) >= SHORTEST_VERB - 2 or word >= UNSPACED}
    if any(word[0] in "nhнنන" for word in two):
        prefixes = [prefix for prefix in NEGATING_PREFIXES if prefix != "ha" or any(map(_is_swahili, words))]
        if any(prefix + word in two for word in words for prefix in prefixes):
            return True
    if any(word.endswith(NEGATING_SUFFIXES) and word.removesuffix("নি").removesuffix("না") in words for word in two):
        return True
    return any(_TURKIC.search(word) for word in (*one, *two)) and any(
        _infixed(word, other) for word in words for other in two
    )


_TURKIC: Final = re.compile("[ığşəç]")
_INFIX: Final = re.compile("m(?:[ae]y?|[ıiuü])")


def _is_swahili(word: str) -> bool:
    """Whether it begins as verbs do that name their subject."""
    return len(word) > SHORTEST_VERB and word.startswith(("wa", "i", "zi", "u", "tu", "m", "ki", "vi", "li", "ya"))


SHORTEST_VERB: Final = 5


def _infixed(word: str, other: str) -> bool:
    """Whether the other word has the Turkic negation more: `olacak`, `olmayacak`."""
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
