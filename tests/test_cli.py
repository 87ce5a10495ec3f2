"""The command line as users meet it: whole output and exit code of each command and each error."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from corpuskit import cli, settings, store
from corpuskit.checks import policy
from corpuskit.cli import console, flags, init, lineage
from corpuskit.exports.about import About, about_of

ROOT = Path(__file__).resolve().parent.parent
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether kernels have been compiled is this machine's affair, and not to be seen in outputs."""
    monkeypatch.setattr("corpuskit.kernels.compiled.compiled_before", lambda: True)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped raw/ and its corpus."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "raw", folder / "raw")
    assert cli.main(["ingest", str(folder / "raw"), str(folder / "curated")]) == 0
    return folder


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line in a fresh folder, or in `folder`; gives exit code, stdout and stderr."""

    def run(*arguments: str, folder: Path = tmp_path) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        code = cli.main(arguments)
        captured = capsys.readouterr()
        return code, re.sub(r"(?m)^[0-9.]+ s, [0-9.]+ (bytes|.B)/s$", "TIME", captured.out), captured.err

    return run


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_ingest_of_the_shipped_files(call: Call, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    summary = """\
   2  files read, 5.8 kB
  17  passages found
   4  exact copies
   0  near copies merged
  13  records written to curated
   0  problems
