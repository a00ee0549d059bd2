"""Settings of rosters and handovers."""

from pydantic import BaseModel, ConfigDict, Field


class RosterSettings(BaseModel):
    """When the desk looks at rosters, and how far ahead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_s: float = Field(1.0, gt=0, le=60, description="Time between two looks at who is on duty, seconds.")
    gap_ahead_h: float = Field(
        24.0, gt=0, le=720, description="How long before nobody is on duty the foreman's desk is told, hours."
    )
    handover_ahead_min: int = Field(
        15, ge=0, le=240, description="How long before a shift changes its handover is written, minutes."
    )
    handover_late_min: int = Field(
        15, ge=1, le=240, description="How long after a shift changed an unsigned handover is late, minutes."
    )
