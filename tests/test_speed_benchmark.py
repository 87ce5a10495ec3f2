"""The speed benchmark makes the same text each time, of the kind it says, and runs from end to end on a few files."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import page
from speed.corpora import ADVERSARIAL, COPIES, Corpora
from speed.inside import Stages
from speed.measuring import interleaved, measure
from speed.words import copied, passages, words_of

ROOT = Path(__file__).resolve().parents[1]
TEXTS = [
    "One two three\nfour five.\n\nSix sieben, ûber acht.",
    " \r\nLe ciel est  bleu\tet l'air est doux; rien ne bouge.\r\n",
    "",
    "zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
]


def data(folder: Path) -> Path:
    """A folder with the sets that the benchmark reads, a few small files each."""
    for name in ("ungdc", "deb-copyright", "licence-rules"):
        (folder / name).mkdir(parents=True)
        for number, text in enumerate(TEXTS):
            content = "\n\n".join(f"{text} {name} {line}" for line in range(40))
            (folder / name / f"{number}.txt").write_text(content, encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_words_put_together_again_are_the_text() -> None:
    words = words_of(TEXTS)
    assert bytes(copied(words, 0, 3, 0.0, [1])).decode() == "\n\n".join(
        [text.replace("\r\n", "\n").strip() for text in TEXTS if text] + [""]
    )
    assert sum(words.size(at, at + 1) for at in range(3)) == words.size(0, 3)
    with pytest.raises(ValueError, match="no words"):
        words_of(["", " \n"])


def test_edits_are_as_many_as_asked_for_and_the_same_each_time() -> None:
    text = " ".join(f"w{number:05d}" for number in range(20_000))
    words = words_of([text])
    once = bytes(copied(words, 0, 1, 0.3, [1, 2]))
    assert once == bytes(copied(words, 0, 1, 0.3, [1, 2]))
    assert once != bytes(copied(words, 0, 1, 0.3, [1, 3]))
    assert len(once.split()) == pytest.approx(20_000, rel=0.02)
    pairs = set(zip(once.split(), once.split()[1:], strict=False))
    neighbours = sum((b"w%05d" % at, b"w%05d" % (at + 1)) in pairs for at in range(19_999)) / 19_999
    assert neighbours == pytest.approx(0.8 * 0.7, abs=0.02), (
        "the first is left or has one before it, the second is left"
    )


def test_passages_are_the_words_asked_for() -> None:
    words = words_of(["a b c d"])
    made = passages(words, np.array([[0, 1], [3, 2]]), 0.0, np.random.default_rng(1))
    assert bytes(made) == b"a b\n\nd c\n\n"
    assert bytes(passages(words, np.array([[1], [2]]), 0.0, np.random.default_rng(1), end=b"\n")) == b"b\nc\n"


def test_corpora_are_the_same_wherever_they_are_made(tmp_path: Path) -> None:
    source = data(tmp_path / "data")
    one, two = (Corpora(source, tmp_path / name, quick=True) for name in ("one", "two"))
    for name in ADVERSARIAL:
        assert contents(one.adversarial(name)) == contents(two.adversarial(name))
    large = one.distinct(80_000, 80_000)
    small = two.distinct(20_000, 80_000)
    assert contents(large) == contents(two.distinct(80_000, 80_000))
    assert contents(small).items() <= contents(large).items()
    assert sum(map(len, contents(large).values())) == 80_000
    copies = b"".join(contents(one.copies(60_000)).values())
    assert len(copies) == 60_000
    assert copies.count(copies[:1000]) == 1 + COPIES // 2, "every other copy is exact"


def test_memory_of_all_processes_is_counted() -> None:
    child = "import time; held = bytearray(60_000_000); time.sleep(1)"
    both = f"import subprocess, sys; held = bytearray(60_000_000); subprocess.run([sys.executable, '-c', {child!r}])"
    done = measure([sys.executable, "-c", both])
    assert done.problem is None
    if done.rss:  # there is /proc
        assert 120e6 < done.rss < 250e6
    stopped = measure([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)
    assert stopped.seconds < 30
    assert stopped.problem == "stopped after 0 s"


def test_what_fails_is_not_tried_again() -> None:
    done = interleaved(3, {"bad": lambda: measure([sys.executable, "-c", "raise SystemExit('no such thing')"])})
    assert [one.problem for one in done["bad"]] == ["no such thing"]


def test_a_function_is_timed_without_those_that_it_calls() -> None:
    stages = Stages()
    inner = stages.wrapped("inner", lambda: sum(range(2_000_000)))
    outer = stages.wrapped("outer", lambda: [inner(), inner()])
    outer()
    assert stages.spent["inner"][2] == 2
    assert stages.spent["outer"][0] < stages.spent["inner"][0]


def test_tables_go_between_their_markers() -> None:
    text = "before\n<!-- begin: a -->\nold\n<!-- end: a -->\nafter\n"
    assert page.replaced(text, "a", "new") == text.replace("old", "new")
    with pytest.raises(SystemExit, match="no markers for b"):
        page.replaced(text, "b", "new")


def test_a_part_runs_from_end_to_end(tmp_path: Path) -> None:
    script = ROOT / "benchmarks" / "speed" / "run.py"
    folders = ["--data", str(data(tmp_path / "data")), "--work", str(tmp_path / "work")]
    done = subprocess.run(
        [sys.executable, script, *folders, "--only", "stages", "--quick", "--print"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "| `stages.segment.segment` |" in done.stdout
    assert "load" in done.stdout.splitlines()[-1]


def test_each_part_has_its_place_on_a_page() -> None:
    script = ROOT / "benchmarks" / "speed" / "run.py"
    listed = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True).stdout
    parts = listed.split("--only [{")[1].split("}")[0].replace("\n", "").replace(" ", "").split(",")
    pages = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("performance.md", "scale.md"))
    assert [part for part in parts if f"<!-- begin: {part} -->" not in pages] == []
