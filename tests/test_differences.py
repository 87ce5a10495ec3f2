"""What carries meaning and what does not, case by case, in many scripts."""

import time

import pytest

from corpuskit.differences import KINDS, Kind, differences
from corpuskit.reading import COMMONPLACE_SHARE, COMMONPLACE_TEXTS, Evidence
from corpuskit.settings import make

SENTENCE = "The delegation thanked the committee for its report and asked that the work on {} be continued as agreed."


def found(left: str, right: str, evidence: Evidence | None = None) -> list[tuple[Kind, str, str]]:
    """Kind and words of each difference, both ways alike."""
    evidence = evidence or Evidence()
    there = [
        (kind, left[slice(*one)], right[slice(*two)]) for kind, one, two in differences(left, right, evidence, KINDS)
    ]
    back = [
        (kind, left[slice(*two)], right[slice(*one)]) for kind, one, two in differences(right, left, evidence, KINDS)
    ]
    assert there == back
    return there


def test_a_word_that_is_set_aside_is_not_found_again() -> None:
    """The duty belongs to a sentence that is cut off; judging it went on for ever."""
    whole = "The rules are not applicable to States that were defeated in 1945."
    assert found(f"{whole} We must", whole) == []


def test_the_setting_lists_the_kinds() -> None:
    assert make({"protect": list(KINDS)}).protect == KINDS


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("version 2.0 of the licence", "version 3.0 of the licence", "numbers"),
        ("article 5", "article 6", "numbers"),
        ("version 2.0", "version 20", "numbers"),
        ("3 of 10⁶ items", "3 of 106 items", "numbers"),
        ("at its fifty-ninth session", "at its fifty-second session", "numbers"),
        ("le 3 mai", "le 3 juin", "numbers"),
        ("alle drei Jahre", "alle vier Jahre", "numbers"),
        ("در سال ۱۳۹۵ بود", "در سال ۱۳۹۷ بود", "numbers"),
        ("根据第五条的规定", "根据第六条的规定", "numbers"),
        ("在二〇一九年", "在二〇二一年", "numbers"),
        ("see chapter IV there", "see chapter VI there", "numbers"),
        ("they shall report", "they shall not report", "negations"),
        ("they must report", "they may report", "negations"),
        ("they do report", "they don't report", "negations"),
        ("il doit répondre", "il ne doit pas répondre", "negations"),
        ("он должен ответить", "он не должен ответить", "negations"),
        ("委员会应当报告", "委员会不应当报告", "negations"),
        ("報告すべきである", "報告すべきではない", "negations"),
        ("گزارش دهد و برود", "گزارش ندهد و برود", "negations"),
        ("보고해야 한다고", "보고하지 않아야 한다고", "negations"),
        ("that Montenegro aligned itself", "that Albania aligned itself", "names"),
        ("from Lithuania and Poland", "from Latvia and Poland", "names"),
        ("the GNU General Public", "the GNU Lesser General Public", "names"),
        ("write to ann@example.org now", "write to bob@example.org now", "names"),
        ("中国和法国的专家", "美国和法国的专家", "names"),
        ("ドイツの専門家", "イタリアの専門家", "names"),
        ("وفد تونس في", "وفد المغرب في", "names"),
        ("नेपाल के लोग", "भूटान के लोग", "names"),
    ],
)
def test_what_carries_meaning(left: str, right: str, kind: str) -> None:
    before, after = "we said then that ", " and that the work went on, as all of them had wished"
    assert {item[0] for item in found(before + left + after, before + right + after)} == {kind}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the “work” goes on", 'the "work" goes on'),
        ("cyber security is", "cybersecurity is"),
        ("non-commercial use", "noncommercial use"),
        ("the delegations said", "the deIegations said"),
        ("with intelligence here", "with inte1ligence here"),
        ("António Guterres said", "Antonio Guterres said"),
        ("with Ramiz Alia there", "with Raraiz Alia there"),
        ("under 2.1 (b) above", "under 2.1(b) above"),
        ("1,000 people came", "1 000 people came"),
        ("1,000 people came", "1.000 people came"),
        ("the year ٢٠١٨ was", "the year 2018 was"),
        ("communications technologies are", "communications technologies (CTs) are"),
        ("must report", "shall report"),
        ("the threats grow", "the threat grows"),
        ("an important step", "an essential step"),
        ("dass er kam", "daß er kam"),
        ("耐心的工作", "细致的工作"),
        ("of nations.12 The rest", "of nations. The rest"),
        ("AH States must", "All States must"),
        ("of 25 years there", "of twenty-five years there"),
        ("under version 2 of the licence", "under the licence of version 2"),
        ("as he said [444th meeting] then", "as he said then"),
        ("the OAU Council met", "the Organization of African Unity Council met"),
        ("from Israel forces", "from Israeli forces"),
        ("thanked Mr. Bozkir for it", "thanked Bozkir for it"),
    ],
)
def test_what_does_not(left: str, right: str) -> None:
    before, after = "we said then that ", " and that the work went on, as all of them had wished"
    assert found(before + left + after, before + right + after) == []


@pytest.mark.parametrize(
    "mark",
    [
        "(a) ",
        "3. ",
        "43. ",
        "1.8.1. ",
        "3.2 ",
        "17 ",
        "• ",
        "[4] ",
        "iv) ",
        "- ",
        "三、",
        "“(4) ",
        "<p>3.3 ",
        "* * 5. ",
        "74., ",
        "<b>3.</b> ",
    ],
)
def test_marks_in_front_do_not(mark: str) -> None:
    text = SENTENCE.format("water")
    assert found(mark + text, text) == []
    assert found(mark + text, f"12. {text}") == []


