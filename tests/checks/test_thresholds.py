"""Each threshold passes a corpus within its limits, finds what is beyond, and says when nothing is there to judge."""

import json
import math
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from corpuskit import pipeline
from corpuskit.checks import Outcome, examine
from corpuskit.checks.limits import Changed
from corpuskit.checks.policy import make
from corpuskit.settings import Settings
from damage import A, Tables, make_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("thresholds")
    make_home(home)
    return home


def judged(home: Path, values: dict[str, Any]) -> Outcome:
    """The outcome of the only threshold in `values`."""
    policy = make(values)
    names = [check.name for check in policy.selected() if check.kind == "threshold"]
    assert len(names) == 1
    (outcome,) = examine(home / "curated", policy=policy, only=names).outcomes
    return outcome


# 9 documents (one with a problem), 14 passages (6 exact, 1 near), 7 records.
CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"records": {"min": 7, "max": 7}}, {"records": {"min": 8}}, "there are 7 records: at least 8 should be"),
    ({"records": {"min": 1}}, {"records": {"max": 6}}, "there are 7 records: at most 6 should be"),
    ({"documents": {"min": 9}}, {"documents": {"max": 8}}, "there are 9 documents: at most 8 should be"),
    (
        {"records_by_source": {"a.txt": {"min": 3, "max": 3}, "b/*": {"min": 1}, "*.pdf": {"max": 0}}},
        {"records_by_source": {"*.pdf": {"min": 1}}},
        "0 records are from *.pdf: at least 1 should be",
    ),
    (
        {"documents_by_source": {"b/*": {"min": 2, "max": 2}, "bom.txt": {"min": 1}}},
        {"documents_by_source": {"b/*": {"max": 1}}},
        "2 documents are from b/*: at most 1 should be",
    ),
    ({"exact_share": {"max": "0.43"}}, {"exact_share": {"min": "0.5"}}, "at least 0.5 should be"),
    ({"near_share": {"max": "0.2"}}, {"near_share": {"max": "0.05"}}, "at most 0.05 should be"),
    ({"filtered_share": {"max": 0}}, {"filtered_share": {"min": "0.01"}}, "0 of 14 passages are filtered, 0: at least"),
    ({"problem_share": {"max": "0.2"}}, {"problem_share": {"max": "0.1"}}, "1 of 9 documents are problems, 0.1111"),
    ({"variant_share": {"max": 0}}, {"variant_share": {"min": "0.1"}}, "0 of 7 records are variants, 0: at least"),
    ({"lengths": {"min": {"min": 4}, "max": {"max": 200}}}, {"lengths": {"min": {"min": 5}}}, "min of the records'"),
    ({"lengths": {"mean": {"min": 1}}}, {"lengths": {"mean": {"max": 9}}}, "it should be at most 9"),
    (
        {"encodings": ["utf-8", "cp1252", "utf-16-le"]},
        {"encodings": ["utf-8", "utf-16-le"]},
        "its encoding is cp1252, which is not one of those allowed",
    ),
    ({"largest_cluster": 3}, {"largest_cluster": 2}, "it has 3 copies in 3 documents: at most 2 should be"),
    ({"lowest_similarity": "0.9"}, {"lowest_similarity": "0.999"}, "at least 0.999 should be"),
    ({"lost_to_another": {"max": 1}}, {"lost_to_another": {"max": "0.3"}}, "passages are in records of a.txt"),
    (
        {"lost_to_another": {"max": "0.7", "by": "folder"}},
        {"lost_to_another": {"max": "0.1", "by": "folder"}},
        "passages are in records of raw/ itself",
    ),
]


@pytest.mark.parametrize(
    ("passing", "failing", "message"), CASES, ids=lambda case: case if isinstance(case, str) else "-".join(case)
)
def test_within_the_limits_it_passes_and_beyond_it_finds(
    home: Path, passing: dict[str, Any], failing: dict[str, Any], message: str
) -> None:
    assert judged(home, passing).status == "passed", judged(home, passing)
    outcome = judged(home, failing)
    assert outcome.status == "found"
    assert outcome.count == len(outcome.findings)
    assert any(message in finding.message for finding in outcome.findings), outcome.findings
    assert {finding.severity for finding in outcome.findings} == {"error"}


