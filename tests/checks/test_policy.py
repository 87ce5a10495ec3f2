"""The table `[check]` is validated, in one line that names the file, the key and what it should be."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from corpuskit.checks.catalogue import CATALOGUE, HYGIENE, THRESHOLDS
from corpuskit.checks.findings import CHECKS
from corpuskit.checks.policy import Policy, load, make
from corpuskit.errors import SettingsError

RULE = {"name": "mine", "meaning": "so it is", "sql": "SELECT 1"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"record": {}}, "unknown setting `check.record`; did you mean `records`?"),
        ({"records": {"least": 1}}, "unknown setting `check.records.least`"),
        ({"records": {}}, "check.records = {}: say `min`, `max` or both"),
        ({"records": {"min": 5, "max": 3}}, "check.records = {'min': 5, 'max': 3}: min 5 is above max 3"),
        ({"records": {"min": -1}}, "check.records.min = -1: should be greater than or equal to 0"),
        ({"records": 3}, "check.records = 3: should be a table"),
        ({"exact_share": {"max": Decimal("1.5")}}, "check.exact_share.max = 1.5: should be less than or equal to 1"),
        ({"lengths": {"p200": {"max": 1}}}, "should be min, median, mean, max, or a quantile as p5, p95 or p99.9"),
        ({"look_for": ["mails"]}, "check.look_for[0] = 'mails': should be 'emails', 'phones'"),
        ({"look_for": ["boilerplate"]}, "look_for names boilerplate, but `boilerplate` names no file of phrases"),
        ({"encodings": "utf-8"}, "check.encodings = 'utf-8': should be a list"),
        ({"lost_to_another": {}}, "`check.lost_to_another.max` is missing"),
        ({"skip": ["idz"]}, "there is no check `idz`; did you mean `ids`?"),
        ({"severity": {"ids": "bad"}}, "check.severity.ids = 'bad': should be 'error', 'warning', 'info' or 'off'"),
        ({"severity": {"mine": "error"}}, "there is no check `mine`"),
        ({"fail_on": "all"}, "check.fail_on = 'all': should be 'error', 'warning', 'info' or 'never'"),
        ({"memory": "1MB"}, "check.memory = '1MB': at least 50 MB are needed"),
        ({"baseline": "x"}, "baseline is set, but `change` allows everything"),
        ({"change": {"words": {"fall": 0}}}, "check.change.words = 'words': should be 'documents', 'problems'"),
        ({"change": {"records": {}}}, "check.change.records = {}: say `fall`, `rise` or both"),
        ({"rule": [{**RULE, "name": "ids"}]}, "check.rule[0].name = 'ids': a check of corpuskit has this name"),
        ({"rule": [{**RULE, "name": "My rule"}]}, "should be lower-case letters, digits and underscores, at most 60"),
        ({"rule": [RULE, RULE]}, "two rules have the name `mine`"),
        ({"rule": [{**RULE, "sql": ""}]}, "check.rule[0].sql = '': "),
        ({"rule": [{"name": "mine", "sql": "SELECT 1"}]}, "`check.rule[0].meaning` is missing"),
    ],
    ids=str,
)
def test_a_bad_value_is_refused_in_one_line(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        make(values, where="corpuskit.toml")
    assert message in str(refused.value)
    assert str(refused.value).startswith("corpuskit.toml: ")
    assert "\n" not in str(refused.value)


def test_the_file_says_what_is_checked(tmp_path: Path) -> None:
    (tmp_path / "corpuskit.toml").write_text(
        """
        threshold = 0.9
        [check]
        near_share = { max = 0.25 }
        baseline = "old/manifest.json"
        boilerplate = "phrases.txt"
        change = { records = { fall = 0.05 } }
        severity = { problem_document = "error", links_stale = "off" }
        [[check.rule]]
        name = "mine"
        meaning = "so it is"
        sql = "SELECT 1"
        """
    )
    policy = load(tmp_path / "corpuskit.toml")
    assert policy.near_share is not None
    assert policy.near_share.max == Decimal("0.25")
    assert policy.baseline == str(tmp_path / "old" / "manifest.json")
    assert policy.boilerplate == str(tmp_path / "phrases.txt")
    names = [check.name for check in policy.selected()]
    assert names == [name for name in CHECKS if name != "links_stale"] + ["near_share", "change", "mine", "boilerplate"]
    assert policy.severities()["problem_document"] == "error"


def test_by_default_there_are_the_laws_alone() -> None:
    assert [check.name for check in Policy().selected()] == list(CHECKS)
    assert load(None) == Policy()


def test_only_and_skip_choose() -> None:
    policy = make({"rule": [RULE], "records": {"min": 1}, "only": ["ids", "mine", "records"], "skip": ["records"]})
    assert [check.name for check in policy.selected()] == ["ids", "mine"]
    assert [check.name for check in policy.selected(only=["records", "emails"])] == ["records", "emails"]
    assert [check.name for check in policy.selected(skip=["ids"])] == ["mine"]
    with pytest.raises(SettingsError, match="there is no check `no`"):
        policy.selected(skip=["no"])
    with pytest.raises(SettingsError, match="the check `documents` has no limit: set `documents` in"):
        policy.selected(only=["documents"])


def test_each_threshold_is_a_setting_and_each_check_is_explained() -> None:
    assert set(THRESHOLDS) <= set(Policy.model_fields)
    assert not set(CATALOGUE) & {"rule", "only", "skip", "severity", "fail_on", "look_for", "memory", "baseline"}
    assert len(CATALOGUE) == len(CHECKS) + len(THRESHOLDS) + len(HYGIENE)
    for check in CATALOGUE.values():
        assert check.meaning
        assert check.advice, check.name
        assert "\n" not in check.meaning
