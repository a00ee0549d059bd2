"""Settings of the pictures that cameras tell of."""

from pydantic import BaseModel, ConfigDict, Field


class SnapshotSettings(BaseModel):
    """Which camera's picture belongs to a report. Both figures are ours: no source names any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_m: float = Field(300.0, gt=0, le=1500, description="Farthest camera whose picture is attached, metres.")
    age_s: int = Field(900, ge=1, le=86_400, description="Oldest picture that is attached to a report, seconds.")
