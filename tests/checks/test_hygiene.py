"""Hygiene checks find what they are for, not what looks like it, and tell the place but not what is there."""

import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import pipeline
from corpuskit.checks import Outcome, examine
from corpuskit.checks.catalogue import HYGIENE
from corpuskit.checks.patterns import Search, mask, phrases_of, search
from corpuskit.checks.policy import make
from corpuskit.errors import SettingsError
from corpuskit.settings import Settings

# Made in pieces, so that nobody's scanner takes them for keys that were lost here.
KEYS = [
    "AKIA" + "QWERTYUIOP234567",
    "AIza" + "x" * 35,
    "ghp_" + "a1" * 18,
    "github_pat_" + "b2" * 20,
    "glpat-" + "c3" * 10,
    "xoxb-" + "1234567890-abcdef",
    "sk_live_" + "d4" * 12,
    "npm_" + "e5" * 18,
    "pypi-AgE" + "f6" * 30,
    "hf_" + "Ab" * 17,
    "SG." + "g7" * 11 + "." + "h8" * 21,
    "sk-ant-" + "i9" * 20,
    "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3" + "." + "dozjgNryP4J3jVmN",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
]
FOUND: dict[str, list[str]] = {
    "emails": ["ada@example.org", "Ada.Lovelace+x@mail.example.co.uk", "jürgen@müller.de", "x@y.museum"],
    "phones": ["+44 20 7946 0958", "+49 30 12345678", "+1 (212) 555-2368", "tel. +33 1 42 68 53 00"],
    "ip_addresses": [
        "192.168.17.4",
        "8.8.4.200",
        "2001:db8::ff00:42:8329",
        "fe80::1ff:fe23:4567:890a",
        "::ffff:192.0.2.128",
    ],
    "secrets": KEYS,
    "control_characters": ["a\x00b", "a\x1b[31mb", "a\x7fb", "a\x85b"],
    "mojibake": ["CafÃ© au lait", "Itâ€™s", "donâ€™t"],
    "replacement_characters": ["na\ufffdve", "\ufffd"],
    "boilerplate": ["All rights reserved.", "so ALL  RIGHTS\nRESERVED now", "Page intentionally left blank"],
}
NOT_FOUND: dict[str, list[str]] = {
    "emails": ["@example", "a@b", "user at example.org", "x@y..org", "price@5.00", "@name.surname", "a@b.c1"],
    "phones": ["12345678", "2019-2024", "A/RES/57/338", "+44 12", "pp. 1234-5678", "1.2.3.4"],
    "ip_addresses": [
        "1.2.3.4",
        "3.1.4.2",
        "127.0.0.1",
        "0.0.0.0",
        "1.2.3.400",
        "1.2.3.4.5.60",
        "12:30:45",
        "a::b c",
        "::",
    ],
    "secrets": [
        "AKIA",
        "sk-learn",
        "risk-free and task-based",
        "hf_token",
        "eyJ",
        "SG. No. 5",
        "-----BEGIN CERTIFICATE-----",
    ],
    "control_characters": ["a\tb", "a\nb", "a\r\nb", "a\fb", "é"],
    "mojibake": ["Café crème", "It’s", "Naïve “ending” – 終わり", "Ångström", "100 €"],
    "replacement_characters": ["?", "\ufffc"],
    "boilerplate": ["All rights", "rights reserved", "intentionally"],
}
PHRASES = ["all rights reserved", "# a comment", "", "  Page intentionally   left blank "]


def a_search(name: str) -> Search:
    return search(name, phrases=phrases_of("\n".join(PHRASES)) if name == "boilerplate" else ())


def passes_filter(searched: Search, text: str) -> bool:
    """Whether Arrow's RE2 lets the text through to the search."""
    return bool(pc.match_substring_regex(pa.array([text]), searched.filter)[0].as_py())


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in FOUND.items() for text in texts])
def test_what_is_meant_is_found(name: str, text: str) -> None:
    searched = a_search(name)
    for around in (text, f"Write to {text} or not.", f"日本 {text}, 終"):
        assert passes_filter(searched, around)
        places = list(searched.places(around))
        assert len(places) == 1, places
        start, end, said = places[0]
        assert around[start:end] in around
        if name in ("emails", "phones", "ip_addresses", "secrets"):
            assert around[start:end] not in said
            assert around[start + 3 : end] not in said


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NOT_FOUND.items() for text in texts])
def test_what_looks_like_it_is_not_found(name: str, text: str) -> None:
    searched = a_search(name)
    for around in (text, f"See {text} there"):
        assert list(searched.places(around)) == []


@given(st.text(alphabet=st.sampled_from("aA1.:@-_+ \n\x00\x85é\ufffd5sk"), max_size=40))
def test_the_filter_lets_through_what_a_search_finds(text: str) -> None:
    for name in HYGIENE:
        searched = a_search(name)
        if list(searched.places(text)):
            assert passes_filter(searched, text), name


