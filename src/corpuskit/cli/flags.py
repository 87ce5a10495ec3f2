"""A flag for each setting, made from the settings themselves: none is missing or out of date."""

import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import typer
from pydantic import ByteSize

from corpuskit.errors import SettingsError
from corpuskit.settings import Settings, find_file, load

ADDED: Final = ("include", "ignore")
"""Lists that a flag adds to; every other flag replaces the setting."""

PANEL: Final = "Settings (over corpuskit.toml, over defaults)"


NONE: Final = "none"
"""On the command line, an empty list of kinds."""


def with_flags(function: Callable[..., None]) -> Callable[..., None]:
    """The function with a flag for each setting instead of its parameter `flags`, which maps those used."""

    def run(**values: Any) -> None:
        given = {name: values.pop(name) for name in Settings.model_fields}
        function(flags={name: value for name, value in given.items() if value not in (None, [])}, **values)

    own = [item for item in inspect.signature(function).parameters.values() if item.name != "flags"]
    flags = [_parameter(name) for name in Settings.model_fields]
    run.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]
    run.__doc__ = function.__doc__
    return run


def effective(config: Path | None, flags: Mapping[str, Any]) -> tuple[Settings, Path | None]:
    """The settings of a run and their file, which is `config` or the nearest corpuskit.toml upward."""
    path = config or find_file()
    configured = load(path)
    overrides = dict(flags)
    for name in ADDED:
        if name in overrides:
            overrides[name] = (*getattr(configured, name), *overrides[name])
    for name in ("protect", "drop"):
        if overrides.get(name) == [NONE]:
            overrides[name] = ()
    if "canonical" in overrides:
        overrides["canonical"] = _canonical(overrides["canonical"])
    return load(path, overrides), path


def _canonical(given: list[str]) -> str | tuple[str, ...]:
    policies = policy_names()
    if len(given) == 1 and given[0] in policies:
        return given[0]
    if named := [value for value in given if value in policies]:
        raise SettingsError(f"--canonical {named[0]}: a policy stands alone, without patterns or another policy")
    return tuple(given)


def policy_names() -> tuple[str, ...]:
    """The canonical policies that have names."""
    named = next(kind for kind in get_args(_annotation("canonical")) if get_origin(kind) is Literal)
    return get_args(named)


def default_shown(name: str) -> str:
    """A setting's default as TOML."""
    return toml(Settings.model_fields[name].default)


def toml(value: object) -> str:
    """A value of a setting as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)


def allowed(name: str) -> str:
    """The values that a setting may have, in words."""
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    limits = Settings.model_fields[name].metadata
    bounds = [f"{word} {getattr(limit, key)}" for limit in limits for key, word in words.items() if hasattr(limit, key)]
    if bounds:
        return ", ".join(bounds)
    if _annotation(name) is bool:
        return "true, false"
    if _annotation(name) is ByteSize:
        return "a size, as in 800MB"
    if get_origin(_annotation(name)) is Literal:
        return ", ".join(toml(choice) for choice in get_args(_annotation(name)))
    if name == "canonical":
        return ", ".join(map(toml, policy_names())) + ", or a list of patterns"
    if choices := _choices(name):
        return f"a list of {', '.join(map(toml, choices))}"
    if _annotation(name) is str:
        return "a path"
    return "a list of regular expressions" if name == "drop" else "a list of patterns"


def _annotation(name: str) -> Any:
    return Settings.model_fields[name].annotation


def _choices(name: str) -> tuple[str, ...]:
    """The words that a setting lists, where it is a list of some."""
    listed = get_args(_annotation(name))[:1] if get_origin(_annotation(name)) is tuple else ()
    return get_args(listed[0]) if listed and get_origin(listed[0]) is Literal else ()


def flag(name: str) -> str:
    """The flag of a setting."""
    return "--" + name.replace("_", "-")


def _parameter(name: str) -> inspect.Parameter:
    field = Settings.model_fields[name]
    annotation, metavar, more = _typed(name)
    text = f"{field.description}{more} Default: {_plain(field.default)}".replace("[", r"\[")
    spelled = f"{flag(name)}/--no-{name.replace('_', '-')}" if annotation is bool else flag(name)
    option = typer.Option(spelled, help=text, metavar=metavar, show_default=False, rich_help_panel=PANEL)
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=None, annotation=Annotated[annotation | None, option])


def _typed(name: str) -> tuple[Any, str | None, str]:
    """What a flag takes, how that is called, and what more there is to say."""
    annotation = _annotation(name)
    if name in ADDED:
        return list[str], "PATTERN", " Adds to the setting; may be repeated."
    if name == "drop":
        return list[str], "REGEX", f" Repeat it for several; `{NONE}` for an empty list."
    if name == "canonical":
        return list[str], "POLICY", " Repeat it for a list of patterns."
    if choices := _choices(name):
        return list[str], "WORD", f" Of {', '.join(choices)}; repeat it for several, `{NONE}` for an empty list."
    if get_origin(annotation) is Literal:
        return annotation, "WORD", f" One of {', '.join(get_args(annotation))}."
    if annotation is Decimal:
        return str, "NUMBER", ""  # as written: 0.85 has no exact binary fraction
    if annotation is ByteSize:
        return str, "SIZE", " As in 1.5GB or 800MB."
    if annotation is str:
        return str, "PATH", ""
    return annotation, None if annotation is bool else "N", ""


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return toml(value)
    return (" ".join(value) or "none") if isinstance(value, tuple) else str(value)
