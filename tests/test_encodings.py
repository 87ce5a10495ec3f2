"""Which encoding bytes are in: each kind of evidence, and what is done where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.encodings import Decoding, after_bom, bom, decode_bytes

# Article 1 of the Universal Declaration of Human Rights, and sentences written for this test.
TEXTS = {
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und "
    "Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen. Die Straße führt über "
    "die Brücke, größer als früher.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison "
    "et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité, été "
    "comme hiver, là où ça va.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de "
    "razón y conciencia, deben comportarse fraternalmente los unos con los otros. El niño pequeño "
    "comió después allí.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni "
    "rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa. Żółte źdźbła trawy leżą "
    "wśród kamieni.",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a "
    "svědomím a mají spolu jednat v duchu bratrství. Příliš žluťoučký kůň úpěl ďábelské ódy, říkají "
    "děti ve škole.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и "
    "совестью и должны поступать в отношении друг друга в духе братства. Каждый человек имеет право на "
    "жизнь.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι "
    "προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα "
    "αδελφοσύνης.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve "
    "birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler. Çocuğun ışığı söndü, ağaç "
    "gölgesi büyüdü.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם "
    "לנהוג איש ברעהו ברוח של אחווה. כל אדם זכאי לחיים, לחירות ולביטחון אישי.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم "
    "بعضا بروح الإخاء. لكل فرد الحق في الحياة والحرية وسلامة شخصه.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบั"
    "ติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ ทุกคนมีสิทธิในการดำรงชีวิต",
    "ja": "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良"
    "心とを授けられており、互いに同胞の精神をもって行動しなければならない。カタカナもここにある。",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。人人有资格享"
    "有本宣言所载的一切权利和自由，不分种族、肤色、性别、语言、宗教、政治或其他见解。",
    "zh-tw": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性"
    "和良心，並應以兄弟關係的精神相對待。人人有資格享"
    "有本宣言所載的一切權利和自由，不分種族、膚色、性別、語言、宗教、政治或其他見解。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 "
    "양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다. 모든 사람은 생명과 신체의 자유와 "
    "안전에 대한 권리를 가진다.",
}

ENCODED = [
    *[("de", codec) for codec in ("cp1252", "iso8859_15", "mac_roman", "cp850", "cp437")],
    *[("fr", codec) for codec in ("cp1252", "iso8859_15", "mac_roman", "cp850")],
    *[("es", codec) for codec in ("cp1252", "mac_roman")],
    *[("pl", codec) for codec in ("cp1250", "iso8859_2", "cp852", "mac_latin2")],
    *[("cs", codec) for codec in ("cp1250", "iso8859_2", "cp852", "mac_latin2")],
    *[("ru", codec) for codec in ("cp1251", "koi8_r", "iso8859_5", "cp866", "cp855", "mac_cyrillic")],
    *[("el", codec) for codec in ("cp1253", "iso8859_7", "cp737")],
    *[("tr", codec) for codec in ("cp1254", "iso8859_9")],
    *[("he", codec) for codec in ("cp1255", "iso8859_8", "cp862")],
    *[("ar", codec) for codec in ("cp1256", "iso8859_6")],
    *[("th", codec) for codec in ("cp874", "tis_620")],
    *[("ja", codec) for codec in ("cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-32-be")],
    *[("zh", codec) for codec in ("gb18030", "gb2312", "hz", "utf-32-le")],
    *[("zh-tw", codec) for codec in ("cp950", "big5")],
    *[("ko", codec) for codec in ("cp949", "euc_kr", "johab", "iso2022_kr", "utf-16-be")],
]


@pytest.mark.parametrize(("language", "codec"), ENCODED)
def test_a_text_long_enough_comes_back_from_its_encoding(language: str, codec: str) -> None:
    # Twice, with line ends: UTF-16 without a mark is told by the ASCII in it.
    text = f"{TEXTS[language]}\n\n{TEXTS[language]}\n"
    assert decode_bytes(text.encode(codec)).text == text


@given(
    st.sampled_from(sorted(TEXTS)),
    st.integers(1, 200),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gb18030"]),
)
def test_a_byte_order_mark_is_believed_and_not_part_of_the_text(language: str, length: int, codec: str) -> None:
    text = TEXTS[language][:length]
    raw = "\ufeff".encode(codec) + text.encode(codec)
    assert decode_bytes(raw) == Decoding(text, codec, 1.0)
    assert bom(raw) == (codec, len(raw) - len(after_bom(raw)))


def test_the_mark_of_utf32_is_not_taken_for_that_of_utf16() -> None:
    assert bom(b"\xff\xfe\x00\x00a\x00\x00\x00") == ("utf-32-le", 4)
    assert bom(b"\xff\xfea\x00") == ("utf-16-le", 2)
    assert bom(b"\xff") == bom(b"") == bom(b"text") == (None, 0)


def test_only_the_first_of_two_marks_is_taken_off() -> None:
    assert decode_bytes(b"\xef\xbb\xbf\xef\xbb\xbfa").text == "\ufeffa"


def test_a_wide_file_cut_in_a_character_loses_only_that() -> None:
    found = decode_bytes(b"\xff\xfe" + TEXTS["ru"].encode("utf-16-le")[:-1])
    assert (found.codec, found.errors) == ("utf-16-le", "replace")
    assert found.text == TEXTS["ru"][:-1] + "\ufffd"


def test_a_mark_in_front_of_something_else_is_not_believed() -> None:
    noise = bytes(range(0xD8, 0xE0)) * 100
    assert (decode_bytes(b"\xff\xfe" + noise).problem or "").startswith("undecodable: it begins as utf-16-le")
    legacy = TEXTS["ru"].encode("cp1251")
    assert decode_bytes(b"\xef\xbb\xbf" + legacy).text == TEXTS["ru"]


@pytest.mark.parametrize("text", ["int a = ~{0};", "x ~{ y", "\x1b[31mred\x1b[0m", "\x1b(B plain", "~~{ ~}"])
def test_escapes_that_are_no_encoding_leave_ascii_as_it_is(text: str) -> None:
    assert decode_bytes(text.encode()) == Decoding(text, "utf-8", 1.0)


def test_an_encoding_that_python_has_no_codec_for_is_named_and_not_guessed_at() -> None:
    raw = b"\x1b$)A\x0e5g\x0f plain"
    assert decode_bytes(raw).problem == "undecodable: ISO-2022-CN, for which Python has no codec"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark_is_found_by_its_nul_bytes_and_flagged(codec: str) -> None:
    found = decode_bytes("Plain words, more of them.\n".encode(codec))
    assert (found.text, found.codec, found.uncertain) == ("Plain words, more of them.\n", codec, True)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary: PNG image"),
        (b"%PDF-1.4\n1 0 obj\n", "binary: PDF document"),
        (b"\x1f\x8b\x08\x00abc", "binary: gzip data"),
        (b"\x7fELF\x02\x01\x01", "binary: ELF program"),
        (b"PK\x03\x04\x14\x00", "binary: zip archive (or a document packed in one, such as DOCX, ODT, EPUB)"),
        (b"a text with one \x00 in it", "binary: 1 NUL byte, the first at 16"),
        (b"\xef\xbb\xbfa\x00b\x00", "binary: 2 NUL bytes, the first at 1"),
        (b"\xff\xfea\x00\x00\x00b\x00", "binary: NUL characters in utf-16-le text"),
        (b"\x01\x02\x03abc\x04\x05" * 20, "binary: 62% control characters"),
    ],
)
def test_what_is_no_text_is_named(raw: bytes, problem: str) -> None:
    assert decode_bytes(raw) == Decoding("", None, None, None, problem=problem)


@pytest.mark.parametrize("text", ["PAR1 is a mark", "GIF89a was a format", "wOFF", "MZ", "PK and others"])
def test_letters_that_some_format_begins_with_may_begin_a_text(text: str) -> None:
    assert decode_bytes(text.encode()) == Decoding(text, "utf-8", 1.0)


def test_overstriking_and_terminal_colours_are_text() -> None:
    text = "N\bNA\bAM\bME\bE \x1b[1mbold\x1b[0m\n" * 20
    assert decode_bytes(text.encode()).text == text


def test_utf8_with_a_stray_byte_stays_utf8_and_says_what_was_lost() -> None:
    raw = (TEXTS["de"].encode() + b" \x92 ") * 1
    found = decode_bytes(raw)
    assert (found.codec, found.errors) == ("utf-8", "replace")
    assert found.text == TEXTS["de"] + " \ufffd "


def test_utf8_cut_in_a_character_stays_utf8() -> None:
    found = decode_bytes(TEXTS["zh"].encode()[:-2])
    assert (found.codec, found.errors, found.text[:-1]) == ("utf-8", "replace", TEXTS["zh"][:-1])


def test_a_replacement_character_in_the_file_is_no_loss() -> None:
    assert decode_bytes("caf\ufffd".encode()) == Decoding("caf\ufffd", "utf-8", 1.0)


def test_a_guess_is_sure_when_every_likely_code_page_gives_the_same_text() -> None:
    found = decode_bytes(b"caf\xe9")
    assert (found.text, found.uncertain) == ("café", False)


@pytest.mark.parametrize("raw", [b"one \x92stray\x92 quote", b"\xa9 2003", b"costs \xa35"])
def test_a_few_bytes_are_not_enough_to_be_sure(raw: bytes) -> None:
    found = decode_bytes(raw)
    assert (found.codec, found.uncertain) == ("cp1252", True)
    assert found.text == raw.decode("cp1252")


def test_statistics_look_past_the_ascii_at_the_beginning() -> None:
    text = "plain words \n" * 40_000 + TEXTS["ru"]
    assert decode_bytes(text.encode("koi8_r")).text == text


def test_the_larger_codec_is_taken_for_texts_that_use_it() -> None:
    assert decode_bytes((TEXTS["ja"] + "①②").encode("cp932")).codec == "cp932"
    assert decode_bytes((TEXTS["zh"] + "镕").encode("gbk")).codec == "gb18030"
    assert decode_bytes((TEXTS["de"] + " “…” –").encode("cp1252")).codec == "cp1252"


def test_mainframe_text_is_recognised_by_its_blanks_and_flagged() -> None:
    text = "The quick brown fox jumps over the lazy dog, and does so again and again."
    found = decode_bytes(text.encode("cp037"))
    assert (found.text, found.codec, found.uncertain) == (text, "cp037", True)


def test_noise_is_a_problem_and_not_mojibake() -> None:
    noise = bytes(0x80 + (number * 73) % 128 for number in range(1000))
    assert (decode_bytes(noise).problem or "").split(":")[0] in ("undecodable", "binary")


def test_ascii_with_nuls_in_it_is_no_utf_16() -> None:
    found = decode_bytes(b"\x00\x01\x02 not text \x00" * 9)
    assert found.problem is not None
    assert found.problem.startswith("binary")
