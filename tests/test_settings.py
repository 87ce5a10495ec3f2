"""Settings: one checked model in which defaults, file and flags meet."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from corpuskit.errors import SettingsError
from corpuskit.settings import PROFILES, Settings, affects_output, find_file, load, make, section


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"treshold": 1}, "unknown setting `treshold`; did you mean `threshold`?"),
        ({"zzz": 1}, "unknown setting `zzz`; known are include,"),
        ({"threshold": "1.5"}, "threshold = '1.5': should be less than or equal to 1 (above 0, at most 1)"),
        ({"threshold": "0.8512345678"}, "threshold"),
        ({"bands": 0}, "bands = 0: should be greater than or equal to 1 (at least 1, at most 1024)"),
        ({"profile": "big"}, "profile = 'big': should be 'default', 'noisy' or 'scale'"),
        ({"unit": "page"}, "unit = 'page': should be 'paragraph', 'line' or 'document'"),
        ({"bands": 1000, "rows": 60}, "bands x rows is 60000: at most 4096 permutations"),
        ({"canonical": []}, "canonical: the list of trusted sources is empty"),
        ({"workers": -1}, "workers = -1"),
        ({"memory": "300MB"}, "memory = '300MB': at least 400 MB are needed"),
        ({"memory": "much"}, "memory = 'much': could not parse value and unit from byte string"),
        ({"min_chars": 0}, "min_chars = 0: should be greater than or equal to 1 (at least 1)"),
        ({"drop": ["a(b"]}, "drop = ['a(b']: not a regular expression of RE2: missing ): a(b"),
        ({"drop": ["x", "b*"]}, "drop = ['x', 'b*']: 'b*': it is found in every text, even an empty one"),
        ({"drop": ["(?<!a)b"]}, "drop = ['(?<!a)b']: not a regular expression of RE2: RE2 does not look ahead"),
        ({"drop": [r"(a)\1"]}, r"drop = ['(a)\\1']: not a regular expression of RE2: RE2 has no references back"),
    ],
)
def test_a_bad_value_is_one_line_with_key_and_range(values: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        make(values)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_overrides_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text("threshold = 0.9\nbands = 32\n")
    settings = load(file, {"bands": 16})
    assert (settings.threshold, settings.bands, settings.rows) == (Decimal("0.9"), 16, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"threshold = ", "not valid TOML"), (b"\xff\xfe", "not valid TOML"), (b"tresh = 1\n", "unknown setting")],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=message) as error:
        load(file)
    assert str(error.value).startswith(str(file))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere.toml: No such file"):
        load(tmp_path / "nowhere.toml")


def test_the_file_is_found_upward(tmp_path: Path) -> None:
    (tmp_path / "corpuskit.toml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_file(tmp_path / "a" / "b") == tmp_path / "corpuskit.toml"


def test_the_digest_covers_what_changes_rows_and_only_that() -> None:
    assert Settings().digest == make({"workers": 7}).digest
    assert Settings().digest != make({"threshold": "0.86"}).digest
    assert [name for name in Settings.model_fields if not affects_output(name)] == ["workers", "memory", "cache"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_changes_defaults_and_explicit_values_win(profile: str) -> None:
    settings = make({"profile": profile, "rows": 3})
    expected = {name: field.default for name, field in Settings.model_fields.items()} | {"memory": 1_500_000_000}
    assert settings.model_dump() == {**expected, **PROFILES[profile], "profile": profile, "rows": 3}
    assert make(settings.effective()) == settings


def test_a_profile_can_be_in_the_file_and_a_flag_over_it(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text('profile = "noisy"\nbands = 128\n')
    settings = load(file, {"threshold": "0.7"})
    assert (settings.threshold, settings.bands, settings.rows) == (Decimal("0.7"), 128, 2)


def test_the_threshold_is_the_decimal_that_was_written(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text("threshold = 0.85\n")
    assert load(file).threshold == Decimal("0.85")
    assert make({"threshold": 0.85}).threshold == Decimal("0.85")


def test_the_miss_rate_is_that_of_the_bands() -> None:
    assert Settings().miss_rate(0.5) == pytest.approx((1 - 0.5**4) ** 64)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().bands = 3


def test_tables_of_other_commands_are_not_settings_of_ingest(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text("bands = 8\n[check]\nrecords = 3\nshare = 0.5\n")
    assert load(file) == make({"bands": 8})
    assert section(file, "check") == {"records": 3, "share": Decimal("0.5")}
    assert section(file, "export") == section(None, "check") == {}


def test_a_table_that_is_a_value_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "corpuskit.toml"
    file.write_text("check = 3\n")
    with pytest.raises(SettingsError, match=r"`check` should be a table"):
        section(file, "check")
