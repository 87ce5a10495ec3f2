"""Dependencies: pinned with the hashes of all their files, from no address of ours, under licences that permit use."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HASHED = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))?")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")

# SPDX names, trove classifiers' last parts, and what older metadata say in their own words.
PERMISSIVE = re.compile(
    r"(0BSD|MIT|MIT License|ISC|ISC License( \(ISCL\))?|Zlib|CC0-1\.0|Apache[- ]2\.0|Apache Software License|PSF-2\.0"
    r"|Python Software Foundation License|BSD|BSD License|BSD-[23]-Clause|Apache-2\.0 WITH LLVM-exception"
    r"|MPL-1\.1|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\))"
)

OURS = "corpuskit-curation"
UNSAID = {"mlcroissant": ["Apache-2.0"]}
"""Licences of packages whose metadata have none: those of their repositories."""


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Version, and how many hashes, of each package; every line must be one or the other, or a comment."""
    found: dict[str, tuple[str, int]] = {}
    last = ""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if HASH.fullmatch(line):
            found[last] = (found[last][0], found[last][1] + 1)
        elif not line.startswith("#"):
            match = PIN.fullmatch(line.removesuffix(" \\"))
            assert match, line
            last = match["name"]
            found[last] = (match["version"], 0)
    return found


def project() -> tuple[list[str], list[str]]:
    """The names that the package needs, and those that its development needs."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*table["project"]["dependencies"], *table["build-system"]["requires"]]
    return _names(needed), _names(table["project"]["optional-dependencies"]["dev"])


def _names(requirements: list[str]) -> list[str]:
    return [canonicalize_name(Requirement(text).name) for text in requirements]


@pytest.mark.parametrize("name", HASHED)
def test_every_pin_has_hashes_and_no_line_an_address(name: str) -> None:
    # `pins` refuses lines that are neither pin, hash nor comment: so no address, option or path.
    assert min(hashes for _, hashes in pins(name).values()) >= 1
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_hashed_pins_are_those_of_the_constraints() -> None:
    constraints = {name: version for name, (version, _) in pins("constraints.txt").items()}
    every, needed = pins("requirements-dev.txt"), pins("requirements.txt")
    assert constraints == {name: version for name, (version, _) in every.items()}, "run .ci/pin"
    assert needed.items() <= every.items(), "run .ci/pin"


def test_what_the_project_asks_for_is_pinned_within_its_bounds() -> None:
    needed, development = project()
    assert set(needed) <= pins("requirements.txt").keys(), "run .ci/pin"
    assert {*needed, *development} - {OURS} <= pins("requirements-dev.txt").keys(), "run .ci/pin"
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for text in [*table["project"]["dependencies"], *table["project"]["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        if wanted.name == OURS:
            continue
        assert wanted.specifier.contains(pins("constraints.txt")[canonicalize_name(wanted.name)][0]), text


def licences(found: Distribution) -> list[str]:
    """What a distribution says of its licence: all of an expression that must hold, or its classifiers."""
    metadata = found.metadata
    named = metadata["License-Expression"] or "" if "License-Expression" in metadata else ""
    classified = [text.split(" :: ")[-1] for text in metadata.get_all("Classifier") or [] if text.startswith("License")]
    short = metadata["License"].split("\n")[0] if "License" in metadata else ""
    if named or not classified:
        # Of alternatives one will do; of what is joined by AND each must.
        for choice in re.split(r"\bOR\b", named or short):
            parts = [part.strip(" ()") for part in re.split(r"\bAND\b", choice)]
            if all(PERMISSIVE.fullmatch(part) for part in parts):
                return parts
        return [named or short]
    return classified


def test_everything_installed_for_the_project_may_be_used() -> None:
    refused = {}
    asked = 0
    for name in pins("requirements-dev.txt"):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # of another platform
        asked += 1
        said = UNSAID.get(name) or licences(found)
        if not said or not all(PERMISSIVE.fullmatch(text) for text in said):
            refused[name] = said
    assert refused == {}
    assert asked > 20


@pytest.mark.parametrize("text", ["AGPL-3.0", "GPL-3.0-or-later", "MIT AND GPL-2.0", "", "Proprietary"])
def test_other_licences_are_refused(text: str, tmp_path: Path) -> None:
    folder = tmp_path / "some-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: some\nVersion: 1.0\nLicense-Expression: {text}\n")
    said = licences(Distribution.at(folder))
    assert not all(PERMISSIVE.fullmatch(part) for part in said)