@pytest.mark.parametrize(
    "text", ["1" + "." * 500 + "5", "<" * 3000 + "1", "* " * 3000, "1 ) . " * 500, "“" * 500 + "(1"]
)
def test_long_runs_of_marks_are_soon_read(text: str) -> None:
    started = time.process_time()
    assert found(text, text + "x") is not None
    assert time.process_time() - started < 1  # a pattern that tries all ways to part the marks takes for ever


def test_a_number_in_front_that_counts_something_does() -> None:
    rest = " months after that day the committee shall meet again."
    assert found(f"12{rest}", f"18{rest}") == [("numbers", "12", "18")]
    assert found("12 May was the day on which it met again.", "13 May was the day on which it met again.")


@pytest.mark.parametrize("behind", [" [1958th meeting, para. 223.]", " (A/47/PV.12, p. 18)", "6"])
def test_references_behind_a_quotation_do_not(behind: str) -> None:
    text = f'"{SENTENCE.format("water")}"'
    assert found(text + behind, text) == []


def test_a_word_that_the_corpus_writes_without_a_capital_is_no_name() -> None:
    left, right = SENTENCE.format("the Software"), SENTENCE.format("the Program")
    assert found(left, right)
    evidence = Evidence()
    for word in ("software", "program"):
        evidence.add(f"all of the {word} was there")
    assert found(left, right, evidence) == []


def test_a_capital_at_the_beginning_says_nothing_unless_the_corpus_does() -> None:
    left, right = (f"{word}, we went on with the work that was left to us." for word in ("Therefore", "Moreover"))
    assert found(left, right) == []
    left, right = (f"{word} then aligned itself with the statement that was made." for word in ("Pontevedra", "Lugo"))
    assert found(left, right) == []
    evidence = Evidence()
    evidence.add("they went to Pontevedra and from there to Lugo in the end")
    assert found(left, right, evidence) == [("names", "Pontevedra", "Lugo")]


def test_countries_are_known_at_the_beginning_too() -> None:
    left, right = (
        f"{word} then aligned itself with the statement that was made." for word in ("Montenegro", "Albania")
    )
    assert found(left, right) == [("names", "Montenegro", "Albania")]


def test_german_nouns_are_no_names() -> None:
    left = "Wir danken der Delegation für die Arbeit und für das, was sie von uns allen weiß."
    assert found(left, left.replace("Arbeit", "Tätigkeit")) == []
    assert found(left, left.replace("Delegation", "Delegation Ungarn")) == [("names", "", "Ungarn")]


def test_a_form_of_address_before_a_name_is_no_name() -> None:
    left, right = (SENTENCE.format(words) for words in ("Ambassador Volkan Bozkir", "Volkan Bozkir"))
    assert found(left, right) == [("names", "Ambassador", "")]
    evidence = Evidence()
    evidence.add("as they heard Volkan Bozkir say that day")
    assert found(left, right, evidence) == []
    assert found(left, right.replace("Volkan", "Mr. Volkan"), evidence) == []
    assert found(left, left.replace("Volkan", "Arif"), evidence) == [("names", "Volkan", "Arif")]


def test_what_the_corpus_is_about_may_be_said_or_not() -> None:
    left, right = (SENTENCE.format(words) for words in ("the Charter of ours", "all of ours"))
    evidence = Evidence()
    for _ in range(COMMONPLACE_TEXTS - 1):
        evidence.add("as it says there in the Charter of that year")
    assert found(left, right, evidence) == [("names", "Charter", "")]
    evidence.add("as it says there in the Charter of that year")
    assert found(left, right, evidence) == [("names", "Charter", "")]
    evidence.add("as it says there in a charter of that year")
    assert found(left, right, evidence) == []
    assert found(left, left.replace("Charter", "Covenant"), evidence) == [("names", "Charter", "Covenant")]
    for _ in range(int(COMMONPLACE_TEXTS / COMMONPLACE_SHARE)):
        evidence.add("as it says there in the books of that year")
    assert found(left, right, evidence) == [("names", "Charter", "")]


def test_similar_names_are_two_when_both_are_known() -> None:
    left, right = SENTENCE.format("Marlowe"), SENTENCE.format("Barlowe")
    assert found(left, right) == []
    evidence = Evidence()
    for _ in range(3):
        evidence.add("as Marlowe said to Barlowe on that day")
    assert found(left, right, evidence) == [("names", "Marlowe", "Barlowe")]
    assert found(SENTENCE.format("Niger"), SENTENCE.format("Nigeria")) == [("names", "Niger", "Nigeria")]


def test_only_the_kinds_asked_for_are_told() -> None:
    left, right = "we met 12 people from Chile who did come", "we met 13 people from Peru who did not come"
    assert [item.kind for item in differences(left, right, Evidence())] == ["numbers", "names", "negations"]
    for kind in KINDS:
        assert [item.kind for item in differences(left, right, Evidence(), [kind])] == [kind]


def test_very_long_texts_are_lined_up_too() -> None:
    words = [f"w{'abcdefghij'[at % 10]}{'klmnopqrs'[at % 9]}{'tuvwxyz'[at % 7]}" for at in range(20_500)]
    left = " ".join(words)
    words[15_000] = "2019"
    assert [item[0] for item in found(left, " ".join(words))] == ["numbers"]
