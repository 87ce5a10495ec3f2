"""A report for machines and pull requests: JSON, JUnit, GitHub annotations, Markdown; SARIF has a module of its own.

Each format is a function from a report to text. What comes from raw files is made visible, and escaped as the format
wants.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import zip_longest
from typing import Any, Final
from xml.etree import ElementTree

from corpuskit.checks.findings import Finding
from corpuskit.checks.report import Outcome, Report, shown_path
from corpuskit.checks.sarif import sarif
from corpuskit.raw import escape
from corpuskit.visible import visible

_WORDS: Final = {"passed": "passed", "found": "findings", "skipped": "not judged", "failed": "could not be done"}


def as_json(report: Report) -> str:
    """The outcome of every check, with its findings."""
    return json.dumps(
        {
            "corpus": shown_path(report.curated),
            "build": report.build,
            "counts": dict(report.counts),
            "checks": [_outcome(report, outcome) for outcome in report.outcomes],
        },
        indent=2,
    )


def _outcome(report: Report, outcome: Outcome) -> dict[str, Any]:
    findings = [{**asdict(finding), "file": escape(os.fsencode(report.file(finding)))} for finding in outcome.findings]
    about = {name: getattr(outcome.check, name) for name in ("name", "kind", "meaning")}
    return {
        **about,
        "severity": outcome.severity,
        "status": outcome.status,
        "note": outcome.note,
        "count": outcome.count,
        "findings": findings,
    }


def _file(report: Report, finding: Finding) -> str:
    """The file that a finding is about, as text: escaped as in `documents.path`."""
    return escape(os.fsencode(report.file(finding)))


def place(finding: Finding) -> str:
    """Where a finding is, in short: `a.txt:5`, or an id; empty when it is about no place."""
    where = finding.path or finding.record_id or finding.occurrence_id or ""
    return f"{where}:{finding.lines[0]}" if finding.path and finding.lines else where


def particulars(finding: Finding) -> str:
    """What else is known of the place: ids, and the span in the text."""
    ids = [(kind, getattr(finding, kind)) for kind in ("record_id", "occurrence_id")]
    known = [f"{kind.removesuffix('_id')} {value}" for kind, value in ids if value and value != place(finding)]
    if finding.span:
        known.append(f"bytes {finding.span[0]}-{finding.span[1]} of its text")
    return ", ".join(known)


def line(finding: Finding) -> str:
    """A finding in one line, with all that is known of its place."""
    known = particulars(finding)
    where = " ".join(filter(None, (place(finding), f"({known})" if known else "")))
    return visible(f"{where}: {finding.message}" if where else finding.message)


# What XML 1.0 cannot hold, and `visible` leaves.
_NOT_XML: Final = re.compile("[\ufffe\uffff]")


def junit(report: Report) -> str:
    """One test case a check: a failure has its findings, an error why it could not be done."""
    suites = ElementTree.Element("testsuites", name="corpuskit check")
    statuses = [outcome.status for outcome in report.outcomes]
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        name=_xml(f"corpuskit check {shown_path(report.curated)}"),
        tests=str(len(statuses)),
        failures=str(statuses.count("found")),
        errors=str(statuses.count("failed")),
        skipped=str(statuses.count("skipped")),
    )
    for outcome in report.outcomes:
        case = ElementTree.SubElement(
            suite, "testcase", name=outcome.check.name, classname=f"check.{outcome.check.kind}"
        )
        if outcome.status == "found":
            number = f"{outcome.count:,} finding{'s' if outcome.count != 1 else ''}"
            message = f"{number}; what should hold: {outcome.check.meaning}"
            failure = ElementTree.SubElement(case, "failure", type=outcome.severity, message=_xml(message))
            failure.text = _xml("\n".join(line(finding) for finding in outcome.findings))
        elif outcome.status == "failed":
            ElementTree.SubElement(case, "error", type="failed", message=_xml(outcome.note))
        elif outcome.status == "skipped":
            ElementTree.SubElement(case, "skipped", message=_xml(outcome.note))
        elif outcome.note:
            ElementTree.SubElement(case, "system-out").text = _xml(outcome.note)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", "\n".join(map(visible, text.split("\n"))))


_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report) -> str:
    """Workflow commands, one a line, that GitHub shows beside the lines of the raw files.

    Of a step it shows ten of each severity: so what could not be done comes first, then the first finding of each
    check, then the second ones, and no check hides another. What was not judged comes last.
    """
    lines = [
        _command("error", {"title": f"corpuskit: {outcome.check.name}"}, f"could not be done: {visible(outcome.note)}")
        for outcome in report.outcomes
        if outcome.status == "failed"
    ]
    for turn in zip_longest(*(outcome.findings for outcome in report.outcomes)):
        for finding in filter(None, turn):
            values = {"file": report.file(finding), "title": f"corpuskit: {finding.name}"}
            if finding.lines:
                values |= {"line": str(finding.lines[0]), "endLine": str(finding.lines[1])}
            lines.append(_command(_COMMANDS[finding.severity], values, line(finding)))
    lines += [
        _command("notice", {"title": f"corpuskit: {outcome.check.name}"}, visible(outcome.note))
        for outcome in report.outcomes
        if outcome.note and outcome.status != "failed"
    ]
    return "\n".join(lines)


def _command(command: str, values: Mapping[str, str], message: str) -> str:
    """A workflow command; `,` and `:` would end a value, line ends the command."""
    escaped = {name: _percent(visible(value)).replace(":", "%3A").replace(",", "%2C") for name, value in values.items()}
    return f"::{command} {','.join(f'{name}={value}' for name, value in escaped.items())}::{_percent(message)}"


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


_MARKDOWN_CHARS: Final = 60_000
"""GitHub's comments hold 65,536 characters."""


def markdown(report: Report) -> str:
    """A table of what is not as it should be, for a comment on a pull request, within what such may hold."""
    told = [outcome for outcome in report.outcomes if outcome.status != "passed" or outcome.note]
    passed = sum(outcome.status == "passed" for outcome in report.outcomes)
    parts = [
        "## corpuskit check",
        f"{_code(shown_path(report.curated))}: {passed} of {len(report.outcomes)} checks passed.",
    ]
    if told:
        rows = [(outcome.check.name, _said(outcome), outcome.note or outcome.check.meaning) for outcome in told]
        head = "| check | outcome | what should hold, or a note |\n| --- | --- | --- |\n"
        parts.append(head + "\n".join(f"| {_code(name)} | {said} | {_cell(note)} |" for name, said, note in rows))
    for outcome in told:
        if outcome.findings:
            lines = "\n".join(f"- {_code(line(finding))}" for finding in outcome.findings)
            part = f"<details><summary>{outcome.check.name}</summary>\n\n{lines}\n\n</details>"
            if sum(map(len, parts)) + len(part) > _MARKDOWN_CHARS:
                parts.append("More findings did not fit here; the other formats have them.")
                break
            parts.append(part)
    return "\n\n".join(parts)


def _said(outcome: Outcome) -> str:
    if outcome.status == "found":
        return f"{outcome.count:,} × {outcome.severity}"
    return _WORDS[outcome.status]


def _cell(text: str) -> str:
    """As code in a table, where a bar would end the cell even there; elsewhere its escape would be shown."""
    return _code(text).replace("|", "\\|")


def _code(text: str) -> str:
    """As code, in which nothing means anything: no markup, no mention."""
    text = visible(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    blank = " " if "`" in text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "markdown": markdown,
}
"""By the names that `--format` takes."""
