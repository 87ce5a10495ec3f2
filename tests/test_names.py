"""Names, case by case: in capitals, said elsewhere, short, misread, of countries and cities."""

import pytest

from corpuskit.differences import differences
from corpuskit.reading import Evidence

SENTENCE = "The delegation thanked the committee for its report and asked that the work of {} be continued as agreed."


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


def filled(left: str, right: str) -> tuple[str, str]:
    return SENTENCE.format(left), SENTENCE.format(right)


@pytest.mark.parametrize(
    ("sentence", "role", "name"),
    [
        ("In no event shall {} be liable for any damages that arise from this.", "THE AUTHORS", "SIMON TATHAM"),
        (
            "Ни при каких условиях {} не несут ответственности за ущерб, возникший при использовании программы.",
            "АВТОРЫ",
            "ИВАН ТРОФИМОВ",
        ),
        (
            "Σε καμία περίπτωση {} δεν ευθύνονται για ζημίες που προκύπτουν από τη χρήση αυτού του προγράμματος.",
            "ΟΙ ΣΥΓΓΡΑΦΕΙΣ",
            "ΓΙΑΝΝΗΣ ΜΑΝΩΛΗΣ",
        ),
    ],
)
def test_in_a_text_in_capitals_a_word_that_the_corpus_never_writes_is_a_name(
    sentence: str, role: str, name: str
) -> None:
    plain = knowing(sentence.format(role.lower()).lower())
    left, right = (sentence.format(word).upper() for word in (role, name))
    assert words(left, right, plain) != []
    assert words(left, right) == []  # a corpus that writes nothing else knows nothing
    assert words(left, right, knowing(sentence.format(role.lower()).lower(), name.lower())) == []


def test_capital_letters_inside_a_word_make_a_name_unless_the_corpus_writes_it_without() -> None:
    left, right = "Creative Works Attribution-NoDerivs License", "Creative Works Attribution License"
    assert words(left, right) == [("NoDerivs", "")]
    assert words(left, right, knowing("and noderivs is what it is")) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the people of Korea", "the Korean people"),
        ("народа Кореи", "корейского народа Кореи"),
    ],
)
def test_a_name_in_another_form_elsewhere_is_no_name_more(left: str, right: str) -> None:
    assert words(*filled(left, right)) == []


def test_a_name_said_elsewhere_is_no_name_more() -> None:
    assert words(*filled("this tool (“Python”) there, Python", "this tool there, Python")) == []
    assert words(SENTENCE.format("them") + " Chile agreed.", SENTENCE.format("Chile") + " Chile agreed.") == []
    assert words(*filled("open one", "OpenTLS open one")) != []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Corp. members", "Corporation members"),
        ("51 Franklin St there", "51 Franklin Street there"),
        ("Oct. 1995", "October 1995"),
        ("International Monetary Fund (IMF) experts", "IMF experts"),
        ("all but Tor more", "all but for more"),
        ("the deIegates", "the delegates"),
        ("those who do propo5e", "those who do propose"),
        ("those who don't", "those who don''t"),
    ],
)
def test_short_forms_and_misread_words_do_not_count(left: str, right: str) -> None:
    assert words(*filled(left, right)) == []


@pytest.mark.parametrize(("left", "right"), [("Stockholm", "Street"), ("Tor", "far"), ("Mali", "Malawi")])
def test_other_names_are_no_short_forms(left: str, right: str) -> None:
    assert words(*filled(left, right)) != []


def test_how_somebody_is_addressed_does_not_count() -> None:
    said = "we congratulate you, Comrade, on this day"
    evidence = knowing(*[said] * 10)
    assert words(*filled("you, Sir, on it", "you on it")) == []
    assert words(*filled("you, Comrade, on it", "you on it"), evidence) == []
    assert words(*filled("China, Comrade, Peru", "China, Peru"), evidence) != []
    assert words(*filled("you, Chile, on it", "you on it"), knowing(*[said.replace("Comrade", "Chile")] * 10)) != []


def test_the_first_part_of_a_firm_is_no_form_of_address() -> None:
    firms = knowing(*[f"as the {name} Inc said" for name in ("Alpha", "Beta", "Gamma", "Delta", "Omega")])
    assert words(*filled("the Paradigm Inc", "the Inc"), firms) == [("Paradigm", "")]


def test_words_in_capitals_between_others_in_capitals_are_judged_by_the_corpus() -> None:
    left, right = SENTENCE.format("them"), "AND FOR THESE ENDS " + SENTENCE.format("them")
    assert words(left, right, knowing("and for these ends we work")) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("专家组将于三月在日内瓦开会，讨论合作问题。", "专家组将于三月在纽约开会，讨论合作问题。"),
        (
            "専門家は四月に東京で会合を開き、協力について話した。",
            "専門家は四月に大阪で会合を開き、協力について話した。",
        ),
        ("اجتمع الخبراء في القاهرة في شهر مارس", "اجتمع الخبراء في الخرطوم في شهر مارس"),
        ("विशेषज्ञ मार्च में काठमांडू में मिले", "विशेषज्ञ मार्च में कोलंबो में मिले"),
    ],
)
def test_cities_are_known_where_there_are_no_capitals(left: str, right: str) -> None:
    assert [kind for kind, *_ in differences(left, right, Evidence())] == ["names"]


