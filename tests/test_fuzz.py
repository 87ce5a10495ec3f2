"""Bytes of any kind keep the promises of what reads them: a short form of benchmarks/faults/fuzz.py, and all inputs
that once failed."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpuskit
import fuzz_targets
from corpuskit.encodings import BOMS
from corpuskit.settings import Settings

FAILURES = sorted(path for path in (Path(__file__).parent / "failures").glob("*/*") if path.is_file())

MARKS = [mark for mark, _ in BOMS]
ESCAPES = [b"\x1b$B", b"\x1b(B", b"\x1b$)C\x0e", b"~{VPND~}", b"\x0f", b"\0", b"\0\0", b"%PDF-", b"\xef\xbf\xbd"]
WORDS = [
    "the ",
    "парт ",
    "σοφία ",
    "日本語。",
    "ไทย ",
    "עברית ",
    "é",
    "\n\n",
    "\f",
    " - 3 -\n",
    "[4] ",
    "\r\n",
    "\u2028",
]
CODECS = [
    "utf-8",
    "utf-16-le",
    "utf-32-be",
    "cp1251",
    "shift_jis",
    "gb18030",
    "euc_kr",
    "iso2022_jp",
    "cp037",
    "koi8-r",
]

ENCODED = st.builds(
    lambda codec, words: "".join(words).encode(codec, "ignore"),
    st.sampled_from(CODECS),
    st.lists(st.sampled_from(WORDS)),
)
BYTES = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([*MARKS, *ESCAPES]), ENCODED), max_size=8).map(
    b"".join
)

QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("file", FAILURES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_once_failed(file: Path) -> None:
    fuzz_targets.TARGETS[file.parent.name](file.read_bytes())


def test_there_are_failures_of_known_targets() -> None:
    assert {file.parent.name for file in FAILURES} <= fuzz_targets.TARGETS.keys()
    assert len(FAILURES) > 0


@given(BYTES)
@QUICK
def test_decoding_any_bytes(data: bytes) -> None:
    fuzz_targets.decode(data)


@given(
    st.binary(min_size=2, max_size=2),
    st.one_of(BYTES, st.lists(st.sampled_from(WORDS)).map(lambda words: "".join(words).encode())),
)
@QUICK
def test_segmenting_any_text(choice: bytes, data: bytes) -> None:
    fuzz_targets.segment(choice + data)


TOML_VALUES = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "0.85",
        "1e400",
        "nan",
        "inf",
        "true",
        '""',
        '"1.5GB"',
        '"none"',
        "[]",
        '["a"]',
        '["("]',
        "[1]",
        "{}",
        "{a=1}",
        "1979-05-27",
        "99999999999999999999",
        '"\\u001b[2J"',
        '"line"',
        '"noisy"',
        '["*.txt","b*"]',
    ]
)
TOML_LINES = st.builds(
    lambda name, value: f"{name} = {value}\n",
    st.sampled_from([*Settings.model_fields, "zzz", '"\\u001b"', "check.a"]),
    TOML_VALUES,
)


@given(st.one_of(BYTES, st.lists(TOML_LINES, max_size=6).map(lambda lines: "".join(lines).encode())))
@QUICK
def test_settings_of_any_file(data: bytes) -> None:
    fuzz_targets.settings(data)


PARTS = b"""a.txt b.txt raw/ ../ :1 :12 :999999999 short parties 0123ab %41 [ (?i) line: 12""".split()
PARTS += [b"c d.txt", b"\xff", b"\x1b[2J", b"\n", b"\xe2\x80\xae", b"f" * 32]
QUESTIONS = st.one_of(st.binary(max_size=30), st.lists(st.sampled_from(PARTS), max_size=4).map(b"".join))


@given(QUESTIONS)
@SLOW
def test_tracing_any_question(data: bytes) -> None:
    fuzz_targets.trace(data)


@given(st.one_of(st.binary(max_size=40), st.binary(min_size=2, max_size=8).map(lambda edits: b"!" + edits)))
@SLOW
def test_reading_any_manifest(data: bytes) -> None:
    fuzz_targets.manifest(data)


@pytest.mark.parametrize("key", ["build", "code_digest"])
def test_a_manifest_with_half_a_character_is_wrong_and_no_more(tmp_path: Path, key: str) -> None:
    """JSON can write what is no text: half of a surrogate pair."""
    curated = tmp_path / "curated"
    shutil.copytree(fuzz_targets.example(), curated)
    file = curated / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), key: "\ud800"}))
    assert "manifest" in {finding.name for finding in corpuskit.check(curated)}
