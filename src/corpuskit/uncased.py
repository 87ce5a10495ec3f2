"""Names where capitals say nothing: in scripts without them, of German nouns, and first in a sentence.

The idea: lists. Countries of CLDR count on one side alone; cities and people, many of which are words as well, only
where both sides have one. What stands beside a form of address is a name, too.
"""

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import Indel

from corpuskit.edits import Edit, Hits, Side
from corpuskit.lexicon import HONORIFICS, bare_forms, lexicon, names
from corpuskit.spellings import LONGEST_ENDING, SAME_NAME


def uncased_hits(edit: Edit, kept: tuple[Sequence[int], Sequence[int]]) -> Hits:
    """The words `kept` of both sides, if they hold other names."""
    return _territories(edit, kept) or _listed(edit, kept)


def _territories(edit: Edit, kept: tuple[Sequence[int], Sequence[int]]) -> Hits:
    """Countries and regions, in scripts without capitals, that one side has and the other has not."""
    if not any(word >= "\u0590" for side in edit if not "".join(side.words).isascii() for word in side.words):
        return None
    found = [_listed_territories(side) for side in edit]
    return None if found[0] == found[1] else ([*kept[0]], [*kept[1]])


def _listed_territories(side: Side) -> set[str]:
    """Codes of what CLDR names there: words but for two letters at either end, or runs of characters across it."""
    known = lexicon()
    parts = {word[a : len(word) - b] for word in side.words for a in range(3) for b in range(3)}
    found = {part for part in parts if len(part) > 1 and part in known.territories}
    found.update(side.inside(known.territories, known.longest_territory))
    return {known.territories[part] for part in found}


def _listed(edit: Edit, kept: tuple[Sequence[int], Sequence[int]]) -> Hits:
    """Cities or people that both sides name, and not the same; or what stands on both beside a form of address."""
    left, right = edit
    if not left.words or not right.words:
        return None
    if not all(map(_says_no_capital, edit)):
        return None
    cities = [_listed_cities(side) for side in edit]
    people = [_listed_people(side) for side in edit]
    differ = (cities[0] and cities[1] and not cities[0] & cities[1]) or (
        people[0] and people[1] and not people[0] & people[1]
    )
    if differ or (
        _is_addressed(*edit) and Indel.normalized_similarity("".join(left.words), "".join(right.words)) < SAME_NAME
    ):
        return [*kept[0]], [*kept[1]]
    return None


def _says_no_capital(side: Side) -> bool:
    """Whether capitals say nothing of the side's words."""
    reading = side.reading
    if any(word >= "\u0590" for word in side.words):
        return True
    first = reading.written[side.begin]
    return (
        len(side.words) == 1 < len(first)
        and first[0].isupper()
        and (reading.german or reading.begins_sentence(side.begin))
    )


def _listed_cities(side: Side) -> set[int]:
    """Numbers of the cities that the side's words, or runs across them, are the names of."""
    known = names().cities
    words = [word for word, written in zip(side.words, side.written, strict=True) if not written[0].islower()]
    listed = {known[form] for word in words if len(word) > 1 for form in _forms(word) if form in known}
    return listed | {known[name] for name in side.inside(known, LONGEST_CITY)}


def _forms(word: str) -> Sequence[str]:
    """A word, without particles in front, and in Indian scripts without endings."""
    if "\u0900" <= word < "\u0e00":
        return [word[: len(word) - cut] for cut in range(LONGEST_ENDING + 1) if len(word) - cut >= LONGEST_ENDING]
    return bare_forms(word)


LONGEST_CITY: Final = 8


def _listed_people(side: Side) -> set[str]:
    """The side's words, or runs across them, that are names of people."""
    known = names().people
    return {form for word in side.words for form in _forms(word) if form in known} | set(
        side.inside(known, LONGEST_CITY)
    )


def _is_addressed(left: Side, right: Side) -> bool:
    """Whether one word on each side, or a few characters without spaces, stand beside the same form of address."""
    known = lexicon().titles | HONORIFICS
    if not all(word >= "\u0590" for side in (left, right) for word in side.words):
        return False
    alone = all(len(word) == 1 for side in (left, right) for word in side.words)
    size = LONGEST_PERSON if alone else 1
    if max(len(left.words), len(right.words)) > size:
        return False
    reading, at = left.reading, left.begin
    if (
        not alone
        and left.words[0] < "\uac00"
        and at
        and any(form in known for form in bare_forms(reading.folded[at - 1]))
    ):
        return True
    following = reading.folded[left.end : left.end + 2]
    if not following or reading.before(left.end).strip():
        return False
    return following[0] in known or (alone and "".join(following) in known)


LONGEST_PERSON: Final = 5
