"""Every knob: one frozen, validated model in which defaults, `corpuskit.toml` and flags meet.

Flags win over the file, the file over the defaults. `Settings.digest` covers what changes the result, and only that.
"""

import difflib
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
    model_validator,
)

from corpuskit.errors import SettingsError

LEAST_MEMORY: Final = 400_000_000
"""The interpreter with its libraries takes 0.15 GB, and so does each worker."""

FILE_NAME: Final = "corpuskit.toml"

SECTIONS: Final = ("check", "export")
"""Tables of the file that are other commands' (`section` reads them): nothing in them changes what `ingest` makes."""

OF_WHOLE_CORPUS: Final = frozenset({"include", "ignore", "profile", "threshold", "protect", "contains", "canonical"})
"""Settings that change the rows, but nothing that is known of a file by itself; a profile is what it sets."""

PROFILES: Final[Mapping[str, Mapping[str, Any]]] = {
    "default": {},
    "noisy": {
        "threshold": Decimal("0.65"),
        "min_near_chars": 100,
        "shingle_size": 7,
        "shingle_size_unspaced": 3,
        "bands": 384,
        "rows": 2,
        "protect": (),
    },
    "scale": {"shingle_size": 7, "bands": 51, "rows": 5},
}
"""The defaults that a profile changes; what is set explicitly wins. docs/quality.md has what each finds and costs."""

Threshold = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


def _knob(default: Any, description: str, *, output: bool = True, **limits: Any) -> Any:
    """A setting; `output` says whether the rows depend on it."""
    return Field(default, description=description, json_schema_extra={"output": output}, **limits)


