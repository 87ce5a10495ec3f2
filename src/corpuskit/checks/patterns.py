"""What hygiene checks look for: where it stands in a text, and how a finding shows it without giving it away.

The idea: each search has a cheap expression of RE2 that a text must match to be looked at, over whole columns in Arrow;
the few that do are searched in Python. `phones` needs phonenumbers and `mojibake` ftfy, which come with the extra
`hygiene`.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpuskit.errors import SettingsError

Found = tuple[int, int, str]
"""Start and end of a place in characters, and what is said of it: masked."""


@dataclass(frozen=True)
class Search:
    """`filter`, for RE2, is found in every text that `places` finds something in."""

    name: str
    filter: str
    places: Callable[[str], Iterator[Found]]


def mask(found: str) -> str:
    """The first two characters and the length: enough to find it again at its place, and no more."""
    return f"{found[:2]}… ({len(found)} characters)"


def search(name: str, *, phrases: Sequence[str] = (), region: str | None = None) -> Search:
    """The search of a hygiene check. Raises SettingsError when a library is not installed, or there are no phrases."""
    if name == "boilerplate":
        return _boilerplate(phrases)
    if name == "phones":
        return Search(name, r"\d(?:[^\d\n]{0,3}\d){4}|\p{Nd}{5}", _phones(region))
    if name == "mojibake":
        return Search(name, r"[^\x00-\x7f]", _mojibake())
    return _SEARCHES[name]


# The local part as in RFC 5322's dot-atom, less characters that are hardly ever used and often stand around addresses;
# lengths as in RFC 5321, so that no text takes long.
_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w+%-](?:[\w.+%-]{0,63})@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@])"
)
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])")
SECTION: Final = 31
"""Four numbers none of which is above are sections of a document, until shown otherwise."""

# The prefixes that providers publish so that their keys can be found.
_SECRETS: Final = {
    "AWS access key": r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "Google API key": r"\bAIza[\w-]{35}(?![\w-])",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b",
    "GitLab token": r"\bglpat-[\w-]{20,255}",
    "Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "Stripe key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}\b",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "PyPI token": r"\bpypi-AgE[\w-]{50,1000}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,255}\b",
    "SendGrid key": r"\bSG\.[\w-]{16,32}\.[\w-]{16,64}",
    "API key": r"\bsk-(?:ant-|proj-)?[\w-]{32,255}",
    "JSON web token": r"\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}",
    "private key": r"-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
}
_SECRET: Final = re.compile("|".join(f"({pattern})" for pattern in _SECRETS.values()))
_CONTROLS: Final = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x{80}-\x{9f}]"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]+")


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield *match.span(), mask(match[0])


def _ip_addresses(text: str) -> Iterator[Found]:
    end = 0
    for match in sorted((*_IPV6.finditer(text), *_IPV4.finditer(text)), key=re.Match.start):
        if match.start() >= end and _is_address(match[0]):
            end = match.end()
            yield *match.span(), mask(match[0])


def _is_address(found: str) -> bool:
    """Whether it is an address, and not the number of a section, or names with colons between, as in C++."""
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified:
        return False
    if address.version == 4:
        return max(map(int, found.split("."))) > SECTION
    return any(len(part) > 2 and any(map(str.isdecimal, part)) for part in found.split(":"))


def _secrets(text: str) -> Iterator[Found]:
    names = tuple(_SECRETS)
    for match in _SECRET.finditer(text):
        yield *match.span(), f"{names[(match.lastindex or 1) - 1]}: {mask(match[0])}"


def _controls(text: str) -> Iterator[Found]:
    for match in _CONTROL.finditer(text):
        yield *match.span(), _codes(match[0])


def _replacements(text: str) -> Iterator[Found]:
    for match in re.finditer("\ufffd+", text):
        yield *match.span(), _codes(match[0])


def _codes(found: str) -> str:
    """Code points, the first few."""
    codes = " ".join(f"U+{ord(char):04X}" for char in found[:4])
    return codes + (" …" if len(found) > 4 else "")


_SEARCHES: Final = {
    search.name: search
    for search in (
        Search("emails", r"[^\s@]@[^\s@]+\.", _emails),
        Search("ip_addresses", r"\d\.\d{1,3}\.\d|[0-9A-Fa-f]?:[0-9A-Fa-f]*:", _ip_addresses),
        Search(
            "secrets",
            r"AKIA|ASIA|AIza|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_|npm_|pypi-|hf_|SG\.|sk-|eyJ|"
            r"-----BEGIN",
            _secrets,
        ),
        Search("control_characters", _CONTROLS, _controls),
        Search("replacement_characters", r"\x{FFFD}", _replacements),
    )
}


def _phones(region: str | None) -> Callable[[str], Iterator[Found]]:
    try:
        import phonenumbers
    except ImportError:
        raise SettingsError(_missing("phones", "phonenumbers")) from None
    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingsError(f"phone_region = '{region}': phonenumbers knows no such region")

    def places(text: str) -> Iterator[Found]:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield match.start, match.end, mask(match.raw_string)

    return places


def _mojibake() -> Callable[[str], Iterator[Found]]:
    try:
        from ftfy import badness
    except ImportError:
        raise SettingsError(_missing("mojibake", "ftfy")) from None

    def places(text: str) -> Iterator[Found]:
        for match in badness.BADNESS_RE.finditer(text):
            yield *match.span(), _codes(match[0])

    return places


def _missing(name: str, library: str) -> str:
    return f"the check `{name}` needs {library}: pip install 'corpuskit-curation[hygiene]'"


def _boilerplate(phrases: Sequence[str]) -> Search:
    """Case and the kind of blank space do not matter; phrases begin and end at words where they have letters there."""
    if not phrases:
        raise SettingsError("the file `boilerplate` has no phrases")
    longest = sorted({" ".join(phrase.split()) for phrase in phrases}, key=len, reverse=True)
    patterns = [r"\s+".join(map(re.escape, phrase.split(" "))) for phrase in longest]
    plain = [r"\s+".join(map(_escape_re2, phrase.split(" "))) for phrase in longest]
    expression = re.compile("|".join(patterns), re.IGNORECASE)

    def places(text: str) -> Iterator[Found]:
        for match in expression.finditer(text):
            phrase = " ".join(match[0].split())
            yield *match.span(), phrase if len(phrase) <= 60 else f"{phrase[:59]}…"

    return Search("boilerplate", f"(?i){'|'.join(plain)}", places)


def _escape_re2(word: str) -> str:
    """A word as RE2 takes it: every other character than letters, digits and beyond ASCII behind a backslash."""
    return re.sub(r"([^0-9A-Za-z\x80-\U0010ffff])", r"\\\1", word)


def phrases_of(text: str) -> list[str]:
    """The phrases of a file of boilerplate: one a line, without comments and empty lines."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
