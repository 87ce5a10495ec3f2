"""`corpuskit diff` as users meet it, and its Markdown as somebody hostile would like it."""

import dataclasses
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.text import Text

import corpuskit
from corpuskit import cli
from corpuskit.cli.comment import LIMIT, comment
from corpuskit.diffs import KINDS, Change, Diff, DocumentChange, Move, Passage, RecordChange, Side
from damage import Tables

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped raw/, its corpus, and one more after an edit, with another threshold."""
    folder = tmp_path_factory.mktemp("releases")
    shutil.copytree(ROOT / "raw", folder / "raw")
    corpuskit.ingest(folder / "raw", folder / "one")
    for file in (folder / "raw").iterdir():
        text = file.read_bytes().decode().replace("Peru stresses", "Peru strongly stresses")
        file.write_bytes(text.replace("has expressed views", "has EXPRESSED views").encode())
    corpuskit.ingest(folder / "raw", folder / "two", corpuskit.Settings(threshold="0.8"))  # type: ignore[arg-type]
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(["diff", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_diff_has_the_summary_first_and_then_marked_examples(
    releases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, str(releases / "one"), str(releases / "two"))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:4] == [
        "documents    2 -> 2    0 added, 0 gone, 2 changed",
        "records      13 -> 13  1 added, 1 gone, 0 reworded, 1 respelled",
        "occurrences  17 -> 17  1 added, 1 gone, 0 remerged, 0 filtered, 0 unfiltered",
        "setting threshold: 0.8, was 0.85",
    ]
    assert "      El Salvador has [-expressed-] {+EXPRESSED+} views on the use of information" in out
    assert "  650e3add196319cf514d6e0e727794a0  1 copy  000_a60c58689f941b60.txt:8-9" in lines
    assert run(capsys, str(releases / "one"), str(releases / "two"), "--examples", "0")[1].splitlines() == lines[:4]


def test_the_same_corpus_does_not_differ(releases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(releases / "one"), str(releases / "one" / "manifest.json"), "--fail-on", "gone")
    assert code == 0
    assert out.splitlines()[-1] == "no document, record or occurrence differs"


def test_the_help_shows_an_output_of_this_form() -> None:
    example = Text.from_markup(cli.load("diff").epilog or "").plain
    assert re.search(r"^records      13 -> 13  1 added, 1 gone, 0 reworded, 0 respelled$", example, re.MULTILINE)


@pytest.mark.parametrize(
    ("kinds", "code"), [(["added"], 1), (["gone"], 1), (["remerged"], 0), (["remerged", "added"], 1), ([], 0)]
)
def test_it_fails_on_what_it_is_told_to(
    releases: Path, capsys: pytest.CaptureFixture[str], kinds: list[str], code: int
) -> None:
    flags = [part for kind in kinds for part in ("--fail-on", kind)]
    assert run(capsys, str(releases / "one"), str(releases / "two"), *flags)[0] == code


@pytest.mark.parametrize(("kind", "code"), [("remerged", 1), ("added", 0), ("gone", 0)])
def test_a_copy_that_moved_to_another_record_is_remerged_and_nothing_else(
    releases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, code: int
) -> None:
    shutil.copytree(releases / "one", tmp_path / "curated")
    tables = Tables.read(tmp_path)
    copy = next(row for row in tables.occurrences if row["fate"] == "exact")
    copy["record_id"] = next(row["record_id"] for row in tables.records if row["record_id"] != copy["record_id"])
    tables.write()
    found, out, _ = run(capsys, str(releases / "one"), str(tmp_path / "curated"), "--fail-on", kind)
    assert found == code
    assert "\n1 occurrence remerged (moved to another record, while both records stand in both builds)\n" in out


def test_json_holds_the_whole_diff(releases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(releases / "one"), str(releases / "two"), "--json")
    expected = corpuskit.diff(corpuskit.open(releases / "one"), corpuskit.open(releases / "two"))
    assert code == 0
    assert json.loads(out) == json.loads(json.dumps(dataclasses.asdict(expected)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing", "two"), "no corpus here"),
        (("one", "two", "--json", "--markdown"), "one of them"),
        (("one", "two", "--fail-on", "all"), "'all' is not one of"),
    ],
)
def test_bad_calls_are_one_line(
    releases: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    places = [str(releases / argument) if argument in {"one", "two", "nothing"} else argument for argument in arguments]
    code, out, err = run(capsys, *places)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_markdown_shows_what_the_terminal_shows(releases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(releases / "one"), str(releases / "two"), "--markdown")
    assert code == 0
    assert "| records | 13 | 13 | 1 added, 1 gone, 1 respelled |" in out
    assert "El Salvador has <del>expressed</del> <ins>EXPRESSED</ins> views" in out
    assert "setting threshold: 0.8, was 0.85" in out


# --- hostile text ---

HOSTILE = "</pre></details> <script>alert(1)</script> @everyone #1 [x](javascript:y) ``` | \x1b[31m \u202e <ins>&amp;"


class Outside(HTMLParser):
    """Collects tags, and the text that stands outside `<pre>`."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not attrs
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._pre -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if not self._pre:
            self.text += data


def hostile(times: int, text: str) -> Diff:
    passage = Passage("0" * 32, text, 0, 2, "a\n|`.txt" + HOSTILE, HOSTILE, 1, 2)
    edited = dataclasses.replace(passage, record_id="1" * 32, text=f"{text} {text} more")
    counts = {table: {"old": 1, "new": 1, **dict.fromkeys(kinds, times)} for table, kinds in KINDS.items()}
    return Diff(
        Side(HOSTILE, "a"),
        Side(HOSTILE, "b"),
        counts,
        (Change("drop", [HOSTILE], None),) * times,
        (Change(HOSTILE, "1", "2"),) * times,
        (),
        (DocumentChange("changed", HOSTILE, HOSTILE, None, None, HOSTILE),) * times,
        (
            *(RecordChange("added", None, passage),) * times,
            *(RecordChange("gone", passage, None),) * times,
            *(RecordChange("reworded", passage, edited),) * times,
        ),
        (Move("2" * 32, HOSTILE, None, 1, 1, passage, edited),) * times,
    )


def test_nothing_in_a_comment_acts() -> None:
    told = comment(hostile(1, HOSTILE))
    page = Outside()
    page.feed(told)
    assert set(page.tags) <= {"details", "summary", "pre", "ins", "del", "i"}
    assert page.tags.count("pre") == told.count("</pre>") == 6
    assert not re.search(r"everyone|javascript|```|alert", page.text)
    assert "\x1b" not in told
    assert "\u202e" not in told


@pytest.mark.parametrize("text", ["word " * 2_000, "x" * 10_000, "<" * 10_000, HOSTILE * 90])
def test_a_comment_fits_one(text: str) -> None:
    told = comment(hostile(100, text))
    assert len(told) <= LIMIT
    assert "| records | 1 | 1 | 100 added, 100 gone, 100 reworded, 100 respelled |" in told
    assert "did not fit" in told
