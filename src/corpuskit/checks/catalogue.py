"""Every check that there is: its name, kind, severity, what holds when it finds nothing, and what to make of a finding.

    laws         always checked
    thresholds   those that have a limit in `[check]` of the settings
    hygiene      those that `look_for` names
    rules        the user's own, in SQL: `policy.Rule`

`docs/checks.md` has a section for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from corpuskit.checks.findings import CHECKS, WARNINGS, Severity

Kind = Literal["law", "threshold", "rule", "hygiene"]


@dataclass(frozen=True)
class Check:
    """A check: `meaning` says what must hold, in one line; `advice` how it is judged and what to do about a finding."""

    name: str
    kind: Kind
    severity: Severity
    meaning: str
    advice: str = ""


FILE_CHECKS: Final = ("manifest", "links_stale", "schema")
"""Laws for which the files are looked at; without them no row can be read, so this is always done."""

_LAWS: Final[Mapping[str, str]] = {
    "manifest": "Checksums, sizes, row counts and the build digest of all files are computed again. A finding means "
    "that files were damaged, mixed with those of another build, or written by something else: run `corpuskit "
    "ingest` again.",
    "links_stale": "Readers that open `curated/records.parquet` and not what the manifest lists get another corpus "
    "than those that open through the manifest. The next `corpuskit ingest` renews the files.",
    "schema": "The columns are those of `docs/tables.md`, with their types, nulls and descriptions. A finding means "
    "that another program wrote the file, or changed it.",
    "ids": "Each id is computed again from the path, the text and the repetition. Who joins tables by a wrong id "
    "joins the wrong rows.",
    "order": "Readers that go through the tables side by side rely on the order.",
    "conservation": "A passage that is lost, or counted twice, shows here.",
    "sources": "`records.sources` repeats what `occurrences` says; both must say the same.",
    "flags": "`empty`, `decode_loss` and `no_content` follow from the text and are computed again.",
    "filters": "The settings in the manifest are applied to every text again.",
    "raw_missing": "Name the folder with `--raw DIR`, or say `--no-raw` where it is not to be had.",
    "raw_changed": "A raw file was edited or deleted since the run: restore it, or run `corpuskit ingest` again.",
    "traceability": "Each raw file is decoded again; spans, lines and texts are compared with it, and what stands in "
    "no passage is told. `--sample N` looks at N documents, `--no-raw` at none.",
    "direct_similarity": "Each near copy is measured against its record by rapidfuzz, which shares no code with the "
    "kernel that decided the merge.",
    "variants": "The families in `records.variant_group` and the links of `variant` are checked against the texts.",
    "contains": "The piece that each link `contains` tells is measured.",
    "no_repeats": "The records are signed and clustered again, alone: each must stay a record. A variant was compared "
    "with its family, so what is asked of it is that it differs from the others there: a record of another family may "
    "be at or above the threshold to it.",
    "problem_document": "A file that could not be read or decoded gave no passages. `documents.problem` says why.",
}

THRESHOLDS: Final[Mapping[str, tuple[str, str]]] = {
    "records": ("the number of records is within the limits", "Counted in the table."),
    "documents": ("the number of documents is within the limits", "Those with a problem count, too."),
    "records_by_language": (
        "each language named has as many records as it should",
        "By `records.language`. Where no record has a language, there is nothing to judge, and the check says so.",
    ),
    "documents_by_language": (
        "each language named has as many documents as it should",
        "By `documents.language`. Where no document has a language, there is nothing to judge, and the check says so.",
    ),
    "records_by_source": (
        "each source pattern has as many records as it should",
        "Records with a copy in a document that matches. Patterns are those of `include`: on the path below raw/ or "
        "on the name alone.",
    ),
    "documents_by_source": (
        "each source pattern has as many documents as it should",
        "Documents that match, those with a problem too. Patterns as in `records_by_source`.",
    ),
    "exact_share": ("the share of passages that are exact copies is within the limits", "Of all passages found."),
    "near_share": (
        "the share of passages that were merged as near copies is within the limits",
        "Of all passages found.",
    ),
    "filtered_share": ("the share of passages that were filtered is within the limits", "Of all passages found."),
    "problem_share": ("the share of documents that could not be read is within the limits", "Of all documents."),
    "variant_share": ("the share of records in families of variants is within the limits", "Of all records."),
    "lengths": (
        "the lengths of records are as they should be",
        "Characters of the text, by quantile: `min`, `median`, `max`, `mean`, and `p1` to `p99` (also `p99.9`): the "
        "least length that at least so many per cent of the records do not exceed.",
    ),
    "encodings": (
        "every document has one of the encodings allowed",
        "Names of Python codecs, as in `documents.encoding`. Documents that were not decoded are not judged.",
    ),
    "languages": (
        "every document and record has one of the languages allowed",
        "Where no language was identified, there is nothing to judge; if that is so everywhere, the check says so.",
    ),
    "largest_cluster": ("no record has more copies than the limit", "The most copies that one record may have."),
    "lowest_similarity": (
        "no passage was merged below this similarity",
        "Stricter than `threshold`, for a release whose merges nobody will look at.",
    ),
    "lost_to_another": (
        "no source has more than this share of its passages in the records of one other source",
        'A source is a document, or a folder just below raw/ with `by = "folder"`. A document that is nearly all in '
        "another one is a copy of it, under another name. Filtered passages do not count; sources with fewer than "
        "`min_passages` are not judged.",
    ),
    "change": (
        "counts have not changed more than allowed since the baseline",
        "`baseline` names another corpus, or the manifest of one; `fall` and `rise` are shares of its count.",
    ),
}

HYGIENE: Final[Mapping[str, tuple[str, str]]] = {
    "emails": ("no e-mail address stands in a text", "Mailbox and domain, as people write them."),
    "phones": (
        "no phone number stands in a text",
        "By Google's libphonenumber: only numbers that could be valid. Numbers without a country's code are found "
        "when `phone_region` says whose they are.",
    ),
    "ip_addresses": (
        "no IP address stands in a text",
        "IPv4 and IPv6. Four small numbers (1.2.3.4, none above 31) are sections of a document more often than "
        "addresses, and one address in 4,096 has such: they are passed over, and so are loopback and unspecified "
        "addresses, and IPv6 without a part of three digits or more (`a::b` is C++).",
    ),
    "secrets": (
        "no API key, token or private key stands in a text",
        "By the prefixes that providers give their keys for this purpose (AWS, Google, GitHub, GitLab, Slack, "
        "Stripe, npm, PyPI, Hugging Face, SendGrid, OpenAI, Anthropic), JSON web tokens, and the head of a PEM "
        "private key. Passwords and keys without a known form are not found.",
    ),
    "control_characters": (
        "no control character stands in a text",
        "C0 and C1 controls and DEL, but not tab, line feed, carriage return and form feed.",
    ),
    "mojibake": (
        "no text looks decoded with the wrong encoding",
        "By ftfy's measure of badness: sequences that good text hardly has.",
    ),
    "replacement_characters": (
        "no replacement character stands in a text",
        "U+FFFD stands for bytes that could not be decoded, here or before the file was made.",
    ),
    "boilerplate": (
        "no phrase of the file `boilerplate` stands in a text",
        "One phrase a line, `#` begins a comment; case and the kind of blank space do not matter.",
    ),
}

WARNED: Final = frozenset({"control_characters", "mojibake", "replacement_characters", "boilerplate"})
"""Hygiene that is a warning unless the settings say otherwise: it harms quality, not people."""


def _law_checks() -> list[Check]:
    """The laws, in the order in which their findings are listed."""
    return [
        Check(name, "law", "warning" if name in WARNINGS else "error", meaning, _LAWS.get(name, ""))
        for name, meaning in CHECKS.items()
    ]


CATALOGUE: Final[Mapping[str, Check]] = {
    check.name: check
    for check in (
        *_law_checks(),
        *(Check(name, "threshold", "error", *text) for name, text in THRESHOLDS.items()),
        *(Check(name, "hygiene", "warning" if name in WARNED else "error", *text) for name, text in HYGIENE.items()),
    )
}
"""All checks but the user's own rules, by name."""
