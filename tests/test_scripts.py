"""Every script: one changed character anywhere is found, other passages stay apart, other forms of a text are equal.

At the default settings, through the whole flow. A change counts as found only when luck has no part in it: the bands
must miss it less often than once in a million, by the exact Jaccard of the two texts.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

import pytest

import corpuskit
import oracles
from corpuskit.settings import Settings, make
from corpuskit.text import normalize

SETTINGS: Final = make({"protect": ()})

HARBOUR: Final = {
    "Latin": "The harbour office opens at seven, and the first boats leave soon after.",
    "Cyrillic": "Контора порта открывается в семь, и первые лодки уходят вскоре после этого.",
    "Greek": "Το γραφείο του λιμανιού ανοίγει στις επτά και τα πρώτα πλοία φεύγουν μετά.",
    "Arabic": "يفتح مكتب الميناء أبوابه في السابعة صباحا وتغادر القوارب الأولى بعد ذلك.",
    "Hebrew": "משרד הנמל נפתח בשבע בבוקר והסירות הראשונות יוצאות לדרכן זמן קצר לאחר מכן.",
    "Devanagari": "बंदरगाह का कार्यालय सुबह सात बजे खुलता है और पहली नावें कुछ देर बाद निकलती हैं।",
    "Thai": "สำนักงานท่าเรือเปิดเวลาเจ็ดโมงเช้าและเรือลำแรกจะออกจากท่าหลังจากนั้น",
    "Khmer": "ការិយាល័យកំពង់ផែបើកនៅម៉ោងប្រាំពីរព្រឹកហើយទូកដំបូងចេញដំណើរបន្ទាប់ពីនោះ",
    "Lao": "ຫ້ອງການທ່າເຮືອເປີດເວລາເຈັດໂມງເຊົ້າແລະເຮືອລຳທຳອິດຈະອອກຈາກທ່າຫຼັງຈາກນັ້ນ",
    "simplified Chinese": (
        "港务办公室每天早上七点开门，第一批渔船随后便离开码头，到傍晚才带着满舱的鱼回来，"
        "岸边的人们已在灯下等候多时，孩子们也在。"
    ),
    "traditional Chinese": (
        "港務辦公室每天早上七點開門，第一批漁船隨後便離開碼頭，到傍晚才帶著滿艙的魚回來，"
        "岸邊的人們已在燈下等候多時，孩子們也在。"
    ),
    "Japanese": (
        "港の事務所は朝の七時に開き、まもなく最初の船が出ていくので、"
        "夜明け前から岸には荷を積んだ車が列を作り、声が絶えなかった。"
    ),
    "Hangul": (
        "항구 사무소는 아침 일곱 시에 문을 열고 첫 배들은 얼마 지나지 "
        "않아 부두를 떠나 저녁 무렵에야 고기를 싣고 돌아온다."
    ),
    "emoji": "Family day 👨‍👩‍👧‍👦 at the beach 🏖️ with 👍🏽 weather, flags 🇫🇷🇯🇵 up, and cake 🎂 for all of us ❤️‍🔥",
    "Vietnamese": "Văn phòng cảng mở cửa lúc bảy giờ sáng và những con thuyền đầu tiên rời bến.",
}
"""The same in each script (but for the emoji), 60 characters and some."""
HARBOUR["conjoining jamo"] = unicodedata.normalize("NFD", HARBOUR["Hangul"])
HARBOUR["decomposed Vietnamese"] = unicodedata.normalize("NFD", HARBOUR["Vietnamese"])
HARBOUR["stacked marks"] = "".join(
    char + "\u0308\u0323\u0331" if char.isalpha() else char for char in HARBOUR["Latin"][:60]
)

RECIPES: Final = {
    "Latin": "My grandmother kept her recipes in a blue tin beneath the kitchen window.",
    "Cyrillic": "Бабушка хранила свои рецепты в синей жестяной коробке под кухонным окном.",
    "Greek": "Η γιαγιά μου φύλαγε τις συνταγές της σε ένα γαλάζιο κουτί στην κουζίνα.",
    "Arabic": "كانت جدتي تحفظ وصفات الطعام في علبة زرقاء تحت نافذة المطبخ منذ سنوات.",
    "Hebrew": "סבתא שלי שמרה את המתכונים שלה בקופסת פח כחולה מתחת לחלון המטבח הישן.",
    "Devanagari": "मेरी दादी अपने सारे नुस्खे रसोई की खिड़की के नीचे एक नीले डिब्बे में रखती थीं।",
    "Thai": "คุณยายของฉันเก็บสูตรอาหารทั้งหมดไว้ในกล่องสีฟ้าใต้หน้าต่างห้องครัวมานาน",
    "Khmer": "ជីដូនរបស់ខ្ញុំទុករូបមន្តម្ហូបក្នុងប្រអប់ពណ៌ខៀវក្រោមបង្អួចផ្ទះបាយជាច្រើនឆ្នាំ",
    "Lao": "ແມ່ຕູ້ຂອງຂ້ອຍເກັບສູດອາຫານທັງໝົດໄວ້ໃນກ່ອງສີຟ້າຢູ່ກ້ອງປ່ອງຢ້ຽມເຮືອນຄົວ",
    "simplified Chinese": (
        "外祖母把她所有的菜谱都放在厨房窗下的一只蓝色铁盒里，谁也不许碰，"
        "直到那年冬天她病了，才让我把里面的纸一张一张念给她听。"
    ),
    "traditional Chinese": (
        "外祖母把她所有的菜譜都放在廚房窗下的一隻藍色鐵盒裡，誰也不許碰，"
        "直到那年冬天她病了，才讓我把裡面的紙一張一張唸給她聽。"
    ),
    "Japanese": (
        "祖母は料理の作り方を書いた紙を台所の窓の下の青い缶にしまっていて、"
        "わたしたちが読もうとすると、まだ早いと言って笑うのだった。"
    ),
    "Hangul": (
        "할머니는 부엌 창문 아래에 둔 파란 양철 상자에 요리법을 모두 "
        "넣어 두셨고 우리가 열어 보려 하면 아직 이르다며 웃으셨다."
    ),
    "emoji": "Match report 🏃🏿‍♀️💨: two goals late ⚽⚽ and the crowd 🧑🏻‍🤝‍🧑🏾 sang until the lights 💡 went out 🇧🇷.",
    "Vietnamese": "Bà ngoại tôi cất các công thức nấu ăn trong chiếc hộp thiếc dưới cửa sổ bếp.",
}


def edits(text: str) -> Iterator[str]:
    """The text with another of its own letters put in place of, or before, each character, and without each."""
    letters = [char for char in dict.fromkeys(text) if char.isalpha()][:2]
    for at, char in enumerate(text):
        other = letters[char == letters[0]]
        yield text[:at] + other + text[at + 1 :]
        yield text[:at] + other + text[at:]
        yield text[:at] + text[at + 1 :]


def records(*texts: str) -> list[int]:
    """Which text stands for each."""
    found: list[int] = corpuskit.deduplicate(texts, SETTINGS)["record"].to_pylist()
    return found


def miss_rate(left: str, right: str) -> float:
    """How often the bands miss the pair, over all permutations."""
    x, y = (set(oracles.shingles(text, size_unspaced=Settings().shingle_size_unspaced)) for text in (left, right))
    return SETTINGS.miss_rate(len(x & y) / len(x | y))


def assert_found_whatever_is_edited(text: str) -> None:
    """The text twice over, so that it is the record, and all that is edited joins it."""
    changed = list(edits(text))
    assert records(text, text, *changed) == [0] * (2 + len(changed))
    plain = normalize(text)
    assert max(miss_rate(plain, normalize(other)) for other in changed) < 1e-6


@pytest.mark.parametrize("script", HARBOUR)
def test_a_change_of_one_character_is_found_wherever_it_is(script: str) -> None:
    assert oracles.describe(normalize(HARBOUR[script])).weight > 60
    assert_found_whatever_is_edited(HARBOUR[script])


@pytest.mark.parametrize("script", ["Thai", "Khmer", "Lao", "simplified Chinese", "traditional Chinese", "Japanese"])
def test_and_in_the_shortest_texts_without_spaces(script: str) -> None:
    """A character of these scripts weighs three: 20 reach `min_near_chars`, and 21 still do with one less."""
    shortest = next(
        HARBOUR[script][:end]
        for end in range(20, 40)
        if min(oracles.describe(normalize(text)).weight for text in edits(HARBOUR[script][:end])) >= 60
    )
    assert_found_whatever_is_edited(shortest)


def test_a_pair_alone_is_found_as_in_company() -> None:
    for text in HARBOUR.values():
        for changed in list(edits(text))[::20]:
            assert len(set(records(text, changed))) == 1


def test_different_passages_are_not_merged_in_any_script() -> None:
    """Neither two of one script, nor the same said in two: traditional characters are not simplified ones."""
    texts = [*RECIPES.values(), *(HARBOUR[script] for script in RECIPES)]
    assert records(*texts) == list(range(len(texts)))


def test_emoji_alone_have_no_words_and_merge_only_when_equal() -> None:
    family = "👨‍👩‍👧‍👦👍🏽🇫🇷" * 8
    assert records(family, family, family[:-1]) == [0, 0, 2]


@pytest.mark.parametrize("script", HARBOUR)
def test_composed_and_decomposed_texts_are_equal(script: str) -> None:
    text = HARBOUR[script]
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    merged = corpuskit.deduplicate([text, *forms], SETTINGS)
    assert merged["similarity"].to_pylist() == [1.0] * 3
    assert len({normalize(form) for form in (text, *forms)}) == 1


def wide(text: str) -> str:
    """ASCII as wide forms."""
    return "".join(
        "\u3000" if char == " " else chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text
    )


def narrow(text: str) -> str:
    """Katakana as half-width forms, voiced marks as characters of their own."""
    forms = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(forms.get(char, char) for char in decomposed)


def presented(text: str) -> str:
    """Arabic letters in the form that they take in their word, lam with alef as one character."""
    forms: dict[tuple[str, str], str] = {}
    for code in range(0xFE80, 0xFEFD):
        kind, _, parts = unicodedata.decomposition(chr(code)).partition(" ")
        forms["".join(chr(int(part, 16)) for part in parts.split()), kind.strip("<>")] = chr(code)
    units: list[str] = []
    for char in text:
        pair = units and units[-1] + char
        if pair and (pair, "final") in forms:
            units[-1] = pair
        else:
            units.append(char)
    shown = []
    joined = False
    for at, unit in enumerate(units):
        joins = (unit, "initial") in forms and at + 1 < len(units) and (units[at + 1], "final") in forms
        kind = ("medial" if joins else "final") if joined else ("initial" if joins else "isolated")
        shown.append(forms.get((unit, kind), unit))
        joined = joins
    return "".join(shown)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (HARBOUR["Latin"], wide(HARBOUR["Latin"])),
        (
            "ガラスのコップとパンをテーブルにならべ、コーヒーをいれてラジオをつけた。",
            narrow("ガラスのコップとパンをテーブルにならべ、コーヒーをいれてラジオをつけた。"),
        ),
        ("The ﬁrst oﬃce staﬀ ﬂed; Ĳsselmeer, ǆep, Ǌegoš.", "The first office staff fled; IJsselmeer, džep, Njegoš."),
        ("Ասում են՝ բարեﬓ", "Ասում են՝ բարեմն"),
        (HARBOUR["Arabic"], presented(HARBOUR["Arabic"])),
        ("שָׁלוֹם וּבְרָכָה", "ש\u05c1\u05b8לו\u05b9ם ו\u05bcבְר\u05b8כ\u05b8ה"),
        ("\ufb2a\u05b8ל\ufb4bם", "ש\u05c1\u05b8לו\u05b9ם"),
        ("\uf900\uf9dc更", "豈隆更"),
        ("ＫＡＤＯＫＡＷＡ　２０２４年１２月！", "KADOKAWA 2024年12月!"),
        ("₩１，０００ と ￦1,000", "₩1,000 と ₩1,000"),
        ("ẛ̣ Å Ω", "ṩ å ω"),
        ("ΌΔΥΣΣΕΎΣ", "όδυσσεύς"),
    ],
)
def test_other_forms_of_the_same_characters_are_equal(text: str, form: str) -> None:
    assert text != form
    assert normalize(text) == normalize(form)


def test_the_forms_made_here_are_other_characters() -> None:
    assert sum(0xFE80 <= ord(char) < 0xFEFD for char in presented(HARBOUR["Arabic"])) > 55
    assert "ﻷ" in presented("الأولى")
    assert narrow("ガ") == "ｶﾞ"