def test_addresses_with_their_marks_spelled_out_are_addresses() -> None:
    left, right = (f"please write to <{name}_AT_works_DOT_org> for it" for name in ("request", "license"))
    assert words(left, right) == [("request", "license")]
    assert words(left, left.replace("_", " ")) == []
    assert words(left, "please write to license@works.org for it") == [("request", "license")]


def test_a_file_alone_in_brackets_is_a_name() -> None:
    left = "these rules are for this one file (callbook.h) and for nothing else"
    assert words(left, left.replace("callbook", "ballbook")) == [("callbook", "ballbook")]
    assert words(left, left.replace("(callbook.h) ", "")) == [("callbook.h", "")]


def test_another_path_of_an_address_counts() -> None:
    left = "the rules at https://works.org/maps/ and the rules of the house"
    assert words(left, left.replace("maps/", "maps/rules")) == [("", "rules")]


def test_a_state_may_be_called_by_what_it_is_unless_there_are_two() -> None:
    told = knowing("a democratic people of a federal republic of islamic rule")
    left, right = "on behalf of the Somali Democratic Republic we", "on behalf of the Somali Republic we"
    assert words(left, right, told) == []
    assert words("in the United States of America then", "in the United States then", told) == []
    congo = "in the Democratic Republic of the Congo then"
    assert words(congo, congo.replace("Democratic ", ""), told) == [("Democratic", "")]


def test_my_country_is_no_other_country() -> None:
    left, right = "In this Uganda is of the view that it is late", "In this my country is of the view that it is late"
    assert words(left, right) == []
    assert words(left, right.replace("my country", "Kenya")) == [("Uganda", "Kenya")]


def test_ordinary_words_are_a_name_between_words_with_capitals_on_both_sides() -> None:
    told = knowing("free software, open or lesser, and hardware that has a description of its own that is covered")
    assert words("under the Covered Software of it", "under the Covered Hardware Description of it", told) == []
    assert words("under the GNU Free License of it", "under the GNU Lesser License of it", told) != []
    left, right = "This Academic Free License is for all", "This Educational Open License is for all"
    assert words(left, right, told) != []


def test_a_word_behind_a_name_belongs_to_it() -> None:
    told = knowing("as the core of it, and the edition and the community, at RoachBase and in RoachBase")
    left, right = 'called "RoachBase Core" by us all', 'called "RoachBase Community Edition" by us all'
    assert words(left, right, told) != []
    assert words("called Roaches and the Core by us", "called Roaches and the Edition by us", told) == []


def test_a_name_that_is_so_much_rarer_is_a_slip() -> None:
    told = knowing(*["as the PLO said then"] * 40, "as the PLQ said then", *["with Javier Perez there, or Peres"] * 9)
    assert words(*filled("the PLO", "the PLQ"), told) == []
    assert words(*filled("the PLO", "the PLR"), told) == [("PLO", "PLR")]
    assert words(*filled("Javier Perez", "Javier Peres"), told) == []
    assert words(*filled("so Perez", "so Peres"), told) == [("Perez", "Peres")]


def test_a_bad_character_inside_a_name_makes_no_other_name() -> None:
    assert words(*filled("le Conc\ufffddant", "le Concédant")) == []


def test_whom_a_speaker_turns_to_is_no_name() -> None:
    left = "Mr. President, Secretary-General, Ladies and Gentlemen, it is an honour for us all to be here."
    assert words(left, left.replace("Ladies", "Excellencies, Ladies")) == []


def test_companies_are_never_what_the_corpus_is_about() -> None:
    told = knowing(*["as Vestacorp said and the Contributor wrote"] * 30, "the contributor")
    assert words(*filled("Vestacorp", "the authors"), told) == [("Vestacorp", "")]
    assert words(*filled("the Contributor", "the authors"), told) == []


def test_what_is_ours_is_no_name_if_the_corpus_writes_it_small_at_times() -> None:
    told = knowing("an organization of ours", *["the Organization of ours, and Vesta"] * 20)
    assert words(*filled("our Organization", "our house"), told) == []
    assert words(*filled("our Vesta", "our house"), told) == [("Vesta", "")]
    assert words(*filled("the Organization", "the Vesta"), told) != []


def test_long_names_a_letter_apart_are_one() -> None:
    told = knowing(*["the Sahrawi and the Saharawi people, and the Perez and the Peres"] * 5)
    assert words(*filled("Sahrawi", "Saharawi"), told) == []
    assert words(*filled("Perez", "Peres"), told) == [("Perez", "Peres")]
