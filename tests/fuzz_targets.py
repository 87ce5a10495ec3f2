"""What is fuzzed: each function takes any bytes and raises where a promise about them is broken.

`benchmarks/faults/fuzz.py` runs them guided by coverage, `test_fuzz.py` by hypothesis and on what once failed.
"""

import contextlib
import copy
import hashlib
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

import segment_oracles
from corpuskit import cli, schema
from corpuskit.checks import check
from corpuskit.corpus import open_corpus
from corpuskit.encodings import after_bom
from corpuskit.errors import CorpusError, QueryError, SettingsError
from corpuskit.pipeline import ingest
from corpuskit.settings import SECTIONS, Settings, load, make, section
from corpuskit.stages.decode import decode as decode_stage
from corpuskit.stages.limit import cut_long
from corpuskit.stages.segment import UNITS
from corpuskit.stages.segment import segment as segment_stage
from corpuskit.trace import trace as trace_corpus

UNSAFE: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
"""What may not reach a terminal."""

MOST_CHARS: Final = 3_000
"""Of a text that slow rules look at."""


def decode(data: bytes) -> None:
    """Any bytes are a row: a problem with a known code, or the text that its codec says."""
    source = {"path": "a.txt", "media_type": "text/plain", "extractor": "plain/1", "raw": data}
    table = decode_stage(pa.Table.from_pylist([source], schema=schema.SOURCES))
    table.validate(full=True)
    (row,) = table.to_pylist()
    assert row["sha256"] == hashlib.sha256(data).hexdigest()
    if row["problem"] is not None:
        assert row["problem"].split(":")[0] in schema.PROBLEMS
        assert row["text"] == ""
        assert row["encoding"] is row["n_chars"] is row["text_sha256"] is None
        return
    text = after_bom(data).decode(row["encoding"], row["decode_errors"])
    assert text == row["text"]
    assert (len(text), hashlib.sha256(text.encode()).hexdigest()) == (row["n_chars"], row["text_sha256"])
    assert 0 <= row["encoding_confidence"] <= 1
    assert "\0" not in text


def segment(data: bytes) -> None:
    """The laws of spans hold for any text and unit, also for pieces. The first two bytes choose unit and length."""
    choice, most, body = data[:1], data[1:2], data[2:]
    unit = UNITS[(choice or b"\0")[0] % len(UNITS)]
    text = body.decode("utf-8", "replace")[:MOST_CHARS]
    table = pa.table({"text": pa.array([text], pa.large_string())})
    passages, _ = segment_stage(table, unit=unit)
    passages.validate(full=True)
    if unit == "paragraph":
        assert segment_oracles.broken_laws(text, passages.to_pylist()) == []
    limit = 1 + (most or b"\x40")[0]
    pieces = cut_long(passages, table["text"], max_chars=limit)
    pieces.validate(full=True)
    rows = pieces.to_pylist()
    assert max((len(row["text"]) for row in rows), default=0) <= limit
    assert segment_oracles.broken_spans(text, rows) == []