class Settings(BaseModel):
    """All settings of a run, immutable and checked.

    Raises `SettingsError` through `load` and `make`; constructing it directly raises pydantic's own error.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    include: tuple[str, ...] = _knob(
        ("*.txt", "*.text", "*.md", "*.rst"),
        "Patterns of the files to read, matched against the path below raw/ and against the name alone. "
        "Files without an extension are always tried.",
    )
    ignore: tuple[str, ...] = _knob(
        (),
        "Patterns of files and folders to leave out. Hidden ones are always left out.",
    )
    max_document_bytes: int = _knob(
        1 << 30,
        "A larger file becomes a documents row with the problem `too_large`.",
        ge=1,
        le=(1 << 31) - (1 << 20),
    )
    symlinks: Literal["skip", "follow"] = _knob(
        "skip",
        "Whether to follow symbolic links in raw/, also out of it. Where they are followed, each folder is read once, "
        "however many links lead to it; a link to a file is a document of its own.",
    )
    max_document_passages: int = _knob(
        10_000_000,
        "A document with more passages, or with more than four times as many lines that are not blank, becomes a "
        "documents row with the problem `too_many_passages`.",
        ge=1,
        le=1 << 30,
    )
    max_passage_chars: int = _knob(
        1_000_000,
        "A longer passage is cut at the ends of sentences, else of lines, else of words: the pieces are passages of "
        "their own, with the flag `cut`. Also where unit is document.",
        ge=100,
        le=(1 << 31) - (1 << 20),
    )
    unit: Literal["paragraph", "line", "document"] = _knob(
        "paragraph",
        "What a passage is: a paragraph, rebuilt from the layout; each line; or the whole document.",
    )
    min_chars: int = _knob(
        1,
        "Passages with fewer characters are filtered: they are in occurrences, but in no record.",
        ge=1,
    )
    drop: tuple[str, ...] = _knob(
        (),
        "Regular expressions (RE2): passages in which one of them is found, anywhere in the text as cleaned, are "
        "filtered. `^` and `$` are the ends of the passage; (?i) ignores case.",
    )
    profile: Literal["default", "noisy", "scale"] = _knob(
        "default",
        "Changes the defaults of other settings; those given explicitly win. noisy: for OCR and transcripts, up to "
        "some ten thousand passages; merges from .65 on and costs much more. scale: for millions of passages; compares "
        "far less and misses more.",
    )
    threshold: Threshold = _knob(
        Decimal("0.85"),
        "The least similarity at which a passage is merged into a record: normalized Indel similarity, "
        "decided in whole numbers.",
        gt=0,
        le=1,
        decimal_places=6,
    )
    min_near_chars: int = _knob(
        60,
        "Passages whose normalized text is shorter merge only when equal. A character of a script that writes "
        "without spaces counts three.",
        ge=1,
    )
    shingle: Literal["chars", "words"] = _knob(
        "chars",
        "What shingles are made of. Words are cheaper and miss a tenth to two thirds of near copies.",
    )
    shingle_size: int = _knob(
        5,
        "Consecutive characters (or words) in a shingle.",
        ge=1,
        le=32,
    )
    shingle_size_unspaced: int = _knob(
        2,
        "Likewise where a script writes without spaces (Chinese, Japanese, Thai …), in characters.",
        ge=1,
        le=32,
    )
    bands: int = _knob(
        64,
        "Bands of the signature: two passages that agree on all rows of a band are compared.",
        ge=1,
        le=1024,
    )
    rows: int = _knob(
        4,
        "Rows of a band. More rows: fewer comparisons, more misses. bands x rows permutations are computed.",
        ge=1,
        le=64,
    )
    seed: int = _knob(
        1,
        "Seed of the permutations, as datasketch's.",
        ge=0,
        lt=1 << 32,
    )
    protect: tuple[Literal["numbers", "names", "negations"], ...] = _knob(
        ("numbers", "names", "negations"),
        'Differences that carry meaning, of ["numbers", "names", "negations"]: near copies that differ in one of these '
        "kinds become records of their own, linked as variants. Dates are numbers, modal verbs (must, may) are "
        "negations; the empty list merges them all, as the profile noisy does.",
    )
    contains: bool = _knob(
        False,
        "Look for records that hold others (one is another and a sentence more, or two that stand apart elsewhere) and "
        "link them in `links`. Fates do not change. It costs time, and memory for the text of all records.",
    )
    canonical: Literal["most_copies", "longest", "earliest"] | tuple[str, ...] = _knob(
        "most_copies",
        "Which wording a record keeps: most_copies (most documents, then most occurrences, then longest, then "
        "path and position), longest, earliest (by path), or a list of source patterns, most trusted first.",
    )
    workers: int = _knob(
        0,
        "Processes for reading, segmenting, signing and judging; 0 means one for each core, and one for small inputs. "
        "Fewer are begun where a memory that is set has no room for them.",
        output=False,
        ge=0,
        le=4096,
    )

    memory: ByteSize = _knob(
        "1.5GB",
        "About how much memory the run may hold at a time, all its processes together; unless it is set, 0.45 GB more "
        "for each worker beyond the second. What grows with the corpus lives in files beside the result; a document "
        "that is large by itself takes several times its size on top.",
        output=False,
    )

    cache: str = _knob(
        "",
        "The folder for what is known of each file, so that the next run reads only what changed; with the corpus's "
        "name in it. Empty: .corpuskit_cache beside the result. It takes some three times the room of the raw files.",
        output=False,
    )

    @field_validator("memory", mode="after")
    @classmethod
    def _enough(cls, memory: ByteSize) -> ByteSize:
        if memory < LEAST_MEMORY:
            raise ValueError(f"at least {LEAST_MEMORY // 1_000_000} MB are needed")
        return memory

    @field_validator("protect", mode="after")
    @classmethod
    def _ordered(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(kinds), key=("numbers", "names", "negations").index))

    @field_validator("drop", mode="after")
    @classmethod
    def _expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if (fault := _fault_of(pattern)) is not None:
                raise ValueError(f"{pattern!r}: {fault}" if len(patterns) > 1 else fault)
        return patterns

    @model_validator(mode="before")
    @classmethod
    def _with_profile(cls, values: Any) -> Any:
        return {**PROFILES.get(str(values.get("profile")), {}), **values} if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.bands * self.rows > 4096:
            raise ValueError(f"bands x rows is {self.bands * self.rows}: at most 4096 permutations")
        if isinstance(self.canonical, tuple) and not self.canonical:
            raise ValueError("canonical: the list of trusted sources is empty")
        return self

    @property
    def permutations(self) -> int:
        """Length of a signature."""
        return self.bands * self.rows

    def miss_rate(self, jaccard: float) -> float:
        """P(two passages of this shingle Jaccard share no bucket) = (1 - J**rows)**bands (Leskovec et al., 3.4)."""
        return float((1 - jaccard**self.rows) ** self.bands)

    def recall_warning(self) -> str | None:
        """One line when the bands miss more than 1 % of the pairs that just reach the threshold; else None.

        Of real pairs at thresholds .7, .85 and .9 (licence texts of 2,000 to 20,000 characters) 99 in 100 had a Jaccard
        of 5 characters of at least .45, .68 and .76; between, a straight line. Of words, half the pairs have less.
        """
        if self.shingle != "chars":
            return None
        jaccard = max(0.0, 0.45 + (float(self.threshold) - 0.7) * 1.55)
        missed = self.miss_rate(jaccard)
        if missed <= 0.01:
            return None
        return (
            f"bands = {self.bands} and rows = {self.rows} miss about {missed:.0%} of the pairs that just reach "
            f"threshold = {self.threshold}: more bands or fewer rows find more"
        )

    def effective(self, *, output_only: bool = False) -> dict[str, Any]:
        """The settings as plain JSON values; with `output_only`, those on which the rows depend."""
        values = self.model_dump(mode="json")
        if output_only:
            values = {name: value for name, value in values.items() if affects_output(name)}
        return values

    def of_documents(self) -> dict[str, Any]:
        """The settings on which the per-document half depends: all that is not known to be of no matter to it."""
        values = self.effective(output_only=True)
        return {name: value for name, value in values.items() if name not in OF_WHOLE_CORPUS}

    @property
    def digest(self) -> str:
        """Hash of what the rows depend on: 32 hex characters."""
        canonical = json.dumps(self.effective(output_only=True), sort_keys=True)
        return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


_NOT_IN_RE2: Final = (
    (r"\(\?<?[=!]", "RE2 does not look ahead or behind; match what stands there too, or drop by two expressions"),
    (r"\\[1-9]", "RE2 has no references back to a group; write out what may be repeated"),
    (r"[*+?}]\+|\(\?>", "RE2 has no possessive or atomic parts, nor needs them: leave out the `+` or `?>`"),
    (r"\\[uU][0-9A-Fa-f]", r"RE2 writes a character by its code as \x{2013}, TOML itself as \u2013"),
    (r"\\Z", r"RE2 writes the end of the text as \z or $"),
)
"""What people know from other engines, as expressions of Python's, and what to do instead."""


