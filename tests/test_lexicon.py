"""What the lists of words know, language by language: numbers, duty and leave, negations, names without capitals."""

import pytest

from corpuskit.differences import differences
from corpuskit.lexicon import bare_forms
from corpuskit.reading import Evidence


def kinds(left: str, right: str) -> list[str]:
    """The kinds of what differs, the same both ways."""
    there: list[str] = [item.kind for item in differences(left, right, Evidence())]
    assert there == [item.kind for item in differences(right, left, Evidence())]
    return there


@pytest.mark.parametrize(
    ("sentence", "one", "two"),
    [
        ("{}, the roof of the old mill has to be mended before winter.", "Thirdly", "Sixthly"),
        ("They say that {} of letters came in that year.", "thousands", "millions"),
        ("Vlak odjíždí {} den po svátku v devět hodin ráno.", "druhého", "pátého"),
        ("Autobus odjeżdża {} dnia miesiąca sprzed ratusza.", "drugiego", "szóstego"),
        ("Потяг вирушає {} числа з вокзалу.", "другого", "двадцятого"),
        ("Το πλοίο φεύγει κάθε {} ημέρες από το λιμάνι.", "επτά", "δέκα"),
        ("הספרייה סגורה במשך {} ימים בשל שיפוץ.", "שישה", "תשעה"),
        ("המחיר יעלה בעוד {} שנים לפי החוזה.", "וחמש", "ושמונה"),
        ("գրադարանը փակ է {} օր վերանորոգման համար", "հինգ", "ութ"),
        ("ბიბლიოთეკა დაკეტილია {} დღე რემონტის გამო", "ხუთი", "რვა"),
        ("पुस्तकालय {} दिन बंद रहेगा क्योंकि मरम्मत चल रही है", "पाँच", "आठ"),
        ("رئيس البلدية قال إن الجسر يفتح بعد {} أشهر", "خمسة", "سبعة"),
        ("図書館は来週の{}に休館します。", "月曜日", "金曜日"),
        ("ร้านเปิดทุก{}ตั้งแต่เช้า", "วันจันทร์", "วันศุกร์"),
        ("도서관은 {} 동안 문을 닫습니다.", "사흘", "닷새"),
    ],
)
def test_other_numbers_and_days(sentence: str, one: str, two: str) -> None:
    assert kinds(sentence.format(one), sentence.format(two)) == ["numbers"]
    assert kinds(sentence.format(one), sentence.format(one)) == []


@pytest.mark.parametrize(
    ("sentence", "one", "two"),
    [
        ("The council {} pay for the new bridge in the spring.", "will", "must"),
        ("Der Mieter {} den Keller am Abend reinigen.", "wird", "muss"),
        ("Ο ενοικιαστής {} να πληρώνει το ρεύμα κάθε μήνα.", "πρέπει", "μπορεί"),
        ("Nájemce {} vracet klíče každý večer.", "musí", "smí"),
        ("A bérlő számára {} kulcsot másolni.", "szabad", "kell"),
        ("ผู้เช่า{}จ่ายค่าน้ำทุกเดือน", "ต้อง", "ควร"),
        ("借りる人は鍵を返{}。", "さなければならない", "してもよい"),
        ("承租人{}每月支付水费。", "必须", "可以"),
        ("세입자는 매달 수도 요금을 {}.", "내야 한다", "내도 된다"),
        ("किराएदार को हर महीने पानी का पैसा देना {}।", "होगा", "चाहिए"),
        ("המוכר {} להחזיר את הכסף לקונה בתוך חודש.", "חייב", "רשאי"),
        ("Mpangaji {} kulipa maji kila mwezi.", "lazima", "anaweza"),
    ],
)
def test_other_duty_and_leave(sentence: str, one: str, two: str) -> None:
    assert kinds(sentence.format(one), sentence.format(two)) == ["negations"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Wapangaji watalipia maji kila mwezi kwa muda.",
            "Wapangaji hawatalipia maji kila mwezi kwa muda.",
        ),
        ("Müdür köprünün yarın açılacağını söyledi.", "Müdür köprünün yarın açılmayacağını söyledi."),
        ("図書館は明日は開館し、本は箱に返す。", "図書館は明日は開館せず、本は箱に返す。"),
        ("המנהל אמר שיש מקום באולם הגדול.", "המנהל אמר שאין מקום באולם הגדול."),
        ("கடை நாளை திறக்கும் என்று கூறினார்", "கடை நாளை திறக்காது என்று கூறினார்"),
        ("তাঁরা বাজারে ধানের দাম পেয়েছেন বলে জানান", "তাঁরা বাজারে ধানের দাম পেয়েছেননি বলে জানান"),
        ("مدیر گفت پل فردا باز می‌شود و راه", "مدیر گفت پل فردا باز نمی‌شود و راه"),
        ("On such a day you send them the report.", "On such a day you must send them the report."),
    ],
)
def test_negations_and_duties_on_one_side(one: str, two: str) -> None:
    assert kinds(one, two) == ["negations"]


@pytest.mark.parametrize(
    ("sentence", "one", "two"),
    [
        ("लोगों ने {} में नया पुल देखा", "कानपुर", "नागपुर"),
        ("{} நகரில் மழை பெய்தது", "மதுரை", "கோயம்புத்தூர்"),
        ("قال سكان {} إن الجسر قديم", "حلب", "الموصل"),
        ("תושבי {} ביקשו גשר חדש", "חיפה", "אשדוד"),
        ("{}の図書館は本を集めている。", "神戸", "名古屋"),
        (
            "Das Museum in {} zeigt alte Uhren und hat für die Kinder einen Raum.",
            "Göttingen",
            "Passau",
        ),
        ("대표는 {} 여사에게 감사했다", "김영희", "박순자"),
        ("大家の{}さんに鍵を返す。", "山本", "高橋"),
        ("دفع المستأجر للسيدة {} أجرة البيت", "كريمة", "نبيلة"),
    ],
)
def test_other_names_where_capitals_say_nothing(sentence: str, one: str, two: str) -> None:
    assert kinds(sentence.format(one), sentence.format(two)) == ["names"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The council will pay for the bridge.", "The council would pay for the bridge."),
        ("代表は丁寧に述べ、大使の仕事に感謝した。", "代表は丁寧に語り、大使の仕事に感謝した。"),
        ("대표는 대사에게 깊은 감사를 전했다", "대표는 대사에게 큰 감사를 전했다"),
        ("पुस्तकालय कल खुलेगा और मकान बड़ा है", "पुस्तकालय कल खुलेगा और घर बड़ा है"),
        ("必ず鍵を返すこと。まず箱を見る。", "きっと鍵を返すこと。はじめに箱を見る。"),
        ("The arbour stood by the wall.", "The harbour stood by the wall."),
        ("قال رئيس البلدية إن الجسر قديم", "ذكر رئيس البلدية إن الجسر قديم"),
    ],
)
def test_other_ordinary_words(one: str, two: str) -> None:
    assert kinds(one, two) == []


def test_particles_come_off_a_word() -> None:
    assert "אין" in bare_forms("ושאין")
    assert "سيدة" in bare_forms("للسيدة")
    assert bare_forms("water") == ("water",)
