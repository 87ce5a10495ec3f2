"""Write the pages that are made of the code: tables.md, settings.md, cli.md, and the lists in checks.md.

`python docs/generate.py` writes them; with `--check` it writes nothing, and fails when one is out of date.
"""

import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from rich.text import Text

from corpuskit import checks, cli, schema
from corpuskit.checks import policy
from corpuskit.cli.flags import allowed, default_shown, flag
from corpuskit.cli.init import miss_rates
from corpuskit.corpus import Corpus
from corpuskit.settings import Settings, affects_output

FOLDER: Final = Path(__file__).parent

WIDTH: Final = 120
"""Of a line of prose."""

sys.path.append(str(FOLDER.parent / "tests"))
from damage import KINDS  # noqa: E402 - what tests damage is what the page says

MADE: Final = "<!-- Made by docs/generate.py: change the code that it is made of, not this page. -->\n"

LISTS: Final[Sequence[tuple[str, str, Mapping[str, str]]]] = (
    ("Fates", "`occurrences.fate`: what became of a passage.", schema.FATES),
    ("Reasons", "`occurrences.reason`: why a passage has its fate.", schema.REASONS),
    ("Measures", "`occurrences.measure`: how similarity was measured.", schema.MEASURES),
    ("Canonical reasons", "`records.canonical`: why this wording was kept.", schema.CANONICAL_REASONS),
    ("Relations", "`links.relation`: how two records are related.", schema.RELATIONS),
    ("Problems", "How `documents.problem` begins; a colon and particulars follow.", schema.PROBLEMS),
    ("Document flags", "Names in `documents.flags`.", schema.DOCUMENT_FLAGS),
    ("Occurrence flags", "Names in `occurrences.flags`.", schema.OCCURRENCE_FLAGS),
)


def pages() -> dict[str, str]:
    """The text of each page, by file name."""
    made = {"tables.md": tables(), "settings.md": settings(), "cli.md": command_line()}
    whole = {name: "\n\n".join([MADE.strip(), *map(wrapped, parts)]) + "\n" for name, parts in made.items()}
    return {**whole, "checks.md": filled((FOLDER / "checks.md").read_text(encoding="utf-8"), CHECK_LISTS)}


def wrapped(part: str) -> str:
    """Paragraphs in lines of at most WIDTH; tables, code, headings, lists and markers stay as they are."""
    if part.startswith(("|", "#", "```", "<!--", "- ", "* ")):
        return part
    return "\n\n".join(
        textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
        for paragraph in part.split("\n\n")
    )


def tables() -> Iterator[str]:
    """The published tables, the values of their columns, and what checks can find."""
    yield "# Tables"
    yield (
        f"Schema version {schema.SCHEMA_VERSION}. A corpus is four Parquet tables and `manifest.json`, which "
        "lists their files. The meaning of a column is also in its field's metadata, in the files themselves."
    )
    yield (
        "This page is the contract with those who read the files. The version is in the manifest and in each file's "
        "metadata, and follows semantic versioning:"
    )
    yield _table(["change", "may do"], schema.VERSIONING.items())
    yield (
        "That the same files give other rows is no change of the schema: the changelog has it under *Output changes*. "
        "[manifest.schema.json](manifest.schema.json) describes the manifest, and [questions.md](questions.md) shows "
        "how to ask the tables what downstream asks."
    )
    for name, columns in schema.PUBLISHED.items():
        yield f"## {name}"
        yield inspect.getdoc(getattr(Corpus, name)) or ""
        yield _table(["column", "type", "null when", "meaning"], map(_column, columns))
    for title, summary, values in LISTS:
        yield f"## {title}"
        yield summary
        yield _table(["name", "meaning"], ((f"`{name}`", meaning) for name, meaning in values.items()))
    yield "## Findings"
    yield (
        "What `corpuskit check` always verifies, by the name of the finding when it does not hold. "
        "[checks.md](checks.md) explains these and all other checks."
    )
    yield _table(["name", "severity", "what must hold"], map(_check, checks.CHECKS.items()))


def _column(field: pa.Field) -> tuple[str, ...]:
    about = {key.decode(): value.decode() for key, value in field.metadata.items()}
    unit = f" ({about['unit']})" if about["unit"] else ""
    return f"`{field.name}`", f"`{_type(field.type)}`", about["nulls"], about["description"] + unit


def _type(kind: pa.DataType) -> str:
    """An Arrow type without the names of list elements."""
    if pa.types.is_list(kind):
        return f"list<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return "struct<" + ", ".join(f"{field.name}: {_type(field.type)}" for field in kind) + ">"
    return str(kind)


def _check(item: tuple[str, str]) -> tuple[str, str, str]:
    name, holds = item
    return f"`{name}`", "warning" if name in checks.WARNINGS else "error", holds