def test_findings_tell_their_place(home: Path) -> None:
    (finding,) = judged(home, {"encodings": ["utf-8", "utf-16-le"]}).findings
    assert finding.path == "c/latin.txt"
    finding = judged(home, {"largest_cluster": 2}).findings[0]
    assert (finding.path, finding.lines) == ("a.txt", (1, 1))
    assert finding.record_id
    finding = judged(home, {"lowest_similarity": "0.999"}).findings[0]
    assert (finding.path, finding.lines) == ("b/crlf.txt", (1, 1))


LANGUAGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"records_by_language": {"en": {"min": 1}, "fr": {"max": 0}}}, {"records_by_language": {"fr": {"min": 1}}}),
    ({"documents_by_language": {"en": {"min": 1}}}, {"documents_by_language": {"en": {"max": 0}}}),
    ({"languages": ["en", "de"]}, {"languages": ["de"]}),
]


@pytest.mark.parametrize(("passing", "failing"), LANGUAGES, ids=lambda case: "-".join(case))
def test_languages_are_judged_where_they_are_known(
    home: Path, tmp_path: Path, passing: dict[str, Any], failing: dict[str, Any]
) -> None:
    shutil.copytree(home, tmp_path / "home")
    for values in (passing, failing):
        outcome = judged(tmp_path / "home", values)
        assert outcome.status == "skipped"
        assert outcome.note.endswith("a language: nothing to judge")
    tables = Tables.read(tmp_path / "home")
    for row in (*tables.documents[:3], *tables.records[:2]):
        row["language"] = "en"
    tables.write()
    passed, found = (judged(tmp_path / "home", values) for values in (passing, failing))
    assert passed.status == "passed"
    assert "have no language" in passed.note
    assert found.status == "found"
    if "languages" in failing:
        assert found.count == 5


def test_quantiles_are_those_of_the_sorted_lengths(home: Path) -> None:
    lengths = sorted(row["n_chars"] for row in Tables.read(home).records)
    for per_cent in ("1", "5", "10", "20", "33.3", "50", "90", "90.1", "99", "99.9"):
        expected = lengths[math.ceil(Decimal(per_cent) * len(lengths) / 100) - 1]
        inside = {"lengths": {f"p{per_cent}": {"min": expected, "max": expected}}}
        assert judged(home, inside).status == "passed", per_cent
        assert judged(home, {"lengths": {f"p{per_cent}": {"min": expected + 1}}}).status == "found"
    assert judged(home, {"lengths": {"median": {"min": lengths[3], "max": lengths[3]}}}).status == "passed"


@pytest.mark.parametrize("by", ["document", "folder"])
def test_lost_to_another_is_what_two_loops_say(home: Path, by: str) -> None:
    rows = [row for row in Tables.read(home).occurrences if row["fate"] != "filtered"]

    def source(row: dict[str, Any]) -> str:
        head, slash, _ = row["path"].partition("/")
        return str(row["path"]) if by == "document" else head + slash if slash else "raw/ itself"

    kept = {row["record_id"]: source(row) for row in rows if row["fate"] == "kept"}
    totals = Counter(map(source, rows))
    pairs = Counter((source(row), kept[row["record_id"]]) for row in rows if source(row) != kept[row["record_id"]])
    for limit in ("0", "0.25", "0.333333", "0.5", "0.666666", "1"):
        for least in (1, 3):
            values = {"lost_to_another": {"max": limit, "by": by, "min_passages": least}}
            lost = [
                pair
                for pair, copies in pairs.items()
                if totals[pair[0]] >= least and copies > Decimal(limit) * totals[pair[0]]
            ]
            assert judged(home, values).count == len(lost), values


def test_shares_are_told_of_what_is_there(tmp_path: Path) -> None:
    """6 passages, 2 of them filtered; 4 records, 2 of them variants of each other."""
    (tmp_path / "raw").mkdir()
    text = "The committee adopted the resolution by a vote of {} members in favour, and the meeting was closed."
    parts = [text.format(41), text.format(57), A, "Short.", "Brief.", "Nothing of the kind stands anywhere else here."]
    (tmp_path / "raw" / "a.txt").write_text("\n\n".join(parts))
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1, min_chars=10))
    assert judged(tmp_path, {"filtered_share": {"min": "0.33", "max": "0.34"}}).status == "passed"
    (finding,) = judged(tmp_path, {"filtered_share": {"max": "0.33"}}).findings
    assert finding.message.startswith("2 of 6 passages are filtered, 0.3333: at most 0.33")
    assert judged(tmp_path, {"variant_share": {"min": "0.5", "max": "0.5"}}).status == "passed"
    (finding,) = judged(tmp_path, {"variant_share": {"max": "0.49"}}).findings
    assert finding.message.startswith("2 of 4 records are variants, 0.5: at most 0.49")


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [
        ("problem_share", "0.1111", "0.1112"),  # 1 / 9
        ("exact_share", "0.4285", "0.4286"),  # 6 / 14
        ("near_share", "0.0714", "0.0715"),  # 1 / 14
    ],
)
def test_a_share_below_its_least_is_found(home: Path, name: str, below: str, above: str) -> None:
    assert judged(home, {name: {"min": below}}).status == "passed"
    assert judged(home, {name: {"min": above}}).status == "found"