TIME
"""
    assert call("ingest") == (0, summary, "")
    assert summary.removesuffix("TIME\n") in Text.from_markup(cli.load("ingest").epilog or "").plain


def test_ingest_tells_problems_and_what_was_left_out(call: Call, tmp_path: Path) -> None:
    write(
        tmp_path / "raw",
        {
            "a.txt": "A passage.\n",
            "b\x1b[31m.txt": bytes(range(256)),
            "c.RULE": "x",
            "d.RULE": "x",
            ".e": "x",
        },
    )
    code, out, err = call("ingest")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:8] == [
        "  1  file read, 267 bytes",
        "  1  passage found",
        "  0  exact copies",
        "  0  near copies merged",
        "  1  record written to curated",
        "  2  left out: files named *.RULE; if text, --include '*.RULE' reads them",
        "  1  left out: hidden file",
        "  1  problem",
    ]
    assert lines[8].startswith("    b␛[31m.txt: binary")
    assert lines[9:] == ["TIME"]
    assert call("ingest", "--strict")[0] == 1


def test_filtered_passages_are_counted_by_reason_and_traced(call: Call, tmp_path: Path) -> None:
    lines = [f"and what is on line {number} of it goes on for as long as the page is wide" for number in range(9)]
    pages = ["\n".join([*lines[at : at + 3], "", f"- {at // 3 + 1} -", ""]) for at in (0, 3, 6)]
    write(tmp_path / "raw", {"a.txt": "\f".join(pages), "b.txt": "Short.\n\nAdvertisement: buy now!\n"})
    write(tmp_path, {"corpuskit.toml": "min_chars = 10\n"})
    code, out, _ = call("ingest", "--drop", "(?i)^advert")
    assert (code, out.splitlines()[4:8]) == (
        0,
        [
            "  3  lines of page furniture filtered",
            "  1  short passage filtered",
            "  1  passage filtered by `drop`",
            "  1  record written to curated",
        ],
    )
    assert call("check")[0] == 0
    code, out, _ = call("trace", "a.txt:5")
    assert (code, out.splitlines()[1:3]) == (
        0,
        ["a running head or foot, or a page number, between two pages of the document", "    - 1 -"],
    )
    assert out.splitlines()[0].endswith(": filtered, page_furniture; it has no record")
    code, out, _ = call("trace", "a.txt:1")
    spans = [f"{start}-{start + 203}" for start in (0, 212, 424)]
    assert f"  kept  a.txt:1-13  bytes {', '.join(spans)}  " in out


def test_include_adds_to_the_patterns(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {"a.txt": "One passage.\n", "b.RULE": "Another passage.\n", "c.LAW": "A third.\n"})
    write(tmp_path, {"corpuskit.toml": 'include = ["*.LAW"]\n'})
    code, out, err = call("ingest", "--include", "*.RULE", "--json")
    assert (code, err) == (0, f"settings from {tmp_path / 'corpuskit.toml'}\n")
    result = json.loads(out)
    assert (result["documents"], result["skipped"]) == (2, {"name (.txt)": 1})


def test_first_run_says_that_it_compiles(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.pipeline.compiled_before", lambda: False)
    write(tmp_path / "raw", {"a.txt": "One passage.\n"})
    code, out, err = call("ingest", "--json")
    assert (code, err) == (0, "first run: compiling kernels, about half a minute on two cores, once\n")
    assert json.loads(out)["records"] == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["ingest"], "raw: No such file or directory"),
        (["ingest", "empty"], "empty: no text files to read; to publish an empty corpus, say --allow-shrink"),
        (["ingest", "full", "full"], "full and full are the same folder: the result needs one of its own"),
        (["ingest", "full", "full/x"], "full and full/x are nested: neither may lie inside the other"),
        (
            ["ingest", "full", "--threshold", "2"],
            "threshold = '2': should be less than or equal to 1 (above 0, at most 1)",
        ),
        (
            ["ingest", "full", "--bands", "0"],
            "bands = 0: should be greater than or equal to 1 (at least 1, at most 1024)",
        ),
        (
            ["ingest", "full", "--bands", "1024", "--rows", "64"],
            "bands x rows is 65536: at most 4096 permutations",
        ),
        (
            ["ingest", "full", "--canonical", "longest", "--canonical", "a/*"],
            "--canonical longest: a policy stands alone, without patterns or another policy",
        ),
        (
            ["ingest", "full", "--drop", "a(b"],
            "drop = ['a(b']: not a regular expression of RE2: missing ): a(b",
        ),
        (["ingest", "full", "--config", "none.toml"], "none.toml: No such file or directory"),
        (
            ["ingest", "full", "--config", "bad.toml"],
            "bad.toml: unknown setting `treshold`; did you mean `threshold`?",
        ),
        (
            ["ingest", "full", "--treshold", "1"],
            "No such option: --treshold (Possible options: --threshold); see `corpuskit ingest --help`",
        ),
        (["check"], "curated: no corpus here (no manifest.json); make one with `corpuskit ingest`"),
        (["trace", "x"], "curated: no corpus here (no manifest.json); make one with `corpuskit ingest`"),
        (
            ["trace", "a", "b", "c"],
            "Invalid value: more than CURATED and WHAT; put a text with spaces in quotes; see `corpuskit trace --help`",
        ),
        (["trace"], "Missing argument '[CURATED] WHAT'; see `corpuskit trace --help`"),
        (["chek"], "No such command 'chek'. Did you mean 'check'?; see `corpuskit --help`"),
    ],
)
def test_a_bad_call_is_one_line_and_2(call: Call, tmp_path: Path, arguments: Sequence[str], line: str) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, {"full/a.txt": "A passage.\n", "bad.toml": "treshold = 0.9\n"})
    assert call(*arguments) == (2, "", f"corpuskit: {line}\n")


def test_without_a_command_there_is_help_and_2(call: Call) -> None:
    code, out, err = call()
    assert (code, err) == (2, "")
    assert "Usage: corpuskit [OPTIONS] COMMAND" in out


def test_shrinking_is_refused_until_allowed(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {f"{number}.txt": f"Passage {number}.\n" for number in range(5)})
    assert call("ingest")[0] == 0
    for number in range(1, 5):
        (tmp_path / "raw" / f"{number}.txt").unlink()
    refused = "raw: 1 documents, where the last run had 5: is a disk missing?"
    assert call("ingest") == (2, "", f"corpuskit: {refused} If they are meant to go, say --allow-shrink\n")
    assert call("ingest", "--allow-shrink")[0] == 0


@pytest.mark.parametrize(
    ("raised", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted; the corpus is whole: the old one or, at the very end, the new one"),
        (MemoryError(), 2, "out of memory; the corpus is whole: the old one or, at the very end, the new one"),
        (OSError(28, "No space left on device", "curated/x"), 2, "curated/x: No space left on device"),
        (BrokenPipeError(32, "Broken pipe"), 141, None),
    ],
)
def test_how_a_run_can_end(
    call: Call, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, line: str | None
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("corpuskit.runs.ingest", fail)
    assert call("ingest") == (code, "", f"corpuskit: {line}\n" if line else "")


def test_a_second_interrupt_while_the_first_is_dealt_with_ends_as_one(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("corpuskit.cli.app", interrupted)
    assert call("ingest")[0] == 130


def test_a_fault_of_ours_shows_where_and_is_not_taken_for_findings(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.runs.ingest", lambda *_, **__: 1 // 0)
    code, out, err = call("ingest")
    assert (code, out) == (2, "")
    assert "ZeroDivisionError" in err
    assert err.endswith(
        "corpuskit: a fault of corpuskit's own, not of the call or the data; please report the lines above\n"
    )


def test_check_of_a_sound_corpus(call: Call, example: Path) -> None:
    line = "checked 2 documents, 17 occurrences and 13 records in curated: every law holds\n"
    assert call("check", folder=example) == (0, line, "")
    assert line in (cli.load("check").epilog or "")
    code, out, err = call("check", "--json", folder=example)
    assert (code, err) == (0, "")
    assert {check["status"] for check in json.loads(out)["checks"]} == {"passed"}


def test_check_warns_of_problem_documents(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {"a.txt": "A passage.\n", "b.txt": bytes(range(256))})
    assert call("ingest")[0] == 0
    code, out, err = call("check")
    assert (code, err) == (0, "")
    assert re.match(r"warning  problem_document  b\.txt  .*binary", out)
    summary = "checked 2 documents, 1 occurrence and 1 record in curated"
    assert out.endswith(f"\n\n{summary}: every law holds; warnings of problem_document\n")


def test_check_of_a_changed_file_is_an_error(call: Call, example: Path, tmp_path: Path) -> None:
    shutil.copytree(example, tmp_path, dirs_exist_ok=True)
    file = next((tmp_path / "raw").glob("000*"))
    file.write_bytes(file.read_bytes().replace(b"Salvador", b"Honduras"))
    code, out, err = call("check")
    assert (code, err) == (1, "")
    assert re.match(rf"error  raw_changed +{file.name}  ", out)
    assert "in curated: errors in raw_changed" in out
    code, out, _ = call("check", "--json")
    assert code == 1
    (finding,) = (finding for check in json.loads(out)["checks"] for finding in check["findings"])
    assert (finding["name"], finding["path"], finding["file"]) == ("raw_changed", file.name, f"raw/{file.name}")
    assert call("check", "--raw", str(example / "raw"))[0] == 0


def test_trace_shows_both_files_of_an_el_salvador_passage(call: Call, example: Path) -> None:
    expected = """\