def settings() -> Iterator[str]:
    """Every setting."""
    yield "# Settings"
    yield (
        "Settings come from flags of `corpuskit ingest`, over `corpuskit.toml` (the nearest from the working "
        "folder upward, or `--config FILE`), over defaults. `corpuskit init` writes a file with all of them, "
        "commented out: what you uncomment is fixed, the rest follows the defaults of the version that runs. "
        "`--include` and `--ignore` add to what the file or the defaults say; every other flag replaces it. "
        'In Python: `corpuskit.ingest("raw", "curated", corpuskit.Settings(threshold="0.9"))`.'
    )
    for name, field in Settings.model_fields.items():
        yield f"## {name}"
        yield str(field.description)
        where = "the rows depend on it" if affects_output(name) else "the rows do not depend on it"
        yield f"Default `{default_shown(name)}` · allowed: {allowed(name)} · flag `{flag(name)}` · {where}"
        if name == "rows":
            yield from miss_rates(Settings())


def filled(text: str, lists: Mapping[str, Callable[[], Iterator[str]]]) -> str:
    """A page written by hand, with what stands between `<!-- made: name -->` and `<!-- end -->` made anew."""
    marked = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
    assert [name for _, name, _ in marked.findall(text)] == list(lists)
    return marked.sub(
        lambda found: "\n\n".join([found[1], *map(wrapped, lists[found[2]]()), found[3]]).replace("\n\n\n", "\n\n"),
        text,
    )


def check_settings() -> Iterator[str]:
    """The keys of the table `[check]`."""
    fields = policy.Policy.model_fields.items()
    yield _table(["key", "meaning"], ((f"`{name}`", str(field.description)) for name, field in fields))


def check_sections(kind: str) -> Iterator[str]:
    """A section for each check of a kind."""
    for check in checks.CATALOGUE.values():
        if check.kind == kind:
            yield f"### {check.name}"
            yield f"{check.severity.capitalize()} · {check.meaning}."
            yield check.advice


def damages() -> Iterator[str]:
    """What is done to a corpus in tests, and what is found."""
    rows = ((kind.what, ", ".join(f"`{name}`" for name in kind.found)) for kind in KINDS)
    yield _table(["damage", "found by"], rows)


CHECK_LISTS: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "settings": check_settings,
    "laws": lambda: check_sections("law"),
    "thresholds": lambda: check_sections("threshold"),
    "hygiene": lambda: check_sections("hygiene"),
    "damage": damages,
}


def command_line() -> Iterator[str]:
    """Every command, as its help has it."""
    yield "# Command line"
    yield (
        "Results go to stdout (`--json` for machines), narration and progress bars to stderr, bars only on a "
        "terminal. What comes from raw files is shown with control characters made visible."
    )
    codes = {
        cli.FINE: "fine; for `ingest` also when some files could not be read, unless `--strict`",
        cli.FINDINGS: "findings: as bad as `--fail-on` or worse (`check`), or an unreadable file (`ingest --strict`)",
        cli.FAILURE: "bad call or failure: one line on stderr that begins with `corpuskit:`; or a check not done",
        cli.INTERRUPTED: "interrupted (Ctrl-C); the corpus is whole: the old one or, at the very end, the new one",
        cli.BROKEN_PIPE: "whoever read the output has closed it",
    }
    yield _table(["exit code", "meaning"], ((str(code), meaning) for code, meaning in codes.items()))
    for name, summary in cli.COMMANDS.items():
        command = cli.load(name)
        yield f"## corpuskit {name}"
        yield summary
        yield _plain(command.help or "")
        yield f"```text\nUsage: corpuskit {name} {_usage(command)}\n```"
        yield _table(["argument or flag", "meaning"], map(_parameter, command.params))
        yield f"```text\n{_plain(command.epilog or '')}\n```"


def _usage(command: Any) -> str:
    return " ".join(["[OPTIONS]", *(_argument(item) for item in command.params if _is_argument(item))])


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar)
    return name if parameter.required else f"[{name}]"


def _parameter(parameter: Any) -> tuple[str, str]:
    default = f" Default: {parameter.default}" if parameter.show_default and parameter.default else ""
    if _is_argument(parameter):
        return f"`{parameter.metavar}`", f"{_plain(parameter.help)}{default}"
    value = f" {parameter.metavar}" if parameter.metavar else ""
    shown = default if value else ""
    return f"`{', '.join(parameter.opts)}{value}`", f"{_plain(parameter.help)}{shown}"


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def _plain(text: str) -> str:
    return Text.from_markup(text).plain


def _table(head: Sequence[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    text = text.replace("|", "\\|")
    return text if text.startswith("`") else text.replace("*", "\\*")


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or compare them; the exit code."""
    stale = []
    for name, text in pages().items():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                file.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'out of date' if '--check' in arguments else 'wrote'}: {', '.join(stale)}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
