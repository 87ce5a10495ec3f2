"""A deliberately damaged corpus: each kind of damage is caught, and named rightly."""

import shutil
from pathlib import Path

import pytest

from corpuskit.checks import CHECKS, check
from damage import KINDS, Kind, make_home


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pristine")
    make_home(home)
    return home


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
def test_damage_is_caught_and_named_rightly(pristine: Path, tmp_path: Path, kind: Kind) -> None:
    home = tmp_path / "home"
    shutil.copytree(pristine, home)
    # Copied links are files of their own, which damage to the build does not reach: here they are the build's.
    for link in (home / "curated").glob("*.parquet"):
        link.unlink()
        link.hardlink_to(next((home / "curated" / ".builds").glob(f"*/{link.name}")))
    kind.do(home)
    assert {finding.name for finding in check(home / "curated")} - {"problem_document"} == set(kind.found)


def test_an_undamaged_corpus_has_none_of_these(pristine: Path) -> None:
    assert {finding.name for finding in check(pristine / "curated")} == {"problem_document"}


def test_each_law_is_broken_by_some_damage() -> None:
    assert {name for kind in KINDS for name in kind.found} | {"problem_document"} == set(CHECKS)
    assert len({kind.what for kind in KINDS}) == len(KINDS) >= 20