def _fault_of(pattern: str) -> str | None:
    """What is wrong with a regular expression of `drop`, in one line; None when it is fine."""
    # Here, because Arrow takes a tenth of a second to load, and commands that drop nothing do without.
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        matches_all = pc.match_substring_regex(pa.array([""]), pattern)[0].as_py()
    except pa.ArrowInvalid as error:
        hints = (hint for other, hint in _NOT_IN_RE2 if re.search(other, pattern))
        said = " ".join(str(error).removeprefix("Invalid regular expression: ").split())
        return f"not a regular expression of RE2: {next(hints, said)}"
    return "it is found in every text, even an empty one" if matches_all else None


def affects_output(name: str) -> bool:
    """Whether the rows of the result depend on the setting `name`."""
    extra = Settings.model_fields[name].json_schema_extra
    return isinstance(extra, dict) and bool(extra["output"])


def find_file(start: Path | None = None) -> Path | None:
    """The nearest `corpuskit.toml`, from the folder `start` (default: the working one) upward."""
    folder = (start or Path.cwd()).absolute()
    for candidate in (folder, *folder.parents):
        if (candidate / FILE_NAME).is_file():
            return candidate / FILE_NAME
    return None


def load(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings from the TOML file at `path` (None: defaults alone), with `overrides` on top.

    Raises SettingsError, one line that names the file, the key and the range.
    """
    values = {name: value for name, value in _read(path).items() if name not in SECTIONS} if path else {}
    make(values, where=str(path) if path else "")
    return make({**values, **(overrides or {})})


def section(path: Path | None, name: str) -> dict[str, Any]:
    """One of SECTIONS of the TOML file at `path`, as it stands there; empty where there is none.

    Numbers with a point are Decimals. Raises SettingsError when the file cannot be read, or `name` is no table in it.
    """
    found = _read(path).get(name, {}) if path else {}
    if not isinstance(found, dict):
        raise SettingsError(f"{path}: `{name}` should be a table: [{name}]")
    return found


def _read(path: Path) -> dict[str, Any]:
    """The TOML file at `path`; raises SettingsError, one line."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise SettingsError(f"{path}: {os.strerror(error.errno or 0)}") from None
    except (ValueError, RecursionError) as error:  # syntax, encoding, digits of a number, depth of brackets
        raise SettingsError(f"{path}: not valid TOML: {error}") from None


def make(values: Mapping[str, Any], where: str = "") -> Settings:
    """Checked settings of plain values; `where` begins the message of a SettingsError."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:1])
        prefix = f"{where}: " if where else ""
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{prefix}unknown setting `{name}`{_nearest(name)}") from None
        message = first["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
        shown = f"{name} = {first['input']!r}: " if name else ""
        raise SettingsError(f"{prefix}{shown}{message}{_range(name)}") from None


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(Settings.model_fields)}"


def _range(name: str) -> str:
    """The allowed range of a number, from the model's own constraints."""
    if name not in Settings.model_fields:
        return ""
    bounds: dict[str, Any] = {}
    for constraint in Settings.model_fields[name].metadata:
        for bound in ("gt", "ge", "lt", "le"):
            if hasattr(constraint, bound):
                bounds[bound] = getattr(constraint, bound)
    if not bounds:
        return ""
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    return " (" + ", ".join(f"{words[bound]} {value}" for bound, value in bounds.items()) + ")"
