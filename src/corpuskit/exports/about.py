"""What a corpus is, for those who get it: the table `[export]` of corpuskit.toml."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpuskit.errors import SettingsError
from corpuskit.settings import section

SECTION: Final = "export"


class About(BaseModel):
    """What `[export]` may say, all of it optional; immutable and checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="corpus", min_length=1, max_length=200, description="The name of the dataset.")
    description: str | None = Field(default=None, description="What is in it, in a sentence or two.")
    license: str | None = Field(default=None, description="Its licence: an SPDX identifier (CC-BY-4.0), or an address.")
    source: str | None = Field(default=None, description="Where the texts are from.")
    creators: tuple[str, ...] = Field(default=(), description="Who made it.")
    url: str | None = Field(default=None, pattern=r"^https?://", description="Its home page.")
    citation: str | None = Field(default=None, description="How to cite it.")
    version: str | None = Field(default=None, description="The version of the dataset, as in 1.2.0.")
    published: date | None = Field(default=None, description="The day of its release: 2026-01-31.")
    languages: tuple[str, ...] = Field(default=(), description="ISO 639 codes of its languages.")

    def told(self) -> dict[str, Any]:
        """What is said, as plain values, in the order above."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"name": self.name}

    def on_each(self) -> dict[str, str]:
        """What each line of JSON carries: licence and source, where they are said."""
        told = {"license": self.license, "source": self.source}
        return {key: value for key, value in told.items() if value is not None}


def about_of(path: Path | None) -> About:
    """What `[export]` of the settings file at `path` says (None: nothing).

    Raises SettingsError, one line that names the file and the key.
    """
    values = section(path, SECTION)
    try:
        return About.model_validate({key: str(value) if key == "version" else value for key, value in values.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f"{path}: unknown key `{name}` in [{SECTION}]; known are {', '.join(About.model_fields)}"
            ) from None
        message = first["msg"].replace("Input should be", "should be")
        raise SettingsError(f"{path}: [{SECTION}] {name} = {first['input']!r}: {message}") from None