def settings(data: bytes) -> None:
    """Any file is settings, or one clear line; settings written out are the same settings."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpuskit.toml"
        file.write_bytes(data)
        for name in SECTIONS:
            with contextlib.suppress(SettingsError):
                assert isinstance(section(file, name), dict)
        try:
            found = load(file)
        except SettingsError as error:
            line = str(error)
        else:
            line = ""
        if line:
            assert line.startswith(str(file))
            assert "\n" not in line
            return
        again = make(json.loads(json.dumps(found.effective())))
        assert again.digest == found.digest
        assert again.effective() == found.effective()


def trace(data: bytes) -> None:
    """Any question has an answer, or one clear line; what is printed of it cannot steer a terminal."""
    what = data.decode("utf-8", "surrogateescape")
    with contextlib.suppress(QueryError):
        found = trace_corpus(example(), what)
        assert len(found.found) == min(found.n_found, 10) > 0
        assert found.what == what
    if not what.startswith("-") and "\0" not in what:
        _call("trace", str(example()), what)


def manifest(data: bytes) -> None:
    """A corpus with any manifest is refused by one clear line, or opens and can be read, traced and checked.

    The bytes are the manifest, or, behind a "!", edits to a sound one: place, value, place, value.
    """
    with tempfile.TemporaryDirectory() as folder:
        curated = Path(folder) / "curated"
        shutil.copytree(example(), curated)
        file = curated / "manifest.json"
        file.write_bytes(edited(file.read_bytes(), data[1:]) if data[:1] == b"!" else data)
        with contextlib.suppress(CorpusError):
            corpus = open_corpus(curated)
            assert not corpus.raw.is_reserved()
            for table in schema.PUBLISHED:
                with contextlib.suppress(CorpusError):
                    assert all(_inside(curated, path) for path in corpus.files(table))
                    getattr(corpus, table).count_rows()
            for finding in check(curated):
                assert finding.message
        _call("check", str(curated))
        _call("trace", str(curated), "the")


def _inside(curated: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(curated.resolve())


VALUES: Final[list[Any]] = [
    None, True, 0, -1, 1, 2**63, 1.5, float("nan"), "", "x", "..", "../..", "/etc/passwd", "\x1b[2J", "\ud800", "a\0b",
    "%00", "1.0.0", "9.9.9", [], [[]], {}, [None], [{}], {"a": 1}, [{"path": "/etc/hosts"}], [{"path": ".."}],
    [{"path": "../secret.parquet"}], [{"path": ".builds"}], [{"path": 5}], "é" * 300,
]  # fmt: skip


def edited(sound: bytes, data: bytes) -> bytes:
    """A JSON document with values replaced, as pairs of bytes say: which one, counted through it, and by what."""
    document = json.loads(sound)
    for which, what in zip(data[::2], data[1::2], strict=False):
        places: list[tuple[Any, Any]] = []
        _list_places(document, places)
        if not places:
            break
        holder, key = places[which % len(places)]
        if what == 255:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(VALUES[what % len(VALUES)])
    return json.dumps(document).encode()


def _list_places(value: Any, places: list[tuple[Any, Any]]) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        places.append((value, key))
        _list_places(inner, places)


@cache
def example() -> Path:
    """A corpus of all fates, kept until the process ends."""
    home = Path(tempfile.mkdtemp(prefix="corpuskit-fuzz-"))
    raw = home / "raw"
    raw.mkdir()
    sentence = "The parties shall cooperate in the prevention of incidents, and shall share what they know of them."
    (raw / "a.txt").write_text(f"{sentence}\n\nshort\n\n{sentence.replace('share', 'spare')}\n")
    (raw / "b.txt").write_text(f"{sentence.upper()}\n\nThe parties\u202e \x1b[2J agree.\n\n{sentence} 12\n")
    (raw / "c d.txt").write_bytes("Ünïcode 中文\n\nanother line: 12\n".encode("utf-16"))
    (raw / "bad.txt").write_bytes(b"\0\0")
    ingest(raw, home / "curated", make({"drop": ["short"], "min_near_chars": 20}))
    import atexit  # here: what imports the targets alone leaves nothing behind

    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home / "curated"


def _call(*arguments: str) -> None:
    """Run a command: it ends with a code that it may have, in words that are safe, and not by a fault of ours."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    printed = out.getvalue() + err.getvalue()
    assert code in (cli.FINE, cli.FINDINGS, cli.FAILURE), code
    assert "a fault of corpuskit's own" not in printed, printed
    assert UNSAFE.findall(printed) == [], printed


_TEXT: Final = (
    "Page 1\n\nThe Parties \u201cagree\u201d: [1] 10\u2076, na\u00efve "
    "\u6587\u5b57\u3002 and\nmore-\n\f\u0440\u0443\u0441.\n"
)
SEEDS: Final[Mapping[str, list[bytes]]] = {
    "decode": [
        *(
            _TEXT.encode(codec, "ignore") * 3
            for codec in (
                "utf-8-sig",
                "utf-16",
                "utf-32-be",
                "utf-16-le",
                "cp1251",
                "shift_jis",
                "gb18030",
                "cp037",
                "hz",
            )
        ),
        b"\x1b$B$3$s\x1b(B text",
        b"%PDF-1.4",
    ],
    "segment": [bytes([unit, 9]) + _TEXT.encode() for unit in range(3)],
    "settings": [
        f"{name} = {value}\n".encode()
        for name in Settings.model_fields
        for value in ("1", '"x"', "[]", "true", '["a*"]', "0.9")
    ],
    "trace": [b"a.txt:1", b"c d.txt:3", b"the parties", b"0123456789ab", b"raw/b.txt:9", b"line: 12"],
    "manifest": [
        b"{}",
        b'{"schema_version": "1.0.0"}',
        *(b"!" + bytes([place, place + 1]) for place in range(0, 90, 3)),
    ],
}
"""Inputs to begin with."""

TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "decode": decode,
    "segment": segment,
    "settings": settings,
    "trace": trace,
    "manifest": manifest,
}