def test_a_share_exactly_on_the_limit_is_within(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    text = "\n".join(["A line that is there twice."] * 30 + [f"Line {number}" for number in range(71)])
    (tmp_path / "raw" / "a.txt").write_text(text)
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(unit="line", workers=1))
    assert judged(tmp_path, {"exact_share": {"max": "0.287129"}}).status == "passed"  # 29 / 101
    assert judged(tmp_path, {"exact_share": {"max": "0.287128"}}).status == "found"


def test_change_compares_with_the_manifest_of_another_corpus(home: Path, tmp_path: Path) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    manifest["counts"] |= {"records": 8, "documents": 9, "exact": 5}
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps(manifest))

    def change(**limits: Any) -> Outcome:
        return judged(home, {"change": limits, "baseline": str(baseline)})

    assert change(records={"fall": "0.125"}, documents={"fall": 0, "rise": 0}).status == "passed"
    outcome = change(records={"fall": "0.05"}, exact={"rise": "0.1"})
    assert [finding.message for finding in outcome.findings] == [
        "records: 8 before, 7 now: they may fall by 5 %",
        "exact copies: 5 before, 6 now: they may rise by 10 %",
    ]
    assert judged(home, {"change": {"records": {"fall": 0}}, "baseline": str(home / "curated")}).status == "passed"


@pytest.mark.parametrize("name", get_args(Changed))
def test_each_count_may_fall_and_rise_as_it_is_allowed_to(home: Path, tmp_path: Path, name: str) -> None:
    manifest = json.loads((home / "curated" / "manifest.json").read_text())
    now = manifest["counts"][name]

    def change(then: int, **limits: Any) -> Outcome:
        (tmp_path / "old.json").write_text(json.dumps({"counts": {name: then}}))
        return judged(home, {"change": {name: limits}, "baseline": str(tmp_path / "old.json")})

    assert change(now, fall=0, rise=0).status == "passed"
    assert change(now + 1, fall=1).status == "passed"
    assert change(now + 1, fall=0).status == "found"
    assert change(now + 1, rise=0).status == "passed"
    if now:
        assert change(now - 1, rise=0).status == "found"
        assert change(now - 1, fall=0).status == "passed"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        ("{", "not valid JSON"),
        ("[]", "no manifest of a corpus, it has no `counts`"),
    ],
)
def test_a_baseline_that_cannot_be_read_fails_the_check(
    home: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "old.json").write_text(content)
    outcome = judged(home, {"change": {"records": {"fall": 0}}, "baseline": str(tmp_path / "old.json")})
    assert outcome.status == "failed"
    assert message in outcome.note
    assert "no baseline" in judged(home, {"change": {"records": {"fall": 0}}}).note


@pytest.mark.parametrize(
    "values",
    [{"exact_share": {"min": 1}}, {"lengths": {"min": {"min": 1}}}, {"encodings": []}, {"variant_share": {"min": 1}}],
)
def test_an_empty_corpus_has_nothing_to_judge(tmp_path: Path, values: dict[str, Any]) -> None:
    (tmp_path / "raw").mkdir()
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", allow_shrink=True)
    outcome = judged(tmp_path, values)
    assert (outcome.status, outcome.note.partition(": ")[2]) == ("skipped", "nothing to judge")


def test_only_the_first_findings_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for number in range(30):
        (tmp_path / "raw" / f"{number:02}.txt").write_text(f"Text number {number}\n")
    pipeline.ingest(tmp_path / "raw", tmp_path / "curated", Settings(workers=1))
    outcome = judged(tmp_path, {"encodings": ["cp1252"]})
    assert (outcome.count, len(outcome.findings)) == (30, 21)
    assert outcome.findings[-1].message == "and 10 more like these"
