"""Settings of silences."""

from pydantic import BaseModel, ConfigDict, Field


class SilenceSettings(BaseModel):
    """How long a silence may last, and when its author hears of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longest_s: int = Field(2_592_000, ge=60, le=31_536_000, description="Longest silence, seconds; 30 days.")
    warn_before_s: int = Field(900, ge=60, le=86_400, description="Warning before the end if it hides something, s.")
    remind_every_s: int = Field(86_400, ge=300, le=604_800, description="Reminder of a long silence, seconds.")
    tick_s: float = Field(1.0, gt=0, le=60, description="Time between two looks at silences, seconds.")
