"""The kinds of limits that the table `[check]` holds, each a frozen, validated model."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]


class Model(BaseModel):
    """What is set in the table `[check]`: frozen, and nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Count(Model):
    """Limits of a number: `min`, `max` or both."""

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        _check_limits(self.min, self.max)
        return self


class ShareLimits(Model):
    """Limits of a share, 0 to 1: `min`, `max` or both."""

    min: Share | None = None
    max: Share | None = None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        _check_limits(self.min, self.max)
        return self


def _check_limits(least: Decimal | int | None, most: Decimal | int | None) -> None:
    if least is None and most is None:
        raise ValueError("say `min`, `max` or both")
    if least is not None and most is not None and least > most:
        raise ValueError(f"min {least} is above max {most}")


class Lost(Model):
    """How much of one source may stand in the records of another one."""

    max: Share
    by: Literal["document", "folder"] = "document"
    min_passages: Annotated[int, Field(ge=1)] = 1


class Change(Model):
    """By which share of its count in the baseline a count may `fall` or `rise`."""

    fall: Share | None = None
    rise: Annotated[Decimal, Field(ge=0, decimal_places=6)] | None = None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.fall is None and self.rise is None:
            raise ValueError("say `fall`, `rise` or both")
        return self


Changed = Literal["documents", "problems", "passages", "exact", "near", "filtered", "records"]


def _quantile(name: str) -> str:
    """`min`, `median`, `mean`, `max`, or p and a number above 0 and below 100."""
    if name in ("min", "median", "mean", "max"):
        return name
    number = name.removeprefix("p")
    if name.startswith("p") and number.replace(".", "", 1).isdecimal() and 0 < Decimal(number) < 100:
        return name
    raise ValueError("should be min, median, mean, max, or a quantile as p5, p95 or p99.9")


Quantile = Annotated[str, AfterValidator(_quantile)]
