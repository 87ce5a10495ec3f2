"""What in a text is no part of its statement: marks of lists, headings, leads into quotations, brackets.

The idea: passages are cut out of documents, and what stood around them comes along: a heading on the same line, the
number of an item, the words that lead into a quotation, the first words of the next sentence. All of it is told by its
place (in front of a sentence, or behind the last), by its capitals and marks, and by what the other text has there:
nothing. No list of words is needed.
"""

import re
from collections.abc import Sequence
from typing import Final

from corpuskit.edits import Edit, Found, Side
from corpuskit.lexicon import lexicon
from corpuskit.numbers import is_number
from corpuskit.reading import LONGEST_REFERENCE, Evidence, Reading, ends_sentence

HEADING_WORDS: Final = 16
LEAD_WORDS: Final = 40
"""Headings, and what leads into a quotation, have no more words than that."""

SAME_WORDS: Final = 3
"""By so many words it is known where the other text begins or ends."""

CHARACTERS_A_WORD: Final = 2
"""In scripts without spaces, where each character is a word here."""

_QUOTES: Final = '"“”„«»‹›「」『』‘'
_LIST_MARK_END: Final = re.compile(r"[.)\]:、．）][*_>]*(?:\s|<|$)|[-–—]\s")
_CAPITAL_BEHIND: Final = re.compile(r"[.)\]:、．）]?\s*[\"“'‘(\[*_]*([^\W\d_])")


def asides_among(edit: Edit, hits: Found, evidence: Evidence) -> Found:
    """Those of the words `hits` of both sides, counted from the side's first, that are no part of what is said."""
    left, right = edit
    return _among(hits[0], left, right, evidence), _among(hits[1], right, left, evidence)


def _among(hits: Sequence[int], side: Side, other: Side, evidence: Evidence) -> list[int]:
    if not hits:
        return []
    front, back = _frame(side.reading, other.reading, evidence)
    if not side.begin and not other.begin:
        front = max(front, _in_front(side, other, evidence))
    if side.end == len(side.reading.written) and other.end == len(other.reading.written):
        back = min(back, side.begin + _behind(side, other, evidence))
    return [at for at in hits if not front <= side.begin + at < back or _says_nothing(side, other, at)]


def _says_nothing(side: Side, other: Side, at: int) -> bool:
    """Whether a word says nothing by the marks around it, which most texts have none of, or is a known address."""
    reading, place = side.reading, side.begin + at
    text = reading.text
    return (
        (not reading.folded[place][0].isalpha() and is_list_mark(reading, place))
        or ("<" in text and _is_tag(reading, place))
        or (("\\" in text or "&" in text or "%" in text) and _is_escape(reading, place))
        or ("[" in text and _in_brackets(reading, place))
        or _known_address(side, other, at)
    )


# --- marks of lists, brackets, addresses ---


def is_list_mark(reading: Reading, at: int) -> bool:
    """Whether a number counts what begins with it: `are met: 1. Redistributions`, `the Package (7) You may`."""
    word = reading.folded[at]
    if word[0].isalpha() or not is_number(word) or max(map(len, word.split("."))) > 3:
        return False
    end = reading.ends[at]
    before = reading.before(at)
    behind = reading.text[end : end + 8]
    if before.endswith("(") and behind[:1] == ")":
        following = _CAPITAL_BEHIND.match(behind)
        return len(word) <= 2 and following is not None and not following[1].islower() and behind[1:2].isspace()
    if at and not ends_sentence(reading.written[at - 1], before):
        headed = "." in word and reading.begin > 0 and behind[:1].isspace()
        return headed and _titled(reading, 0, at) and _capital_follows(behind)
    if _LIST_MARK_END.match(behind):
        return at + 1 < len(reading.written)
    return "." in word and behind[:1].isspace() and (at == 0 or _capital_follows(behind))


def _capital_follows(behind: str) -> bool:
    """Whether the next letter is a capital, behind the marks of a list."""
    following = _CAPITAL_BEHIND.match(behind)
    return following is not None and following[1].isupper()


def _in_brackets(reading: Reading, at: int) -> bool:
    """Whether a word stands in square brackets: a reference, `[444th meeting]`, or a blank, `[name of author]`."""
    text, start, end = reading.text, reading.starts[at], reading.ends[at]
    opened = text.rfind("[", max(start - LONGEST_REFERENCE, 0), start)
    if opened < 0 or "]" in text[opened:start]:
        return False
    closed = text.find("]", end, end + LONGEST_REFERENCE)
    if closed < 0 and len(text) - end <= LONGEST_REFERENCE // 4:
        closed = len(text)  # read as another letter: `[A/31/1/Add.1, sect. VJ`
    if closed < 0 or "[" in text[end:closed] or text[closed + 1 : closed + 2] in {"(", "["} or reading.in_address(at):
        return False  # `[text](address)`
    return any(char.isspace() or char.isdigit() for char in text[opened:closed])