record 4ab31b9d9e052b284dbca5751d5b862d: 2 copies in 2 documents

kept, 2 copies with this wording: every copy has this wording
    El Salvador has expressed views on the use of information and communications technologies for criminal \
purposes at the UNGA.
  kept   000_a60c58689f941b60.txt:3  bytes 293-417  9b8d936b16bcadc3aa344a85bb826943  asked for
  exact  003_774f2be734496ff0.txt:5  bytes 718-842  85791e570ab00faed08e7d683b63a1e4
"""
    epilog = Text.from_markup(cli.load("trace").epilog or "").plain
    for line in expected.splitlines():
        assert line.split("  9b8d")[0].split("  8579")[0][:60] in epilog
    for what in ("raw/000_a60c58689f941b60.txt:3", "000_a60c58689f941b60.txt:3", "9b8d936b"):
        assert call("trace", "curated", what, folder=example) == (0, expected, "")
    unmarked = expected.replace("  asked for", "")
    for what in ("4ab31b9d9e052b284dbca5751d5b862d", "HAS  EXPRESSED views on"):
        assert call("trace", what, folder=example) == (0, unmarked, "")


def test_trace_lists_the_records_that_hold_a_text(call: Call, example: Path) -> None:
    code, out, err = call("trace", "el salvador", "--first", "2", folder=example)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "3 records hold this text; the first 2"
    assert lines[2] == "683e1e6f798693db59cf172a6c557f2d  2 copies in 2 documents, 000_a60c58689f941b60.txt:1-2"
    assert lines[3].startswith("    El Salvador has been actively involved")
    assert lines[-1] == "`corpuskit trace` with one of these ids tells it whole"


def test_trace_as_json(call: Call, example: Path) -> None:
    code, out, _ = call("trace", "000_a60c58689f941b60.txt:3", "--json", folder=example)
    assert code == 0
    traced = json.loads(out)
    copies = traced["found"][0]["copies"]
    assert (traced["kind"], traced["n_found"], [copy["line_start"] for copy in copies]) == ("line", 1, [3, 5])
    assert copies[0]["spans"] == [[293, 417]]


def test_trace_marks_the_words_of_a_near_copy(call: Call, tmp_path: Path) -> None:
    text = "The committee shall meet once in every year, and shall report to the assembly on {} of its work.\n"
    write(
        tmp_path / "raw",
        {"a.txt": text.format("all"), "b.txt": text.format("all"), "c.txt": text.format("part")},
    )
    assert call("ingest")[0] == 0
    code, out, err = call("trace", "c.txt:1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].endswith(": 3 copies in 3 documents, least alike 0.9744")
    assert lines[2] == (
        "kept, 2 copies with this wording: more documents have this wording than any other in the cluster"
    )
    assert lines[7] == "Differences are marked [-only in the kept wording-] {+only in the copy+}."
    assert lines[10] == "near, 1 copy with this wording, similarity 0.9744 (indel_chars)"
    assert lines[11] == (
        "    The committee shall meet once in every year, and shall report to the assembly on "
        "[-all-] {+part+} of its work."
    )
    assert lines[12].startswith("  near  c.txt:1  bytes 0-98  ")
    assert lines[12].endswith("  asked for")


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (
            "000_a60c58689f941b60.txt:900",
            "000_a60c58689f941b60.txt:900: no passage stands on this line; the ",
        ),
        ("f" * 32, f"{'f' * 32}: no record and no occurrence of this corpus has this id"),
        (
            "no such words",
            "no such words: no id, no line of a file and no piece of text in curated is like this",
        ),
        ("\x1b[2J", "␛[2J: no id, no line of a file and no piece of text in curated is like this"),
        (" ", "nothing to look for: the text is blank"),
    ],
)
def test_trace_of_what_is_not_there(call: Call, example: Path, what: str, line: str) -> None:
    code, out, err = call("trace", what, folder=example)
    assert (code, out) == (2, "")
    assert err.startswith(f"corpuskit: {line}")
    assert err.count("\n") == 1


def test_init_writes_the_defaults_and_does_not_overwrite(call: Call, tmp_path: Path) -> None:
    line = "wrote corpuskit.toml: every setting at its default, commented out; uncomment what you decide\n"
    assert call("init") == (0, line, "")
    assert line in (cli.load("init").epilog or "")
    file = tmp_path / "corpuskit.toml"
    assert settings.load(file) == settings.Settings()
    assert policy.load(file) == policy.Policy()
    assert about_of(file) == About()
    file.write_text(re.sub(r"(?m)^#(?=\w+ = |\[\[)", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    assert settings.load(file) == settings.Settings()
    assert [rule.name for rule in policy.load(file).rule] == ["short_in_many"]
    assert policy.load(file).encodings == ("utf-8",)
    assert about_of(file).license == "CC-BY-4.0"
    assert all(f"\n{name} = " in file.read_text(encoding="utf-8") for name in settings.Settings.model_fields)
    assert call("init") == (2, "", "corpuskit: corpuskit.toml is here already; --force replaces it\n")
    assert call("init", "--force") == (0, line, "")
    assert file.read_text(encoding="utf-8") == init.template()


@pytest.mark.parametrize("name", ["", *cli.COMMANDS])
def test_help_ends_with_an_example(call: Call, name: str) -> None:
    code, out, err = call(*([name] if name else []), "--help")
    assert (code, err) == (0, "")
    assert f"$ corpuskit {name}" in out.split("Example")[-1]


def test_every_setting_has_a_flag(call: Call) -> None:
    _, out, _ = call("ingest", "--help")
    for name in settings.Settings.model_fields:
        assert f"{flags.flag(name)} " in out


def test_raw_text_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    write(
        tmp_path / "raw",
        {"a[red].txt": "An \x1b]0;title\x07 escape, a \u202e override and [bold]brackets[/bold] :smile:.\n"},
    )
    assert call("ingest")[0] == 0
    _, out, _ = call("trace", "a[red].txt:1")
    assert "An ␛]0;title␇ escape, a \\u202e override and [bold]brackets[/bold] :smile:." in out
    assert "a[red].txt:1" in out


def test_visible_leaves_what_is_harmless() -> None:
    text = "naïve 中文 العربية 👩‍👩‍👧\tok"
    assert console.visible(text, lines=True) == text
    assert console.visible("a\nb\tc\r\x7f\x9b\udc80") == "a␊b␉c␍␡\\x9b\\udc80"
    assert console.visible("a\r\nb\rc", lines=True) == "a\nb␍c"


def test_amounts() -> None:
    assert [console.bytes_shown(size) for size in (0, 999, 1000, 5810, 17_266_614, 2e12)] == [
        "0 bytes", "999 bytes", "1.0 kB", "5.8 kB", "17.3 MB", "2.0 TB",
    ]  # fmt: skip
    assert [console.seconds_shown(seconds) for seconds in (0.04, 99.94, 125, 11_400)] == [
        "0.0 s", "99.9 s", "2 min 05 s", "3 h 10 min",
    ]  # fmt: skip


def test_on_a_terminal_lines_wrap_between_words_and_keep_their_indent() -> None:
    screen = Console(file=StringIO(), force_terminal=True, width=30, color_system=None)
    console.say("one two three four five six seven eight", indent=4, to=screen)
    assert isinstance(screen.file, StringIO)
    assert screen.file.getvalue() == "    one two three four five\n    six seven eight\n"


def test_on_a_terminal_differences_are_styled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "interactive", lambda: True)
    marked = lineage.marked("one two three", "one 2 three", full=True)
    assert marked.plain == "one two 2 three"
    assert [(marked.plain[span.start : span.end], span.style) for span in marked.spans] == [
        ("two", "red strike"),
        ("2", "bold green underline"),
    ]


def test_bars_follow_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=StringIO(), force_terminal=True, width=120, color_system=None)
    monkeypatch.setattr(console, "err", screen)
    with console.Bars() as bars:
        bars.begin("scan")
        bars.begin("read", documents=4, size=2_000_000)
        bars.advance(2, 1_000_000)
        bars.note("a note \x1b")
        bars.begin("merge")
    assert isinstance(screen.file, StringIO)
    shown = screen.file.getvalue()
    assert "a note ␛\n" in shown
    for words in ("finding files", "reading", "merging", "2/4 files", "1.0 MB of 2.0 MB"):
        assert words in shown


def test_as_a_module() -> None:
    ran = subprocess.run([sys.executable, "-m", "corpuskit", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"corpuskit \d+\.\d+\.\d+\S*\n", ran.stdout)
    assert ran.stderr == ""


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys; from corpuskit.cli import main; main(['--help']); "
        "sys.exit(', '.join({'pyarrow', 'numba', 'numpy', 'pydantic'} & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_closed_pipe_is_quiet(example: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "corpuskit", "trace", "--json", "El Salvador"],
        cwd=example, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 141


def test_a_second_ingest_tells_what_it_had_to_do(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {"a.txt": "A passage.\n", "b.txt": "Another passage.\n", "c.txt": "A third one.\n"})
    first = """\
  3  files to read, 41 bytes
  0  files to reuse from the last run
  0  files to drop: they are gone