@pytest.mark.parametrize("name", [name for name in HYGIENE if name not in ("phones", "mojibake")])
@pytest.mark.parametrize("piece", ["a@", "1.", "::1", "eyJ.", "a.", "sk-", "all ", "-----BEGIN ", "x@a."])
def test_no_text_takes_long(name: str, piece: str) -> None:
    searched = a_search(name)
    began = time.process_time()
    assert isinstance(list(searched.places(piece * (100_000 // len(piece)))), list)
    assert time.process_time() - began < 5


def test_what_was_found_is_masked() -> None:
    assert mask("ada@example.org") == "ad… (15 characters)"
    assert mask("1") == "1… (1 characters)"


def looked(home: Path, *names: str, **more: object) -> dict[str, Outcome]:
    report = examine(home / "curated", policy=make({"look_for": names, **more}), only=names)
    return {outcome.check.name: outcome for outcome in report.outcomes}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with one of each in a record, and an address in a near copy alone."""
    tmp_path = tmp_path_factory.mktemp("hygiene")
    (tmp_path / "raw").mkdir()
    parts = [f"Überall steht {texts[0]} geschrieben." for texts in FOUND.values() if "\x00" not in texts[0]]
    (tmp_path / "raw" / "a.txt").write_text("First.\n\n" + "\n\n".join(parts) + "\n\nBell \x07 rings.\n")
    base = "The parties shall write to the secretary of the committee at the address that is given below, each year: "
    (tmp_path / "raw" / "b.txt").write_text(f"{base}none\n")
    (tmp_path / "raw" / "c.txt").write_text(f"{base}x@y.org\n")
    (tmp_path / "raw" / "d.txt").write_text(f"{base}none\n")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1, protect=()))
    (tmp_path / "phrases.txt").write_text("\n".join(PHRASES))
    return tmp_path


def test_each_check_finds_its_own_and_tells_the_place(home: Path) -> None:
    outcomes = looked(home, *HYGIENE, boilerplate=str(home / "phrases.txt"))
    assert {name: outcome.status for name, outcome in outcomes.items()} == dict.fromkeys(HYGIENE, "found")
    first, copy = outcomes["emails"].findings
    assert (first.path, first.lines, first.span, first.occurrence_id) == ("a.txt", (3, 3), (15, 30), None)
    assert first.record_id
    assert first.message == "ad… (15 characters)"
    assert (copy.path, copy.lines, copy.message) == ("c.txt", (1, 1), "x@… (7 characters)")
    assert copy.occurrence_id
    assert [finding.message for finding in outcomes["control_characters"].findings] == ["U+0007"]
    assert outcomes["emails"].severity == "error"
    assert outcomes["mojibake"].severity == "warning"


def test_a_clean_corpus_passes(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Nothing is here. Not even 1.2.3.4, naïve as it is.\n")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    (tmp_path / "phrases.txt").write_text("all rights reserved")
    outcomes = looked(tmp_path, *HYGIENE, boilerplate=str(tmp_path / "phrases.txt"))
    assert {outcome.status for outcome in outcomes.values()} == {"passed"}


def test_hygiene_is_off_by_default(home: Path) -> None:
    assert {outcome.check.kind for outcome in examine(home / "curated").outcomes} == {"law"}


def test_lines_inside_a_passage_are_told(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    verse = "\n".join(["  Roses are red,", "  violets blue,", "  write to me: a@example.org", "  and I write to you."])
    (tmp_path / "raw" / "a.txt").write_text(f"Title.\n\n{verse}\n")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1, unit="document"))
    (finding,) = looked(tmp_path, "emails")["emails"].findings
    assert finding.lines == (5, 5)


def test_many_places_are_counted(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(" ".join(f"user{number}@example.org" for number in range(50)))
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    outcome = looked(tmp_path, "emails")["emails"]
    assert (outcome.count, len(outcome.findings)) == (50, 21)


def test_numbers_of_a_region_are_found_without_its_code(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("Call (030) 12345678 now.\n")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    assert looked(tmp_path, "phones")["phones"].status == "passed"
    assert looked(tmp_path, "phones", phone_region="DE")["phones"].status == "found"
    with pytest.raises(SettingsError, match="knows no such region"):
        looked(tmp_path, "phones", phone_region="XX")


@pytest.mark.parametrize(("name", "library"), [("phones", "phonenumbers"), ("mojibake", "ftfy")])
def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, name: str, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingsError, match=rf"`{name}` needs {library}: pip install 'corpuskit-curation\[hygiene\]'"):
        search(name)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file"), ("# nothing\n", "has no phrases"), (b"\xff", "not UTF-8")]
)
def test_a_file_of_phrases_must_have_some(
    home: Path, tmp_path: Path, content: str | bytes | None, message: str
) -> None:
    file = tmp_path / "none.txt"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=message):
        looked(home, "boilerplate", boilerplate=str(file))