def _is_tag(reading: Reading, at: int) -> bool:
    """Whether the word is the name of an element, `</url>`."""
    end = reading.ends[at]
    return reading.before(at).endswith(("<", "</")) and reading.text[end : end + 1] == ">"


_ESCAPE: Final = re.compile(r"\\(?:[uxUX]?\{?|')[0-9A-Fa-f]{2,8}|&#?\w{2,8};|%[0-9A-Fa-f]{2}")
LONGEST_ESCAPE: Final = 10


def _is_escape(reading: Reading, at: int) -> bool:
    """Whether the word is part of what stands for a character: `\\A9`, `\\'a9`, `&copy;`, `%20`."""
    start, end = reading.starts[at], reading.ends[at]
    begin = max(start - LONGEST_ESCAPE, 0)
    return any(
        begin + match.start() < start and begin + match.end() >= end
        for match in _ESCAPE.finditer(reading.text[begin : end + LONGEST_ESCAPE])
    )


def _known_address(side: Side, other: Side, at: int) -> bool:
    """Whether the word is part of an address that the other text has too, or spells one out: `name AT host DOT org`."""
    reading, there = side.reading, other.reading
    place = side.begin + at
    addressed = place in reading.addressed
    if addressed and reading.folded[place] in lexicon().negations:
        return True  # `why-not.html`
    if not there.addresses:
        return False
    if addressed:
        words = reading.address_words(place)
        if not other.words and words <= set(there.folded) and not there.in_address(max(other.begin - 1, 0)):
            return True
        return words in there.addresses_words
    if other.words or not 0 < other.begin < len(there.written):
        return False
    around = there.address_at(other.begin - 1)
    return around is not None and around == there.address_at(other.begin)


# --- headings and leads ---


def _frame(reading: Reading, other: Reading, evidence: Evidence) -> tuple[int, int]:
    """Between which words stands what the other text has too; kept for the next edit of the pair."""
    kept = reading.frame
    if kept is None or kept[0] is not other.text:
        reading.frame = kept = (other.text, _front(reading, other, evidence), _back(reading, other, evidence))
    return kept[1:]


def _front(reading: Reading, other: Reading, evidence: Evidence) -> int:
    """How many words stand in front of where the other text begins, if they are a heading or a lead.

    They are found by what follows: `Licence 2. Licence means` has `Licence 2.` in front of `Licence means`, but the
    line-up may as well say that it has `2. Licence` more in the middle.
    """
    first = other.folded[:SAME_WORDS]
    if not first:
        return 0
    folded, begins = reading.folded, first[0]
    limit = min(CHARACTERS_A_WORD * LEAD_WORDS, len(folded) - len(first) + 1)
    if begins not in folded[1:limit]:
        return 0
    for end in range(1, limit):
        if folded[end] == begins and folded[end : end + len(first)] == first:
            ended = reading.begins_sentence(end)
            return end if _is_front(reading, other, end, evidence, ended=ended) else 0
    return 0


def _back(reading: Reading, other: Reading, evidence: Evidence) -> int:
    """After how many words what stands behind the other text begins, if that is a heading, or cut off."""
    last, folded, count = other.folded[-SAME_WORDS:], reading.folded, len(reading.folded)
    if not last:
        return count
    ends, least = last[-1], max(count - CHARACTERS_A_WORD * HEADING_WORDS, len(last))
    if ends not in folded[least - 1 : count - 1]:
        return count
    for begin in range(count - 1, least - 1, -1):
        if folded[begin - 1] == ends and folded[begin - len(last) : begin] == last:
            return begin if _is_behind(reading, begin, evidence) else count
    return count


def _in_front(side: Side, other: Side, evidence: Evidence) -> int:
    """How many words are a heading, a lead, or the end of the sentence before, where both texts begin."""
    reading = side.reading
    limit = 0 if other.words else side.end
    for end in range(side.end, 0, -1):
        if end < len(reading.written):
            ended = reading.begins_sentence(end)
            if (ended or end == limit) and _is_front(reading, other.reading, end, evidence, ended=ended):
                return end
    return 0