dry run: nothing was written; curated would be published anew
"""
    assert call("ingest", "--dry-run") == (0, first, "")
    assert not (tmp_path / "curated").exists()
    call("ingest")
    again = """\
  3  files, 41 bytes
  0  of them read: new or changed
  3  passages found
  0  exact copies
  0  near copies merged
  3  records in curated, as before: nothing changed, nothing was written
  0  problems
TIME
"""
    assert call("ingest") == (0, again, "")
    (tmp_path / "raw" / "a.txt").unlink()
    write(tmp_path / "raw", {"b.txt": "Another text.\n"})
    planned = """\
  1  file to read, 14 bytes
  1  file to reuse from the last run
  1  file to drop: it is gone
dry run: nothing was written; curated would be published anew
"""
    assert call("ingest", "--dry-run") == (0, planned, "")
    code, out, _ = call("ingest", "--dry-run", "--json", "--verify-raw")
    assert code == 0
    assert json.loads(out) == {"read": 1, "read_bytes": 14, "reused": 1, "gone": 1, "publishes": True}
    done = """\
  2  files, 27 bytes
  1  of them read: new or changed
  1  file gone since the last run
  2  passages found
  0  exact copies
  0  near copies merged
  2  records written to curated
  1  record added since the last run
  2  records gone
  0  records reworded: the same copies, with another one's words
  0  problems
