"""Settings of scheduled copies."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class BackupSettings(BaseModel):
    """Copies to a second place, taken by `liandong up` without being asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Path | None = Field(
        None, description="folder for this city's copies alone, on another disk or machine; none: none is scheduled"
    )
    every_h: float = Field(24.0, ge=0.01, le=24 * 31, description="hours between two copies")
    keep: int = Field(7, ge=1, le=1000, description="copies kept there; older ones of this program are removed")
    # GB/T 22239-2019, 8.1.10.11 asks that recovery be tested at regular intervals; it leaves to the city which.
    test_every_h: float = Field(
        24.0 * 7, ge=0, le=24 * 366, description="hours between two tested restores of the newest copy; 0: none"
    )
    secrets: bool = Field(default=False, description="copy generated passwords too, in clear")
    late_after: float = Field(
        1.5, ge=1, le=10, description="times of `every_h` and `test_every_h` after which copy or test count as too old"
    )

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if self.to is not None and not self.to.is_absolute():
            message = "Expected a path from the root, got `{got}`"
            raise PydanticCustomError("relative_place", message, {"got": str(self.to)})
        return self