def _is_front(reading: Reading, other: Reading, end: int, evidence: Evidence, *, ended: bool) -> bool:
    """Whether the first `end` words are in front of a text that begins behind them."""
    marked = reading.begin > 0 and other.begin == 0
    following, between = reading.written[end], reading.before(end)
    itemized = len(following) == 1 and reading.text[reading.ends[end] : reading.ends[end] + 1] in {".", ")"}
    if following[0].islower() and not itemized and not _CUT_OFF.match(other.text[other.begin :]):
        return False
    size = _size(reading, 0, end)
    if size <= LEAD_WORDS and _CUT_OFF.match(other.text[other.begin :]):
        return True
    quoted = any(mark in between for mark in _QUOTES)
    if (":" in between or (quoted and end > 2)) and size <= LEAD_WORDS:
        return True
    if size > HEADING_WORDS:
        return False
    if not _cased(reading, 0, end):
        return bool(between) and (marked or (between.isspace() and len(following) == 1))
    if ended:
        return _titled(reading, 0, end) or (marked and end <= HEADING_WORDS // 2)
    return _titled(reading, 0, end) and _breaks_off(reading, end, evidence, marked=marked)


_CUT_OFF: Final = re.compile(r"\W*?(?:\.\s?\.\s?\.|…)")
"""How a text begins whose beginning is left out: `"... while the world`."""


def _breaks_off(reading: Reading, end: int, evidence: Evidence, *, marked: bool) -> bool:
    """Whether a text begins anew at a word with a capital, though no mark tells; not behind a year or a postcode."""
    written, following = reading.written, reading.folded[end]
    if any(len(word) > 3 and word.isdigit() for word in reading.folded[:end]):
        return False
    if "." in reading.folded[end - 1] and is_number(reading.folded[end - 1]):
        return True
    if end == 1 and (written[0].isupper() or evidence.pure(reading.folded[0])):
        return False  # `EU Members`, `Albania and`
    here = _loud(written[:end]) or _loud(written[max(end - 3, 0) : end])
    there = _loud(written[end : end + 3])
    if here != there:
        return True
    after = written[end + 1 : end + 2]
    plainly = evidence.lower[following] > evidence.upper[following]
    return not here and plainly and (marked or all(word[0].islower() for word in after))


def _behind(side: Side, other: Side, evidence: Evidence) -> int:
    """From which of the side's words on there is a heading of what follows, or the beginning of its first sentence.

    Where both texts end.
    """
    reading, count = side.reading, len(side.words)
    if not side.begin:
        return count
    for at in range(count):
        begin = side.begin + at
        if (at == 0 and other.words) or (at and not reading.begins_sentence(begin)):
            continue
        if _is_behind(reading, begin, evidence):
            return at
    return count


def _is_behind(reading: Reading, begin: int, evidence: Evidence) -> bool:
    """Whether the words from `begin` on are behind a text that has ended before."""
    written, end = reading.written, len(reading.written)
    size = _size(reading, begin, end)
    if written[begin][0].islower() or size > HEADING_WORDS or _signed(reading, begin, evidence):
        return False
    if not reading.begins_sentence(begin):
        return _loud(written[begin:]) and not _loud(written[max(begin - 3, 0) : begin])
    rest = reading.text[reading.ends[end - 1] :]
    if not any(mark in rest for mark in ".!?。।؟"):
        return True
    return _titled(reading, begin, end) or (is_list_mark(reading, begin) and size <= HEADING_WORDS // 2)


def _signed(reading: Reading, begin: int, evidence: Evidence) -> bool:
    """Whether the words from `begin` on are nothing but names, as far as the corpus knows."""
    words = [(reading.written[at], reading.folded[at]) for at in range(begin, len(reading.written))]
    longer = [(written, word) for written, word in words if len(word) > 1]
    known = lexicon()
    if any(is_number(word) or word in known.negations or word in known.values for _, word in words):
        return False
    return len(longer) > 1 and all(written.istitle() and not evidence.lower[word] for written, word in longer)


def _size(reading: Reading, begin: int, end: int) -> int:
    """How many words; characters of scripts without spaces count for less."""
    alone = sum(len(word) == 1 and not word.isascii() for word in reading.written[begin:end])
    return end - begin - alone + alone // CHARACTERS_A_WORD


def _cased(reading: Reading, begin: int, end: int) -> bool:
    """Whether a word has letters of a script with capitals."""
    return any(char.islower() or char.isupper() for word in reading.written[begin:end] for char in word[:1])


def _titled(reading: Reading, begin: int, end: int) -> bool:
    """Whether the words are written as titles are: most longer ones with a capital, the last not small."""
    written = reading.written[begin:end]
    longer = [word for word in written if len(word) > 3 and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in longer)
    some = any(word[0].isupper() for word in written)
    return some and 3 * capitals >= 2 * len(longer) and not written[-1][0].islower()


def _loud(words: list[str]) -> bool:
    """Whether words are in capitals, with eight letters or more."""
    letters = [word for word in words if word.isalpha()]
    return sum(map(len, letters)) >= 8 and all(word.isupper() for word in letters)