TIME
"""
    assert call("ingest") == (0, done, "")
    same = """\
  0  files to read, 0 bytes
  2  files to reuse from the last run
  0  files to drop: they are gone
dry run: nothing was written; curated would stay as it is
"""
    assert call("ingest", "--dry-run") == (0, same, "")
    code, out, _ = call("ingest", "--verify-raw", "--json")
    assert code == 0
    assert [json.loads(out)[name] for name in ("read", "reused", "gone", "published")] == [0, 2, 0, False]


def test_ingest_while_another_writes(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {"a.txt": "A passage.\n"})
    with store.writing(tmp_path / "curated"):
        code, out, err = call("ingest")
    assert (code, out) == (2, "")
    assert re.fullmatch(
        r"corpuskit: curated: another run is writing to it \(process \d+ on \S+, since 20[-0-9]+ [0-9:+]+\); "
        r"wait until it ends, or say --wait\n",
        err,
    )
    assert call("ingest", "--wait")[0] == 0


def test_clean_empties_the_cache(call: Call, tmp_path: Path) -> None:
    assert call("clean") == (2, "", "corpuskit: curated: no corpus here, and no cache of one\n")
    write(tmp_path / "raw", {"a.txt": "A passage.\n"})
    call("ingest")
    code, out, err = call("clean")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"removed \.corpuskit_cache/curated: 9 files, [0-9.]+ kB\n", out)
    assert not (tmp_path / ".corpuskit_cache").exists()
    assert call("clean") == (0, ".corpuskit_cache/curated: nothing there\n", "")
    assert call("check")[0] == 0


def test_clean_finds_the_cache_that_the_settings_name(call: Call, tmp_path: Path) -> None:
    write(tmp_path / "raw", {"a.txt": "A passage.\n"})
    write(tmp_path, {"corpuskit.toml": 'cache = "kept"\n'})
    call("ingest")
    assert list((tmp_path / "kept").glob("curated-*/index"))
    assert call("clean")[1].startswith("removed kept/curated-")
    assert not list((tmp_path / "kept").glob("curated-*"))


def test_check_shows_what_was_taken_down(call: Call, tmp_path: Path) -> None:
    write(tmp_path, {"raw/a.txt": "A passage.\n", "raw/b.txt": "Another one.\n\nA passage.\n"})
    write(tmp_path, {"taken.txt": "Another one.\n\nA passage.\n"})
    call("ingest")
    code, out, err = call("check", "--absent", "taken.txt")
    assert (code, err) == (1, "")
    assert "records.parquet: `text` of a passage taken down, in 1 row" in out
    assert "looked for 2 passages of 1 file, in 10 pieces of tables, builds and cache: not gone\n" in out
    (tmp_path / "raw" / "b.txt").unlink()
    call("ingest")
    gone = """\
looked for 2 passages of 1 file, in 10 pieces of tables, builds and cache: nothing of it is left
1 passage stands in other files too, and stays
"""
    assert call("check", "--absent", "taken.txt") == (0, gone, "")
    assert call("check", "--absent", "taken.txt", "--json") == (0, "[]\n", "")
    assert call("check", "--absent", "nothing.txt")[0] == 2
